// Says at once that a click is on its way, sends nothing twice, and shows when something takes longer than a second.
const BUSY = ":is(a, button)[aria-busy]";
const line = document.getElementById("progress");
const ends = new Set();
let slow;

function begin(button) {
  // By attributes and not by `disabled`, which would take the focus away.
  const mark = (busy) => button && (button.ariaBusy = button.ariaDisabled = busy);
  const end = () => {
    mark(null);
    ends.delete(end);
    if (ends.size) return;
    clearTimeout(slow);
    line.hidden = true;
  };
  if (!ends.size) slow = setTimeout(() => (line.hidden = false), 1000);
  ends.add(end);
  mark("true");
  // The browser was stopped, or the server answered that there is nothing to show.
  setTimeout(end, 15_000);
  return end;
}

const rest = () => ends.forEach((end) => end());

for (const type of ["click", "submit"]) {
  document.addEventListener(
    type,
    (event) => {
      const { target } = event;
      if (!(target.closest(BUSY) ?? (type === "submit" && target.querySelector(BUSY)))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

document.addEventListener("submit", (event) => {
  // What htmx sends, it has prevented.
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (document.body.dataset.trouble !== "noNetwork") return begin(event.submitter);
  // The browser would take the page away, with what is written in it.
  event.preventDefault();
  window.dispatchEvent(new Event("lost"));
});

document.addEventListener("htmx:beforeSend", (event) => {
  const { elt, requestConfig, xhr } = event.detail;
  const { type, submitter } = requestConfig.triggeringEvent ?? {};
  // What the page asks for by itself.
  if (type === "refresh" || type === "timers") return;
  const button = submitter ?? elt.closest("a, button") ?? elt.querySelector("button:not([type=button])");
  xhr.addEventListener("loadend", begin(button));
});

window.navigation?.addEventListener("navigate", (event) => {
  if (!event.destination.sameDocument && event.downloadRequest === null) begin();
});
window.navigation?.addEventListener("navigateerror", rest);
window.addEventListener("pageshow", rest);
