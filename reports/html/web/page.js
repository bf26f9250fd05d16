// The page of a run: its state, its data, and what the parts ask of it.

import { Store } from "./store.js";
import { Talk } from "./talk.js";
import { loadRun } from "./run.js";
import { Axis } from "./axis.js";
import { binner, ramp, theme } from "./colour.js";
import { Filter } from "./filter.js";
import { Events, Player } from "./transport.js";
import { exportSvg } from "./paper.js";
import { count, ms, sentence, token } from "./words.js";
import { read, write } from "./hash.js";

const EVERYTHING = { o: 0, t: null, a: 0, b: 1, x: "true", k: "position", f: "", rows: "position", vertical: false, message: -1, peer: -1, finding: -1, event: -1, hover: null, pinned: false, protocol: true, lane: -1, playing: false, pace: 0.1, keys: true, theme: "", size: 0, loaded: 0 };

export class Page extends Talk {
  constructor(file, blocks) {
    super();
    this.file = file;
    this.blocks = blocks; // the elements that hold the columns
    this.runs = new Map();
    this.axes = new Map();
    this.store = new Store({ ...EVERYTHING });
    this.player = new Player(this);
    this.recolour();
  }

  // choose shows another ordering, at the same time.
  async choose(o, patch = {}) {
    if (o < 0 || o >= this.file.orderings.length) {
      return;
    }
    if (this.file.orderings[o].block < 0) {
      this.tell(`${this.file.orderings[o].label} is too large to draw here`);
      return;
    }
    const turn = (this.turn = (this.turn || 0) + 1);
    const run = await this.load(o);
    if (turn !== this.turn) {
      return; // another one was asked for meanwhile
    }
    const first = this.run === undefined;
    this.run = run;
    this.prepare(o, patch);
    this.store.live = true;
    const same = patch.finding === undefined && patch.message === undefined;
    const start = same ? { finding: this.findingOf(run, patch.around), message: -1, peer: -1, hover: null } : {};
    this.store.set({ o, ...start, ...patch, loaded: this.store.state.loaded + 1 });
    if (first || patch.x !== undefined) {
      this.openingView(patch);
    }
    this.recolour();
  }

  // findingOf is the number of the finding of a moment, as tokens name it; without
  // one that of the first.
  findingOf(run, moment) {
    const found = run.findings.findIndex((f) => momentOf(f) === moment);
    return found >= 0 ? found : run.findings.length > 0 ? 0 : -1;
  }

  // load unpacks the run of an ordering once, after that of the first block,
  // against which it may be written.
  load(o) {
    if (!this.runs.has(o)) {
      const { block } = this.file.orderings[o];
      const first = this.file.orderings.findIndex((x) => x.block === 0);
      const under = o === first ? Promise.resolve({ columns: null }) : this.load(first);
      this.runs.set(o, under.then(({ columns }) => loadRun(this.blocks[block].textContent, columns)));
    }
    return this.runs.get(o);
  }

  prepare(o, patch) {
    const kind = patch.x || this.store.state.x;
    this.axis = this.axisOf(o, kind);
    this.bin = binner(this.run, patch.k || this.store.state.k);
    this.filter = new Filter(this.run, patch.f === undefined ? this.store.state.f : patch.f);
    this.event = undefined;
    this.events = this.run.events || (this.run.events = new Events(this.run));
  }

  axisOf(o, kind) {
    const key = `${o}:${kind}`;
    if (!this.axes.has(key)) {
      this.axes.set(key, new Axis(this.run, kind));
    }
    return this.axes.get(key);
  }

  setAxis(kind) {
    if (!this.run) {
      return;
    }
    const before = this.axis;
    const share = (v) => (v - before.low) / (before.high - before.low);
    const { a, b, o, finding, message } = this.store.state;
    this.axis = this.axisOf(o, kind);
    const at = (v) => this.axis.low + share(v) * (this.axis.high - this.axis.low);
    this.store.set({ x: kind, a: at(a), b: at(b) });
    if (finding >= 0 || message >= 0) {
      this.zoomToFinding();
    }
  }

  openingView({ a, b, around }) {
    if (a !== undefined && b !== undefined) {
      this.view(a, b);
    } else if (around !== undefined && !(this.finding() && momentOf(this.finding()) === around)) {
      const half = Math.min(40, (this.axis.high - this.axis.low) / 2);
      this.view(around - half, around + half);
    } else if (this.chosen()[0] >= 0) {
      this.zoomToFinding();
    } else {
      this.fit();
    }
  }

