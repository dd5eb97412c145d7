// Lets toasts leave, and says so when the server does not answer.
const toasts = document.getElementById("toasts");
const leaving = new WeakMap();
let failed = null;

const copy = (id) => document.getElementById(id).content.cloneNode(true).firstElementChild;
const isPoll = (request) => request.triggeringEvent?.type === "refresh";

function stay(toast) {
  clearTimeout(leaving.get(toast));
}

function leave(toast) {
  stay(toast);
  if (toast.querySelector("[data-retry]") || toast.matches(":hover, :focus-within") || document.hidden) return;
  const seconds = toast.querySelector("form, a") ? 12 : 8;
  leaving.set(toast, setTimeout(() => toast.remove(), seconds * 1000));
}

function greet(toast) {
  const text = (of) => of.querySelector("p").textContent;
  for (const other of toasts.children) if (other !== toast && text(other) === text(toast)) other.remove();
  toast.append(copy("dismiss"));
  leave(toast);
}

function raise() {
  // Above an open popover, such as the list in which a timer was just canceled.
  toasts.popover = "manual";
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
}

function unanswered() {
  return [...toasts.children].filter((toast) => toast.querySelector("[data-retry]"));
}

function complain(request) {
  // A poll that fails too must not take the place of what the user asked for.
  if (!failed || !isPoll(request)) failed = request;
  if (!unanswered().length) toasts.append(copy("no-answer"));
}

function forgive() {
  failed = null;
  for (const toast of unanswered()) toast.remove();
}

function again({ elt, triggeringEvent }) {
  if (!elt.isConnected) return;
  const { type, submitter } = triggeringEvent;
  if (type === "submit") elt.requestSubmit(submitter?.isConnected ? submitter : null);
  else elt.dispatchEvent(new Event(type));
}

toasts.addEventListener("click", (event) => {
  const toast = event.target.closest(".toast");
  const request = failed;
  if (event.target.closest("[data-dismiss]")) {
    if (unanswered().includes(toast)) failed = null;
    toast.remove();
  } else if (event.target.closest("[data-retry]")) {
    forgive();
    if (request) again(request);
  }
});
for (const type of ["pointerover", "focusin"]) {
  toasts.addEventListener(type, (event) => event.target.closest(".toast") && stay(event.target.closest(".toast")));
}
for (const type of ["pointerout", "focusout"]) {
  toasts.addEventListener(type, (event) => {
    const toast = event.target.closest(".toast");
    if (toast && !toast.contains(event.relatedTarget)) leave(toast);
  });
}
document.addEventListener("visibilitychange", () => {
  for (const toast of toasts.children) document.hidden ? stay(toast) : leave(toast);
});

document.addEventListener("htmx:sendError", (event) => complain(event.detail.requestConfig));
document.addEventListener("htmx:timeout", (event) => complain(event.detail.requestConfig));
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, xhr } = event.detail;
  // An answer of ours brings its own toast; one of a proxy does not.
  if (!xhr.responseText.includes("hx-swap-oob")) {
    xhr.status >= 500 ? complain(requestConfig) : toasts.append(copy("no-use"));
  } else if (xhr.status >= 500) failed = requestConfig;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  if (failed && (isPoll(failed) || !isPoll(event.detail.requestConfig))) forgive();
  event.target.closest(".toast")?.remove();
});

new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".toast"));
  added.forEach(greet);
  if (added.length) raise();
}).observe(toasts, { childList: true });
[...toasts.children].forEach(greet);
