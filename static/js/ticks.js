// The review queue: ticks many entries at once and says what the ticked ones come to.
const form = () => document.getElementById("decide");
const boxes = (within = form()) => [...(within?.querySelectorAll("input[name=entry]") ?? [])];

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
  const bar = document.querySelector("#decide .bulk");
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

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "queue") say();
});

// Back and reload may bring old ticks along.
say();
window.addEventListener("pageshow", say);
