// The review queue: ticks many entries at once and says what the ticked ones come to.
const form = () => document.getElementById("decide");
const boxes = (within = form()) => [...(within?.querySelectorAll("input[name=entry]") ?? [])];

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

// Amounts are added up in minor units, and written with the separators of the page's language.
function money(chosen) {
  const sums = new Map();
  for (const { dataset } of chosen) {
    if (!dataset.amount) continue;
    const { minor = 0n } = sums.get(dataset.currency) ?? {};
    sums.set(dataset.currency, { minor: minor + BigInt(dataset.amount), decimals: Number(dataset.decimals) });
  }
  return [...sums].sort().map(([currency, { minor, decimals }]) => `${written(minor, decimals)} ${currency}`);
}

function written(minor, decimals) {
  const digits = String(minor).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: "always",
  }).format(decimals ? `${whole}.${digits.slice(-decimals)}` : whole);
}

// The page words "1 selected" in the forms of its language, with # for the number.
function counted(count, { dataset }) {
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  return (dataset[form] ?? dataset.other).replace("#", count);
}

function say() {
  const bar = document.querySelector("#decide .bulk");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked);
  const billed = chosen.reduce((sum, { dataset }) => sum + Number(dataset.billed), 0);
  bar.querySelector("b").textContent = counted(chosen.length, bar.querySelector("p"));
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

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "queue") say();
});

document.addEventListener("decided", say);

// Back and reload may bring old ticks along.
say();
window.addEventListener("pageshow", say);
