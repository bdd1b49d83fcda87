// Selects with data-combobox become searchable; data-url asks the server for {"items": [{value, text,
// note}]}. The library is fetched only where such a select stands.

let library = null;

function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=combobox]").content;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

function line(item, escape) {
  const note = item.note ? `<small>${escape(item.note)}</small>` : "";
  return `<div>${escape(item.text)}${note}</div>`;
}

function find(address) {
  return async (text, done) => {
    const url = new URL(address, location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    done(answer.ok ? (await answer.json()).items : []);
  };
}

function dress(select) {
  const address = select.dataset.url;
  const box = new window.TomSelect(select, {
    maxOptions: 50,
    render: { option: line, item: line, no_results: null },
    ...(address && { load: find(address), shouldLoad: (text) => text.length > 1, searchField: [], sortField: [{ field: "$order" }] }),
  });
  // what is left of the select is out of sight; a link to it leads to the box
  select.setAttribute("aria-hidden", "true");
  select.addEventListener("focus", () => box.focus());
}

async function dressAll(root) {
  const selects = [...root.querySelectorAll("select[data-combobox]:not(.tomselected)")];
  if (!selects.length) return;
  await load();
  selects.forEach(dress);
}

document.addEventListener("htmx:afterSettle", (event) => dressAll(event.target));
dressAll(document);
