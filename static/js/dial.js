// A quiet timer runs from "Call" and fills the minutes of the form about that number. On a phone, coming back
// from the call opens the form.

const PHONE = window.matchMedia("(max-width: 767.98px)");
const LONGEST = 4 * 3600_000;

function dialled() {
  const call = JSON.parse(sessionStorage.getItem("dialled") ?? "null");
  return call && Date.now() - call.at < LONGEST ? call : null;
}

function minutesOf(call) {
  return Math.max(1, Math.round((Date.now() - call.at) / 60_000));
}

function formOf(call) {
  return [...document.querySelectorAll("form[data-call]")].find(
    (form) => form.dataset.number === call.number && form.checkVisibility(),
  );
}

function fill() {
  const call = dialled();
  const form = call && formOf(call);
  if (!form) return;
  const minutes = form.elements.minutes;
  if (!minutes.value || minutes.dataset.timed) {
    minutes.value = String(minutesOf(call));
    minutes.dataset.timed = "yes";
  }
  const timer = form.querySelector("[data-timer]");
  if (!timer) return;
  timer.hidden = false;
  timer.querySelector("time").textContent = new Date(call.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='tel:']");
  if (!link) return;
  const sheet = link.closest("[data-row]")?.querySelector("[data-sheet]")?.href ?? "";
  sessionStorage.setItem("dialled", JSON.stringify({ at: Date.now(), number: link.getAttribute("href").slice(4), sheet }));
  fill();
});

// typed minutes are the reader's own
document.addEventListener("input", (event) => {
  if (event.target.name === "minutes") delete event.target.dataset.timed;
});

document.addEventListener("visibilitychange", () => {
  const call = dialled();
  if (document.hidden || !call) return;
  if (PHONE.matches && call.sheet && !formOf(call)) location.assign(call.sheet);
  else fill();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-call]")) return;
  fill();
  if (dialled()?.number === event.target.dataset.number) sessionStorage.removeItem("dialled");
}, true);
document.addEventListener("htmx:afterSettle", fill);
setInterval(fill, 15_000);
fill();
