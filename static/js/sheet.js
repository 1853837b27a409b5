// The page an exam is sat on (decision 0025): it takes the place of the plain page where the browser can encipher; without
// that, or when anything of ours fails, the plain page stands.
(function (Sheet) {
  "use strict";
  const root = Sheet.root, plain = document.getElementById("plain");
  if (!root) return;
  const data = Sheet.data, words = Sheet.words, all = Sheet.all;
  if (!(window.crypto && crypto.subtle && window.fetch && window.AbortController && document.body.replaceChildren)) {
    document.getElementById("sheet-cannot").hidden = false;
    return;
  }
  document.querySelectorAll("[data-again]").forEach(function (one) { one.removeAttribute("data-again"); });
  const kept = all.kept = new Sheet.Kept(data.attempt);
  let ticks = 0, asked = 0, ends = null, sealed = null, before = "", opened = false;

  function info() { return kept.exam.info; }

  // ---- acts

  Sheet.start = async function () {
    await kept.save({ wants: "start" });
    all.line.now();
    Sheet.show();
  };

  // On the device first; sent when it stands there. `again`: though it is the same.
  Sheet.answered = async function (question, value, again) {
    const same = JSON.stringify(Sheet.given(question.id)) === JSON.stringify(value);
    if (again || !same || all.differs[question.id]) {
      await kept.append(question.id, value);
      delete all.differs[question.id];
      all.line.now();
    }
    Sheet.refresh();
  };

  Sheet.handIn = async function () {
    await Sheet.flush();
    await kept.save({ wants: "hand-in" });
    Sheet.show();
    all.line.now();
  };

  Sheet.look = async function () {
    await Sheet.flush();
    all.told = (await all.line.centre()) ? words.looked : words.look_failed;
    Sheet.refresh();
  };

  Sheet.saveFile = async function () {
    await Sheet.flush();
    const address = URL.createObjectURL(new Blob([await kept.file()], { type: "application/json" }));
    const made = Sheet.h("a", { href: address, download: "bai-lam-" + data.attempt + ".json" });
    document.body.append(made);
    made.click();
    made.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 60000);
  };

  Sheet.openWith = async function (typed, wrong) {
    const letters = Sheet.readLetters(typed), paper = await kept.paper() || sealed;
    wrong.hidden = false;
    if (letters.length !== 16) { wrong.textContent = Sheet.say("letters_count", { count: letters.length }); return; }
    if (!paper) { wrong.textContent = words.paper_missing; return; }
    try {
      await Sheet.unseal(paper, letters, data.sitting);
    } catch (fault) {
      wrong.textContent = Sheet.say("letters_wrong", { variant: data.variant });
      return;
    }
    await kept.save({ letters: letters, wants: "start" });
    await openPaper();
    all.line.now();
  };

  async function openPaper() {
    const paper = kept.exam.letters && (await kept.paper() || sealed);
    if (all.questions || !paper) return;
    const content = await Sheet.unseal(paper, kept.exam.letters, data.sitting);
    all.introduction = content.filter(function (one) { return one.kind === "introduction"; }).map(function (one) { return one.text; }).join("");
    all.questions = content.filter(function (one) { return one.kind !== "introduction"; });
    Sheet.show();
  }

  // Everything is at the centre: the questions leave this device, the log of answers stays for a few days.
  Sheet.finish = async function () {
    if (kept.exam.finished) return;
    await kept.save({ finished: Date.now() });
    await kept.forget();
    const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
    if (worker) worker.postMessage({ forget: data.urls.page });
  };

  // ---- what becomes known

  // The answers of another device that count instead of ours.
  function compare() {
    const mine = new Set(kept.devices());
    all.differs = {};
    Object.keys(all.line.snapshot || {}).forEach(function (question) {
      const there = all.line.snapshot[question], last = kept.last(question);
      if (last && last.told && !mine.has(there[1]) && JSON.stringify(JSON.parse(there[0])) !== last.value) all.differs[question] = there;
    });
  }

  Sheet.changed = function (what) {
    if (all.stopped) return;
    const at = info(), over = Sheet.over();
    if (what === "centre") compare();
    if (Sheet.files && what !== "typing") Sheet.files.go();
    if (at.ends && ends && at.ends > ends) all.told = Sheet.say("more_time", { until: Sheet.hour(at.ends) });
    ends = at.ends;
    if (kept.exam.letters && !all.questions && !over) openPaper().catch(function () {});
    const filled = what === "centre" && Sheet.where() === "question" && !Sheet.unsaved();  // perhaps with answers of another device
    if (over && Sheet.unsaved()) Sheet.flush();
    if (filled || (standing() !== before && (over || Sheet.where() !== "question"))) Sheet.show(); else Sheet.refresh();
    before = standing();
  };

  // What a screen depends on besides what is refreshed in it.
  function standing() {
    const at = info(), counted = Sheet.where() === "end" || Sheet.where() === "hand-in" ? Sheet.pending() : 0;
    return [at.phase, at.begins, at.started, at.handed_in, kept.exam.wants, counted, kept.exam.letters].join();
  }

  // Every second: the time, the moment of the start, and what is typed just before the end.
  function tick() {
    if (all.stopped) return;
    const at = info(), left = at.ends ? at.ends - all.clock.now() : Infinity;
    Sheet.showTime();
    Sheet.showCountdown();
    if (left < 1500 && left > 0) Sheet.flush();
    if (left <= 0 && all.questions && at.phase === "running" && performance.now() > asked) {
      asked = performance.now() + 5000;  // whether it is so, the centre says
      all.line.asked = 0;
      all.line.now();
    }
    if (Sheet.where() !== "waiting" || !Sheet.open() || at.started || kept.exam.wants === "start") return;
    if (data.together) Sheet.start();
    else if (!opened) { opened = true; Sheet.show(); }
  }

  // ---- one page of this exam on this device at a time

  function hold(steal) {
    if (!navigator.locks) { run().catch(giveUp); return; }
    navigator.locks.request("lantoa-exam-" + data.attempt, steal ? { steal: true } : { ifAvailable: true }, function (lock) {
      if (!lock) { stop(); return null; }
      run().catch(giveUp);
      return new Promise(function () {});
    }).catch(stop);
  }

  Sheet.here = function () {
    all.stopped = false;
    hold(true);
  };

  function stop() {
    if (all.line) all.line.over = true;
    all.stopped = true;
    build();
    Sheet.show();
  }

  function giveUp(fault) {
    root.hidden = true;
    plain.hidden = false;
    throw fault;
  }

  function build() {
    if (!root.firstChild) {
      const live = { id: "sheet-aloud", class: "govuk-visually-hidden", "aria-live": "polite" };
      // what changes by itself stands below: nothing moves under a finger that is about to choose
      root.append(Sheet.h("div", { id: "sheet-time" }), Sheet.h("div", { id: "sheet-screen" }), Sheet.h("div", { id: "sheet-line" }), Sheet.h("p", live));
    }
    plain.hidden = true;
    root.hidden = false;
  }

  async function run() {
    await kept.load();
    if (Sheet.files) await Sheet.files.load();
    // a page from a memory does not know what time it is: not that of the worker, nor that of a browser that went back
    const fresh = root.dataset.fresh === "yes" && !(kept.exam.clock && data.now <= kept.exam.clock.centre);
    const clock = all.clock = new Sheet.Clock(fresh ? null : kept.exam.clock);
    const standing = { phase: data.phase, begins: data.begins, started: data.started, ends: data.ends, handed_in: data.handed_in };
    if (fresh) {
      const came = performance.getEntriesByType("navigation")[0];
      if (came) clock.heard(data.now, came.requestStart, came.responseStart);
      await kept.save({ info: standing, ticket: data.ticket, clock: clock.kept() });
    } else if (!kept.exam.info.phase) {
      await kept.save({ info: standing });
    }
    const line = all.line = new Sheet.Line(kept, data.urls, clock, Sheet.changed);
    const at = info(), done = at.handed_in || at.phase === "over";
    if (fresh && Sheet.over() && !Sheet.pending() && !kept.events.some(function (one) { return one.told === "refused"; })) {
      if (done) Sheet.finish();
      return;  // nothing waits here: the plain page tells the result
    }
    if (at.started && !done && !kept.exam.letters) await kept.save({ wants: "start" });
    ends = at.ends;
    build();
    await openPaper().catch(function () {});
    Sheet.show();
    clearInterval(ticks);
    ticks = setInterval(tick, 1000);
    if (fresh && at.started) await line.centre();
    line.go();
    if (!done) { fetchPaper(0); watch(); }
  }

  async function fetchPaper(tries) {
    try {
      if (!(await kept.paper())) {
        sealed = sealed || await all.line.paper();
        await kept.keepPaper(sealed);
      }
      all.paper = true;
      await openPaper();
      Sheet.refresh();
    } catch (fault) {
      setTimeout(function () { fetchPaper(tries + 1); }, Math.min(30000, 1000 * Math.pow(2, tries)) * (0.6 + Math.random() * 0.8));
    }
  }

  // The worker that opens this page again without a line.
  function watch() {
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(function () {});
    const workers = navigator.serviceWorker;
    if (!workers) return;
    workers.addEventListener("message", function (event) {
      if (event.data !== "kept") return;
      all.offline = true;
      root.dataset.kept = "yes";
      Sheet.refresh();
    });
    workers.register(data.urls.worker, { scope: "/my-exams/", updateViaCache: "all" }).then(function () { return workers.ready; }).then(function (ready) {
      const parts = performance.getEntriesByType("resource").map(function (one) { return one.name; }).filter(function (one) {
        return one.indexOf(location.origin + "/static/") === 0;
      });
      ready.active.postMessage({ keep: [data.urls.page].concat(parts) });
    }).catch(function () {});
  }

  window.addEventListener("hashchange", function () { if (all.line && !all.stopped && all.questions) { Sheet.flush(); Sheet.show(); } });
  window.addEventListener("pagehide", function () { Sheet.flush(); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) Sheet.flush(); });
  window.addEventListener("beforeunload", function (event) {
    if (!all.stopped && all.line && (Sheet.unsaved() || Sheet.pending())) { event.preventDefault(); event.returnValue = ""; }
  });
  hold(false);
})(window.Sheet);
