// Drawers and sheets are dialogs with an address: a link or form with data-layer opens its page's layer over
// this page, Back closes it, and a page loaded at that address shows it open.

const slot = document.getElementById("layer");
let opener = null;

function box() {
  return slot?.querySelector("dialog[data-layer-box]");
}

function raise() {
  const dialog = box();
  if (!dialog || dialog.matches(":modal")) return;
  dialog.close();
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
}

function lower(dialog) {
  dialog.close();
  if (dialog.dataset.layerBox === undefined) return;
  slot.replaceChildren();
  if (history.state?.layer) history.back();
  else if (dialog.dataset.closeUrl) location.assign(dialog.dataset.closeUrl); // there is no page behind
  opener?.focus();
}

function show(address, by) {
  opener = by;
  history.pushState({ layer: true }, "", address);
  // as a boosted link, which is answered with the whole page, wherever that page has fragments too
  const headers = { "HX-Boosted": "true" };
  window.htmx.ajax("GET", address, { target: "#layer", select: "#layer > *", swap: "innerHTML", headers });
}

// a form that asks: what was chosen goes into the address of its layer
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-layer]");
  if (!form || event.defaultPrevented || !window.htmx) return;
  event.preventDefault();
  const words = new URLSearchParams(new FormData(form, event.submitter));
  show(`${form.getAttribute("action")}?${words}`, event.submitter ?? form);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-layer]");
  if (link && window.htmx) {
    event.preventDefault();
    show(link.href, link);
    return;
  }
  const open = event.target.closest("[data-open]");
  if (open) document.getElementById(open.dataset.open)?.showModal();
  const close = event.target.closest("[data-close]");
  const dialog = close?.closest("dialog") ?? (event.target.matches("dialog:modal") ? event.target : null);
  if (dialog) {
    event.preventDefault();
    lower(dialog);
  }
});

document.addEventListener(
  "cancel",
  (event) => {
    if (!event.target.matches("dialog")) return;
    event.preventDefault();
    lower(event.target);
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === slot) raise();
});

window.addEventListener("popstate", () => {
  if (history.state?.layer) location.reload();
  else if (box()) {
    slot.replaceChildren();
    opener?.focus();
  }
});

function fold(open) {
  const more = document.querySelector("[data-rail]");
  const rail = document.getElementById("rail");
  rail.classList.toggle("is-open", open);
  more.setAttribute("aria-expanded", String(open));
  (open ? rail.querySelector("a:not(.m-brand)") : more).focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-rail]")) fold(!document.getElementById("rail").matches(".is-open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("#rail.is-open")) fold(false);
});

raise();
