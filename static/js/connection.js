// Says so while the server cannot be reached; once it can, sends again what was clicked on a timer meanwhile.
const MINUTE = 60_000;
// Sent twice, these do what they do once.
const TIMER = /^\/timers\/|\/timer\/start\/$/;
const RETRY = ":has([data-retry])";
const toasts = document.getElementById("toasts");
// What did not get through, by the element that sent it, and when that was clicked first.
const unsent = new Map();
const state = document.body.dataset;

// What the page asks for by itself.
const isOwn = ({ triggeringEvent }) => ["refresh", "timers"].includes(triggeringEvent?.type);
const clear = (what) => toasts.querySelectorAll(`:scope > ${what}`).forEach((toast) => toast.remove());

function show(trouble, retry = true) {
  const { content, dataset } = document.getElementById("trouble");
  const toast = content.cloneNode(true).firstElementChild;
  toast.dataset.trouble = trouble;
  toast.querySelector("p").textContent = dataset[trouble];
  if (!retry) toast.querySelector("[data-retry]").remove();
  clear(RETRY);
  toasts.append(toast);
}

function lose() {
  state.trouble = navigator.onLine ? "noAnswer" : "noNetwork";
  if (!toasts.querySelector(`[data-trouble=${state.trouble}]`)) show(state.trouble);
}

function find() {
  delete state.trouble;
  clear("[data-trouble^=no]");
}

function complain(request) {
  const { elt } = request;
  if (!isOwn(request)) unsent.set(elt, { request, clicked: unsent.get(elt)?.clicked ?? Date.now() });
  // That was said, and maybe dismissed.
  else if (state.trouble) return;
  lose();
}

function again({ elt, triggeringEvent: { type, submitter } }) {
  if (type === "submit") elt.requestSubmit(submitter?.isConnected ? submitter : null);
  // The note is sent while it is being written, if it has changed since it was sent last.
  else for (const each of type === "input" ? [type, "change"] : [type]) elt.dispatchEvent(new Event(each));
}

function recover() {
  find();
  let waiting = 0;
  let gone = false;
  for (const [elt, { request, clicked }] of unsent) {
    if (!elt.isConnected) {
      unsent.delete(elt);
      gone ||= clicked;
    } else if (TIMER.test(request.path) && Date.now() - clicked < MINUTE) again(request);
    else waiting += 1;
  }
  if (!waiting) clear(RETRY);
  // What is gone cannot be sent again, and is not offered to be.
  if (gone || (waiting && !toasts.querySelector(RETRY))) show("unsent", waiting);
}

toasts.addEventListener("click", ({ target }) => {
  if (target.closest("[data-dismiss]") && target.closest(".toast").matches(RETRY)) unsent.clear();
  else if (target.closest("[data-retry]")) {
    clear(RETRY);
    for (const { request } of unsent.values()) again(request);
    if (!unsent.size) window.dispatchEvent(new Event("online"));
  }
});

window.addEventListener("lost", lose);
window.addEventListener("online", find);
for (const type of ["sendError", "timeout"]) {
  document.addEventListener(`htmx:${type}`, (event) => complain(event.detail.requestConfig));
}
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, xhr } = event.detail;
  // An answer of ours brings its own toast; one of a proxy does not.
  if (xhr.responseText.includes("hx-swap-oob")) {
    const offers = xhr.responseText.includes("data-retry") && !isOwn(requestConfig);
    if (offers) unsent.set(requestConfig.elt, { request: requestConfig });
  } else if (xhr.status >= 500) complain(requestConfig);
  else toasts.append(document.getElementById("no-use").content.cloneNode(true));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful } = event.detail;
  if (!successful) return;
  unsent.delete(requestConfig.elt);
  recover();
});
