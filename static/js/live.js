// Pages that change by themselves.
//
// data-live="15": every so many seconds the page asks its own address for the living part and puts it in its place.
//
// data-stream (address, with data-ticket and data-after): ONE stream of a workshop (decision 0032). What is told has a
// number; after a cut the page goes on from the number it knows. Elements say what they want:
//   data-live="roll call"        the kinds they follow
//   data-live-from="/address/"   fetched again when one is told, twice a second at most, and when much was missed
//   data-live-value="people"     its text is this value of the telling (`about.people`)
//   data-live-rows               data-row="KEY" within it take the row of that key: state, number
// Other scripts hear "lantoa:told" and "lantoa:line" on the document, and ask for a fresh ticket by "lantoa:renew" (its
// detail is called with "renewed", "signed-out" or ""). A lost line is said, with its time.
(function () {
  "use strict";
  var LONGEST = 120;

  // ---- by asking again

  function follow(box, wait) {
    var usual = Number(box.dataset.live) || 30;
    setTimeout(function () {
      if (document.hidden || box.contains(document.activeElement)) { follow(box, usual); return; }
      part(location.href)
        .then(function (html) {
          var next = html.querySelector("[data-live]");
          if (!next) throw new Error("gone");
          box.replaceWith(next);
          follow(next, usual);
        })
        .catch(function () {
          box.querySelectorAll("[data-lost]").forEach(function (said) { said.hidden = false; });
          follow(box, Math.min(wait * 2, LONGEST));
        });
    }, wait * 1000 * (0.9 + Math.random() / 5));
  }

  function part(address) {
    return fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) { return new DOMParser().parseFromString(html, "text/html"); });
  }

  document.querySelectorAll("[data-live]").forEach(function (box) {
    if (Number(box.dataset.live)) follow(box, Number(box.dataset.live));
  });

  // ---- by the stream

  var EVERY = 500;         // milliseconds between two fetches of one part
  var SILENT = 40000;      // the centre beats every 15 seconds; after this the line is dead, whatever it says
  var LATEST = 10000;      // between two tries
  var EARLY = 3600000;     // so long before its end a ticket is renewed
  var AGAIN = 600000;      // and tried again, when nobody answered
  var box = document.querySelector("[data-stream]");
  if (!box || !window.EventSource) return;
  var source = null, known = Number(box.dataset.after) || 0, catching = true, much = false;
  var heardAt = Date.now(), failures = 0, timer = 0, up = false, ahead = 0, renewing = null, ends = end(), triedAt = 0;

  function open() {
    clearTimeout(timer);
    if (source) source.close();
    catching = true;
    source = new EventSource(
      box.dataset.stream + "?ticket=" + encodeURIComponent(box.dataset.ticket) + "&after=" + known
    );
    source.addEventListener("hello", function (event) {
      var said = JSON.parse(event.data);
      failures = 0;
      known = said.n;
      much = said.snapshot;
      heard(said.now);
    });
    source.addEventListener("beat", function (event) { heard(JSON.parse(event.data).now); });
    source.addEventListener("caught-up", function (event) {
      known = Math.max(known, Number(event.lastEventId));
      catching = false;
      heard(0);
      if (much) parts().forEach(again);
    });
    source.addEventListener("again", function () { later(Math.random() * 1000); });
    source.onmessage = function (event) {
      var told = JSON.parse(event.data);
      heard(0);
      if (!catching && told.n <= known) return;
      if (!catching && told.p > known) { later(0); return; }  // something is missing: from the number we know
      known = Math.max(known, told.n);
      show(told);
    };
    source.onerror = lost;
  }

  function heard(now) {
    heardAt = Date.now();
    if (now) ahead = heardAt - now;
    if (!up) line(true);
  }

  function lost() {
    failures += 1;
    if (failures === 3 || failures % 10 === 0) renew();
    later(Math.random() * Math.min(LATEST, 1000 * Math.pow(2, failures)));
    if (failures > 1) line(false);
  }

  function later(wait) {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
    timer = setTimeout(open, wait);
  }

  // The page's own address gives out another ticket, while its reader is signed in: "renewed", "signed-out", or "" when
  // nobody answers. The stream goes on with the new one.
  function renew() {
    renewing = renewing || fetch(location.href.split("#")[0], {
      headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", cache: "no-store"
    }).then(function (answer) {
      if (answer.redirected || answer.status === 401 || answer.status === 403 || answer.status === 404) return "signed-out";
      if (!answer.ok) return "";
      return answer.text().then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-stream]");
        if (!fresh) return "signed-out";
        box.dataset.ticket = fresh.dataset.ticket;
        ends = end();
        if (!up) later(Math.random() * 1000);
        return "renewed";
      });
    }).catch(function () { return ""; }).then(function (how) { renewing = null; return how; });
    return renewing;
  }

  // A ticket says until when it is good: another one is asked for an hour or two before, not by all pages at once.
  function end() { return Number((box.dataset.ticket || "").split(".")[3]) * 1000 - EARLY * (1 + Math.random()); }

  document.addEventListener("lantoa:renew", function (event) { renew().then(event.detail); });

  function line(now) {
    up = now;
    document.querySelectorAll("[data-line]").forEach(function (said) { said.hidden = up; });
    document.querySelectorAll("[data-line-since]").forEach(function (said) {
      said.textContent = new Date(heardAt - ahead).toLocaleTimeString(document.documentElement.lang || "vi");
    });
    document.dispatchEvent(new CustomEvent("lantoa:line", { detail: { up: up, ahead: ahead } }));
  }

  setInterval(function () {
    if (up && Date.now() - ahead > ends && Date.now() - triedAt > AGAIN) { triedAt = Date.now(); renew(); }
    if (source && Date.now() - heardAt > SILENT) { line(false); heardAt = Date.now() - SILENT / 2; later(0); }
  }, 5000);
  addEventListener("online", function () { if (!up) later(Math.random() * 1000); });
  addEventListener("pagehide", function () { if (source) source.close(); source = null; clearTimeout(timer); });
  addEventListener("pageshow", function (event) { if (event.persisted) later(0); });

  // ---- what is told is shown

  function parts() {
    return Array.prototype.slice.call(document.querySelectorAll("[data-live-from]"));
  }

  function show(told) {
    document.querySelectorAll("[data-live]").forEach(function (one) {
      if (one.dataset.live.split(" ").indexOf(told.k) < 0) return;
      if (one.dataset.liveValue) value(one, told.about);
      one.querySelectorAll("[data-live-value]").forEach(function (inner) {
        if (!inner.dataset.live) value(inner, told.about);
      });
      if (told.about.rows && "liveRows" in one.dataset) rows(one, told.about.rows);
      else if (one.dataset.liveFrom) again(one);
    });
    document.dispatchEvent(new CustomEvent("lantoa:told", { detail: told }));
  }

  function value(one, about) {
    var said = one.dataset.liveValue.split(".").reduce(function (at, name) {
      return at === null || at === undefined ? at : at[name];
    }, about);
    if (said !== undefined && said !== null) {
      one.textContent = typeof said === "number" ? said.toLocaleString(document.documentElement.lang || "vi") : said;
    }
  }

  function rows(within, told) {
    var words = JSON.parse(within.dataset.liveRows || "{}");
    Object.keys(told).forEach(function (key) {
      var one = within.querySelector('[data-row="' + key + '"]');
      if (!one) return;
      var state = told[key][0], people = told[key][1], said = words[state] || {};
      one.className = said["class"] || one.className;
      one.querySelectorAll("[data-letter]").forEach(function (at) { at.textContent = said.letter || ""; });
      one.querySelectorAll("[data-word]").forEach(function (at) { at.textContent = said.word || ""; });
      one.querySelectorAll("[data-people]").forEach(function (at) { at.textContent = people === null ? "–" : people; });
    });
  }

  // A part is fetched at most twice a second; what is told meanwhile is in the next one. Where many pages follow
  // (data-live-spread: milliseconds) they do not all ask in one moment.
  function again(one) {
    var now = Date.now(), at = Number(one.dataset.liveAt) || 0;
    if (one.dataset.liveWaits) return;
    one.dataset.liveWaits = "1";
    var spread = Math.random() * (Number(one.dataset.liveSpread) || 0);
    setTimeout(function () { take(one, 1); }, Math.max(0, at + EVERY - now) + spread);
  }

  function take(one, failed) {
    if (!one.isConnected) return;
    if (one.contains(document.activeElement)) { setTimeout(function () { take(one, failed); }, 1000); return; }
    delete one.dataset.liveWaits;  // what is told from now on is not in this answer
    var from = one.dataset.liveFrom;
    one.dataset.liveAt = String(Date.now());
    part(from).then(function (html) {
      var next = html.querySelector("[data-live-from]");
      if (!next || !one.isConnected) return;
      next.dataset.liveAt = one.dataset.liveAt;
      one.replaceWith(next);
      if (one.dataset.liveWaits) again(next);
    }).catch(function () {
      one.dataset.liveWaits = "1";
      setTimeout(function () { take(one, failed + 1); }, Math.min(LATEST, 1000 * Math.pow(2, failed)) * Math.random());
    });
  }

  // Somebody on this page has done something: what follows this kind is fetched again.
  document.addEventListener("lantoa:look", function (event) {
    parts().forEach(function (one) {
      if (one.dataset.live.split(" ").indexOf(event.detail) >= 0) take(one, 1);
    });
  });

  open();
})();
