// Opens a thread at its latest message, where the thread scrolls by itself.
const thread = document.querySelector(".panes > main");
if (thread && !location.hash && getComputedStyle(thread).overflowY === "auto") {
  thread.scrollTop = thread.scrollHeight;
}
