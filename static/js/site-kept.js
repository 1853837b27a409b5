// The page of a site opens and works with a dead line as well (decision 0038): js/sheet-worker.js keeps it in the memory
// of the browser. A page from there says so, and is asked for anew as soon as the line is back and nothing is typed or kept.
(function () {
  "use strict";
  var form = document.querySelector("[data-roll]"), workers = navigator.serviceWorker;
  if (!form) return;
  var path = location.pathname, fresh = form.dataset.fresh === "yes", waits = false, typing = false;
  var SOONEST = 60000, place = "lantoa-page-" + form.dataset.roll;

  if (!fresh) {
    document.querySelectorAll("[data-from-memory]").forEach(function (one) { one.hidden = false; });
    document.addEventListener("lantoa:line", function (event) { if (event.detail.up && !waits) anew(); });
  }

  form.addEventListener("input", function () { typing = true; });
  form.addEventListener("submit", function () { typing = false; });  // from here on it is kept, and sent

  function anew() {
    waits = true;
    var busy = localStorage.getItem("lantoa-roll-" + form.dataset.roll) || typing;
    busy = busy || /^(INPUT|TEXTAREA|SELECT)$/.test((document.activeElement || {}).tagName);
    var typed = Array.prototype.some.call(document.querySelectorAll("main input:not([type=hidden]), main textarea"), function (one) {
      return one.form !== form && (one.value !== one.defaultValue || one.checked !== one.defaultChecked);
    });
    var soon = Date.now() - Number(sessionStorage.getItem(place)) < SOONEST;
    if (busy || typed || soon) { setTimeout(anew, 2000); return; }
    sessionStorage.setItem(place, String(Date.now()));
    location.reload();
  }

  if (!workers) return;
  if (!form.dataset.worker) {  // the workshop is over, or not yet announced
    if (workers.controller) workers.controller.postMessage({ forget: path });
    return;
  }
  if (!fresh) return;
  workers.addEventListener("message", function (event) {
    if (event.data === "kept") document.documentElement.dataset.kept = "yes";
  });
  workers.register(form.dataset.worker, { scope: "/workshops/site/", updateViaCache: "all" }).then(function (made) {
    return new Promise(function (done) {  // `ready` would wait for a worker of another folder
      var next = made.active || made.installing || made.waiting;
      if (next.state === "activated") { done(next); return; }
      next.addEventListener("statechange", function () { if (next.state === "activated") done(next); });
    });
  }).then(function (worker) {
    return document.fonts.ready.then(function () { return worker; });
  }).then(function (worker) {
    var parts = performance.getEntriesByType("resource").map(function (one) { return one.name; }).filter(function (one) {
      return one.indexOf(location.origin + "/static/") === 0;
    });
    worker.postMessage({ keep: [path].concat(parts) });
  }).catch(function () { return undefined; });
})();
