// Ctrl+Enter, or ⌘+Enter, presses the main button of the form that is being filled in: Send, Save.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.target.closest("form:not(#decide)")?.querySelector(".button-primary")?.click();
});
