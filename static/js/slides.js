// The slide that is on: [data-slides] (the address of its pictures, with data-language and data-size) takes number,
// title and picture of what the stream of the page (live.js) tells. The next one is fetched before it is wanted: at a
// moment of its own (data-spread: milliseconds), so that thousands of pages do not ask at once.
(function () {
  "use strict";
  function address(box, deck, number) {
    var stream = document.querySelector("[data-stream]");
    return box.dataset.slides + deck + "/" + number + "/" + box.dataset.size +
      "?ticket=" + encodeURIComponent(stream ? stream.dataset.ticket : "");
  }

  function ahead(box, deck, number, of) {
    clearTimeout(box.ahead);
    if (!deck || number > of) return;
    box.ahead = setTimeout(function () { new Image().src = address(box, deck, number); },
      1000 + Math.random() * (Number(box.dataset.spread) || 0));
  }

  function show(box, about) {
    var spoken = about["in"] || {}, said = spoken[box.dataset.language] || spoken[about.first] || {};
    var picture = box.querySelector("img");
    box.hidden = !about.number;
    box.querySelectorAll("[data-slide-number]").forEach(function (at) { at.textContent = about.number || ""; });
    box.querySelectorAll("[data-slide-of]").forEach(function (at) { at.textContent = about.of ? "/" + about.of : ""; });
    box.querySelectorAll("[data-slide-title]").forEach(function (at) { at.textContent = said.title || ""; });
    if (!picture) return;
    picture.hidden = !said.deck;
    if (!said.deck) { picture.removeAttribute("src"); return; }
    picture.alt = said.title + ", " + about.number;
    picture.src = address(box, said.deck, about.number);
    ahead(box, said.deck, about.number + 1, about.of);
  }

  document.addEventListener("lantoa:told", function (event) {
    if (event.detail.k !== "slide") return;
    document.querySelectorAll("[data-slides]").forEach(function (box) { show(box, event.detail.about); });
  });
  document.querySelectorAll("[data-slides]").forEach(function (box) {
    if (box.querySelector("img")) ahead(box, box.dataset.deck, Number(box.dataset.next), Number(box.dataset.of));
  });
})();
