// Forms with data-unsaved tell how many fields differ from what was loaded, and ask once on leaving.

function changed(form) {
  const names = new Set();
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    const differs =
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.options
          ? [...field.options].some((option) => option.selected !== option.defaultSelected) && touched.has(field)
          : field.value !== field.defaultValue;
    if (differs) names.add(field.name);
  }
  return names.size;
}

// a select without a chosen option in the page still selects its first one
const touched = new WeakSet();

function show(form) {
  const count = changed(form);
  const bar = form.querySelector("[data-unsaved-bar]");
  form.toggleAttribute("data-changed", count > 0);
  if (!bar) return;
  bar.hidden = count === 0;
  bar.querySelector("[data-unsaved-count]").textContent = String(count);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-unsaved]")) return;
    touched.add(event.target);
    show(form);
  });
}

document.addEventListener("reset", (event) => {
  if (event.target.matches("[data-unsaved]")) setTimeout(show, 0, event.target);
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]:not([data-sending])")) event.preventDefault();
});
