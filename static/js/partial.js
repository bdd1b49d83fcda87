// What partial updates need around htmx: a fresh region for what goes wrong, and words when the
// network does.

document.addEventListener("htmx:beforeRequest", () => {
  const problem = document.getElementById("problem");
  if (problem) problem.replaceChildren();
});

document.addEventListener("htmx:sendError", () => {
  const words = document.getElementById("no-network");
  const problem = document.getElementById("problem");
  if (words && problem) problem.replaceChildren(words.content.cloneNode(true));
});
