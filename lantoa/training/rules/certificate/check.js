"use strict";
// Reads a certificate code and judges it as lantoa.training.rules.certificate does in Python: same states, same order.
var lantoaCheck = (function () {
  var LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  var CERTIFICATE = "lantoa certificate\n", LIST = "lantoa revocations\n", SIGNATURE = 64;

  function utf8(text) { return new TextEncoder().encode(text); }
  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (x) { return (x < 16 ? "0" : "") + x.toString(16); }).join("");
  }
  function unhex(text) {
    return new Uint8Array((text.match(/../g) || []).map(function (pair) { return parseInt(pair, 16); }));
  }
  function join(a, b) {
    var all = new Uint8Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  }

  function decode(code) {
    var out = [], bits = 0, value = 0;
    for (var i = 0; i < code.length; i++) {
      var digit = LETTERS.indexOf(code[i]);
      if (digit < 0) return null;
      value = (value << 5) | digit;
      bits += 5;
      if (bits >= 8) { bits -= 8; out.push((value >> bits) & 255); value &= (1 << bits) - 1; }
    }
    // Left-over bits are zero and fewer than a letter: any other text is not one that was made.
    return value === 0 && bits < 5 ? new Uint8Array(out) : null;
  }

  function day(number) { return new Date(Date.UTC(2000, 0, 1 + number)).toISOString().slice(0, 10); }

  // {payload, kid, message, signature}, or null for what is no code.
  function read(text) {
    var code = text.replace(/\s+/g, "").split("/v/").pop().split("?")[0].split("#")[0];
    code = code.replace(/^\/+|\/+$/g, "").toUpperCase();
    var data = decode(code);
    if (!data || data.length <= SIGNATURE || data[0] !== 1) return null;
    var message = data.slice(0, data.length - SIGNATURE), texts = [], at = 8;
    try {
      for (var n = 0; n < 5; n++) {
        var length = message[at++];
        if (length & 128) length = ((length & 127) << 8) | message[at++];
        if (!(at + length <= message.length)) return null;
        texts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(message.slice(at, at + length)));
        at += length;
      }
    } catch (error) { return null; }
    if (at !== message.length) return null;
    return {
      payload: {
        key: texts[0], number: texts[1], name: texts[2], course: texts[3], issuer: texts[4],
        issued: day((message[6] << 8) | message[7]), demonstration: (message[5] & 1) === 1,
      },
      kid: hex(message.slice(1, 5)), message: message, signature: data.slice(data.length - SIGNATURE),
    };
  }

  // A promise of true or false: the browser's own Ed25519 where it has one, else ours.
  function holds(publicKey, message, signature) {
    function own() {
      if (!lantoaEd25519.ready) throw new Error("too old");
      return lantoaEd25519.verify(publicKey, message, signature);
    }
    var subtle = typeof crypto !== "undefined" && crypto.subtle;
    if (!subtle) return Promise.resolve().then(own);
    return Promise.resolve()
      .then(function () { return subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]); })
      .then(function (key) { return subtle.verify({ name: "Ed25519" }, key, signature, message); })
      .catch(own);
  }

  function inForce(key, on) { return key.from <= on && (!key.until || on < key.until); }
  function keyOf(data, kid) {
    return data.keys.filter(function (key) { return key.kid === kid; })[0];
  }

  // A promise of {state, payload, revocation}; state as in trust.State.
  function verify(text, data) {
    var signed = read(text);
    if (!signed) return Promise.resolve({ state: "broken" });
    var key = keyOf(data, signed.kid);
    if (!key) return Promise.resolve({ state: "unknown-key", payload: signed.payload });
    return holds(unhex(key.raw), join(utf8(CERTIFICATE), signed.message), signed.signature).then(function (right) {
      if (!right) return { state: "broken" };
      if (!inForce(key, signed.payload.issued)) return { state: "key-not-in-force", payload: signed.payload };
      var hit = data.revoked.filter(function (row) { return row[0] === signed.payload.key; })[0];
      return { state: hit ? "revoked" : "valid", payload: signed.payload, revocation: hit || null };
    });
  }

  // A newer list of revocations, {list, signature} as JSON text: a promise of {made, revoked}, or null when it is not ours.
  function readList(text, data) {
    try {
      var outer = JSON.parse(text), inner = JSON.parse(outer.list), key = keyOf(data, inner.kid);
      if (!key || inner.version !== 1 || !inForce(key, inner.made)) return Promise.resolve(null);
      var signature = Uint8Array.from(atob(outer.signature), function (x) { return x.charCodeAt(0); });
      return holds(unhex(key.raw), utf8(LIST + outer.list), signature).then(function (right) {
        return right ? { made: inner.made, revoked: inner.revoked } : null;
      });
    } catch (error) { return Promise.resolve(null); }
  }

  function age(made, today) { return Math.floor((Date.parse(today) - Date.parse(made)) / 86400000); }
  return { read: read, verify: verify, readList: readList, age: age };
})();
