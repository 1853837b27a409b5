// What an exam keeps on this device: the sealed paper, where the exam stands, and the log of answers (decision 0025).
// Every answer is an event of a chain: its number, the two clocks of the device, and the hash of the event before it.
// An event is on the disk before it is sent. Where the storage fails, events of a device of their own live in this page only.
window.Sheet = {};
(function (Sheet) {
  "use strict";
  const FIRST = "0".repeat(64);
  const KEEP_DAYS = 7;
  const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
  const text = new TextEncoder();

  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }

  function newDevice() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (one) { return LETTERS[one % 32]; }).join("");
  }

  function done(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error || new Error("storage")); };
    });
  }

  function open() {
    return new Promise(function (resolve, reject) {
      const request = indexedDB.open("lantoa-exams", 2);
      request.onupgradeneeded = function (event) {
        if (event.oldVersion < 1) {
          request.result.createObjectStore("exams", { keyPath: "attempt" });
          request.result.createObjectStore("papers", { keyPath: "attempt" });
          request.result.createObjectStore("events", { keyPath: ["attempt", "device", "sequence"] });
        }
        request.result.createObjectStore("files", { keyPath: ["attempt", "question", "sha256"] });
      };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error || new Error("storage")); };
      request.onblocked = function () { reject(new Error("storage")); };
    });
  }

  function filesOf(attempt) { return IDBKeyRange.bound([attempt, "", ""], [attempt, "\uffff", ""]); }

  class Kept {
    constructor(attempt) {
      this.attempt = attempt;
      this.base = null;
      this.fault = "";  // "" as long as the storage holds what it is given
      this.exam = { attempt: attempt, device: newDevice(), info: {}, letters: "", ticket: "", clock: null, wants: "", seen: 0 };
      this.events = [];  // all of this exam on this device, in the order in which they were made
      this.lost = "";  // the device of the events that could not be stored
      this.turn = Promise.resolve();
    }

    async load() {
      try {
        this.base = await open();
        const exam = await this.within("exams", "readonly", function (store) { return done(store.get(this.attempt)); });
        if (exam) this.exam = Object.assign(this.exam, exam);
        const mine = IDBKeyRange.bound([this.attempt, "", 0], [this.attempt, "\uffff", 0]);
        const events = await this.within("events", "readonly", function (store) { return done(store.getAll(mine)); });
        const bare = this.events.filter(function (one) { return one.bare; });
        this.events = events.concat(bare).sort(function (one, other) { return one.made - other.made; });
        await this.save();
        this.tidy().catch(function () {});
      } catch (fault) {
        this.failed(fault);
      }
    }

    failed(fault) {
      this.fault = String((fault && fault.name) || fault);
    }

    within(name, mode, act) {
      const base = this.base, self = this;
      return new Promise(function (resolve, reject) {
        if (!base) { reject(new Error("storage")); return; }
        let result;
        const whole = base.transaction(name, mode, { durability: "strict" });
        whole.oncomplete = function () { resolve(result); };
        whole.onabort = whole.onerror = function () { reject(whole.error || new Error("storage")); };
        Promise.resolve(act.call(self, whole.objectStore(name))).then(function (one) { result = one; }, reject);
      });
    }

    // Whether it was stored; a storage that is full again takes what it can.
    async save(changes) {
      Object.assign(this.exam, changes || {});
      try {
        await this.within("exams", "readwrite", function (store) { store.put(this.exam); });
        return true;
      } catch (fault) {
        this.failed(fault);
        return false;
      }
    }

    async paper() {
      try {
        const row = await this.within("papers", "readonly", function (store) { return done(store.get(this.attempt)); });
        return row ? row.sealed : null;
      } catch (fault) {
        return null;
      }
    }

    async keepPaper(sealed) {
      try {
        await this.within("papers", "readwrite", function (store) { store.put({ attempt: this.attempt, sealed: sealed }); });
      } catch (fault) {
        this.failed(fault);
      }
    }

    // The events of a device, one after the other: each needs the hash of the one before.
    append(question, answer) {
      const made = this.turn.then(() => this.appended(question, answer));
      this.turn = made.catch(function () {});
      return made;
    }

    async appended(question, answer) {
      let event = await this.chained(this.exam.device, question, answer);
      try {
        await this.within("events", "readwrite", function (store) { store.add(event); });
        this.fault = "";
      } catch (fault) {
        this.failed(fault);
        this.lost = this.lost || newDevice();  // its numbers are forgotten with the page: they are of a device of their own
        event = await this.chained(this.lost, question, answer);
        event.bare = true;
      }
      this.events.push(event);
      return event;
    }

    async chained(device, question, answer) {
      const own = this.events.filter(function (one) { return one.device === device; });
      const last = own[own.length - 1];
      const event = {
        attempt: this.attempt,
        device: device,
        sequence: last ? last.sequence + 1 : 1,
        question: question,
        value: JSON.stringify(answer === undefined ? null : answer),
        device_ms: Math.max(0, Date.now()),
        monotonic_ms: Math.max(0, Math.round(performance.now())),
        before: last ? last.hash : FIRST,
        made: this.events.reduce(function (most, one) { return Math.max(most, one.made); }, 0) + 1,
        told: "",
      };
      const said = [event.attempt, event.device, event.sequence, event.question, event.device_ms, event.monotonic_ms, event.before, event.value];
      event.hash = hex(await crypto.subtle.digest("SHA-256", text.encode(said.join("\n"))));
      return event;
    }

    // `told`: "centre", "late" (there, but after the time), "refused" (the centre cannot take it).
    async mark(events, told) {
      events.forEach(function (one) { one.told = told; });
      const stored = events.filter(function (one) { return !one.bare; });
      try {
        await this.within("events", "readwrite", function (store) { stored.forEach(function (one) { store.put(one); }); });
      } catch (fault) {
        this.failed(fault);  // they will be sent once more, which changes nothing
      }
    }

    waiting() {
      return this.events.filter(function (one) { return !one.told; });
    }

    last(question) {
      for (let at = this.events.length - 1; at >= 0; at--) if (this.events[at].question === question) return this.events[at];
      return null;
    }

    devices() {
      return this.events.map(function (one) { return one.device; }).concat(this.exam.device);
    }

    // The centre has more of this device than the device itself: its memory was put back to an earlier time.
    async anew() {
      await this.save({ device: newDevice() });
    }

    // What is needed no more when all is handed in and at the centre: the questions, and the letters that open them.
    async forget() {
      await this.save({ letters: "", ticket: "" });
      try {
        await this.within("papers", "readwrite", function (store) { store.delete(this.attempt); });
        await this.within("files", "readwrite", function (store) { store.delete(filesOf(this.attempt)); });
      } catch (fault) { /* nothing was kept */ }
    }

    async tidy() {
      const before = Date.now() - KEEP_DAYS * 86400000, mine = this.attempt;
      const rows = await this.within("exams", "readonly", function (store) { return done(store.getAll()); });
      for (const row of rows) {
        if (row.attempt === mine || !row.finished || row.finished > before) continue;
        const all = IDBKeyRange.bound([row.attempt, "", 0], [row.attempt, "\uffff", 0]);
        await this.within("events", "readwrite", function (store) { store.delete(all); });
        await this.within("papers", "readwrite", function (store) { store.delete(row.attempt); });
        await this.within("files", "readwrite", function (store) { store.delete(filesOf(row.attempt)); });
        await this.within("exams", "readwrite", function (store) { store.delete(row.attempt); });
      }
    }

    // The file of last resort, with everything that this device has; `lantoa.exams.rules.answer_file` reads it.
    async file() {
      const chains = {}, said = { lantoa: "answers", version: 1, attempt: this.attempt, saved: Date.now(), devices: chains };
      this.events.forEach(function (one) {
        (chains[one.device] = chains[one.device] || []).push(
          [one.sequence, one.question, one.value, one.device_ms, one.monotonic_ms, one.before, one.hash]);
      });
      if (Sheet.files) said.files = await Sheet.files.saved();
      return JSON.stringify(said, null, 1);
    }
  }

  // ---- the sealed paper

  async function mac(key, data) {
    const made = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", made, data));
  }

  // As `lantoa.exams.rules.sealing`: letters and the key of the sitting give the key of the cipher (HKDF-SHA-256).
  Sheet.unseal = async function (sealed, letters, salt) {
    const root = await mac(text.encode(salt), text.encode(letters));
    const raw = await mac(root, text.encode("lantoa sealed paper\u0001"));
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const cipher = { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: text.encode(salt) };
    const plain = await crypto.subtle.decrypt(cipher, key, sealed.slice(12));
    return JSON.parse(new TextDecoder().decode(plain));
  };

  // What somebody typed after hearing it: spaces do not count, o is 0, i and l are 1.
  Sheet.readLetters = function (typed) {
    const heard = typed.toLowerCase().replace(/o/g, "0").replace(/[il]/g, "1");
    return Array.from(heard).filter(function (one) { return LETTERS.indexOf(one) >= 0; }).join("");
  };

  Sheet.hex = hex;
  Sheet.Kept = Kept;
})(window.Sheet);
