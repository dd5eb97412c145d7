// Keeps a timer's form that is being filled in from a poll; saving it tells what has changed meanwhile.
let polled = false;

function differs(control) {
  if (control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return control.value !== control.defaultValue;
}

function unsaved(form) {
  const controls = [...(form.elements ?? [])].filter(({ name, type }) => name && type !== "hidden" && type !== "submit");
  return controls.some(differs);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  polled = event.detail.requestConfig.verb === "get";
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (polled && target.id === "my-timer" && unsaved(target)) event.detail.shouldSwap = false;
});

// A note that was kept is no longer unsaved, and nothing is wrong with it any more.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr, requestConfig } = event.detail;
  if (elt.id !== "note" || xhr.status !== 204) return;
  elt.defaultValue = requestConfig.parameters.note;
  elt.removeAttribute("aria-invalid");
  document.getElementById("note-error")?.remove();
});
