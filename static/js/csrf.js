// Sends the CSRF token that the cookie holds now: signing in again in another tab changes it.
const cookie = "csrftoken";

function token() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${cookie}=`));
  return found?.slice(cookie.length + 1);
}

// While it is captured, so that htmx reads the form afterwards.
document.addEventListener(
  "submit",
  (event) => {
    const input = event.target.querySelector("input[name=csrfmiddlewaretoken]");
    if (input) input.value = token() ?? input.value;
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, parameters, verb } = event.detail;
  const current = token();
  if (verb === "get" || !current) return;
  headers["X-CSRFToken"] = current;
  if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = current;
});
