/* The technical check of a site: tries camera, microphone and loudspeaker, measures the line, fills in the form.
   Whatever a browser cannot do is left for the operator to say by hand; the form works without this script. */
(function () {
  "use strict";
  var form = document.querySelector("[data-check]");
  if (!form || !window.fetch) return;
  var probe = form.getAttribute("data-check");
  var size = Number(form.getAttribute("data-load"));
  var token = form.querySelector("[name=csrfmiddlewaretoken]").value;

  function say(name, words) {
    var place = form.querySelector('[data-said="' + name + '"]');
    if (place) place.textContent = words;
  }
  function words(name) {
    return form.getAttribute("data-words-" + name) || "";
  }
  function choose(name, value) {
    var box = form.querySelector('input[name="' + name + '"][value="' + value + '"]');
    if (box) box.checked = true;
  }
  function fill(name, number) {
    var field = form.querySelector('input[name="' + name + '"]');
    if (field) field.value = String(Math.round(number * 100) / 100).replace(".", document.documentElement.lang.indexOf("vi") === 0 ? "," : ".");
  }
  function stop(stream) {
    stream.getTracks().forEach(function (track) { track.stop(); });
  }
  function devices(wish) {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return Promise.reject(new Error("none"));
    return navigator.mediaDevices.getUserMedia(wish);
  }

  function camera() {
    var video = form.querySelector("[data-camera]");
    return devices({ video: true }).then(function (stream) {
      video.hidden = false;
      video.srcObject = stream;
      say("camera", words("look"));
      choose("camera", "ok");
      return new Promise(function (done) {
        setTimeout(function () { stop(stream); video.hidden = true; done(); }, 8000);
      });
    }).catch(function () {
      choose("camera", "bad");
      say("camera", words("none"));
    });
  }

  function microphone() {
    return devices({ audio: true }).then(function (stream) {
      var context = new (window.AudioContext || window.webkitAudioContext)();
      var analyser = context.createAnalyser();
      var data = new Uint8Array(analyser.fftSize);
      var loudest = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      say("microphone", words("speak"));
      return new Promise(function (done) {
        var until = Date.now() + 6000;
        var timer = setInterval(function () {
          analyser.getByteTimeDomainData(data);
          for (var i = 0; i < data.length; i += 1) loudest = Math.max(loudest, Math.abs(data[i] - 128));
          if (loudest > 12 || Date.now() > until) {
            clearInterval(timer);
            stop(stream);
            context.close();
            choose("microphone", loudest > 12 ? "ok" : "bad");
            say("microphone", words(loudest > 12 ? "heard" : "silent"));
            done();
          }
        }, 100);
      });
    }).catch(function () {
      choose("microphone", "bad");
      say("microphone", words("none"));
    });
  }

  function speaker() {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return Promise.resolve();
    var context = new Context();
    var tone = context.createOscillator();
    var volume = context.createGain();
    volume.gain.value = 0.2;
    tone.frequency.value = 660;
    tone.connect(volume);
    volume.connect(context.destination);
    tone.start();
    say("speaker", words("listen"));
    return new Promise(function (done) {
      setTimeout(function () { tone.stop(); context.close(); done(); }, 2000);
    });
  }

  // Three seconds of it must have been played. A browser that cannot play HLS itself says so, and nothing is chosen for it:
  // whether the site can follow is then for the operator to see.
  function stream() {
    var video = form.querySelector("[data-hls]");
    if (!video.canPlayType("application/vnd.apple.mpegurl")) {
      say("stream", words("cannot"));
      return Promise.resolve();
    }
    say("stream", words("waiting"));
    video.hidden = false;
    return new Promise(function (done) {
      var over = false;
      var timer = setTimeout(function () { end(false); }, 30000);
      function end(plays) {
        if (over) return;
        over = true;
        clearTimeout(timer);
        choose("stream", plays ? "ok" : "bad");
        say("stream", words(plays ? "plays" : "broken"));
        if (!plays) video.hidden = true;
        done();
      }
      video.ontimeupdate = function () {
        var played = 0;
        for (var i = 0; i < video.played.length; i += 1) played += video.played.end(i) - video.played.start(i);
        if (played >= 3) end(true);
      };
      video.onerror = function () { end(false); };
      video.src = video.getAttribute("data-hls");
      video.play().catch(function () { end(false); });
    });
  }

  function ask(bytes) {
    var began = performance.now();
    return fetch(probe + "?size=" + bytes + "&at=" + began, { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error("line");
        var clock = Number(answer.headers.get("X-Clock"));
        return answer.arrayBuffer().then(function () {
          var took = performance.now() - began;
          return { took: took, off: Date.now() - took / 2 - clock };
        });
      });
  }
  function send(bytes) {
    var began = performance.now();
    return fetch(probe + "up/", {
      method: "POST", body: new Uint8Array(bytes), credentials: "same-origin",
      headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream" }
    }).then(function (answer) {
      if (!answer.ok) throw new Error("line");
      return performance.now() - began;
    });
  }
  function times(count, act) {
    var found = [];
    var turn = Promise.resolve();
    for (var i = 0; i < count; i += 1) {
      turn = turn.then(act).then(function (one) { found.push(one); });
    }
    return turn.then(function () { return found; });
  }
  function line() {
    say("line", words("measuring"));
    return ask(0).then(function () {
      return times(10, function () { return ask(0); });
    }).then(function (found) {
      var total = 0;
      for (var i = 1; i < found.length; i += 1) total += Math.abs(found[i].took - found[i - 1].took);
      fill("jitter", total / (found.length - 1));
      var quickest = found.reduce(function (best, one) { return one.took < best.took ? one : best; });
      fill("clock", Math.abs(quickest.off) / 1000);
      return times(3, function () { return ask(size); });
    }).then(function (found) {
      var best = Math.min.apply(null, found.map(function (one) { return one.took; }));
      fill("down", size * 8 / best / 1000);
      return times(2, function () { return send(size / 2); });
    }).then(function (found) {
      fill("up", size / 2 * 8 / Math.min.apply(null, found) / 1000);
      say("line", words("measured"));
    }).catch(function () {
      say("line", words("failed"));
    });
  }

  var tries = { camera: camera, microphone: microphone, speaker: speaker, stream: stream, line: line };
  Array.prototype.forEach.call(form.querySelectorAll("[data-try]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      button.disabled = true;
      tries[button.getAttribute("data-try")]().then(function () { button.disabled = false; });
    });
  });
})();
