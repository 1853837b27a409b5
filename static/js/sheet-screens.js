// The screens of an exam: a question, the list with each one's true state, handing in, the end (decision 0025).
(function (Sheet) {
  "use strict";
  if (!Sheet.root) return;
  const h = Sheet.h, words = Sheet.words, say = Sheet.say, hour = Sheet.hour, span = Sheet.span, data = Sheet.data;
  const note = Sheet.note, tag = Sheet.tag, button = Sheet.button, paragraph = Sheet.paragraph, row = Sheet.row;
  // kept, clock, line: of sheet.js. `questions` once the paper is open; `differs`: what counts of another device.
  const all = Sheet.all = { kept: null, clock: null, line: null, questions: null, differs: {}, stopped: false, told: "", paper: false, offline: false, introduction: "" };
  let where = "", place = "";

  function info() { return all.kept.exam.info; }
  function other(question) { return all.line.snapshot && all.line.snapshot[question]; }
  const pending = Sheet.pending = function () { return all.kept.waiting().length + (Sheet.files ? Sheet.files.waiting() : 0); };
  function refusals() { return count("refused") + (Sheet.files ? Sheet.files.lost() : 0); }
  function box(name) { return document.getElementById("sheet-" + name); }
  function count(told) { return all.kept.events.filter(function (one) { return one.told === told; }).length; }

  Sheet.where = function () { return where; };
  Sheet.given = function (question) {
    const last = all.kept.last(question);
    return last ? JSON.parse(last.value) : other(question) ? JSON.parse(other(question)[0]) : null;
  };

  // The true state of a question: kind and words.
  function stateOf(asked) {
    const last = all.kept.last(asked.id);
    if (Sheet.unsaved() === asked.id) return ["wait", words.typing];
    if (all.differs[asked.id]) return ["late", words.state_differs];
    if (last && last.told === "refused") return ["late", words.state_refused];
    if (last && !last.told) return last.bare ? ["late", words.state_bare] : ["wait", words.state_device];
    if (!Sheet.isAnswer(Sheet.given(asked.id))) return ["none", words.state_none];
    const file = asked.kind === "file" && Sheet.files.state(asked, Sheet.given(asked.id));
    if (file) return file;
    if (last && last.told === "late") return ["wait", words.state_late];
    return ["ok", last ? words.state_centre : words.state_other];
  }

  // How all answers together stand, in one sentence.
  function lineSays() {
    const waiting = pending(), line = all.line, since = line.since ? hour(line.since) : "";
    if (line.trouble === "foreign" || line.trouble === "unknown") return ["late", words["line_" + line.trouble]];
    if (line.trouble === "signin") return ["late", say("line_signin", { count: waiting })];
    if (line.trouble && waiting) return ["late", say("line_dead_pending", { count: waiting, since: since })];
    if (line.trouble) return ["wait", say("line_dead", { since: since })];
    if (waiting) return ["wait", say("line_sending", { count: waiting })];
    if (refusals()) return ["late", say("some_refused", { count: refusals() })];
    return all.questions ? ["ok", all.kept.events.length ? words.line_all : words.line_well] : null;
  }

  // ---- what stands around every screen

  Sheet.showTime = function () {
    const at = info();
    if (!all.questions || !at.ends || at.handed_in || all.stopped) { Sheet.tell(box("time"), "", function () { return []; }); return; }
    const left = at.ends - all.clock.now();
    const sure = all.clock.guessed ? words.time_guessed : all.clock.jumped() ? words.time_jumped : say("time_until", { until: hour(at.ends) });
    const said = left > 0 ? say("time_left", { left: span(left) }) : words.time_over_here;
    Sheet.tell(box("time"), said + sure, function () { return [paragraph(h("strong", {}, said), " (" + sure + ")")]; });
    if ([600, 300, 60].indexOf(Math.floor(left / 1000)) >= 0) box("aloud").textContent = said;
  };

  function showLine() {
    const said = all.stopped ? null : lineSays(), line = all.line;
    const fault = !all.stopped && all.kept.fault, told = all.stopped ? "" : all.told;
    Sheet.tell(box("line"), [said && said[1], fault, told, said && line.trouble].join("|"), function () {
      const again = said && line.trouble && !line.over;
      return [
        said && paragraph(tag(said[0], said[1])),
        again && line.trouble === "signin" && paragraph(h("a", { class: "govuk-link", href: "/sign-in/", target: "_blank" }, words.sign_in)),
        again && paragraph(Sheet.link(words.try_now, function () { line.now(); if (Sheet.files) Sheet.files.now(); })),
        fault && note("late", words.storage_full),
        told && note("info", told),
      ];
    });
  }

  // ---- screens

  const screen = Sheet.screen = function (name, children) {
    const here = name + location.hash, moved = place && place !== here;
    Sheet.fill(box("screen"), children);
    where = name;
    place = here;
    if (!moved) return;
    window.scrollTo(0, 0);
    if (box("heading")) box("heading").focus();
  };

  function heading(text) {
    document.title = text + " – Lantoa";
    return h("h2", { class: "govuk-heading-m", tabindex: "-1", id: "sheet-heading" }, text);
  }

  Sheet.over = function () {
    const at = info();
    return Boolean(at.handed_in) || at.phase === "late" || at.phase === "over";
  };

  Sheet.show = function () {
    const hash = location.hash.slice(1), asked = all.questions || [];
    if (all.stopped) screen("stopped", [note("wait", words.elsewhere), button(words.here, Sheet.here)]);
    else if (Sheet.over()) showEnd();
    else if (!all.questions) Sheet.showWaiting();
    else if (all.kept.exam.wants === "hand-in" || hash === "hand-in") showHandIn();
    else if (hash === "list") showList();
    else showQuestion(/^\d+$/.test(hash) && asked[hash - 1] ? Number(hash) : 1);
    Sheet.refresh();
  };

  Sheet.go = function (to) {
    Sheet.flush();
    if (location.hash === "#" + to) Sheet.show(); else location.hash = to;
  };

  function showQuestion(number) {
    const asked = all.questions[number - 1], total = all.questions.length, next = function () { Sheet.go(number + 1); }, list = function () { Sheet.go("list"); };
    screen("question", [
      heading(say("question", { number: number, total: total })),
      h("p", { class: "govuk-body", id: "sheet-state", "data-question": number - 1 }),
      h("div", { id: "sheet-differs" }),
      number === 1 && all.introduction && h("div", { class: "govuk-inset-text", html: all.introduction }),
      h("div", { class: "govuk-body", id: "sheet-text", html: asked.text }),
      asked.points && paragraph(say("points", { points: asked.points })),
      h("div", { id: "sheet-fields" }, Sheet.fields(asked, Sheet.given(asked.id), function (value) { return Sheet.answered(asked, value); })),
      row(number < total ? button(words.next, next) : button(words.all, list), number > 1 && button(words.previous, function () { Sheet.go(number - 1); }, "secondary"),
        number < total && button(words.all, list, "secondary")),
    ]);
  }

  function showStates() {
    document.querySelectorAll("[data-question]").forEach(function (one) {
      const state = stateOf(all.questions[one.dataset.question]);
      Sheet.tell(one, state.join(), function () { return [tag(state[0], state[1])]; });
    });
    if (where === "question") showDiffers(all.questions[box("state").dataset.question]);
  }

  function showDiffers(asked) {
    const there = all.differs[asked.id];
    Sheet.tell(box("differs"), there ? there.join() : "", function () {
      return there ? [note("late", say("differs", { at: hour(there[2]) })), paragraph(Sheet.inWords(asked, JSON.parse(there[0]))),
        row(button(words.take_other, function () { Sheet.answered(asked, JSON.parse(there[0]), true).then(Sheet.show); }, "secondary"),
          button(words.keep_mine, function () { Sheet.answered(asked, Sheet.given(asked.id), true); }, "secondary"))] : [];
    });
  }

  function showList() {
    const total = all.questions.length;
    screen("list", [heading(words.all),
      h("div", { class: "lt-scroll" }, h("table", { class: "lt-table lt-table--cards" }, h("caption", { class: "govuk-visually-hidden" }, words.all),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.question_word), h("th", { scope: "col" }, words.state))),
        h("tbody", {}, ...all.questions.map(function (_asked, at) {
          const name = say("question", { number: at + 1, total: total });
          return h("tr", {}, h("th", { scope: "row" }, h("a", { class: "govuk-link", href: "#" + (at + 1) }, name)),
            h("td", { "data-label": words.state, "data-question": at }));
        })))),
      row(button(words.hand_in, function () { Sheet.go("hand-in"); }), button(words.look, Sheet.look, "secondary"), button(words.save_file, Sheet.saveFile, "secondary"))]);
  }

  function showHandIn() {
    const waiting = pending(), back = function () { all.kept.save({ wants: "" }).then(function () { Sheet.go("list"); }); };
    if (all.kept.exam.wants === "hand-in") {
      screen("hand-in", [heading(words.hand_in_now), note("late", say(waiting ? "not_yet_pending" : "not_yet", { count: waiting })),
        row(button(words.try_now, function () { all.line.now(); if (Sheet.files) Sheet.files.now(); }), button(words.back, back, "secondary"), button(words.save_file, Sheet.saveFile, "secondary"))]);
      return;
    }
    const missing = all.questions.map(function (asked, at) { return stateOf(asked)[1] === words.state_none || (asked.kind === "file" && stateOf(asked)[0] === "late") ? at + 1 : 0; }).filter(Boolean);
    screen("hand-in", [heading(words.hand_in_now),
      paragraph(missing.length ? say("missing", { numbers: missing.join(", ") }) : words.nothing_missing),
      Object.keys(all.differs).length > 0 && note("late", words.some_differ),
      waiting > 0 && note("wait", say("first_send", { count: waiting })),
      paragraph(words.no_way_back), row(button(words.hand_in, Sheet.handIn), button(words.back, back, "secondary"))]);
  }

  function showEnd() {
    const at = info(), waiting = pending(), refused = refusals(), late = count("late"), some = all.kept.events.length > 0;
    document.title = data.title + " – Lantoa";
    screen("end", [
      at.handed_in ? note("ok", say("handed_in", { at: hour(at.handed_in) })) : at.started || some ? note("wait", words.time_over) : note("late", words.never_started),
      waiting > 0 && note("late", say("still_here", { count: waiting })),
      !waiting && !refused && some && paragraph(tag("ok", words.all_there)),
      late > 0 && paragraph(tag("wait", say("some_late", { count: late }))),
      refused > 0 && note("late", say("some_refused", { count: refused })),
      some && row(button(words.save_file, Sheet.saveFile, "secondary")),
      paragraph(h("a", { class: "govuk-link", href: data.urls.page }, words.result)),
    ]);
    if (!waiting && !refused && (at.handed_in || at.phase === "over")) Sheet.finish();
  }

  Sheet.refresh = function () {
    if (all.stopped) { showLine(); Sheet.showTime(); return; }
    showLine();
    Sheet.showTime();
    if (all.questions) showStates();
    if (where === "waiting") { Sheet.showChecks(); Sheet.showCountdown(); }
  };
})(window.Sheet);
