// Shows the offline page when a page is opened and there is no network. That is all it keeps: no page of an account.
const CACHE = "offline-{{ version }}";
const PAGE = "{{ page }}";
// What the offline page is made of.
const FILES = [{% for file in files %}"{{ file }}", {% endfor %}];

self.addEventListener("install", (event) => {
  const page = new Request(PAGE, { cache: "reload" });
  const kept = caches.open(CACHE).then((cache) => cache.addAll([page, ...FILES]));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const older = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([older, self.registration.navigationPreload?.enable()]));
});

async function open(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (error) {
    return (await caches.match(PAGE, { ignoreVary: true })) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreVary: true })));
  }
});
