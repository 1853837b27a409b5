// A button beside a text to copy. It is shown only where copying works; the text can always be marked by hand.
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (box) {
    var text = box.querySelector("input");
    var button = box.querySelector("button");
    if (!navigator.clipboard) return;
    var word = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(text.value).then(function () {
        button.textContent = box.dataset.copied;
        setTimeout(function () { button.textContent = word; }, 3000);
      });
    });
    text.addEventListener("focus", function () { text.select(); });
  });
})();
