// Calls that could not be sent wait on this device and go in their order, once each: the server knows a call
// that it has by its reference. What it would not take is a draft there; where it can keep none (a call with somebody
// new has no record to hang it on), it stays on this device and stands in the form again when that is opened. Of a record
// that is somebody else's by now there is no form: its text is shown, to be copied.

import { fill } from "./draft.js";
import { reference, send, shelf, words } from "./kept.js";

const AGAIN = 30_000;
const waiting = shelf("calls");
const refused = shelf("refused");
// forms whose call was kept, and what it said
const standing = new WeakMap();
let sending = false;

function tell(name, entries) {
  const bar = document.querySelector(`[data-${name}]`);
  if (!bar) return;
  bar.querySelector("[data-names]").textContent = entries.map((one) => one.name).join(", ");
  const open = bar.querySelector("a");
  if (open && entries.length) open.href = addressOf(entries[0]);
  bar.hidden = !entries.length;
}

function show() {
  tell("waiting", waiting.read());
  tell("refused", refused.read().filter((one) => !one.gone));
  showTexts(refused.read().filter((one) => one.gone));
}

function showTexts(entries) {
  const bar = document.querySelector("[data-gone]");
  if (!bar) return;
  const rows = entries.map((one) => {
    const row = document.getElementById("kept-text").content.cloneNode(true).firstElementChild;
    row.querySelector("[data-who]").textContent = one.name;
    const text = row.querySelector("textarea");
    text.value = textOf(one);
    text.setAttribute("aria-label", one.name);
    row.querySelector("[data-copy]").addEventListener("click", () => copy(text));
    row.querySelector("[data-remove]").addEventListener("click", () => (forget(one.ref), show()));
    return row;
  });
  bar.querySelector("[data-texts]").replaceChildren(...rows);
  bar.hidden = !entries.length;
}

// What a person wrote, in its lines.
function textOf(one) {
  const said = new URLSearchParams(one.body);
  return ["note", "next_title", "no_next_step"].map((name) => said.get(name)).filter(Boolean).join("\n");
}

function copy(text) {
  text.select();
  if (navigator.clipboard) navigator.clipboard.writeText(text.value);
  else document.execCommand("copy");
}

// The form of a kept call: of the same record, or of somebody new.
function addressOf(one) {
  const said = new URLSearchParams(one.body);
  const name = ["customer", "lead", "deal", "task"].find((field) => said.get(field));
  return name ? `${one.address}?${name}=${said.get(name)}` : one.address;
}

function say(id, one) {
  const toast = document.getElementById(id)?.content.cloneNode(true);
  const messages = document.getElementById("messages");
  if (!toast || !messages) return;
  toast.querySelector("[data-who]").textContent = one.name;
  const open = toast.querySelector("a");
  if (open) open.href = addressOf(one);
  messages.append(toast);
  document.dispatchEvent(new Event("htmx:oobAfterSwap"));
}

function keep(form) {
  form.elements.kept_at.value = new Date().toISOString();
  const one = {
    ref: form.elements.client_ref.value,
    name: form.dataset.name || form.elements.who?.value || form.elements.phone?.value,
    address: form.getAttribute("action"),
    draft: form.dataset.draft ?? form.dataset.keptAt,
    body: words(form),
  };
  waiting.write([...waiting.read().filter((other) => other.ref !== one.ref), one]);
  forget(one.ref);
  standing.set(form, one.body);
  say("call-kept", one);
  show();
  form.dispatchEvent(new Event("mainstay:kept", { bubbles: true }));
}

// A call that waits no more is not the one that its form would save next; left as it was, the form is empty again.
function renew() {
  const refs = waiting.read().map((one) => one.ref);
  for (const form of document.querySelectorAll("form[data-call]")) {
    if (!standing.has(form) || refs.includes(form.elements.client_ref.value)) continue;
    const untouched = words(form) === standing.get(form);
    standing.delete(form);
    form.elements.client_ref.value = reference();
    form.elements.kept_at.value = "";
    if (untouched) empty(form);
  }
}

function empty(form) {
  form.reset();
  form.dispatchEvent(new Event("call:filled", { bubbles: true }));
  if (!form.closest("#content")) return;
  // its row is done with, and the counts are others; what the server says of the call can be undone
  const parts = { target: "#content", select: "#content", selectOOB: "#rail,#messages:beforeend" };
  window.htmx.ajax("GET", location.href, { ...parts, swap: "outerHTML show:none" });
}

function done(one) {
  waiting.write(waiting.read().filter((other) => other.ref !== one.ref));
}

async function sendAll() {
  if (sending || !waiting.read().length) return;
  sending = true;
  for (const one of waiting.read()) {
    const how = await send(one.address, one.body);
    if (how === "no network" || how === "signed out") break;
    let kept = how;
    if (how !== "sent") {
      // a draft again, for its author to mend
      kept = one.draft ? await send(one.draft, one.body) : how;
      if (kept === "no network" || kept === "signed out") break;
      const gone = kept === "gone";
      if (kept !== "sent") refused.write([...refused.read().filter((other) => other.ref !== one.ref), { ...one, gone }]);
    }
    done(one);
    if (kept !== "gone") say(how === "sent" ? "call-sent" : "call-refused", one);
  }
  sending = false;
  show();
  renew();
}

function forget(ref) {
  refused.write(refused.read().filter((one) => one.ref !== ref));
}

// Whom a form is about, as the address of a kept call says it.
function placeOf(form) {
  return addressOf({ address: form.getAttribute("action"), body: form.dataset.about ? words(form) : "" });
}

// What is kept here stands in its form as soon as that is opened, as the same call; an answer of the server to it is newer.
function bring() {
  for (const form of document.querySelectorAll("form[data-call]")) {
    const one = refused.read().find((kept) => addressOf(kept) === placeOf(form));
    if (one && form.elements.client_ref.value !== one.ref) fill(form, one.body);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-call]")) return;
  const all = refused.read();
  const one = all.find((kept) => kept.ref === form.elements.client_ref.value);
  if (one) refused.write(all.map((kept) => (kept === one ? { ...one, body: words(form) } : kept)));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-call]");
  const answer = event.detail.xhr;
  if (!form || !answer?.status || answer.status >= 400) return;
  if (answer.getResponseHeader("HX-Redirect")?.startsWith("/sign-in/")) return;
  forget(form.elements.client_ref.value);
  show();
});

for (const type of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form[data-call]");
    if (form) keep(form);
  });
}
window.addEventListener("online", sendAll);
// another tab sent them
window.addEventListener("storage", () => (show(), renew()));
document.addEventListener("visibilitychange", () => document.hidden || sendAll());
document.addEventListener("htmx:afterSettle", () => (show(), bring()));
// asked for while signing out of a device that others use too
document.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-forget-drafts]")) refused.write([]);
}, true);
setInterval(sendAll, AGAIN);
show();
bring();
sendAll();
