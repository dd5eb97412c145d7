// Opens a dialog by [data-show], closes it by [data-close] and when what it sent was taken.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-show]");
  const dialog = opener && document.getElementById(opener.dataset.show);
  if (dialog) {
    // An opener may be a link, to the page that does the same without JavaScript.
    event.preventDefault();
    dialog.showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog").close();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful, xhr } = event.detail;
  const sent = ["click", "submit"].includes(requestConfig.triggeringEvent?.type);
  if (sent && successful && xhr.status < 400) event.target.closest("dialog")?.close();
});
