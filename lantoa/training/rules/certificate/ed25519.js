"use strict";
// Verifies Ed25519 signatures (RFC 8032) where the browser itself cannot. Own work, plain BigInt, no constants by hand:
// those of SHA-512 are the roots of the first primes, as its standard defines them. BigInt(...) is called rather than
// written as a literal so that an older browser can read the file and say that it is too old.
var lantoaEd25519 = (function () {
  function big(x) { return BigInt(x); }
  var ready = typeof BigInt === "function";
  if (!ready) return { ready: false };
  var ZERO = big(0), ONE = big(1), TWO = big(2), EIGHT = big(8), MASK64 = (ONE << big(64)) - ONE;

  function primes(count) {
    var found = [];
    for (var n = 2; found.length < count; n++) {
      if (found.every(function (p) { return n % p !== 0; })) found.push(n);
    }
    return found;
  }
  // The first 64 bits of the fraction of the square (k = 2) or cube (k = 3) root.
  function rootFraction(n, k) {
    var target = big(n) << big(64 * k), low = ZERO, high = ONE << big(70);
    while (high - low > ONE) {
      var middle = (low + high) >> ONE, power = k === 2 ? middle * middle : middle * middle * middle;
      if (power <= target) low = middle; else high = middle;
    }
    return low & MASK64;
  }
  var START = primes(8).map(function (p) { return rootFraction(p, 2); });
  var ROUND = primes(80).map(function (p) { return rootFraction(p, 3); });
  function turn(x, n) { return ((x >> big(n)) | (x << big(64 - n))) & MASK64; }

  function sha512(message) {
    var length = message.length, total = Math.ceil((length + 17) / 128) * 128, data = new Uint8Array(total);
    data.set(message);
    data[length] = 128;
    for (var bits = length * 8, at = total - 1; bits > 0; at--, bits = Math.floor(bits / 256)) data[at] = bits % 256;
    var state = START.slice();
    for (var block = 0; block < total; block += 128) {
      var w = [], i;
      for (i = 0; i < 16; i++) w.push(fromBytes(data.subarray(block + 8 * i, block + 8 * i + 8), false));
      for (i = 16; i < 80; i++) {
        var s0 = turn(w[i - 15], 1) ^ turn(w[i - 15], 8) ^ (w[i - 15] >> big(7));
        var s1 = turn(w[i - 2], 19) ^ turn(w[i - 2], 61) ^ (w[i - 2] >> big(6));
        w.push((w[i - 16] + s0 + w[i - 7] + s1) & MASK64);
      }
      var a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
      for (i = 0; i < 80; i++) {
        var big1 = turn(e, 14) ^ turn(e, 18) ^ turn(e, 41), choice = (e & f) ^ ((e ^ MASK64) & g);
        var t1 = h + big1 + choice + ROUND[i] + w[i];
        var t2 = (turn(a, 28) ^ turn(a, 34) ^ turn(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g; g = f; f = e; e = (d + t1) & MASK64; d = c; c = b; b = a; a = (t1 + t2) & MASK64;
      }
      state = [a, b, c, d, e, f, g, h].map(function (x, n) { return (x + state[n]) & MASK64; });
    }
    var out = new Uint8Array(64);
    state.forEach(function (word, n) {
      for (var k = 7; k >= 0; k--, word >>= EIGHT) out[8 * n + k] = Number(word & big(255));
    });
    return out;
  }

  function fromBytes(bytes, littleEnd) {
    var list = Array.prototype.slice.call(bytes), hex = "";
    (littleEnd ? list.reverse() : list).forEach(function (x) { hex += (x < 16 ? "0" : "") + x.toString(16); });
    return big("0x" + (hex || "0"));
  }
  function toBytes(number) {
    var out = new Uint8Array(32);
    for (var i = 0; i < 32; i++, number >>= EIGHT) out[i] = Number(number & big(255));
    return out;
  }

  var P = (ONE << big(255)) - big(19);
  var L = (ONE << big(252)) + big("27742317777372353535851937790883648493");
  function mod(x) { var r = x % P; return r < ZERO ? r + P : r; }
  function power(x, n) {
    for (var r = ONE; n > ZERO; n >>= ONE, x = mod(x * x)) if (n & ONE) r = mod(r * x);
    return r;
  }
  function inverse(x) { return power(x, P - TWO); }
  var D = mod(big(-121665) * inverse(big(121666)));
  var ROOT = power(TWO, (P - ONE) / big(4)); // a square root of -1

  // The point of 32 bytes as [X, Y, Z, T], or null when they are no point (also when y is not below P).
  function point(bytes) {
    if (bytes.length !== 32) return null;
    var y = fromBytes(bytes, true), sign = y >> big(255);
    y = y & ((ONE << big(255)) - ONE);
    if (y >= P) return null;
    var square = mod((y * y - ONE) * inverse(mod(D * y * y + ONE)));
    var x = power(square, (P + big(3)) / EIGHT);
    if (mod(x * x - square) !== ZERO) x = mod(x * ROOT);
    if (mod(x * x - square) !== ZERO) return null;
    if (x === ZERO && sign === ONE) return null;
    if ((x & ONE) !== sign) x = P - x;
    return [x, y, ONE, mod(x * y)];
  }
  function add(p, q) {
    var a = mod((p[1] - p[0]) * (q[1] - q[0])), b = mod((p[1] + p[0]) * (q[1] + q[0]));
    var c = mod(TWO * p[3] * q[3] * D), d = mod(TWO * p[2] * q[2]);
    var e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }
  function times(n, p) {
    for (var r = [ZERO, ONE, ONE, ZERO]; n > ZERO; n >>= ONE, p = add(p, p)) if (n & ONE) r = add(r, p);
    return r;
  }
  function encode(p) {
    var z = inverse(p[2]), x = mod(p[0] * z), y = mod(p[1] * z);
    return toBytes(y | ((x & ONE) << big(255)));
  }
  var base = null;

  // Whether the signature (64 bytes) of the message by the public key (32 bytes) holds.
  function verify(publicKey, message, signature) {
    if (signature.length !== 64) return false;
    if (!base) base = point(toBytes(mod(big(4) * inverse(big(5)))));
    var a = point(publicKey), s = fromBytes(signature.subarray(32), true);
    if (!a || s >= L) return false;
    var all = new Uint8Array(64 + message.length);
    all.set(signature.subarray(0, 32));
    all.set(publicKey, 32);
    all.set(message, 64);
    var k = fromBytes(sha512(all), true) % L;
    var minus = [mod(-a[0]), a[1], a[2], mod(-a[3])];
    var r = encode(add(times(s, base), times(k, minus)));
    for (var i = 0; i < 32; i++) if (r[i] !== signature[i]) return false;
    return true;
  }
  return { ready: true, verify: verify, sha512: sha512 };
})();
