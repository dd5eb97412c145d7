// Ticks the running clocks: counts on from the server's figure, by a clock that nobody can set. The user's own also
// stands before the title of the tab, where it ticks while another tab is in front.
const appeared = new WeakMap();
const CLOCK = "time[data-seconds][data-running]";
let timer;

function format(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function write(clock, text) {
  // A clock may hold a mark beside its figure.
  const figure = [...clock.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (figure && figure.data !== text) figure.data = text;
}

function tick() {
  clearTimeout(timer);
  const now = performance.now();
  const mine = document.querySelector(`#timers-icon ${CLOCK}`);
  let next = Infinity;
  for (const clock of document.querySelectorAll(CLOCK)) {
    if (!appeared.has(clock)) appeared.set(clock, now);
    if (document.hidden && clock !== mine) continue;
    const elapsed = Math.max(0, now - appeared.get(clock));
    write(clock, format(Number(clock.dataset.seconds) + Math.floor(elapsed / 1000)));
    next = Math.min(next, 1000 - (elapsed % 1000));
  }
  const title = document.title.replace(/^\d+:\d\d:\d\d · /, "");
  document.title = mine ? `${mine.textContent} · ${title}` : title;
  // Timers may fire a little early; a clock must not be read just before its second is over.
  if (next < Infinity) timer = setTimeout(tick, next + 5);
}

// The figures in the page itself are as old as the first byte of it.
const loaded = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
for (const clock of document.querySelectorAll(CLOCK)) appeared.set(clock, loaded);
tick();
document.addEventListener("htmx:load", tick);
document.addEventListener("visibilitychange", tick);
