// The review queue: a row opens by what it loads, and closes without asking.
function close(disclosure) {
  disclosure.setAttribute("aria-expanded", "false");
  disclosure.closest("tr").classList.remove("opened");
  document.getElementById(disclosure.getAttribute("aria-controls"))?.remove();
}

document.addEventListener("htmx:confirm", (event) => {
  const disclosure = event.target.closest(".disclosure[aria-expanded=true]");
  if (!disclosure) return;
  event.preventDefault();
  close(disclosure);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const disclosure = event.detail.requestConfig.elt.closest(".disclosure");
  if (disclosure?.getAttribute("aria-expanded") === "true") event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const disclosure = event.detail.requestConfig.elt.closest(".disclosure");
  disclosure?.setAttribute("aria-expanded", "true");
  disclosure?.closest("tr").classList.add("opened");
});
