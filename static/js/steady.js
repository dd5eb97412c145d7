// Lets no new calculation move a button away from under a pointer that is pressing it.
let pressed = false;
let held = null;

document.addEventListener("pointerdown", () => (pressed = true));
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    pressed = false;
    // After the click that follows; where it has sent the form there is nothing left to calculate.
    setTimeout(() => {
      if (held?.isConnected) held.dispatchEvent(new Event("input", { bubbles: true }));
      held = null;
    }, 50);
  });
}
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!pressed || event.detail.target.id !== "entry-calculation") return;
  event.detail.shouldSwap = false;
  held = document.querySelector("#entry-billed-field input");
});
