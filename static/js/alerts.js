// What could not be saved is shown where it can be seen, however far down the form was scrolled.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.target.querySelector?.("[role=alert]")?.scrollIntoView({ block: "nearest" });
});
