// The review queue: after a decision it is read again, which takes nothing away from whoever works in it meanwhile.
let pressed = false;
let underWay = 0;
let late = false;
let kept = null;

const isBusy = () => pressed || underWay || document.querySelector("#queue dialog[open]");
const isAgain = ({ detail }) => detail.requestConfig?.elt.id === "again";
const choice = (entry) => document.querySelector(`#row-${entry} input[name=entry]`)?.value;
const controls = (row) => [...(row?.querySelectorAll("a, button, input") ?? [])];

function ask() {
  if (!late || isBusy()) return;
  document.getElementById("again")?.dispatchEvent(
    new CustomEvent("decided", { bubbles: true, detail: { entries: [] } }),
  );
}

const soon = () => setTimeout(ask);

function keep() {
  const { activeElement } = document;
  const row = activeElement.closest("#queue tr[data-entry]");
  const opened = [...document.querySelectorAll("#queue tr.detail")];
  return {
    ticked: [...document.querySelectorAll("#decide input[name=entry]:checked")].map((box) => box.value),
    // With the version that it shows.
    opened: opened.map((detail) => [detail, choice(detail.dataset.entry)]),
    focus: row && [row.id, controls(row).indexOf(activeElement)],
  };
}

function restore({ ticked, opened, focus }) {
  for (const value of ticked) {
    const box = document.querySelector(`#decide input[name=entry][value="${value}"]`);
    if (box) box.checked = true;
  }
  for (const [detail, version] of opened) {
    const row = document.getElementById(`row-${detail.dataset.entry}`);
    if (!row || choice(detail.dataset.entry) !== version) continue;
    row.after(detail);
    row.classList.add("opened");
    row.querySelector(".disclosure").setAttribute("aria-expanded", "true");
  }
  if (focus) controls(document.getElementById(focus[0]))[focus[1]]?.focus({ preventScroll: true });
}

document.addEventListener("decided", () => (late = false));
document.addEventListener("pointerdown", () => (pressed = true));
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    pressed = false;
    // After the click, which may decide on something.
    soon();
  });
}
document.addEventListener("close", soon, true);

document.addEventListener("htmx:beforeSend", ({ detail: { requestConfig: { elt, verb }, xhr } }) => {
  // What is asked for in the queue finds its place in it gone if that is drawn anew meanwhile.
  if (elt.id === "again" || (verb === "get" && !elt.closest("#queue"))) return;
  underWay += 1;
  xhr.addEventListener("loadend", () => {
    underWay -= 1;
    soon();
  });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isAgain(event)) return;
  late = Boolean(isBusy());
  if (late) event.detail.shouldSwap = false;
  else kept = keep();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isAgain(event) || !kept) return;
  restore(kept);
  kept = null;
});
