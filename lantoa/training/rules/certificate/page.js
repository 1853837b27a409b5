"use strict";
// The page: takes a code from the text field, the camera or the address after "#", and says what it is worth.
(function () {
  function at(id) { return document.getElementById(id); }
  var data = JSON.parse(at("data").textContent), today = new Date().toISOString().slice(0, 10);
  at("too-old").hidden = true;
  at("form").hidden = false;

  function both(words) { return [line("vi", words[1]), line("en", words[0])]; }
  function line(language, text) {
    var made = document.createElement("p");
    made.lang = language;
    made.textContent = text;
    return made;
  }
  function show(place, parts) {
    place.textContent = "";
    parts.forEach(function (part) { place.appendChild(part); });
  }
  function vietnamese(day) { return day.split("-").reverse().join("/"); }
  function filled(words, values) {
    return words.map(function (text) {
      return text.replace(/%\((\w+)\)s/g, function (_, name) { return values[name]; });
    });
  }

  function showAge() {
    var days = lantoaCheck.age(data.made, today);
    var parts = both(filled(data.words.list_of, { day: vietnamese(data.made) }));
    if (days > data.oldAfter) parts = parts.concat(both(filled(data.words.list_old, { days: String(days) })));
    show(at("age"), parts);
    at("age").className = days > data.oldAfter ? "old" : "";
  }

  function row(words, value) {
    var term = document.createElement("dt"), what = document.createElement("dd"), small = document.createElement("span");
    term.textContent = words[1] + " ";
    small.lang = "en";
    small.textContent = words[0];
    term.appendChild(small);
    what.textContent = value;
    return [term, what];
  }

  function showVerdict(verdict) {
    var parts = both(data.words[verdict.state]), payload = verdict.payload;
    at("verdict").className = verdict.state + (payload && payload.demonstration ? " demonstration" : "");
    if (verdict.revocation) {
      var why = data.words[verdict.revocation[2]] || ["", ""];
      parts = parts.concat(both(filled(data.words.revoked_on, { day: vietnamese(verdict.revocation[1]) }).map(
        function (text, n) { return text + " " + why[n] + "."; })));
    }
    if (verdict.state === "valid") parts = parts.concat(both(filled(data.words.as_of, { day: vietnamese(data.made) })));
    if (payload && payload.demonstration) parts = parts.concat(both(data.words.demonstration));
    if (payload && verdict.state === "unknown-key") parts = parts.concat(both(data.words.not_proven));
    if (payload) {
      var list = document.createElement("dl"), rows = [
        row(data.words.name, payload.name), row(data.words.course, payload.course),
        row(data.words.issuer, payload.issuer), row(data.words.issued, vietnamese(payload.issued)),
        row(data.words.number, payload.number),
      ];
      rows.forEach(function (pair) { pair.forEach(function (part) { list.appendChild(part); }); });
      parts.push(list);
    }
    show(at("verdict"), parts);
    at("verdict").focus();
  }

  function check() {
    var text = at("code").value;
    if (!text.trim()) return show(at("verdict"), both(data.words.nothing));
    lantoaCheck.verify(text, data).then(showVerdict, function () { show(at("verdict"), both(data.words.too_old)); });
  }
  at("form").addEventListener("submit", function (event) { event.preventDefault(); check(); });

  at("list").addEventListener("change", function (event) {
    var file = event.target.files[0], reader = new FileReader();
    if (!file) return;
    reader.onload = function () {
      lantoaCheck.readList(String(reader.result), data).then(function (list) {
        if (!list) return show(at("age"), both(data.words.list_refused));
        if (list.made < data.made) return show(at("age"), both(data.words.list_older));
        data.made = list.made;
        data.revoked = list.revoked;
        showAge();
      }, function () { show(at("age"), both(data.words.too_old)); });
    };
    reader.readAsText(file);
  });

  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    at("camera").hidden = false;
    at("camera").addEventListener("click", function () {
      var video = at("video"), detector = new BarcodeDetector({ formats: ["qr_code"] });
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (stream) {
        function stop() {
          stream.getTracks().forEach(function (track) { track.stop(); });
          video.hidden = true;
        }
        function look() {
          if (video.hidden) return;
          detector.detect(video).then(function (codes) {
            if (!codes.length) return setTimeout(look, 200);
            stop();
            at("code").value = codes[0].rawValue;
            check();
          }, function () { setTimeout(look, 400); });
        }
        video.srcObject = stream;
        video.hidden = false;
        video.play().then(look);
        setTimeout(stop, 60000);
      }).catch(function () { show(at("verdict"), both(data.words.no_camera)); });
    });
  }

  showAge();
  if (location.hash.length > 1) {
    at("code").value = location.hash.slice(1);
    check();
  }
})();
