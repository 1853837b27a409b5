// A form whose answers are saved while one types, and kept on this device while the line is down. Without it the form
// is a form: its button saves. What is kept goes to the centre when the line is back, or when the page is opened again
// and the answer is still the one that stood there when it was typed (the field `seen`: when that was saved). If another
// was saved since, the form shows that one, and beside it what this device kept, until somebody takes it or drops it.
(function () {
  "use strict";
  document.querySelectorAll("form[data-kept]").forEach(function (form) {
    const place = "lantoa-kept:" + form.dataset.kept;
    const says = form.querySelector("[data-kept-says]");
    const other = form.querySelector("[data-kept-other]");
    const seen = form.elements.seen;
    let waiting = null;
    let version = 0;
    let line = Promise.resolve(); // what is sent goes one after the other: each says what it has seen

    function fields() {
      const found = {};
      new FormData(form).forEach(function (value, name) {
        if (name !== "csrfmiddlewaretoken" && name !== "seen" && typeof value === "string") found[name] = value;
      });
      return found;
    }

    function read(from) {
      try { return JSON.parse(localStorage.getItem(from)); } catch (error) { return null; }
    }

    function stored() {
      const kept = read(place);
      return kept && kept.at === seen.value ? kept.fields : null;
    }

    function fill(typed) {
      Object.keys(typed).forEach(function (name) {
        form.querySelectorAll("[name=\"" + CSS.escape(name) + "\"]").forEach(function (field) {
          if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === typed[name];
          else field.value = typed[name];
        });
      });
    }

    // What was typed, as the form would show it: the words of a choice, the text of a field.
    function shown(typed) {
      return Object.keys(typed).map(function (name) {
        const fields = Array.from(form.querySelectorAll("[name=\"" + CSS.escape(name) + "\"]"));
        const chosen = fields.find(function (field) { return field.type === "radio" && field.value === typed[name]; });
        return chosen && chosen.labels.length ? chosen.labels[0].textContent.trim() : typed[name];
      }).filter(Boolean).join(" / ");
    }

    // Something typed here before another answer was saved elsewhere: kept apart, shown, never sent by itself.
    function setApart() {
      const kept = read(place);
      if (kept && kept.at !== seen.value) {
        forget(place);
        const now = fields();
        const same = Object.keys(kept.fields).every(function (name) { return kept.fields[name] === (now[name] || ""); });
        if (!same) write(place + ":other", kept.fields);
      }
      const typed = read(place + ":other");
      const words = typed ? shown(typed) : "";
      if (!words) return;
      other.querySelector("[data-kept-what]").textContent = words;
      other.hidden = false;
      other.addEventListener("click", function (event) {
        const button = event.target.closest("button");
        if (!button) return;
        forget(place + ":other");
        other.hidden = true;
        if ("keptUse" in button.dataset) { fill(typed); changed(); }
      });
    }

    function write(to, what) {
      try { localStorage.setItem(to, JSON.stringify(what)); } catch (error) { return false; }
      return true;
    }

    function forget(what) {
      try { localStorage.removeItem(what); } catch (error) { return; }
    }

    function keep() {
      if (write(place, { at: seen.value, fields: fields() })) says.textContent = form.dataset.keptWords;
    }

    function post(body, redirect) {
      return fetch(form.action || location.href, {
        method: "POST", body: body, headers: { "X-Requested-With": "fetch" }, redirect: redirect,
        signal: AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined,
      });
    }

    function send() {
      const mine = ++version;
      clearTimeout(waiting);
      line = line.then(function () {
        return mine === version ? post(new FormData(form), "error") : null;
      }).then(function (answer) {
        if (!answer || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) return null;
        return answer.json();
      }).then(function (told) {
        if (told && told.at !== undefined) seen.value = told.at;
        if (!told || mine !== version) return;
        if (told.saved) forget(place);
        says.textContent = told.words;
      }).catch(function () { says.textContent = form.dataset.keptWords; });
    }

    function changed() {
      version += 1;
      keep();
      clearTimeout(waiting);
      waiting = setTimeout(send, 1200);
    }

    // A button pressed: the same with the line up or down. What the centre does not take is shown by its own page.
    function submitted(event) {
      event.preventDefault();
      version += 1;
      clearTimeout(waiting);
      keep();
      line = line.then(function () {
        const body = new FormData(form);
        if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
        return post(body, "manual");
      }).then(function (answer) {
        if (!answer.ok) throw answer;
        return answer.json();
      }).then(function (told) {
        forget(place);
        location.assign(told.next);
      }).catch(function (reason) {
        if (reason instanceof Response) HTMLFormElement.prototype.submit.call(form);
        else says.textContent = form.dataset.keptWords;
      });
    }

    const before = stored();
    if (before) {
      fill(before);
      says.textContent = form.dataset.keptWords;
      send();
    }
    setApart();
    form.addEventListener("input", changed);
    form.addEventListener("submit", submitted);
    window.addEventListener("online", function () { if (stored()) send(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted && stored()) send(); });
  });
})();
