// Copies the states in the timers list to the marks of conversations elsewhere on the page.
const mark = () => {
  for (const state of document.querySelectorAll("[data-timer-of]")) {
    const timer = document.querySelector(`#timers [data-conversation="${state.dataset.timerOf}"]`);
    state.hidden = !timer;
    state.dataset.state = timer?.dataset.state ?? "";
    const { runningLabel, stoppedLabel } = state.closest("[data-running-label]").dataset;
    state.setAttribute("aria-label", timer?.dataset.state === "green" ? runningLabel : stoppedLabel);
  }
};
document.body.addEventListener("htmx:oobAfterSwap", mark);
