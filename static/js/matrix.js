// The distribution matrix: while a row has focus, 1 to 9 give it to the heir of that column, and 0 to the pool. Each row is a
// group of radio buttons that htmx sends when it changes, and puts the focus back on the one that has it by its id.

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (document.body.dataset.shortcuts !== "on") return;
  const row = event.target.closest?.("[data-heirs] tr");
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (!row || !digit) return;
  const choice = row.querySelector(`input[data-heir="${digit[1]}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.focus();
  if (!choice.checked) choice.click();
});
