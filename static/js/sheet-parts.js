// What the screens of an exam are made of: the server's words, the look's parts, moments in figures (decision 0025).
(function (Sheet) {
  "use strict";
  const root = document.getElementById("sheet");
  if (!root) return;
  Sheet.root = root;
  Sheet.data = JSON.parse(document.getElementById("sheet-data").textContent);
  Sheet.words = JSON.parse(document.getElementById("sheet-words").textContent);

  Sheet.say = function (name, values) {
    return Sheet.words[name].replace(/%\((\w+)\)s/g, function (_all, one) { return values[one]; });
  };

  function h(tag, attributes) {
    const made = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      const value = attributes[name];
      if (name === "html") made.append.apply(made, parsed(value));
      else if (typeof value === "function") made.addEventListener(name, value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    });
    Array.prototype.slice.call(arguments, 2).forEach(function (one) { if (one) made.append(one); });
    return made;
  }

  // A text of the paper: cleaned when it was kept, and parsed apart from the page, where no script runs.
  function parsed(html) {
    return Array.from(new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  function part(name) {
    return document.getElementById("sheet-" + name).firstElementChild.cloneNode(true);
  }

  Sheet.h = h;
  Sheet.paragraph = function () {
    return h.apply(null, ["p", { class: "govuk-body" }].concat(Array.prototype.slice.call(arguments)));
  };
  Sheet.tag = function (kind, text) {
    const made = part("tag-" + kind);
    made.lastChild.textContent = text;
    return made;
  };
  Sheet.note = function (kind, text) {
    const made = part("note-" + kind);
    made.querySelector("div > p:last-child").textContent = text;
    return made;
  };
  Sheet.button = function (text, act, kind) {
    return h("button", { type: "button", class: "govuk-button" + (kind ? " govuk-button--" + kind : ""), click: act }, text);
  };
  Sheet.link = function (text, act) {
    return h("button", { type: "button", class: "lt-link-button", click: act }, text);
  };
  Sheet.row = function () {
    return h.apply(null, ["div", { class: "lt-button-row" }].concat(Array.prototype.slice.call(arguments)));
  };
  Sheet.fill = function (box, children) {
    box.replaceChildren.apply(box, children.filter(Boolean));
  };
  // Fills only what has changed: a screen reader and a finger find what they had.
  Sheet.tell = function (box, key, children) {
    if (!box || box.dataset.said === key) return;
    box.dataset.said = key;
    Sheet.fill(box, children());
  };

  function two(number) { return String(number).padStart(2, "0"); }

  // As the clock on the centre's wall says it, wherever this device believes to be.
  const wall = new Intl.DateTimeFormat("en-GB", { timeZone: Sheet.data.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  Sheet.hour = function (moment) { return wall.format(new Date(moment)); };
  Sheet.span = function (milliseconds) {
    const all = Math.max(0, Math.floor(milliseconds / 1000)), hours = Math.floor(all / 3600);
    const rest = two(Math.floor(all / 60) % 60) + ":" + two(all % 60);
    return hours ? hours + ":" + rest : rest;
  };
  Sheet.isAnswer = function (value) {
    if (value === null || value === undefined) return false;
    return typeof value === "string" ? Boolean(value.trim()) : Object.keys(value).length > 0;
  };
})(window.Sheet);
