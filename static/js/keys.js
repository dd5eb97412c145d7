// Keys that are not for what is being typed: what they do is loaded at the first of them.
const { keys, palette } = document.body.dataset;
// One after the other: imports that wait for the same file end in any order.
let turn = Promise.resolve();

function hand(event, address) {
  event.preventDefault();
  const done = turn.then(() => import(address)).then((module) => module.default(event));
  turn = done.catch(console.error);
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey) key === "k" && palette && hand(event, palette);
  else if (keys && !event.altKey && /^[a-z/?]$/.test(key) && !target.matches("select, :read-write")) hand(event, keys);
});
document.addEventListener("click", (event) => event.target.closest("a[data-palette]") && hand(event, palette));
