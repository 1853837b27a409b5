// A button behind each password that shows what was typed, and hides it again when the form is sent.
(function () {
  "use strict";
  document.querySelectorAll("input[type=password][data-show]").forEach(function (input) {
    var words = input.dataset;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary lt-button--small govuk-!-margin-top-2 govuk-!-margin-bottom-0";
    button.setAttribute("aria-controls", input.id);
    function show(shown) {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? words.hide : words.show;
      button.setAttribute("aria-label", button.textContent + ": " + words.about);
    }
    button.addEventListener("click", function () {
      show(input.type === "password");
      input.focus();
    });
    input.form.addEventListener("submit", function () {
      show(false); // so that no browser keeps it as ordinary text
    });
    show(false);
    input.insertAdjacentElement("afterend", button);
  });
})();
