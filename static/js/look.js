// Text size and colours without a reload, remembered on this device; without this file the form does the same by a POST.
(function () {
  "use strict";
  var root = document.documentElement;
  var YEAR = 31536000;

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-look] button[name]");
    if (!button) return;
    event.preventDefault();
    root.dataset[button.name] = button.value;
    document.cookie = "look_" + button.name + "=" + button.value + ";path=/;max-age=" + YEAR + ";samesite=lax" +
      (location.protocol === "https:" ? ";secure" : "");
    button.parentNode.querySelectorAll("button").forEach(function (other) {
      other.setAttribute("aria-pressed", String(other === button));
    });
  });

  // A menu in the header closes when one goes elsewhere or presses Escape
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.lt-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.lt-menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // On a phone the navigation is one row: bring the current part into view
  var row = document.querySelector(".lt-nav__list");
  var current = row && row.querySelector("[aria-current]");
  if (current) {
    var left = current.offsetLeft - row.offsetLeft;
    if (left + current.offsetWidth > row.clientWidth - 28) row.scrollLeft = left - 40;
  }

  // Two quick presses on the same button are one act
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter || form, now = Date.now();
    if (event.defaultPrevented || form.method !== "post") return;
    if (now - (button.pressedAt || 0) < 3000) event.preventDefault();
    else button.pressedAt = now;
  });

  // The summary of errors is read first
  var wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
