// Keeps on this device, for one day, what a rep needs on the road: today's agenda, the customers opened today and their
// call forms, and the parts that pages are made of. All of it but the parts goes with signing out and with a refusal.
// Pages come from the network as long as there is one.

const RELEASE = "parts-{{ release }}";
const PARTS = {{ parts|safe }};
const OFFLINE = "{{ offline }}";
const PAGES = "pages";
const DAY = 24 * 3600_000;
const MOST = 100;
// so long is waited for a network that is hardly there, if there is something to show instead
const PATIENCE = 5_000;
const KEPT_AT = "X-Kept-At";
// nobody sees what is fetched so: a message of an act waits for the page that is seen
const UNSEEN = { "X-Background": "yes" };

self.addEventListener("install", (event) => {
  // what a page sends while it is left would be lost on its way through here
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(RELEASE).then((cache) => cache.addAll([...PARTS, OFFLINE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  for (const name of await caches.keys()) if (name !== RELEASE && name !== PAGES) await caches.delete(name);
  const pages = await caches.open(PAGES);
  const keys = await pages.keys();
  for (const [place, key] of keys.entries()) {
    const page = await pages.match(key);
    if (place < keys.length - MOST || isOld(page)) await pages.delete(key);
  }
}

function isOld(page) {
  return !page || Date.now() - Number(page.headers.get(KEPT_AT)) > DAY;
}

// The name under which a page is kept; nothing for those that are not.
function nameOf(url) {
  const about = ["customer", "lead", "deal"].find((name) => url.searchParams.has(name));
  if (url.pathname === "/today/" && !url.search) return "/today/";
  // wherever it was opened from, it is the same customer
  const plain = [...url.searchParams.keys()].every((name) => ["in", "of"].includes(name));
  if (/^\/customers\/\d+\/$/.test(url.pathname) && plain) return url.pathname;
  if (url.pathname === "/calls/new/" && about) return `/calls/new/?${about}=${url.searchParams.get(about)}`;
  return "";
}

async function keep(name, answer, before) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const body = await answer.blob();
  if (before !== wipes) return; // it was asked for before somebody signed out
  const pages = await caches.open(PAGES);
  await pages.delete(name); // the newest stands last
  await pages.put(name, new Response(body, { status: 200, headers }));
}

async function kept(name) {
  const pages = await caches.open(PAGES);
  const page = name && (await pages.match(name));
  if (!page) return undefined;
  if (!isOld(page)) return page;
  await pages.delete(name);
  return undefined;
}

let wipes = 0;

async function wipe() {
  wipes += 1;
  await caches.delete(PAGES);
}

async function fromNetwork(request, name) {
  const before = wipes;
  const answer = await fetch(request);
  // 404: it was theirs to see, and is not any more
  if ([401, 403].includes(answer.status) || (name && answer.status === 404)) await wipe();
  // a page that leads elsewhere is not this one
  else if (name && answer.ok && !answer.redirected && answer.type === "basic") await keep(name, answer.clone(), before);
  return answer;
}

async function page(event, url) {
  const name = nameOf(url);
  const there = await kept(name);
  const work = fromNetwork(event.request, name);
  event.waitUntil(work.then(() => undefined, () => undefined));
  try {
    if (!there) return await work;
    return await Promise.race([work, new Promise((_, give_up) => setTimeout(give_up, PATIENCE, new Error("slow")))]);
  } catch {
    return there ?? instead(url);
  }
}

// Without network and without the page: today's agenda for the start page and for the form of a step of today.
async function instead(url) {
  const today = await kept("/today/");
  if (url.pathname === "/" && today) return today;
  if (url.pathname === "/calls/new/" && today) return Response.redirect(`/today/#log${url.search}`);
  return (await caches.match(OFFLINE)) ?? Response.error();
}

async function part(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (PARTS.includes(url.pathname)) event.respondWith(part(request));
  else if (url.pathname === "/sign-in/") event.waitUntil(wipe()); // where signing out leads, and a session that has ended
  else if (request.method === "GET" && (request.mode === "navigate" || (nameOf(url) && request.headers.get("HX-Boosted"))))
    event.respondWith(page(event, url));
});

// A page that was opened before this worker was there, and what it says belongs to it.
self.addEventListener("message", (event) => {
  const names = event.data?.keep ?? [];
  event.waitUntil(
    (async () => {
      for (const address of names) {
        const url = new URL(address, self.location.origin);
        const name = nameOf(url);
        if (!name || url.origin !== self.location.origin) continue;
        const before = wipes;
        const answer = await fetch(url, { credentials: "same-origin", headers: UNSEEN }).catch(() => undefined);
        if (answer?.ok && !answer.redirected) await keep(name, answer, before);
      }
      await tidy();
    })(),
  );
});
