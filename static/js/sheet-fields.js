// The fields of a question, one way for each kind; what is chosen or typed becomes an answer (decision 0025).
(function (Sheet) {
  "use strict";
  if (!Sheet.root) return;
  const h = Sheet.h, words = Sheet.words, SAVE_AFTER = 1200;  // milliseconds after the last letter of a text
  let typing = 0, unsaved = null;

  // The question with something typed that is no event yet.
  Sheet.unsaved = function () { return unsaved ? unsaved.question : ""; };

  // What is typed and not yet an event becomes one now.
  Sheet.flush = function () {
    clearTimeout(typing);
    const one = unsaved;
    unsaved = null;
    return one && one.save ? one.save() : Promise.resolve();
  };

  function group(legend, children) {
    return h("fieldset", { class: "govuk-fieldset" }, h("legend", { class: "govuk-fieldset__legend" }, legend), ...children);
  }

  function label(asked, one) {
    if (asked.kind === "truefalse") return h("span", {}, words[one.id]);
    const text = h("span", { html: one.text }), only = text.children.length === 1 && text.firstElementChild;
    if (only && only.tagName === "P") only.replaceWith(...only.childNodes);  // beside its letter
    return h("span", {}, h("strong", {}, one.id.toUpperCase() + ". "), text);
  }

  function boxes(asked, type, kind, rows, checked, act) {
    return h("div", { class: "govuk-" + kind + " govuk-" + kind + "--small" }, ...rows.map(function (one) {
      const id = "answer_" + (one.id || "none");
      return h("div", { class: "govuk-" + kind + "__item" },
        h("input", { class: "govuk-" + kind + "__input", type: type, name: "answer", id: id, value: one.id, checked: checked(one.id), change: act }),
        h("label", { class: "govuk-label govuk-" + kind + "__label", for: id }, one.id ? label(asked, one) : words.no_answer));
    }));
  }

  function chosen() {
    return Array.from(document.querySelectorAll("#sheet-fields input:checked")).map(function (one) { return one.value; });
  }

  function selects(asked, rows, choices, empty, mine, act) {
    return rows.map(function (one) {
      const id = "answer_" + one.id;
      return h("div", { class: "govuk-form-group" }, h("label", { class: "govuk-label", for: id }, label(asked, one)),
        h("select", { class: "govuk-select", id: id, "data-row": one.id, change: act }, h("option", { value: "" }, empty),
          ...choices.map(function (choice) {
            return h("option", { value: choice, selected: mine(one.id) === choice }, choice.toUpperCase());
          })));
    });
  }

  function picked() {
    const found = {};
    document.querySelectorAll("#sheet-fields select").forEach(function (one) { if (one.value) found[one.dataset.row] = one.value; });
    return found;
  }

  function ordering(asked, value, answered) {
    const hint = h("p", { class: "govuk-hint" }, words.ordering);
    const places = asked.options.map(function (_one, at) { return String(at + 1); });
    return group(words.your_answer, [hint].concat(selects(asked, asked.options, places, words.which_place, function (id) {
      return Array.isArray(value) && value.indexOf(id) >= 0 ? String(value.indexOf(id) + 1) : "";
    }, function () {
      const found = picked(), ids = Object.keys(found), different = new Set(ids.map(function (id) { return found[id]; })).size;
      const incomplete = ids.length > 0 && different !== asked.options.length;
      hint.textContent = incomplete ? words.ordering_incomplete : words.ordering;
      hint.className = incomplete ? "govuk-error-message" : "govuk-hint";
      unsaved = incomplete ? { question: asked.id } : null;
      if (incomplete) Sheet.changed("typing");
      else answered(ids.length ? ids.sort(function (one, other) { return found[one] - found[other]; }) : null);
    })));
  }

  function matching(asked, value, answered) {
    const rights = asked.rights.map(function (one) { return one.id; });
    const list = h("ul", { class: "govuk-list" }, ...asked.rights.map(function (one) { return h("li", {}, label(asked, one)); }));
    return group(words.your_answer, [list].concat(selects(asked, asked.lefts, rights, words.which_letter, function (id) {
      return value ? value[id] : "";
    }, function () {
      const found = picked();
      answered(Object.keys(found).length ? found : null);
    })));
  }

  function typed(asked, value, answered) {
    const long = asked.kind === "long", number = asked.kind === "numeric";
    const wrong = h("p", { class: "govuk-error-message", hidden: true }, words.no_number);
    function save() {
      const text = box.value.normalize("NFC").replace(/\u0000/g, ""), bare = text.trim();
      wrong.hidden = !number || !bare || /^[-+\u2212]?(\d[\d\s]*([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?$/.test(bare);
      return answered(bare ? (long ? text : bare) : null);
    }
    const box = h(long ? "textarea" : "input", {
      class: long ? "govuk-textarea" : number ? "govuk-input govuk-input--width-20" : "govuk-input",
      id: "answer", autocomplete: "off", maxlength: long ? 30000 : 500, rows: long ? 12 : null, inputmode: number ? "decimal" : null,
      input: function () {
        unsaved = { question: asked.id, save: save };
        clearTimeout(typing);
        typing = setTimeout(Sheet.flush, SAVE_AFTER);
        Sheet.changed("typing");
      },
      blur: function () { Sheet.flush(); },
    });
    box.value = typeof value === "string" ? value : "";
    return h("div", { class: "govuk-form-group" },
      h("label", { class: "govuk-label", for: "answer" }, number ? words.your_number : words.your_answer),
      long && asked.words ? h("p", { class: "govuk-hint" }, Sheet.say("most_words", { words: asked.words })) : null, wrong, box);
  }

  Sheet.fields = function (asked, value, answered) {
    if (asked.kind === "single" || asked.kind === "truefalse") {
      return group(words.your_answer, [boxes(asked, "radio", "radios", asked.options.concat({ id: "" }), function (id) {
        return (value || "") === id;
      }, function () { answered(chosen()[0] || null); })]);
    }
    if (asked.kind === "multiple") {
      return group(words.your_answers, [boxes(asked, "checkbox", "checkboxes", asked.options, function (id) {
        return Array.isArray(value) && value.indexOf(id) >= 0;
      }, function () { const all = chosen(); answered(all.length ? all : null); })]);
    }
    if (asked.kind === "ordering") return ordering(asked, value, answered);
    if (asked.kind === "matching") return matching(asked, value, answered);
    if (asked.kind === "file") return Sheet.files.field(asked, value, answered);
    return typed(asked, value, answered);
  };

  // An answer as somebody would say it.
  Sheet.inWords = function (asked, value) {
    if (!Sheet.isAnswer(value)) return words.state_none;
    if (asked.kind === "truefalse") return words[value] || value;
    if (asked.kind === "file") return Sheet.files.words(value);
    if (asked.kind === "single") return value.toUpperCase();
    if (Array.isArray(value)) return value.join(", ").toUpperCase();
    if (typeof value === "object") return Object.keys(value).map(function (one) { return one + " → " + value[one].toUpperCase(); }).join(", ");
    return value;
  };
})(window.Sheet);
