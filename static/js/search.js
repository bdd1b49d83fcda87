// The search box drops its finds below it; arrows walk them, Esc leaves. Enter without a choice opens
// the page of results.

const box = document.querySelector("[data-search]");

function hits() {
  return [...box.querySelectorAll(".m-hit")];
}

function walk(by) {
  const all = hits();
  const field = box.querySelector("input");
  const at = all.indexOf(document.activeElement) + by;
  (at < 0 ? field : all[Math.min(at, all.length - 1)])?.focus();
}

// Out of the finds to the field, then out of the field.
function leave(field, finds) {
  finds.replaceChildren();
  if (document.activeElement !== field) return field.focus();
  field.value = "";
  field.blur();
}

box?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.key === "Escape") {
    event.preventDefault();
    leave(box.querySelector("input"), document.getElementById("hits"));
  }
});

box?.addEventListener("input", (event) => {
  if (!event.target.value) document.getElementById("hits").replaceChildren();
});
