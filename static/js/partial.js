// What partial updates need around htmx: a fresh region for what goes wrong, and words when the
// network does.

document.addEventListener("htmx:beforeRequest", () => {
  const problem = document.getElementById("problem");
  if (problem) problem.replaceChildren();
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.target.closest?.("form[data-call]")) return; // kept, and told by outbox.js
  if (event.target.closest?.("[data-log]")) return; // the menu of the row leads to the form, which works
  const words = document.getElementById("no-network");
  const problem = document.getElementById("problem");
  if (words && problem) problem.replaceChildren(words.content.cloneNode(true));
});
