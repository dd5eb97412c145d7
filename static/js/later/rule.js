// Recalculates what a billing type makes of timers while its form is filled in. Nothing is saved.
const PAUSE = 250;
const section = document.querySelector("[data-preview]");
const form = section.closest("form");
const figures = section.querySelector("[data-figures]");
let waiting;
let asked;

function say(what) {
  for (const line of section.querySelectorAll("[data-says]")) line.hidden = line.dataset.says !== what;
}

// Where Django puts a field's errors: into its row, or into its part of a row of several.
function box(input) {
  return input.closest(".fieldBox")?.parentElement ?? input.closest(".form-row");
}

function unmark(error) {
  const input = form.querySelector(`[aria-describedby~="${error.id}"]`);
  if (input) {
    const others = input.getAttribute("aria-describedby").split(" ").filter((id) => id !== error.id);
    input.setAttribute("aria-describedby", others.join(" "));
    if (!others.length) input.removeAttribute("aria-describedby");
    input.removeAttribute("aria-invalid");
    input.closest(".errors")?.classList.remove("errors");
  }
  error.remove();
}

function mark(error) {
  const input = document.getElementById(error.dataset.of);
  if (!input) return;
  box(input).prepend(error);
  (input.closest(".fieldBox") ?? input.closest(".form-row")).classList.add("errors");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${error.id} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
}

// The errors of the fields that a rule is made of; those of others, as of the name, stay until the form is saved.
function correct(answer) {
  const fields = form.querySelectorAll(section.dataset.fields);
  for (const input of fields) for (const error of box(input).querySelectorAll(":scope > .errorlist")) unmark(error);
  if (answer) for (const error of answer.querySelectorAll("[data-of]")) mark(error);
}

function parsed(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content;
}

async function recalculate() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  try {
    const response = await fetch(section.dataset.preview, { method: "POST", body: new FormData(form), signal });
    const known = !response.redirected && (response.ok || response.status === 422);
    const answer = known && parsed(await response.text());
    if (!known) say("unreachable");
    else if (response.ok) {
      figures.replaceChildren(answer);
      correct();
      say("unsaved");
    } else {
      correct(answer);
      say("wrong");
    }
  } catch (error) {
    if (error.name !== "AbortError") say("unreachable");
  }
}

form.addEventListener("input", (event) => {
  if (!event.target.matches(section.dataset.fields)) return;
  clearTimeout(waiting);
  waiting = setTimeout(recalculate, PAUSE);
});