  summary() {
    return this.file.orderings[this.store.state.o];
  }

  finding() {
    const { finding } = this.store.state;
    return (this.run && this.run.findings[finding]) || null;
  }

  // chosen are the messages picked out: those of the finding, the one sent first
  // before the other, or the one selected.
  chosen() {
    const { message } = this.store.state;
    const f = this.finding();
    return f ? [f.a, f.b].filter((m) => m >= 0).sort((x, y) => x - y) : [message];
  }

  packetsOf(m) {
    const { run } = this;
    if (!run.packetsByMessage) {
      run.packetsByMessage = new Map();
      for (let i = 0; i < run.packets; i++) {
        if (run.message[i] >= 0 && run.head.bodies[run.kind[i]]) {
          const list = run.packetsByMessage.get(run.message[i]);
          list ? list.push(i) : run.packetsByMessage.set(run.message[i], [i]);
        }
      }
    }
    return run.packetsByMessage.get(m) || [];
  }

  // view shows a window of the axis, inside what there is.
  view(a, b) {
    const { low, high } = this.axis;
    const span = Math.min(Math.max(b - a, (high - low) * 1e-6, 1e-3), high - low);
    const from = Math.min(Math.max(a, low), high - span);
    this.store.set({ a: from, b: from + span });
  }

  zoom(factor, around) {
    const { a, b, t } = this.store.state;
    const middle = around !== undefined ? around : t !== null && t > a && t < b && this.store.state.x === "true" ? t : (a + b) / 2;
    this.view(middle - (middle - a) * factor, middle + (b - middle) * factor);
  }

  fit() {
    this.view(this.axis.low, this.axis.high);
  }

  // zoomToFinding shows the chosen messages from their sends to their last
  // entry in a log, with as much again around them.
  zoomToFinding() {
    const values = [];
    for (const m of this.chosen()) {
      if (m < 0) {
        continue;
      }
      values.push(this.axis.send[m]);
      for (let p = 0; p < this.run.peers; p++) {
        for (const table of [this.axis.arrive, this.axis.deliver]) {
          const v = table[m * this.run.peers + p];
          if (!Number.isNaN(v)) {
            values.push(v);
          }
        }
      }
    }
    if (values.length > 0) {
      values.push(...this.surroundings());
    }
    if (values.length === 0) {
      this.fit();
      return;
    }
    const from = Math.min(...values);
    const until = Math.max(...values);
    const span = Math.max(until - from, (this.axis.high - this.axis.low) * 1e-4, 1e-3);
    this.view(from - span * 0.4, until + span * 0.4);
  }

  // surroundings is where the message that a log lacks got lost, and where those
  // sent before and after it begin: it may have gone nowhere itself.
  surroundings() {
    const f = this.finding();
    if (!f || f.why !== "missing") {
      return [];
    }
    const { run, axis } = this;
    const [m] = this.chosen();
    const lost = this.packetsOf(m).filter((i) => run.fate[i] !== 0 && (run.to[i] === f.p || run.to[i] === f.q));
    const near = [m - 2, m + 2].map((k) => axis.send[Math.min(Math.max(k, 0), run.messages - 1)]);
    return [...near, ...lost.map((i) => axis.finish[i])].filter((v) => !Number.isNaN(v));
  }

  select(message, peer) {
    this.store.set({ message, peer, finding: -1, pinned: false });
    this.push();
    const { a, b } = this.store.state;
    if (this.axis.send[message] < a || this.axis.send[message] > b) {
      const v = this.axis.send[message];
      this.view(v - (b - a) / 3, v + ((b - a) * 2) / 3);
    }
  }

  showFinding(number) {
    if (this.run.findings.length === 0) {
      this.tell("no differences under this ordering");
      return;
    }
    const n = this.run.findings.length;
    this.store.set({ finding: ((number % n) + n) % n, message: -1, peer: -1, pinned: false });
    this.push();
    this.zoomToFinding();
    const { text } = this.finding(); // another one may be shown by the time it is spoken
    this.speak(() => text);
  }

  step(by) {
    const { finding } = this.store.state;
    this.showFinding(finding < 0 ? (by > 0 ? 0 : -1) : finding + by);
  }

