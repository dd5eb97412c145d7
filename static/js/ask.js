// Opens a dialog as soon as what it shows is loaded into it: a form that asks, the sheet of shortcuts.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.matches("dialog") && !target.open) target.showModal();
});
