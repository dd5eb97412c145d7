// Takes the focus to the first field that is wrong, when a form was refused.
const point = () => document.querySelector("[aria-invalid=true]:not([type=hidden])")?.focus();

point();
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, xhr } }) => {
  if (xhr.status === 422 && ["click", "submit"].includes(requestConfig.triggeringEvent?.type)) point();
});
