// Submits a form of filters as soon as one is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && event.target.matches("select, [type=radio], [type=checkbox]")) form.requestSubmit();
});
