// Sends a message by Ctrl+Enter, or ⌘+Enter.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.target.closest("form.composer")?.requestSubmit();
});
