// Ctrl Enter saves; an error leaves as soon as its field is changed to something the browser accepts;
// a password can be shown; Caps Lock is told.

// From outside of any form: the one that lies on top, the call, or the only one whose button shows these keys.
function atHand() {
  const told = [...document.querySelectorAll("main .btn-primary:has(kbd + kbd)")].filter((one) => one.checkVisibility());
  const form = document.querySelector("dialog:modal form[method=post], form[data-call]");
  return form ?? (told.length === 1 && !document.querySelector("dialog:modal") ? told[0].form : null);
}

document.addEventListener("keydown", (event) => {
  if (event.code !== "Enter" && event.code !== "NumpadEnter") return;
  if (!(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("form") ?? atHand();
  if (form?.method !== "post") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".btn-primary"));
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches(".is-invalid") || !field.value || !field.validity.valid) return;
  field.classList.remove("is-invalid");
  field.removeAttribute("aria-invalid");
  document.getElementById(`${field.id}_error`)?.remove();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  field.focus();
});

document.addEventListener("keyup", (event) => {
  const hint = event.target.matches("input[type=password]") && document.querySelector("[data-caps]");
  if (hint) hint.hidden = !event.getModifierState("CapsLock");
});

document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[data-errors], [data-focus]")?.focus();
});

// the browser gives autofocus with the next picture, and a key pressed before it would be lost
function first() {
  const told = document.querySelector("[data-errors], [data-focus]");
  if (told) return told;
  return document.activeElement === document.body && !location.hash ? document.querySelector("[autofocus]") : null;
}
first()?.focus();
