// Files that an exam asks for (decision 0035). A file is on this device first, then an event names it by its checksum, then
// its content makes its way beside the answers, which do not wait for it. Only of papers that ask for files.
(function (Sheet) {
  "use strict";
  if (!Sheet.root) return;
  const h = Sheet.h, words = Sheet.words, say = Sheet.say, data = Sheet.data;
  const STALLED = 30000;  // milliseconds without a byte on its way: a dead line
  const SOONEST = 1000, LATEST = 30000;
  const files = Sheet.files = { rows: [], there: {} };  // there: checksums at the centre, by question
  let running = false, timer = 0, next = 0, failures = 0;

  function kept() { return Sheet.all.kept; }
  function kilobytes(size) { return Math.ceil(size / 1024); }
  function store(mode, act) { return kept().within("files", mode, act); }
  function mine(row) { return [row.attempt, row.question, row.sha256]; }
  function isThere(question, sha256) { return (files.there[question] || []).indexOf(sha256) >= 0; }
  function find(question, sha256) {
    return files.rows.find(function (one) { return one.question === question && one.sha256 === sha256; });
  }

  async function keep(row) {
    try {
      await store("readwrite", function (one) { one.put(row); });
      row.bare = false;
    } catch (fault) {
      kept().failed(fault);
      row.bare = true;
    }
  }

  files.load = async function () {
    const range = IDBKeyRange.bound([data.attempt, "", ""], [data.attempt, "\uffff", ""]);
    try {
      files.rows = await store("readonly", function (one) {
        return new Promise(function (resolve, reject) {
          const asked = one.getAll(range);
          asked.onsuccess = function () { resolve(asked.result); };
          asked.onerror = function () { reject(asked.error); };
        });
      });
      files.rows.forEach(function (row) { if (row.there) files.heard(row.question, row.sha256); });
    } catch (fault) { /* nothing is kept here */ }
  };

  files.heard = function (question, sha256) {
    if (!isThere(question, sha256)) (files.there[question] = files.there[question] || []).push(sha256);
  };

  // What the centre says it has: also of other devices.
  files.told = function (all) {
    Object.keys(all || {}).forEach(function (question) {
      all[question].forEach(function (sha256) { files.heard(question, sha256); });
    });
  };

  function open(row) { return !row.refused && !isThere(row.question, row.sha256); }
  files.waiting = function () { return files.rows.filter(open).length; };
  // Those that count as an answer and that the centre has refused.
  files.lost = function () {
    return files.rows.filter(function (row) {
      const last = row.refused && kept().last(row.question);
      return last && last.value.indexOf(row.sha256) >= 0;
    }).length;
  };

  // ---- choosing

  async function choose(asked, file, wrong, answered) {
    const kind = file.name.split(".").pop().toLowerCase(), most = asked.megabytes;
    let content = null;
    if (file.name.indexOf(".") < 0 || asked.extensions.indexOf(kind) < 0) {
      wrong.textContent = say("file_kind", { kind: kind, kinds: "." + asked.extensions.join(", .") });
    } else if (file.size > most * 1048576) {
      wrong.textContent = say("file_large", { size: (Math.ceil(file.size / 104857.6) / 10).toString().replace(".", ","), most: most });
    } else if (!file.size) {
      wrong.textContent = words.file_empty;
    } else {
      try { content = await file.arrayBuffer(); } catch (fault) { wrong.textContent = words.file_unread; }
    }
    wrong.hidden = Boolean(content);
    if (!content) return;
    const sha256 = Sheet.hex(await crypto.subtle.digest("SHA-256", content));
    let row = find(asked.id, sha256);
    if (!row) {
      row = { attempt: data.attempt, question: asked.id, sha256: sha256, kind: kind, name: file.name, size: content.byteLength, content: content, made: Date.now() };
      await keep(row);
      files.rows.push(row);
    } else {
      row.refused = "";
    }
    await answered({ sha256: sha256, size: content.byteLength, kind: kind });
    Sheet.show();
  }

  files.field = function (asked, value, answered) {
    const row = value && find(asked.id, value.sha256), wrong = h("p", { class: "govuk-error-message", hidden: true, role: "alert" });
    const hint = say("file_hint", { kinds: asked.extensions.join(", "), most: asked.megabytes });
    return h("div", { class: "govuk-form-group" },
      value && Sheet.paragraph(files.words(value, row)),
      h("label", { class: "govuk-label", for: "answer" }, words.file), h("p", { class: "govuk-hint", id: "answer-hint" }, hint), wrong,
      h("input", {
        class: "govuk-file-upload", type: "file", id: "answer", "aria-describedby": "answer-hint", accept: "." + asked.extensions.join(",."),
        change: function (event) { if (event.target.files[0]) choose(asked, event.target.files[0], wrong, answered); },
      }),
      value && h("p", { class: "govuk-body" }, Sheet.link(words.file_back, function () { answered(null).then(Sheet.show); })));
  };

  files.words = function (value, row) {
    return row ? say("file_given", { name: row.name, size: kilobytes(row.size) }) :
      say("file_other", { kind: value.kind, size: kilobytes(value.size) });
  };

  // The state of a file whose event is at the centre; null where its content is there too.
  files.state = function (asked, value) {
    const row = find(asked.id, value.sha256);
    if (isThere(asked.id, value.sha256)) return null;
    if (!row) return ["late", words.file_elsewhere];
    if (row.refused) return ["late", row.refused];
    if (row.part) return ["wait", say("file_part", { part: row.part + " %" })];
    return row.bare ? ["late", words.file_bare] : ["wait", words.file_waits];
  };

  // ---- sending

  function named(row) {
    return kept().events.some(function (one) {
      return one.question === row.question && one.told && one.told !== "refused" && one.value.indexOf(row.sha256) >= 0;
    });
  }

  files.now = function () {
    failures = next = 0;
    files.go();
  };

  files.go = async function () {
    if (running || Sheet.all.stopped || performance.now() < next) return;
    clearTimeout(timer);
    const row = files.rows.slice().reverse().find(function (one) { return open(one) && named(one); });
    if (!row || !kept().exam.ticket) return;
    running = true;
    const done = await send(row);
    const wait = done ? 0 : Math.min(LATEST, SOONEST * Math.pow(2, failures)) * (0.6 + Math.random() * 0.8);
    row.part = 0;
    failures = done ? 0 : Math.min(failures + 1, 10);
    next = performance.now() + wait;
    timer = setTimeout(files.go, wait + 20);
    running = false;
    Sheet.changed("file");
    if (done) Sheet.all.line.now();  // perhaps a hand-in waits for it
  };

  // Whether there is nothing more to do with this file.
  async function send(row) {
    const told = await post(row);
    if (told.status === 200 && told.said.stored === row.sha256) {
      files.heard(row.question, row.sha256);
      row.there = true;
      row.content = null;
      await keep(row);
      return true;
    }
    if (told.status === 422 && told.said.words) {
      row.refused = told.said.words;
      return true;
    }
    if ((told.status === 401 || told.status === 403) && told.said.refused) await Sheet.all.line.centre();  // a new ticket
    return false;
  }

  function post(row) {
    return new Promise(function (resolve) {
      const request = new XMLHttpRequest(), form = new FormData();
      let stalled = 0;
      function alive() {
        clearTimeout(stalled);
        stalled = setTimeout(function () { request.abort(); }, STALLED);
      }
      form.append("ticket", kept().exam.ticket);
      form.append("file", new Blob([row.content]), "tep." + row.kind);
      request.upload.addEventListener("progress", function (event) {
        alive();
        row.part = Math.max(1, Math.floor(100 * event.loaded / event.total));
        Sheet.refresh();
      });
      request.addEventListener("loadend", function () {
        let said = {};
        clearTimeout(stalled);
        try { said = JSON.parse(request.responseText); } catch (fault) { /* nobody of ours answered */ }
        resolve({ status: request.status, said: said });
      });
      request.open("POST", data.urls.page + "files/" + row.question + "/");
      request.send(form);
      alive();
    });
  }

  // What lies here only, for the file of last resort.
  files.saved = function () {
    return Promise.all(files.rows.filter(function (one) { return one.content && !isThere(one.question, one.sha256); }).map(function (row) {
      return new Promise(function (resolve) {
        const reader = new FileReader();
        reader.addEventListener("load", function () {
          resolve({ question: row.question, sha256: row.sha256, kind: row.kind, content: reader.result.split(",")[1] });
        });
        reader.readAsDataURL(new Blob([row.content]));
      });
    }));
  };
  window.addEventListener("online", files.now);
})(window.Sheet);
