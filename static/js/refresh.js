// Asks how the timers stand: every 15 seconds while the page is visible, sooner after a request that failed, and at
// once when it comes to the front, another tab has changed something or the connection is back.
const icon = () => document.getElementById("timers-icon");
const deviceAhead = () => Date.now() - performance.now();
let ahead = deviceAhead();
let asked = performance.now();
let asking = null;
let changing = 0;
let ended = false;
const tabs = new BroadcastChannel("timers");

function ask() {
  if (ended || document.hidden || asking || changing || performance.now() - asked < 1000) return;
  asked = performance.now();
  icon()?.dispatchEvent(new CustomEvent("refresh", { bubbles: true }));
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== icon()) return;
  // The device slept, or its clock was set: the clocks in the page may be behind, so the server must tell all again.
  if (Math.abs(deviceAhead() - ahead) > 2000) delete event.detail.parameters.marks;
});

document.addEventListener("htmx:beforeSend", (event) => {
  const { elt, requestConfig, xhr } = event.detail;
  if (elt === icon()) {
    asking = xhr;
    elt.addEventListener("htmx:beforeOnLoad", told, { once: true });
    xhr.addEventListener("loadend", () => {
      asking = null;
      ended = xhr.status === 401;
    });
  } else if (requestConfig.verb !== "get") {
    asking = null;
    changing += 1;
    xhr.addEventListener("loadend", () => {
      changing -= 1;
      tabs.postMessage("changed");
    });
  }
});

function told(event) {
  const { xhr } = event.detail;
  // An answer from before the user changed something must not undo what the page shows since.
  if (xhr !== asking) event.preventDefault();
  else if (xhr.status === 200) ahead = deviceAhead();
}

let soon;
for (const type of ["sendError", "timeout", "responseError"]) {
  document.addEventListener(`htmx:${type}`, () => {
    clearTimeout(soon);
    soon = setTimeout(ask, 5000);
  });
}
// What the browser says of its network is no news of the server: that may be on the same device.
for (const type of ["online", "offline"]) {
  window.addEventListener(type, () => {
    asking?.abort();
    asked = -Infinity;
    ask();
  });
}
setInterval(ask, 15_000);
tabs.addEventListener("message", ask);
window.addEventListener("focus", ask);
document.addEventListener("visibilitychange", ask);
window.addEventListener("pageshow", (event) => event.persisted && ask());
