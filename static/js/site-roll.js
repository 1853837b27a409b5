// The page of a site: what its operator says is kept on this device first and sent then, so that a dead line loses
// nothing (decision 0032). It counts for the roll call that this page knew then. Without scripts the form is an ordinary form. The centre counts what is sent twice once.
(function () {
  "use strict";
  var form = document.querySelector("[data-roll]");
  if (!form || !window.fetch || !window.localStorage) return;
  var BEAT = 45000, SOONEST = 1000, LATEST = 10000;
  var site = form.dataset.roll, place = "lantoa-roll-" + site;
  var stream = document.querySelector("[data-stream]");
  var address = stream.dataset.stream.replace(/stream$/, "");
  var sending = false, failures = 0, timer = 0, spokeAt = 0;

  function kept() {
    try { return JSON.parse(localStorage.getItem(place)) || []; } catch (error) { return []; }
  }

  function keep(list) {
    try {
      if (list.length) localStorage.setItem(place, JSON.stringify(list)); else localStorage.removeItem(place);
      return true;
    } catch (error) { return false; }  // no room: then the ordinary form
  }

  function nonce() {
    var letters = "0123456789abcdefghjkmnpqrstvwxyz";
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (one) {
      return letters[one % 32];
    }).join("");
  }

  function say(name, values) {
    document.querySelectorAll("[data-said]").forEach(function (one) {
      one.hidden = one.dataset.said !== name;
      Object.keys(values || {}).forEach(function (key) {
        one.querySelectorAll('[data-at="' + key + '"]').forEach(function (at) { at.textContent = values[key]; });
      });
    });
  }

  function time(ms) { return new Date(ms).toLocaleTimeString(document.documentElement.lang || "vi"); }

  // The number of the roll call that this page knows; 0: it knows none. A page from the memory of the browser does not know
  // what has been called since: what it reports belongs to the last roll call that stood open when it was tapped.
  function roll(number) {
    var one = document.querySelector("[data-roll-number]");
    if (one && number) one.dataset.rollNumber = number;
    return one ? Number(one.dataset.rollNumber) || 0 : 0;
  }

  document.querySelectorAll("[data-roll-number]").forEach(function (one) {
    if (form.dataset.fresh === "no") one.dataset.rollNumber = "0";
  });

  function whole(name) {
    var typed = form.elements[name] ? form.elements[name].value.trim() : "";
    return /^[0-9]{1,6}$/.test(typed) ? Number(typed) : typed === "" ? 0 : -1;
  }

  form.addEventListener("submit", function (event) {
    var state = event.submitter && event.submitter.name === "state" ? event.submitter.value : "";
    var typed = form.elements.people.value.trim();
    var said = {
      site: site, state: state, nonce: nonce(), tapped: Date.now(), roll: roll(0),
      people: state === "absent" ? 0 : whole("people"),
      leaders: state === "absent" ? 0 : whole("leaders"),
      guests: state === "absent" ? 0 : whole("guests")
    };
    var bad = !state || (state !== "absent" && typed === "") || said.people < 0 || said.leaders < 0 || said.guests < 0;
    if (bad || said.leaders + said.guests > said.people) return;  // the centre says what is wrong with it
    if (!keep(kept().concat([said]))) return;
    event.preventDefault();
    say("kept", { kept: time(said.tapped) });
    failures = 0;
    send();
  });

  function post(word, body) {
    return fetch(address + word, {
      method: "POST", cache: "no-store", credentials: "same-origin",
      body: JSON.stringify(Object.assign({ ticket: stream.dataset.ticket }, body))
    });
  }

  function send() {
    var list = kept();
    if (sending || !list.length) return;
    sending = true;
    clearTimeout(timer);
    post("report", list[0]).then(function (answer) {
      return answer.json().then(function (said) { return [answer.status, said]; });
    }).then(function (got) {
      sending = false;
      spokeAt = Date.now();
      if (got[0] === 200) done({ sent: time(got[1].now) }, "sent");
      else if (got[0] === 409 && got[1].refused === "over") done({}, "over");
      else if (got[0] === 409) done({ kept: time(list[0].tapped) }, "early");
      else if (got[0] === 400 || got[0] === 404) done({}, "refused");
      else {
        say("kept", { kept: time(list[0].tapped) });
        wait();
        if (got[0] === 401 || got[0] === 403) renew();
      }
    }).catch(function () {
      sending = false;
      say("kept", { kept: time(list[0].tapped) });
      wait();
    });
  }

  // The ticket has grown old, or is not known any more: js/live.js asks for another one; then it is sent again at once.
  // Whoever is signed in no longer is told so; what is kept here stays kept.
  function renew() {
    document.dispatchEvent(new CustomEvent("lantoa:renew", { detail: function (how) {
      var list = kept();
      if (!list.length) return;
      if (how === "signed-out") say("signin", { kept: time(list[0].tapped) });
      else if (how === "renewed" && failures < 4) { clearTimeout(timer); send(); }
    } }));
  }

  function done(values, name) {
    failures = 0;
    keep(kept().slice(1));
    if (kept().length) { send(); return; }
    say(name, values);
    document.dispatchEvent(new CustomEvent("lantoa:look", { detail: "report" }));
  }

  function wait() {
    failures += 1;
    timer = setTimeout(send, Math.max(SOONEST, Math.random() * Math.min(LATEST, SOONEST * Math.pow(2, failures))));
  }

  function beat() {
    if (Date.now() - spokeAt < BEAT / 2) return;
    post("heard", { site: site }).then(function (answer) {
      spokeAt = Date.now();
      if (answer.status === 401 || answer.status === 403) renew();
    }).catch(function () { return undefined; });
  }

  addEventListener("online", function () { failures = 0; send(); });
  document.addEventListener("lantoa:line", function (event) { if (event.detail.up) send(); });
  document.addEventListener("lantoa:told", function (event) {
    var told = event.detail;
    if (told.k === "call") turn(true);
    if (told.k !== "roll-call") return;
    roll(told.about.number);
    turn(false);
    document.querySelectorAll("[data-roll-state]").forEach(function (one) {
      one.hidden = one.dataset.rollState !== (told.about.open ? "open" : "closed");
      one.querySelectorAll("[data-at]").forEach(function (at) { at.textContent = time(told.at).slice(0, 5); });
    });
    if (told.about.open) send();
  });

  function turn(ours) {
    document.querySelectorAll("[data-turn]").forEach(function (one) { one.hidden = !ours; });
  }

  setTimeout(beat, Math.random() * 2000);
  setInterval(beat, BEAT);
  if (kept().length) { say("kept", { kept: time(kept()[0].tapped) }); send(); }
})();
