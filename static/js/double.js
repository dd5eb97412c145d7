// Takes the second click of a double click from a timer's buttons: another verb may stand in the first one's place by then.
const REGIONS = ["#timers", "#timer-button", "#my-timer", "#timerbar", ".timers-page"];
const buttons = REGIONS.map((region) => `${region} button:not([type=button])`).join();

document.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2 || !event.target.closest(buttons)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);
