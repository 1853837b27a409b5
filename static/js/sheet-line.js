// The line to the centre, and the centre's clock (decision 0025). One request at a time, each with its own end: a line
// that hangs is a dead line. What is not acknowledged is sent again, a little later each time and not all in one second.
(function (Sheet) {
  "use strict";
  const PATIENCE = 8000;  // milliseconds for the answer, and a second more for every 2 KB that are sent
  const MOST_EVENTS = 50, MOST_LETTERS = 16000;  // of one batch
  const SOONEST = 1000, LATEST = 30000;  // between two tries
  const BEAT = 60000;  // while there is nothing to send: has somebody been given more time?
  const JUMP = 30000;

  // The centre's clock, carried by the time that nobody can set. After a reopened page, before the centre was heard,
  // by the clock of the device: `guessed`.
  class Clock {
    constructor(kept) {
      this.guessed = false;
      this.sample = null;
      if (kept) {
        this.guessed = true;
        this.sample = { centre: kept.centre + Math.max(0, Date.now() - kept.wall), mono: performance.now(), wall: Date.now(), trip: Infinity };
      }
    }

    heard(centre, sent, got) {
      const trip = got - sent, old = this.sample;
      if (!old || this.guessed || this.jumped() || trip <= old.trip * 1.2 || got - old.mono > 300000) {
        this.sample = { centre: centre + trip / 2, mono: got, wall: Date.now(), trip: trip };
        this.guessed = false;
      }
    }

    now() {
      return this.sample ? this.sample.centre + performance.now() - this.sample.mono : Date.now();
    }

    // Asleep, or set: the two clocks of the device have gone apart, and only the centre can say what time it is.
    jumped() {
      const one = this.sample;
      return Boolean(one) && Math.abs(Date.now() - one.wall - (performance.now() - one.mono)) > JUMP;
    }

    // How far the clock of the device is ahead.
    ahead() {
      return this.sample && !this.guessed ? Date.now() - this.now() : 0;
    }

    kept() {
      return { centre: this.now(), wall: Date.now() };
    }
  }

  async function within(url, options, patience) {
    const stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, patience);
    const sent = performance.now();
    try {
      const answer = await fetch(url, Object.assign({ cache: "no-store", signal: stop.signal }, options));
      const said = options.raw ? await answer.arrayBuffer() : await answer.json();
      return { status: answer.status, said: said, sent: sent, got: performance.now() };
    } finally {
      clearTimeout(timer);
    }
  }

  class Line {
    // `kept`: Sheet.Kept; `urls`; `changed(what)` is called whenever something is known better.
    constructor(kept, urls, clock, changed) {
      this.kept = kept;
      this.urls = urls;
      this.clock = clock;
      this.changed = changed;
      this.trouble = "";  // dead, busy, signin, foreign, unknown; "" when the centre answers
      this.since = 0;
      this.trips = 0;
      this.failures = 0;
      this.most = MOST_EVENTS;
      this.over = false;  // nothing can be sent any more with this page
      this.renewed = false;
      this.running = false;
      this.timer = 0;
      window.addEventListener("online", () => this.now());
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
    }

    get info() { return this.kept.exam.info; }

    // At once, whatever was waited for.
    now() {
      this.failures = 0;
      this.go();
    }

    later(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.go(), milliseconds);
    }

    async go() {
      if (this.running || this.over) return;
      this.running = true;
      clearTimeout(this.timer);
      let wait = 0;
      try {
        do wait = await this.step(); while (!wait && !this.over);
      } catch (fault) {
        wait = this.failed("dead");
      } finally {
        this.running = false;
      }
      if (!this.over) this.later(wait);
      this.changed("line");
    }

    // One request; how long to wait before the next.
    async step() {
      const exam = this.kept.exam;
      if (!exam.ticket) return this.renew();
      if (exam.wants === "start" && !(this.info.started && exam.letters)) return this.ask("start");
      const waiting = this.kept.waiting();
      if (waiting.length && (this.info.started || exam.letters)) return this.send(waiting);
      if (exam.wants === "hand-in" && !this.info.handed_in && !(Sheet.files && Sheet.files.waiting())) return this.ask("hand-in");
      if (this.info.handed_in || this.info.phase === "over") return this.rest();
      if (this.asked && performance.now() < this.asked) return Math.max(1, this.asked - performance.now());
      return this.ask("state");
    }

    rest() {
      return 3600000;
    }

    // Until the start: seldom, and often enough where somebody may press the button at any moment.
    beat() {
      const info = this.info, left = info.begins ? info.begins - this.clock.now() : 0;
      let wait = info.started ? BEAT : info.begins && left > 600000 ? 90000 : 15000;
      wait *= 0.75 + Math.random() / 2;
      return !info.started && info.begins && left > 0 ? Math.min(wait, left + 50 + Math.random() * 400) : wait;
    }

    async post(word, body) {
      const sent = JSON.stringify(Object.assign({ ticket: this.kept.exam.ticket }, body));
      const told = await within(this.urls.hot + word, {
        method: "POST", body: sent, credentials: "omit", headers: { "Content-Type": "application/json" },
      }, PATIENCE + sent.length / 2);
      if (typeof told.said.now === "number") await this.heard(told);
      return told;
    }

    async heard(told) {
      const said = told.said;
      this.clock.heard(said.now, told.sent, told.got);
      this.trips = told.got - told.sent;
      const info = { phase: said.phase, begins: said.begins, started: said.started, ends: said.ends, handed_in: said.handed_in };
      const changes = { info: info, clock: this.clock.kept() };
      if (said.letters) changes.letters = said.letters;
      const before = JSON.stringify(this.info);
      if (said.letters && this.kept.exam.letters !== said.letters || JSON.stringify(info) !== before || this.clock.now() - (this.saved || 0) > 60000) {
        this.saved = this.clock.now();
        await this.kept.save(changes);
      } else {
        Object.assign(this.kept.exam, changes);
      }
      this.asked = performance.now() + this.beat();
      this.well();
      this.changed("info");
    }

    well() {
      this.trouble = "";
      this.failures = 0;
    }

    failed(trouble, again) {
      if (this.trouble !== trouble) this.since = this.clock.now();
      this.trouble = trouble;
      const wait = Math.max(again || 0, Math.min(LATEST, SOONEST * Math.pow(2, this.failures)));
      this.failures = Math.min(this.failures + 1, 10);
      return wait * (0.6 + Math.random() * 0.8);
    }

    async ask(word) {
      const told = await this.post(word, { device: this.kept.exam.device });
      const wants = this.kept.exam.wants;
      if (told.status === 200) {
        this.renewed = false;
        if (word !== "state" && wants === word) await this.kept.save({ wants: "" });
        return word === "state" ? this.beat() : 0;
      }
      if (told.status === 409 && told.said.refused) {
        // too early: asked again at the start; over: nothing is to be started any more
        const early = word === "start" && told.said.refused === "early";
        if (wants === word && !early) await this.kept.save({ wants: "" });
        this.changed("refused");
        return early && this.info.begins && this.info.begins - this.clock.now() < 500 ? 300 + Math.random() * 300 : this.beat();
      }
      return this.other(told);
    }

    async send(waiting) {
      const device = waiting[0].device, batch = [];
      let letters = 0;
      for (const one of waiting) {
        letters += one.value.length + 200;
        if (one.device !== device || batch.length >= this.most || (batch.length && letters > MOST_LETTERS)) break;
        batch.push(one);
      }
      this.changed("sending");
      const told = await this.post("answers", {
        device: device,
        events: batch.map(function (one) {
          return [one.sequence, one.question, one.value, one.device_ms, one.monotonic_ms, one.before];
        }),
      });
      if (told.status === 200 && told.said.stored === batch.length) {
        const ends = told.said.ends, late = told.said.handed_in || (ends && told.said.now >= ends);
        await this.kept.mark(batch, late ? "late" : "centre");
        this.most = MOST_EVENTS;
        this.renewed = false;
        this.changed("answers");
        return 0;
      }
      if (told.status === 400 || told.status === 413) {
        this.most = Math.max(1, Math.floor(batch.length / 2));
        if (batch.length === 1) await this.kept.mark(batch, "refused");
        this.changed("answers");
        return 0;
      }
      return this.other(told);
    }

    async other(told) {
      const said = told.said.refused;
      if ((told.status === 401 || told.status === 403) && said && !this.renewed) {
        await this.kept.save({ ticket: "" });
        return 0;
      }
      if ((told.status === 403 || told.status === 404) && said) {
        this.failed(told.status === 403 ? "foreign" : "unknown");
        this.over = true;
        return 1;
      }
      return this.failed(told.status === 503 && said ? "busy" : "dead", told.said.again);
    }

    // A new ticket by the session of whoever is signed in, and what counts at the centre.
    async renew() {
      this.renewed = true;
      return (await this.centre()) ? 0 : this.wait;
    }

    async centre() {
      let told;
      try {
        told = await within(this.urls.device, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } }, PATIENCE);
      } catch (fault) {
        // a page that asks to sign in is no JSON, and neither is a portal in the way
        this.wait = this.failed(fault instanceof SyntaxError ? "signin" : "dead");
        return null;
      }
      if (told.status !== 200 || !told.said.answers) {
        this.wait = this.failed(told.status >= 500 ? "busy" : "signin");
        return null;
      }
      await this.kept.save({ ticket: told.said.ticket });
      await this.heard(told);
      const mine = told.said.devices[this.kept.exam.device] || 0;
      const known = this.kept.events.filter((one) => one.device === this.kept.exam.device).length;
      if (mine > known) await this.kept.anew();
      this.snapshot = told.said.answers;
      if (Sheet.files) Sheet.files.told(told.said.files);
      this.changed("centre");
      return told.said;
    }

    async paper() {
      const told = await within(this.urls.hot + "paper", {
        method: "POST", body: JSON.stringify({ ticket: this.kept.exam.ticket }), credentials: "omit", raw: true,
        headers: { "Content-Type": "application/json" },
      }, PATIENCE * 4);
      if (told.status === 401) await this.centre();  // with a new ticket the next try
      if (told.status !== 200) throw new Error(String(told.status));
      return told.said;
    }
  }

  Sheet.Clock = Clock;
  Sheet.Line = Line;
})(window.Sheet);
