// The review queue: ticks many at once and says what they come to, opens rows and the dialog, keeps the place.
const find = (selector) => document.querySelector(selector);
const boxes = (within = find("#decide")) => [...(within?.querySelectorAll("input[name=entry]") ?? [])];

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

// Amounts are added up in minor units, with as many decimals as the server wrote.
function money(chosen) {
  const sums = new Map();
  for (const { dataset } of chosen) {
    if (!dataset.amount) continue;
    const { minor = 0n } = sums.get(dataset.currency) ?? {};
    const decimals = dataset.amount.split(".")[1]?.length ?? 0;
    sums.set(dataset.currency, { minor: minor + BigInt(dataset.amount.replace(/\D/g, "")), decimals });
  }
  return [...sums].sort().map(([currency, { minor, decimals }]) => `${written(minor, decimals)} ${currency}`);
}

function written(minor, decimals) {
  const digits = String(minor).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
}

function say() {
  const bar = find("#decide .bulk");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked);
  const billed = chosen.reduce((sum, { dataset }) => sum + Number(dataset.billed), 0);
  bar.querySelector("b").textContent = `${chosen.length} selected`;
  bar.querySelector("span").textContent = [clock(billed), ...money(chosen)].join(", ");
  for (const all of document.querySelectorAll("#decide [data-select]")) {
    const own = boxes(scope(all));
    all.checked = own.every((box) => box.checked);
    all.indeterminate = !all.checked && own.some((box) => box.checked);
  }
}

const scope = (all) => all.closest(all.dataset.select === "group" ? "tbody" : "table");

document.addEventListener("change", (event) => {
  if (!event.target.closest("#decide")) return;
  if (event.target.matches("[data-select]")) {
    for (const box of boxes(scope(event.target))) box.checked = event.target.checked;
  }
  say();
});
// The boxes are cleared only after the event.
document.addEventListener("reset", () => setTimeout(say));

// A row opens by what it loads, and closes without asking.
function close(disclosure) {
  disclosure.setAttribute("aria-expanded", "false");
  disclosure.closest("tr").classList.remove("opened");
  document.getElementById(disclosure.getAttribute("aria-controls"))?.remove();
}

document.addEventListener("htmx:confirm", (event) => {
  const disclosure = event.target.closest(".disclosure[aria-expanded=true]");
  if (!disclosure) return;
  event.preventDefault();
  close(disclosure);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const disclosure = event.detail.requestConfig.elt.closest(".disclosure");
  if (disclosure?.getAttribute("aria-expanded") === "true") event.detail.shouldSwap = false;
});

// The next row takes the focus of one that was decided on.
let row = null;
let order = [];
const rows = () => [...document.querySelectorAll("#queue tr[id][data-entry]:not(.detail)")];

document.addEventListener("focusin", (event) => {
  row = event.target.closest("#queue tr[data-entry]")?.dataset.entry ?? row;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "queue") order = rows().map((each) => each.dataset.entry);
});

function next() {
  const at = order.indexOf(row);
  const wanted = at < 0 ? [] : [...order.slice(at), ...order.slice(0, at).reverse()];
  const found = wanted.map((entry) => document.getElementById(`row-${entry}`)).find(Boolean);
  return found?.querySelector(".disclosure") ?? find("#queue h1");
}

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.matches("dialog")) {
    if (!target.open) target.showModal();
  } else if (target.id === "queue") {
    say();
    if (requestConfig.verb !== "get") next().focus({ preventScroll: !row });
  } else {
    const disclosure = requestConfig.elt.closest(".disclosure");
    disclosure?.setAttribute("aria-expanded", "true");
    disclosure?.closest("tr").classList.add("opened");
  }
});

// Back and reload may bring old ticks along.
say();
window.addEventListener("pageshow", say);
