// A page that is watched: every data-live seconds it asks its own address for the living part and puts it in its place.
// Nothing is replaced while the reader's finger or key is in it. A lost line is said, and asked again ever more seldom.
(function () {
  "use strict";
  var LONGEST = 120;

  function follow(box, wait) {
    var usual = Number(box.dataset.live) || 30;
    setTimeout(function () {
      if (document.hidden || box.contains(document.activeElement)) { follow(box, usual); return; }
      fetch(location.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", cache: "no-store" })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          return answer.text();
        })
        .then(function (html) {
          var next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-live]");
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

  document.querySelectorAll("[data-live]").forEach(function (box) { follow(box, Number(box.dataset.live) || 30); });
})();
