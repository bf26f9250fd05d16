// What the modules of the page compute, without a browser. Run by
// TestLogicUnderNode, which puts them beside this file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Axis, arrivalsOf, below, offset, ticks, tickText } from "./axis.js";
import { select } from "./arrows.js";
import { leftOut } from "./diagram.js";
import { Reader } from "./columns.js";
import { spread, xScale, yScale } from "./curve.js";
import { Filter, parse } from "./filter.js";
import { Frame, hatch } from "./frame.js";
import { read, write } from "./hash.js";
import { entriesShown } from "./vector.js";
import { short, signed, stateAt, token } from "./words.js";

// A small generator of numbers, so that every run draws the same ones.
let seed = 1;
const draw = (n) => {
  seed = (seed * 48271) % 2147483647;
  return seed % n;
};

const tests = {
  "of a vector of many peers the entries that matter are shown"() {
    const values = Array(20).fill(0);
    const other = Array(20).fill(0);
    assert.deepEqual(entriesShown([3, 1], null, [1, -1], 12), { shown: [0, 1], left: 0, differ: 0 });
    values[17] = 4;
    values[18] = 9;
    other[18] = 1;
    other[19] = 1;
    assert.deepEqual(entriesShown(values, other, [15, 3, -1], 4), { shown: [3, 15, 17, 18], left: 16, differ: 1 });
    assert.deepEqual(entriesShown(values, null, [15], 3), { shown: [15, 17, 18], left: 17, differ: 0 });
    assert.deepEqual(entriesShown(values, null, [15], 5).shown, [0, 1, 15, 17, 18]);
    assert.deepEqual(entriesShown(values, other, [0, 1, 2, 3], 2).shown, [0, 1]);
    assert.deepEqual(entriesShown(values, [...values], [], 2), { shown: [17, 18], left: 18, differ: 0 });
  },

  "where logs part in time and where they differ lowest are told apart"() {
    const summary = { diverged_ms: 231, diverged_position: 5, first_difference: 5 };
    assert.equal(stateAt(summary, 230), "agree so far");
    assert.equal(stateAt(summary, 231), "diverged since position 5 (231 ms)");
    summary.first_difference = 1;
    assert.equal(stateAt(summary, 300), "diverged since 231 ms, at position 5 (lowest in the end: 1)");
    assert.equal(stateAt({ diverged_ms: null, diverged_position: 0, first_difference: 0 }, 300), "agree so far");
  },

  "packets in view are those that a look at each of them finds"() {
    for (let round = 0; round < 40; round++) {
      const run = someRun(4, 60);
      for (const kind of ["true", "local"]) {
        const axis = new Axis(run, kind);
        for (let k = 0; k < 20; k++) {
          const a = draw(1000) - 100;
          const b = a + 1 + draw(300);
          const found = [];
          axis.inView(a, b, (i) => found.push(i));
          const want = [];
          for (let i = 0; i < run.packets; i++) {
            const end = Number.isNaN(axis.finish[i]) ? axis.begin[i] + axis.reach : axis.finish[i];
            if (Math.min(axis.begin[i], end) <= b && Math.max(axis.begin[i], end) >= a) {
              want.push(i);
            }
          }
          assert.deepEqual(found.sort((x, y) => x - y), want, `${kind} ${a} ${b}`);
        }
      }
    }
  },

  "strips count every arrival once"() {
    const run = someRun(3, 50);
    const axis = new Axis(run, "true");
    const lanes = arrivalsOf(axis, { passes: () => true });
    for (let p = 0; p < 3; p++) {
      let n = 0;
      for (let m = 0; m < run.messages; m++) {
        n += run.sender[m] !== p && run.arrived[m * 3 + p] < 400 ? 1 : 0;
      }
      assert.equal(below(lanes[p], 400), n);
    }
    assert.equal(arrivalsOf(axis, { passes: () => false })[0].length, 0);
  },

  "what is not drawn is said, and what is drawn goes by how much there is"() {
    const run = someRun(10, 1000);
    const axis = new Axis(run, "true");
    const frame = (a, b) => new Frame({ width: 900, height: 400, lanes: 10, a, b, vertical: false });
    run.kind = new Uint8Array(run.packets);
    const all = select(run, axis, frame(axis.low, axis.high), () => true);
    assert.deepEqual([all.level, all.count, all.shown.length], [0, run.packets, 0]);
    assert.match(leftOut(all.count, all.level, "Left out: x."), /^10.000 arrows not drawn: zoom in or filter\..* Left out: x\.$/);
    const some = select(run, axis, frame(100, 300), () => true);
    assert.deepEqual([some.level, some.shown.length], [1, some.count]);
    assert.match(leftOut(some.count, some.level, ""), /arrows, without marks: zoom in/);
    const few = select(run, axis, frame(100, 300), (m) => m < 200 && m % 10 === 0);
    assert.equal(few.level, 3);
    assert.ok(few.count > 0 && few.count <= 150);
    assert.equal(leftOut(few.count, few.level, ""), "");
  },

  "clocks are straight between their pieces and jump at their ends"() {
    const run = { end: 100, head: { hosts: [{ clock: [[0, 5, 10], [50, -20, -20]] }] } };
    assert.deepEqual([0, 25, 49.999, 50, 100].map((t) => Math.round(offset(run, 0, t))), [5, 8, 10, -20, -20]);
  },

  "ticks are round and inside"() {
    assert.deepEqual(ticks(-3, 41, 5).values, [0, 10, 20, 30, 40]);
    assert.deepEqual(ticks(0.1, 0.2, 2).values.map((v) => tickText(v, 0.05)), ["0.10", "0.15", "0.20"]);
    assert.equal(tickText(12000, 1000), "12\u202f000");
  },

  "a frame places and finds"() {
    for (const vertical of [false, true]) {
      const f = new Frame({ width: 900, height: 400, lanes: 5, a: 10, b: 60, vertical });
      const at = [];
      f.point(at, 3, 35);
      assert.ok(Math.abs(f.valueAt(...at) - 35) < 1e-9);
      assert.equal(f.laneAt(...at), 3);
      assert.equal(f.laneAt(-1, -1), -1);
    }
    const box = { x: 10, y: 20, w: 30, h: 12 };
    const lines = hatch(box, 5);
    assert.ok(lines.length > 20);
    for (let i = 0; i < lines.length; i += 2) {
      assert.ok(lines[i] >= 10 && lines[i] <= 40 && lines[i + 1] >= 20 && lines[i + 1] <= 32);
    }
  },

  "numbers of the columns come back"() {
    const bytes = [];
    const put = (v) => {
      let u = v < 0 ? -2n * BigInt(v) - 1n : 2n * BigInt(v);
      for (; u >= 128n; u >>= 7n) {
        bytes.push(Number(u & 127n) | 128);
      }
      bytes.push(Number(u));
    };
    const values = [0, 1, -1, 63, -64, 64, 127, 128, 1 << 20, -(2 ** 31), 2 ** 40 + 1, 2 ** 52 - 1, 2 ** 52, -(2 ** 52)];
    values.forEach(put);
    assert.deepEqual([...new Reader(Uint8Array.from(bytes), 0).plain(values.length)], values);
    assert.deepEqual([...new Reader(Uint8Array.from([2, 2, 1]), 0).deltas(3)], [1, 2, 1]);
  },

  "an address leads back to its view"() {
    const file = { seed: "42", command: "mpcomm report lab --set peers=3 --seed 42", orderings: [{ label: "naive" }, { label: "timestamp wait=5ms" }] };
    const state = { o: 1, t: 231.5, a: -3, b: 300.25, f: "is:swapped -to:p1", x: "local", k: "cause", rows: "message", vertical: true, finding: 4 };
    const { patch, notice } = read(write(state, file, "p2#1"), file);
    assert.equal(notice, "");
    assert.deepEqual(patch, { ...state, wanted: "p2.1" });
    assert.deepEqual(read("#42@231.5ms/naive", file).patch, { o: 0, t: 231.5, around: 231.5 });
    assert.deepEqual(read("#42@1.5s/naive", file).patch, { o: 0, t: 1500, around: 1500 });
    const spaced = { ...file, orderings: [{ label: "naive" }, { label: "a b=1ms '" }] };
    for (const label of ["a b=1ms '", "a_b=1ms__"]) {
      assert.deepEqual(read(`#42@1ms/${encodeURIComponent(label)}`, spaced).patch, { o: 1, t: 1, around: 1 });
    }
    assert.match(read("#7@1ms/naive", file).notice, /holds seed 42; .* run: mpcomm show 7@1ms\/naive lab --set peers=3$/);
    assert.match(read("#7@1ms/a'b c", file).notice, /run: mpcomm show '7@1ms\/a'\\''b c' lab /);
    assert.match(read("#42@1ms/odd", file).notice, /no ordering “odd”/);
    assert.deepEqual(read("#%zz&w=5-1&x=odd&k=odd&o=odd&t=&huh", file).patch, { t: null });
  },

  "filters let through what the cases say"() {
    const told = JSON.parse(readFileSync("cases.json", "utf8"));
    const run = toldRun(told.run);
    assert.ok(told.cases.length > 20 && told.wrong.length > 5);
    for (const { filter, match } of told.cases) {
      const f = new Filter(run, filter);
      const found = [];
      for (let m = 0; m < run.messages; m++) {
        for (let p = 0; p < run.peers; p++) {
          if (f.passes(m, p)) {
            found.push(`${run.names[m]}@p${p}`);
          }
        }
      }
      assert.deepEqual(found, match, filter);
      assert.deepEqual(f.errors, [], filter);
      assert.equal(f.matching, new Set(match.map((x) => x.split("@")[0])).size, filter);
    }
    for (const { filter, error } of told.wrong) {
      assert.deepEqual(parse(filter).errors, [error], filter);
    }
  },

  "words"() {
    assert.deepEqual([short(9.98765), short(12.345), short(0), short(NaN)], ["9.988", "12.3", "0", "–"]);
    assert.deepEqual([signed(-24.96), signed(0.04), signed(3)], ["−25", "+0", "+3"]);
    assert.equal(token("1", 60.0005, "naive"), "1@60.001ms/naive");
    assert.equal(token("1", 60, "timestamp wait=80ms é'"), "1@60ms/timestamp_wait=80ms___");
  },

  "labels of curves do not lie over each other"() {
    const ys = spread([{ y: 330 }, { y: 331 }, { y: 336 }, { y: 20 }]).map((l) => l.y);
    for (let i = 1; i < ys.length; i++) {
      assert.ok(ys[i] - ys[i - 1] >= 15 - 1e-9, String(ys));
    }
    const x = xScale({ values: ["1ms", "10ms", "100ms"], numbers: [1, 10, 100] }, true);
    assert.ok(Math.abs(x(1) - (x(0) + x(2)) / 2) < 1e-9);
    const even = xScale({ values: ["a", "b", "c"], numbers: [null, 1, 2] }, false);
    assert.ok(Math.abs(even(1) - (even(0) + even(2)) / 2) < 1e-9);
    assert.ok(yScale([{ points: [{ value: 3, low: 1, high: 7 }] }], {}).place(7) >= 0);
  },
};

// toldRun is the run of the cases as the page would have it, to the nanosecond.
function toldRun({ peers, messages, receipts, findings }) {
  const cells = receipts.flat();
  const unit = (v) => (v === undefined ? NaN : v);
  const run = {
    peers, messages: messages.length, names: messages.map((m) => m.id), sender: [], number: [], at: messages.map((m) => unit(m.at_ms)),
    arrived: cells.map((c) => unit(c.arrived_ms)), delivered: cells.map((c) => unit(c.delivered_ms)), position: cells.map((c) => c.position || 0),
    lost: cells.map((c) => (c.lost ? 1 : 0)), swapped: [], acausal: [], causesOf: new Map(), findings,
    held: (m, p) => run.delivered[m * peers + p] - run.arrived[m * peers + p],
  };
  messages.forEach(({ id }, m) => {
    [run.sender[m], run.number[m]] = id.slice(1).split("#").map(Number);
    const own = findings.map((f, i) => ({ f, i })).filter(({ f }) => f.a === id || f.b === id);
    run.swapped[m] = own.some(({ f }) => f.kind === "disagree") ? 1 : 0;
    run.acausal[m] = own.some(({ f }) => f.kind === "acausal") ? 1 : 0;
    run.causesOf.set(m, own.map(({ i }) => i));
  });
  return run;
}

// someRun is a run of random packets, some of them slow, some never seen again.
function someRun(peers, messages) {
  const run = { peers, messages, packets: 0, end: 1200, sender: [], at: [], local: [], head: { hosts: [], bodies: [true] } };
  const columns = { sent: [], came: [], from: [], to: [], message: [], kind: [], fate: [], copy: [] };
  run.arrived = new Float64Array(messages * peers).fill(NaN);
  for (let p = 0; p < peers; p++) {
    run.head.hosts.push({ clock: [[0, draw(50) - 25, draw(50) - 25]] });
  }
  const at = Array.from({ length: messages }, () => draw(900)).sort((a, b) => a - b);
  at.forEach((t, m) => {
    run.sender.push(draw(peers));
    for (let p = 0; p < peers; p++) {
      const flight = draw(40) === 0 ? NaN : draw(60) === 0 ? 500 : draw(40);
      columns.sent.push(t);
      columns.came.push(t + flight);
      columns.from.push(run.sender[m]);
      columns.to.push(p);
      columns.message.push(m);
      run.arrived[m * peers + p] = t + flight;
    }
  });
  run.at = Float64Array.from(at);
  run.delivered = run.arrived;
  run.packets = columns.sent.length;
  run.sent = Float64Array.from(columns.sent);
  run.came = Float64Array.from(columns.came);
  Object.assign(run, { from: columns.from, to: columns.to, message: columns.message });
  return run;
}

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    test();
  } catch (error) {
    failed++;
    console.log(`${name}: ${error.message}`);
  }
}
console.log(`${Object.keys(tests).length} tests, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
