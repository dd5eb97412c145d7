// Has a page ready for when there is no network.
const { worker } = document.querySelector("link[rel=manifest]").dataset;
window.addEventListener("load", () => navigator.serviceWorker?.register(worker).catch(() => {}));
