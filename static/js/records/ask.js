// Opens a dialog as soon as the form that it asks with is loaded into it.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.matches("dialog") && !target.open) target.showModal();
});
