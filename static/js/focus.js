// Brings the focus back to where it was when the element that had it is taken away with an answer, or hidden.
let last = document.body;
// Selectors of places, the nearest first; and of those from before the focus went to something that leaves.
let path = [];
let before = [];

function remember() {
  last = document.activeElement;
  const leaving = last.closest("#toasts, dialog");
  if (leaving && !path.includes(`#${leaving.id}`)) before = path;
  path = [];
  for (let around = last; around; around = around.parentElement) if (around.id) path.push(`#${around.id}`);
  const row = last.closest("li");
  for (const each of [row?.previousElementSibling, row?.nextElementSibling, row]) {
    const link = each?.querySelector("a");
    if (link) path.unshift(`#${row.closest("[id]").id} a[href="${link.getAttribute("href")}"]`);
  }
}

const isShown = (element) => element?.isConnected && element.checkVisibility();

function place(selector) {
  const region = document.querySelector(selector);
  if (!region || region.matches("a, button, input, select, textarea, h1, h2")) return region;
  if (!isShown(region)) return document.querySelector(`[popovertarget="${region.closest("[popover]")?.id}"]`);
  return ["[aria-invalid=true], [role=alert]", "h1, h2", "a, button"].map((each) => region.querySelector(each)).find(isShown);
}

function restore() {
  const { activeElement, body } = document;
  if (isShown(last) || (activeElement !== body && isShown(activeElement))) return;
  const found = [...path, ...before, "#main"].map(place).find(isShown);
  if (!found) return;
  if (found.tabIndex < 0) found.tabIndex = -1;
  found.focus({ preventScroll: true });
}

document.addEventListener("focusin", remember);
// Before what was clicked is taken away; who clicks beside everything wants the focus nowhere.
document.addEventListener("click", remember, true);
for (const type of ["close", "toggle"]) document.addEventListener(type, () => setTimeout(restore), true);
new MutationObserver(restore).observe(document.body, { childList: true, subtree: true });
