// On a phone the product works without network: a worker keeps today's agenda and what was opened today.
// Where its call form is not kept, the one that stands on Today is taken for any of its rows.

import { reference } from "./kept.js";

const PHONE = window.matchMedia("(pointer: coarse), (display-mode: standalone)");

function mark() {
  const bar = document.querySelector("[data-offline]");
  if (bar) bar.hidden = navigator.onLine;
}

async function work() {
  const address = document.body.dataset.worker;
  if (!address || !navigator.serviceWorker) return;
  const had = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register(address, { scope: "/" });
  const ready = await navigator.serviceWorker.ready;
  if (!PHONE.matches || !navigator.onLine) return;
  // a page that the worker fetched itself is kept already
  const here = had ? [] : [location.href];
  const forms = [...document.querySelectorAll("a[data-keep]")].map((link) => link.href);
  ready.active.postMessage({ keep: [...here, ...forms] });
}

// The form of the docked call, about the row of a step, lead or customer of Today.
function about(row, words) {
  const form = document.querySelector(".m-docked form[data-call]");
  const name = row?.querySelector(".m-row-main a")?.textContent.trim();
  if (!form || !name) return null;
  for (const field of ["customer", "lead", "deal"]) form.querySelector(`input[name=${field}]`)?.remove();
  for (const [field, value] of words) {
    if (field === "next") continue;
    const hidden = form.elements[field] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: field }));
    hidden.value = value;
  }
  if (!words.has("task")) form.elements.task.value = "";
  form.reset();
  form.elements.client_ref.value = reference();
  form.elements.seen.value = "";
  form.querySelectorAll("[data-for-outcome], .m-call-draft, .m-errors").forEach((part) => part.remove());
  form.querySelector("select[name=contact]")?.closest("div").remove();
  form.dataset.name = name;
  form.dataset.number = row.querySelector("a[href^='tel:']")?.getAttribute("href").slice(4) ?? "";
  // no draft while somebody types, but where it is kept should the server not take the call
  form.dataset.keptAt = form.dataset.draft ?? form.dataset.keptAt;
  delete form.dataset.draft;
  delete form.dataset.about;
  form.querySelector(".m-call-who").textContent = name;
  form.querySelectorAll(".m-call-head, [name=stay]").forEach((part) => part.remove());
  return form;
}

function openSheet(address) {
  const words = new URL(address, location.href).searchParams;
  const [field, value] = [...words].find(([key]) => ["task", "customer", "lead", "deal"].includes(key)) ?? [];
  const link = field && document.querySelector(`[data-sheet][href*="${field}=${CSS.escape(value)}"]`);
  const form = link && about(link.closest("[data-row]"), words);
  const sheet = document.getElementById("offline-sheet");
  if (!form || !sheet) return false;
  const dialog = sheet.content.cloneNode(true).querySelector("dialog");
  dialog.querySelector(".m-layer-body").append(form);
  form.querySelector("[data-save]").textContent = sheet.dataset.save;
  document.getElementById("layer").replaceChildren(dialog);
  dialog.showModal();
  window.htmx?.process(form);
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sheet]");
  if (link && !navigator.onLine && openSheet(link.href)) event.preventDefault();
});
// a kept call is done with: its sheet closes
document.addEventListener("mainstay:kept", (event) => event.target.closest("dialog")?.close());

window.addEventListener("online", mark);
window.addEventListener("offline", mark);
document.addEventListener("htmx:afterSettle", mark);
mark();
work();
if (location.hash.startsWith("#log")) {
  const address = location.hash.slice("#log".length);
  history.replaceState(null, "", location.pathname);
  openSheet(address);
}
