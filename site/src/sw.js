/**
 * Keeps the site's own files, so that it works without a network. Not bundled: the build puts
 * in the list of files and a version (build/offline.ts). Photos never come here: they are in
 * no request.
 */

const OWN = `glassmask-${self.registration.scope}-`; // another copy on this host has its own
const CACHE = `${OWN}${"__VERSION__"}`;
const FILES = ["__FILES__"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) =>
      // One after the other: beside a page that is loading, it must not take the line.
      FILES.reduce((before, file) => before.then(() => keep(cache, file)), Promise.resolve()),
    ),
  );
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(OWN) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  event.respondWith(answer(request, url));
});

/** Keep a file as it is now, past the browser's own cache, which may hold an older one. */
async function keep(cache, file) {
  const found = await fetch(file, { cache: "no-cache" });
  if (!found.ok) throw new Error(`${file}: ${found.status}`);
  // Some hosts answer `index.html` by a redirect; browsers take none from a store for a page.
  const { status, headers } = found;
  const copy = found.redirected ? new Response(await found.blob(), { status, headers }) : found;
  await cache.put(file, copy);
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const page = url.pathname.endsWith("/") ? new URL("index.html", url).href : url.href;
  const kept = await cache.match(page, { ignoreSearch: true, ignoreVary: true });
  return kept ?? fetch(request);
}
