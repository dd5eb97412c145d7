// The review queue: the next row takes the focus of one that was decided on.
let row = null;
let order = [];
const rows = () => [...document.querySelectorAll("#queue tr[id][data-entry]:not(.detail)")];

document.addEventListener("focusin", (event) => {
  row = event.target.closest("#queue tr[data-entry]")?.dataset.entry ?? row;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "queue") order = rows().map((each) => each.dataset.entry);
});

function next() {
  const at = order.indexOf(row);
  const wanted = at < 0 ? [] : [...order.slice(at), ...order.slice(0, at).reverse()];
  const found = wanted.map((entry) => document.getElementById(`row-${entry}`)).find(Boolean);
  return found?.querySelector(".disclosure") ?? document.querySelector("#queue h1");
}

// Rows that were decided on leave at once, and their groups with the last of them.
document.addEventListener("decided", ({ detail: { entries } }) => {
  if (!entries.length) return;
  order = rows().map((each) => each.dataset.entry);
  document.querySelector("#queue dialog[open]")?.close();
  for (const entry of entries) {
    for (const part of ["row", "detail"]) document.getElementById(`${part}-${entry}`)?.remove();
  }
  for (const group of document.querySelectorAll("#queue tbody:not(:has([data-entry]))")) group.remove();
  next().focus({ preventScroll: !row });
});

// The bar with the button that clears the ticks is gone with them.
document.addEventListener("reset", () => document.querySelector(`#row-${row} .disclosure`)?.focus());

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id === "queue" && requestConfig.verb !== "get") next().focus({ preventScroll: !row });
});
