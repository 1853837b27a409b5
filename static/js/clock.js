// Counts a speaker's time down: [data-until] gets "m:ss", by the clock of the centre that [data-clock] was written with.
// When another site speaks, the stream of the page (live.js) says until when.
(function () {
  "use strict";
  function beat() {
    document.querySelectorAll("[data-clock]").forEach(function (box) {
      if (box.ahead === undefined) box.ahead = Date.parse(box.dataset.clock) - performance.now();
      box.querySelectorAll("[data-until]").forEach(function (said) {
        if (!said.dataset.until) { said.textContent = ""; return; }
        var left = Math.round((Date.parse(said.dataset.until) - box.ahead - performance.now()) / 1000);
        var count = Math.abs(left);
        said.textContent = (left < 0 ? "+" : "") + Math.floor(count / 60) + ":" + ("0" + (count % 60)).slice(-2);
        said.classList.toggle("lt-late", left <= 60);
      });
    });
  }
  document.addEventListener("lantoa:told", function (event) {
    if (event.detail.k !== "floor") return;
    document.querySelectorAll("[data-live] [data-clock]").forEach(function (box) {
      box.hidden = !event.detail.about.until;
      Array.prototype.slice.call(box.children).forEach(function (said) {
        if (said.dataset.until !== undefined) said.dataset.until = event.detail.about.until;
        else said.hidden = true;  // what the page said of the time before
      });
    });
    beat();
  });
  beat();
  setInterval(beat, 1000);
})();
