// Keeps the page of an exam, and that of a site of a workshop, so that it opens again without a line. The network comes
// first; what does not answer within a few seconds is a dead line. A page from the memory says so: its data-fresh is "no".
// Nothing else is watched over.
"use strict";
const PATIENCE = 5000;
const [STORE, PAGE] = {  // by the folder that this worker watches over
  "/my-exams/": ["lantoa-exams-1", /^\/my-exams\/[0-9a-z]{13}\/$/],
  "/workshops/site/": ["lantoa-sites-1", /^\/workshops\/site\/[0-9a-z]{13}\/roll\/$/]
}[self.location.pathname.replace(/[^/]*$/, "")];

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", function (event) {
  if (event.data.keep) event.waitUntil(Promise.all(event.data.keep.map(keep)).then(function () { event.source.postMessage("kept"); }));
  if (event.data.forget) event.waitUntil(caches.open(STORE).then(function (store) { return store.delete(event.data.forget); }));
});

async function keep(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "force-cache" });  // the browser has it already
  if (answer.ok && !answer.redirected) await (await caches.open(STORE)).put(address, answer);
}

self.addEventListener("fetch", function (event) {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.search) return;
  if (event.request.mode === "navigate" ? PAGE.test(url.pathname) : url.pathname.startsWith("/static/")) {
    event.respondWith(answer(event, url.pathname));
  }
});

async function answer(event, path) {
  const stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, PATIENCE);
  try {
    const fresh = await fetch(event.request, { signal: stop.signal });
    if (fresh.status >= 500) return (await old(path)) || fresh;
    if (!PAGE.test(path) || !fresh.ok || fresh.redirected) return fresh;
    const whole = await fresh.arrayBuffer();  // a line may hang in the middle of a page
    const copy = new Response(whole, fresh);
    event.waitUntil(caches.open(STORE).then(function (store) { return store.put(path, copy); }).catch(function () {}));
    return new Response(whole, fresh);
  } catch (fault) {
    const kept = await old(path);
    if (kept) return kept;
    throw fault;
  } finally {
    clearTimeout(timer);
  }
}

async function old(path) {
  const kept = await caches.match(path);
  if (!kept || !PAGE.test(path)) return kept;
  const words = (await kept.text()).replace('data-fresh="yes"', 'data-fresh="no"');
  return new Response(words, { status: 200, headers: kept.headers });
}
