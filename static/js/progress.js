// Long work: asks the address in data-poll for the same component and shows how far it is, until that no longer asks to be polled.
// An answer without the component means that the work has ended: the page loads itself anew.
// A lost line is waited out, each time a little longer; after an hour it stops and the page says what it last knew.
(function () {
  "use strict";
  var UNTIL = Date.now() + 3600000;

  function saying(box) {
    return box.querySelector("[role=status]").textContent.replace(/\s+/g, " ").trim();
  }

  function follow(box, wait) {
    setTimeout(function () {
      fetch(box.dataset.poll, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.text();
        })
        .then(function (html) {
          var parsed = new DOMParser().parseFromString(html, "text/html");
          var next = parsed.querySelector(".lt-progress");
          if (!next) { location.reload(); return; }
          if (!next.dataset.poll) { box.replaceWith(next); return; }
          box.querySelector("[role=status]").textContent = saying(next);
          var bar = box.querySelector("progress");
          var newBar = next.querySelector("progress");
          if (bar && newBar && newBar.hasAttribute("value")) {
            bar.max = newBar.max;
            bar.value = newBar.value;
          }
          follow(box, 2000);
        })
        .catch(function () {
          if (Date.now() < UNTIL) follow(box, Math.min(wait * 2, 30000));
        });
    }, wait);
  }

  document.querySelectorAll("[data-poll]").forEach(function (box) { follow(box, 2000); });
})();
