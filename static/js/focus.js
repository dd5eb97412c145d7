// Brings the focus back to where a timer's verb was clicked, if its button is gone with the answer.
const REGIONS = "#my-timer, #timers, #timer-button, #timerbar";
let region = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") region = event.detail.elt.closest(REGIONS)?.id ?? null;
});
document.addEventListener("htmx:afterRequest", () => {
  if (!region || document.activeElement !== document.body) return;
  const now = document.getElementById(region);
  const place = now?.querySelector("[aria-invalid=true], [role=alert]") ?? now?.querySelector("h2") ?? now?.querySelector("button");
  region = null;
  if (!place) return;
  if (!place.matches("button, input, select, textarea")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});
