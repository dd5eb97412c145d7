// Sets the chosen theme before the first paint, and lets the switches in the account menu and the settings choose it.
(() => {
  const root = document.documentElement;
  let chosen = "";

  function show(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  function keep(theme) {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // The browser keeps nothing here: the theme holds until the next page.
    }
  }

  try {
    chosen = localStorage.getItem("theme") ?? "";
  } catch {
    // Then it follows the system.
  }
  show(chosen);

  document.addEventListener("DOMContentLoaded", () => {
    const inputs = [...document.querySelectorAll("[data-theme-switch] input")];
    const mark = (theme) => inputs.forEach((input) => (input.checked = input.value === theme));
    mark(chosen);
    for (const input of inputs) {
      input.addEventListener("change", () => {
        show(input.value);
        keep(input.value);
        mark(input.value);
      });
    }
  });
})();