  stepEvent(by) {
    const { events, run } = this;
    const { t } = this.store.state;
    const from = t === null ? (by > 0 ? -1 : run.end + 1) : t;
    let at = by > 0 ? events.next(from) + by - 1 : events.previous(from) + by + 1;
    if (this.isAt(t)) {
      at = this.event + by; // several events may share an instant
    }
    const k = Math.min(Math.max(at, 0), events.count - 1);
    if (k < 0) {
      return;
    }
    this.event = k;
    this.store.set({ t: events.times[k], event: k, playing: false });
    this.keepInView(events.times[k]);
    this.speak(() => `${ms(events.times[k])}: ${sentence(run, events.at(k))}`);
  }

  // isAt reports whether the event last stepped to is at a time.
  isAt(t) {
    return this.event !== undefined && this.event < this.events.count && this.events.times[this.event] === t;
  }

  eventAt(t) {
    if (this.isAt(t)) {
      return this.events.at(this.event);
    }
    const k = this.events.next(t) - 1;
    return k >= 0 ? this.events.at(k) : null;
  }

  keepInView(t) {
    const { a, b } = this.store.state;
    const v = this.axis.point(0, t);
    if (v < a || v > b) {
      this.view(v - (b - a) * 0.2, v + (b - a) * 0.8);
    }
  }

  // windowStart is the true time at which the window begins, where it is known.
  windowStart() {
    return this.store.state.x === "true" ? this.store.state.a : 0;
  }

  nextPeer(by) {
    const lane = this.store.state.lane + by;
    const inside = lane >= 0 && lane < this.run.peers;
    this.store.set({ lane: inside ? lane : -1 });
    if (inside) {
      this.speak(() => this.peerWords(lane));
    }
    return inside;
  }

  peerWords(p) {
    const host = this.run.head.hosts[p];
    return `p${p}: ${this.run.logs[p].refs.length} messages in its log${host.correct ? "" : `, not compared: ${host.absent || "it crashed"}`}`;
  }

  clear() {
    if (this.store.state.f) {
      this.store.set({ f: "" });
      return;
    }
    this.store.set({ message: -1, peer: -1, finding: -1, pinned: false, t: null, lane: -1, playing: false });
  }

  removeTerm(word) {
    this.store.set({ f: this.store.state.f.split(/\s+/).filter((w) => w !== word).join(" ") });
    this.focusDiagram();
  }

  focusDiagram() {
    this.diagram.node.focus({ preventScroll: true });
  }

  token() {
    const { t } = this.store.state;
    const f = this.finding();
    if (t === null && f) {
      return f.token;
    }
    const [m] = this.chosen();
    return token(this.file.seed, t !== null ? t : m >= 0 ? this.run.at[m] : 0, this.summary().label);
  }

  exportSvg() {
    exportSvg(this);
  }

  description() {
    const s = this.summary();
    return `Space-time diagram, ${count(this.run.peers, "peer")}, ${count(this.run.messages, "message")}, ${s.label}: ${s.positions_differing} positions differ`;
  }

  toggleTheme() {
    const dark = !this.colours.dark;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    this.recolour();
  }

  // recolour reads the palette anew.
  recolour() {
    document.documentElement.dataset.hue = this.summary().hue;
    this.colours = theme(document.documentElement);
    this.ramp = ramp(this.colours.dark);
    this.store.set({ theme: `${this.colours.paper}${this.colours.ordering}` });
  }

  open(hash) {
    const { patch, notice } = read(hash, this.file);
    if (notice) {
      this.tell(notice);
    }
    const { o = this.run === undefined ? this.firstDrawn() : this.store.state.o, wanted, ...rest } = patch;
    return this.choose(o, rest).then(() => {
      if (wanted) {
        const m = this.run.find(wanted);
        this.store.set({ message: m, peer: -1, finding: rest.finding === undefined ? -1 : rest.finding });
      }
    });
  }

  // firstDrawn is the first ordering whose logs differ, of those in the file.
  firstDrawn() {
    const drawn = this.file.orderings.map((x, i) => (x.block >= 0 ? i : -1)).filter((i) => i >= 0);
    const worst = drawn.find((i) => this.file.orderings[i].positions_differing > 0);
    return worst !== undefined ? worst : drawn[0];
  }

  address() {
    const { message } = this.store.state;
    return write(this.store.state, this.file, message >= 0 ? this.run.name(message) : "");
  }

  // push makes the view one that the browser goes back to.
  push() {
    this.pushing = true;
  }
}

// momentOf is the time in ms in the token of a finding.
function momentOf(f) {
  return Number(f.token.slice(f.token.indexOf("@") + 1).split("ms/")[0]);
}
