// A form is sent once: a second press while it is being saved does nothing, and the button says so.
// The button is never disabled, or its own name and value would not be sent. A form that answers with a
// file carries data-download: its page stays, and it may be sent again.

function release(form) {
  const button = form.querySelector(".is-saving");
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  if (!button) return;
  button.classList.remove("is-saving");
  if (button.dataset.label !== undefined) button.replaceChildren(...button.kept);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-download]")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "yes";
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  if (!button?.matches(".btn-primary, .btn-save")) return;
  button.classList.add("is-saving");
  button.kept = [...button.childNodes];
  button.dataset.label = button.textContent;
  button.textContent = document.body.dataset.saving;
}, true);

for (const type of ["htmx:afterRequest", "htmx:validation:halted"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});
