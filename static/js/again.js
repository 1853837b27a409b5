// A page that waits: after data-again seconds it asks whether the line is there, and only then loads itself anew.
// Without scripts the page has a refresh of its own; a dead line leaves the page standing and is asked again.
(function () {
  "use strict";
  function wait(seconds) {
    setTimeout(function () {
      fetch(location.href, { method: "HEAD", credentials: "same-origin", cache: "no-store" })
        .then(function (answer) { if (answer.ok) location.reload(); else wait(seconds); })
        .catch(function () { wait(seconds); });
    }, seconds * 1000);
  }
  document.querySelectorAll("[data-again]").forEach(function (box) { wait(Number(box.dataset.again) || 60); });
})();
