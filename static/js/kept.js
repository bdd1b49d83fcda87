// What this device keeps for the person signed in while there is no network, and how it is sent later.

export function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

// A list in this device's storage that survives closing; each person has their own.
export function shelf(name) {
  const key = `${name}:${document.body.dataset.person}`;
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? "[]"),
    write: (entries) => (entries.length ? localStorage.setItem(key, JSON.stringify(entries)) : localStorage.removeItem(key)),
  };
}

// The words of a form, without what is worth nothing in another session.
export function words(form) {
  const body = new URLSearchParams(new FormData(form));
  body.delete("csrfmiddlewaretoken");
  return body.toString();
}

// "sent", "signed out", "no network", "gone" (nothing of theirs is there) or "refused"; the first and the last two are final.
export async function send(address, body, more = {}) {
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", "HX-Target": "call", "Content-Type": "application/x-www-form-urlencoded" };
  try {
    const answer = await fetch(address, { method: "POST", headers, body, credentials: "same-origin", ...more });
    const leads = answer.headers.get("HX-Redirect") ?? "";
    if (answer.status === 403 || leads.startsWith("/sign-in/")) return "signed out";
    if (answer.status >= 500 || answer.status === 429) return "no network";
    if (answer.status === 404) return "gone";
    return answer.ok ? "sent" : "refused";
  } catch {
    return "no network";
  }
}

// A reference for one more record. (Where a company's server has no certificate, browsers lack their own words for it.)
export function reference() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
