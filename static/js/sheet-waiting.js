// The screen before the start of an exam: when it begins, whether this device is ready, and letters that are read out (0025).
(function (Sheet) {
  "use strict";
  if (!Sheet.root) return;
  const h = Sheet.h, words = Sheet.words, say = Sheet.say, hour = Sheet.hour, span = Sheet.span, data = Sheet.data;
  const note = Sheet.note, tag = Sheet.tag, button = Sheet.button, paragraph = Sheet.paragraph, all = Sheet.all;

  function info() { return all.kept.exam.info; }
  function box(name) { return document.getElementById("sheet-" + name); }

  function checks() {
    const line = all.line, ahead = all.clock.ahead(), minutes = Math.round(Math.abs(ahead) / 60000), rows = [];
    rows.push(all.paper ? ["ok", words.paper_here] : ["wait", words.paper_coming]);
    if (!all.kept.fault) rows.push(["ok", words.storage_works]);
    if (!line.trouble && line.trips) {
      const slow = line.trips > 3000, vietnamese = document.documentElement.lang === "vi";
      const seconds = (line.trips / 1000).toFixed(1).replace(".", vietnamese ? "," : ".");
      rows.push([slow ? "wait" : "ok", say(slow ? "line_slow" : "line_works", { seconds: seconds })]);
    }
    if (!all.clock.guessed && minutes >= 1) rows.push(["none", say(ahead > 0 ? "clock_ahead" : "clock_behind", { minutes: minutes })]);
    else if (!all.clock.guessed) rows.push(["ok", words.clock_right]);
    rows.push(all.offline ? ["ok", words.reopens] : ["none", words.reopens_not]);
    return rows;
  }

  Sheet.showChecks = function () {
    const rows = checks();
    Sheet.tell(box("checks"), rows.join(), function () {
      return [h("ul", { class: "govuk-list" }, ...rows.map(function (one) { return h("li", {}, tag(one[0], one[1])); }))];
    });
  };

  function letters() {
    const old = document.getElementById("letters");
    const typed = h("input", { class: "govuk-input", id: "letters", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 40 });
    const wrong = h("p", { class: "govuk-error-message", hidden: true, role: "alert" });
    if (old) typed.value = old.value;
    return h("details", { class: "govuk-details", open: Boolean(old && old.closest("details").open) },
      h("summary", { class: "govuk-details__summary" }, h("span", { class: "govuk-details__summary-text" }, words.letters_title)),
      h("div", { class: "govuk-details__text" }, paragraph(say("letters_help", { variant: data.variant })),
        h("form", { submit: function (event) { event.preventDefault(); Sheet.openWith(typed.value, wrong); } },
          h("div", { class: "govuk-form-group" }, h("label", { class: "govuk-label", for: "letters" }, words.letters), wrong, typed),
          h("button", { class: "govuk-button govuk-button--secondary" }, words.open_paper))));
  }

  Sheet.open = function () {
    const at = info();
    return at.phase === "open" || (at.phase === "waiting" && Boolean(at.begins) && all.clock.now() >= at.begins);
  };

  Sheet.showWaiting = function () {
    const at = info(), exam = all.kept.exam, parts = [];
    if (exam.letters) parts.push(note("wait", all.paper ? words.opening : words.paper_coming));
    else if (at.started || exam.wants === "start") parts.push(note("wait", words.starting));
    else if (Sheet.open() && !data.together) parts.push(paragraph(words.own_time), button(words.start, Sheet.start));
    else parts.push(note("wait", at.begins ? say("begins", { at: hour(at.begins) }) : words.begins_unknown), h("p", { class: "govuk-body", id: "sheet-countdown" }));
    parts.push(h("h2", { class: "govuk-heading-m" }, words.checks), h("div", { id: "sheet-checks" }), letters());
    parts.push(paragraph(h("a", { class: "govuk-link", href: "?plain=1" }, words.plain_instead)));
    Sheet.screen("waiting", parts);
  };

  Sheet.showCountdown = function () {
    if (!box("countdown")) return;
    const left = (info().begins || 0) - all.clock.now();
    const said = info().begins && left > 0 ? say("countdown", { left: span(left) }) : data.together ? words.leave_open : "";
    if (box("countdown").textContent !== said) box("countdown").textContent = said;
  };
})(window.Sheet);
