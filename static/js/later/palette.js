// The palette: what is typed is looked up, arrows choose among what was found, Enter opens it.
const palette = document.getElementById("palette");
const found = document.getElementById("palette-found");
const form = palette.querySelector("form");
const input = form.elements.q;
const attributes = {
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-controls": "palette-list",
  autocomplete: "off",
  enterkeyhint: "go",
  maxlength: 200,
  spellcheck: "false",
};
for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
// Whether what is shown is the answer to what was typed; and the Enter that waits for it.
let current = true;
let entered = null;

const options = () => [...found.querySelectorAll("[role=option]")];
const chosen = () => found.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  input.setAttribute("aria-expanded", String(Boolean(option)));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
}

function move(option) {
  choose(option);
  // With the heading above it, where it is the first of its group.
  const heading = option?.previousElementSibling;
  (heading?.matches("h2") ? heading : option)?.scrollIntoView({ block: "nearest" });
  option?.scrollIntoView({ block: "nearest" });
}

function open(option, { ctrlKey, metaKey }) {
  option?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey }));
}

// The field lets go at once: the next key is not for it.
function close() {
  input.blur();
  palette.close();
}

function shown(event) {
  current = event.detail.requestConfig.parameters.q === input.value;
  choose(options()[0]);
  if (current && entered) open(chosen(), entered);
  if (current) entered = null;
}

function look() {
  current = false;
  form.dispatchEvent(new Event("look"));
}

input.addEventListener("input", () => (current = false));

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  const at = all.indexOf(chosen());
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (event.key in moves) move(all.at(moves[event.key] % (all.length || 1)));
  else if (event.key !== "Enter") return;
  else if (current) event.repeat || open(chosen(), event);
  else {
    entered = event;
    look();
  }
  event.preventDefault();
});

found.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
found.addEventListener("mousemove", (event) => choose(event.target.closest("[role=option]") ?? chosen()));
found.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option) return;
  close();
  // What a verb brings takes the place of this.
  document.getElementById(option.dataset.focus)?.focus();
});
palette.addEventListener("click", (event) => event.target === palette && close());
palette.addEventListener("cancel", () => input.blur());
found.addEventListener("htmx:afterSwap", shown);

// The same key closes it again.
export default function toggle() {
  if (palette.open) return close();
  form.reset();
  found.replaceChildren();
  choose(null);
  palette.showModal();
  look();
}
