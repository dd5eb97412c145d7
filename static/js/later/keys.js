// Single keys: each presses the control that names it in aria-keyshortcuts; some go from row to row.
const ROWS = ".subject, .entry > a, .disclosure, .timer > a";
let answered = -1000;

function control(key, within = document) {
  const found = [...within.querySelectorAll(`[aria-keyshortcuts~="${key.toUpperCase()}"]`)];
  // Of several toasts, the latest.
  return found.findLast((each) => each.checkVisibility()) ?? found[0];
}

// The row that has the focus; of an opened one, also from inside of what it opened.
function row() {
  const found = document.activeElement.closest("li, tr");
  return found?.matches(".detail") ? found.previousElementSibling : found;
}

function step(by) {
  const list = document.querySelector("#timers:popover-open") ?? document.querySelector("#inbox, #main");
  const isInbox = list.id === "inbox";
  const rows = [...list.querySelectorAll(isInbox ? "li a" : ROWS)];
  const at = rows.findIndex((each) => (isInbox ? each.ariaCurrent : row()?.contains(each)));
  const next = rows[Math.max(at + by, 0)];
  if (isInbox) next?.click();
  else next?.focus();
}

function press(key) {
  const pressed = "arx".includes(key) ? row() && control(key, row()) : control(key);
  if (!pressed) return;
  if (pressed.matches(":read-write")) {
    pressed.focus();
    if (key === "/") pressed.select();
    return;
  }
  // A second stroke is for what the first one brings, once that has been seen.
  if (pressed.matches(".htmx-request") || pressed.form?.matches(".htmx-request")) return;
  if (key === "s" && performance.now() - answered < 500) return;
  // The focus is where something opens, and comes back from there.
  if (pressed.matches(".button-stop") || document.activeElement === document.body) pressed.focus();
  pressed.click();
  const list = pressed.popoverTargetElement;
  if (list?.matches(":popover-open")) (list.querySelector("a, form button") ?? list.querySelector("button")).focus();
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") answered = performance.now();
});

export default function pressed({ key, repeat }) {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    if (key === "?" && dialog.id === "shortcuts") dialog.close();
  } else if ("jk".includes(key)) step(key === "j" ? 1 : -1);
  else if (repeat) return;
  else if (key === "o") row()?.querySelector(ROWS)?.click();
  else press(key);
}
