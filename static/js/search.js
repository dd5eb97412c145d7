// Goes to the search by Ctrl+K, or ⌘+K.
document.addEventListener("keydown", (event) => {
  const search = document.getElementById("search");
  if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || !search?.checkVisibility()) return;
  if (event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
  search.select();
});
