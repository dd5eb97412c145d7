// Lets toasts leave, and greets new ones.
const toasts = document.getElementById("toasts");
const leaving = new WeakMap();

function leave(toast) {
  clearTimeout(leaving.get(toast));
  if (toast.matches(":has([data-retry]), :hover, :focus-within") || document.hidden) return;
  const seconds = toast.querySelector("form, a") ? 12 : 8;
  // What it offers to undo cannot be undone while the server is out of reach.
  const end = () => ("trouble" in document.body.dataset ? leave(toast) : toast.remove());
  leaving.set(toast, setTimeout(end, seconds * 1000));
}

const settle = () => [...toasts.children].forEach(leave);

function greet(toast) {
  const text = (of) => of.querySelector("p").textContent;
  for (const other of toasts.children) if (other !== toast && text(other) === text(toast)) other.remove();
  toast.append(document.getElementById("dismiss").content.cloneNode(true));
}

function raise() {
  // Above an open popover, such as the list in which a timer was just canceled.
  toasts.popover = "manual";
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
}

toasts.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) toasts.addEventListener(type, settle);
document.addEventListener("visibilitychange", settle);
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful) elt.closest(".toast")?.remove();
});

new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".toast"));
  added.forEach(greet);
  if (!added.length) return;
  raise();
  settle();
}).observe(toasts, { childList: true });
[...toasts.children].forEach(greet);
settle();
