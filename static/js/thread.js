// Opens a thread at its latest message, where the thread scrolls by itself, and the list beside it at its place there.
const thread = document.querySelector(".panes > main");
if (thread && !location.hash && getComputedStyle(thread).overflowY === "auto") {
  thread.scrollTop = thread.scrollHeight;
}
document.querySelector("#inbox [aria-current]")?.scrollIntoView({ block: "nearest" });
