/**
 * Keeps the site's own files, so that it works without a network. Not bundled: the build puts
 * in the list of files and a version (build/offline.ts). Photos never come here: they are in
 * no request.
 */

const CACHE = `glassmask-${"__VERSION__"}`;
const FILES = ["__FILES__"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) =>
      // One after the other: beside a page that is loading, it must not take the line.
      FILES.reduce((before, file) => before.then(() => cache.add(file)), Promise.resolve()),
    ),
  );
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("glassmask-") && name !== CACHE);
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

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const page = url.pathname.endsWith("/") ? new URL("index.html", url).href : url.href;
  const kept = await cache.match(page, { ignoreSearch: true, ignoreVary: true });
  return kept ?? fetch(request);
}
