// The scrubber and its buttons: time goes forth and back, an event at a time
// or at a pace.

import { el, setText } from "./dom.js";
import { ms, sentence, short, stateAt } from "./words.js";

const PACES = [0.01, 0.03, 0.1, 0.3, 1, 3, 10];

// Events are all that happens in a run, in order of time.
export class Events {
  constructor(run) {
    this.run = run;
    const n = run.peers;
    const cells = run.messages * n;
    const entries = [];
    const put = (time, code) => entries.push(time, code);
    for (let m = 0; m < run.messages; m++) {
      put(run.at[m], m * n + run.sender[m]);
    }
    for (let cell = 0; cell < cells; cell++) {
      const own = run.sender[(cell / n) | 0] === cell % n;
      if (!own && run.arrived[cell] >= 0) {
        put(run.arrived[cell], cells + cell);
      }
      if (run.delivered[cell] > run.arrived[cell]) {
        put(run.delivered[cell], 2 * cells + cell);
      }
    }
    for (let i = 0; i < run.packets; i++) {
      if (run.fate[i] !== 0 && run.message[i] >= 0 && !Number.isNaN(run.came[i])) {
        put(run.came[i], 3 * cells + i);
      }
    }
    this.sort(entries);
  }

  // sort orders by time, then by code, as plain numbers, which is fast: times
  // are whole units of the file.
  sort(entries) {
    const { run } = this;
    const unit = run.head.unit_ns / 1e6;
    const span = 3 * run.messages * run.peers + run.packets + 1;
    const keys = new Float64Array(entries.length / 2);
    for (let i = 0; i < keys.length; i++) {
      keys[i] = Math.round(entries[2 * i] / unit) * span + entries[2 * i + 1];
    }
    keys.sort();
    this.times = keys.map((k) => Math.floor(k / span) * unit);
    this.codes = keys.map((k) => k % span);
    this.count = keys.length;
  }

  at(i) {
    const { run } = this;
    const cells = run.messages * run.peers;
    const code = this.codes[i];
    const time = this.times[i];
    if (code >= 3 * cells) {
      const k = code - 3 * cells;
      return { kind: "lose", time, message: run.message[k], peer: run.to[k], from: run.from[k], fate: run.fate[k] };
    }
    const cell = code % cells;
    const message = Math.floor(cell / run.peers);
    return { kind: ["send", "arrive", "deliver"][Math.floor(code / cells)], time, message, peer: cell % run.peers, from: run.sender[message] };
  }

  // next is the first event after a time, previous the last before it.
  next(t) {
    return this.bound(t + 1e-7);
  }

  previous(t) {
    return this.bound(t - 1e-7) - 1;
  }

  bound(t) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < t) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

export function transport(page) {
  const { store } = page;
  const range = el("input", { type: "range", class: "scrubber", min: 0, max: 1, step: "any", "aria-label": "true time", oninput: () => store.set({ t: Number(range.value) }) });
  range.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (step) {
      event.preventDefault();
      page.stepEvent(event.shiftKey ? step * 10 : step);
    }
  });
  const clock = el("output", { class: "clock" });
  const state = el("output", { class: "state" });
  const event = el("p", { class: "event", "aria-hidden": "true" });
  const play = button("▶", "play", () => page.player.toggle());
  const pace = el("select", { "aria-label": "pace", onchange: () => store.set({ pace: Number(pace.value) }) },
    PACES.map((p) => el("option", { value: p, selected: p === store.state.pace }, p < 1 ? `×1/${Math.round(1 / p)}` : `×${p}`)));
  store.listen(["t", "event", "o", "loaded"], (s) => {
    const { run } = page;
    const t = s.t === null ? run.end : s.t;
    range.max = run.end;
    range.value = t;
    const e = s.t === null ? null : page.eventAt(t);
    const text = e ? sentence(run, e) : "everything";
    range.setAttribute("aria-valuetext", `${ms(t)}, ${text}`);
    setText(clock, `${short(t)} / ${short(run.end)} ms`);
    const now = stateAt(page.summary(), t);
    setText(state, now);
    state.classList.toggle("bad", !now.startsWith("agree"));
    setText(event, e ? text : "");
  });
  store.listen(["playing"], (s) => {
    setText(play, s.playing ? "❚❚" : "▶");
    play.setAttribute("aria-label", s.playing ? "pause" : "play");
  });
  return el("div", { class: "transport", role: "group", "aria-label": "Time" },
    button("|◄", "to the beginning", () => store.set({ t: 0 })), button("◄", "one event back", () => page.stepEvent(-1)), play,
    button("►", "one event on", () => page.stepEvent(1)), button("►|", "show everything", () => store.set({ t: null, playing: false })),
    range, clock, pace, button("✗ prev", "previous difference", () => page.step(-1)), button("next ✗", "next difference", () => page.step(1)), state, event);
}

function button(text, label, onclick) {
  return el("button", { type: "button", "aria-label": label, title: label, onclick }, text);
}

// Player moves the cursor while it plays. With reduced motion it takes steps.
export class Player {
  constructor(page) {
    this.page = page;
    this.last = 0;
  }

  toggle() {
    const { store } = this.page;
    if (store.state.playing) {
      store.set({ playing: false });
      return;
    }
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.page.stepEvent(1);
      return;
    }
    const t = store.state.t;
    store.set({ playing: true, t: t === null || t >= this.page.run.end ? Math.max(this.page.windowStart(), 0) : t });
    this.last = performance.now();
    requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    const { store, run } = this.page;
    if (!store.state.playing) {
      return;
    }
    const t = Math.min(store.state.t + (now - this.last) * store.state.pace, run.end);
    this.last = now;
    store.set({ t, playing: t < run.end });
    this.page.keepInView(t);
    requestAnimationFrame((later) => this.frame(later));
  }
}
