// A box in the head of a table chooses every row of it; beside the acts stands how many are chosen (data-chosen).
(function () {
  "use strict";
  document.querySelectorAll("[data-choose-all]").forEach(function (cell) {
    var table = cell.closest("table");
    var all = cell.querySelector("input");
    var boxes = Array.from(table.querySelectorAll("tbody input[type=checkbox]"));
    if (!boxes.length) return;
    cell.hidden = false;

    function count() {
      var chosen = boxes.filter(function (box) { return box.checked; }).length;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
      document.querySelectorAll("[data-chosen]").forEach(function (place) { place.textContent = String(chosen); });
    }

    all.addEventListener("change", function () {
      boxes.forEach(function (box) { box.checked = all.checked; });
      count();
    });
    table.addEventListener("change", function (event) {
      if (event.target !== all) count();
    });
    count();
  });
})();
