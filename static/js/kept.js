// A form whose answers are saved while one types, and kept on this device while the line is down. Without it the form
// is a form: its button saves. What is kept goes to the centre when the line is back, or when the page is opened again
// and the answer is still the one that stood there when it was typed (data-kept-at: when that was saved).
(function () {
  "use strict";
  document.querySelectorAll("form[data-kept]").forEach(function (form) {
    const place = "lantoa-kept:" + form.dataset.kept;
    const says = form.querySelector("[data-kept-says]");
    let waiting = null;
    let version = 0;

    function fields() {
      const found = {};
      new FormData(form).forEach(function (value, name) {
        if (name !== "csrfmiddlewaretoken" && typeof value === "string") found[name] = value;
      });
      return found;
    }

    function stored() {
      try {
        const kept = JSON.parse(localStorage.getItem(place));
        return kept && kept.at === form.dataset.keptAt ? kept.fields : null;
      } catch (error) { return null; }
    }

    function keep() {
      const kept = { at: form.dataset.keptAt, fields: fields() };
      try { localStorage.setItem(place, JSON.stringify(kept)); } catch (error) { return; }
      says.textContent = form.dataset.keptWords;
    }

    function send() {
      const mine = ++version;
      clearTimeout(waiting);
      fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, redirect: "error",
      }).then(function (answer) {
        if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) return null;
        return answer.json();
      }).then(function (told) {
        if (told && told.at !== undefined) form.dataset.keptAt = told.at;
        if (!told || mine !== version) return;
        if (told.saved) localStorage.removeItem(place);
        says.textContent = told.words;
      }).catch(function () { says.textContent = form.dataset.keptWords; });
    }

    function changed() {
      version += 1;
      keep();
      clearTimeout(waiting);
      waiting = setTimeout(send, 1200);
    }

    const before = stored();
    if (before) {
      Object.keys(before).forEach(function (name) {
        form.querySelectorAll("[name=\"" + CSS.escape(name) + "\"]").forEach(function (field) {
          if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === before[name];
          else field.value = before[name];
        });
      });
      says.textContent = form.dataset.keptWords;
      send();
    }
    form.addEventListener("input", changed);
    form.addEventListener("submit", function () { version += 1; clearTimeout(waiting); keep(); });
    window.addEventListener("online", function () { if (stored()) send(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted && stored()) send(); });
  });
})();
