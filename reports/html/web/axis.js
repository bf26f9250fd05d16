// Where events stand on the axis of time: true time, the peers' own clocks, or
// Lamport's. Packets are kept sorted by where they begin, so that those in view
// are found by two binary searches.

export const AXES = ["true", "local", "lamport"];

export const AXIS_NAMES = { true: "true time, ms", local: "local clocks, ms", lamport: "Lamport clock" };

// Axis places the events of one run.
export class Axis {
  constructor(run, kind) {
    this.run = run;
    this.kind = kind;
    this.place(run);
    this.sort(run);
  }

  place(run) {
    if (this.kind === "true") {
      this.point = (p, t) => t;
      Object.assign(this, { send: run.at, begin: run.sent, finish: run.came, arrive: run.arrived, deliver: run.delivered });
    } else {
      const at = this.kind === "lamport" ? lamportOf(run) : (p, t) => t + offset(run, p, t);
      this.point = at;
      this.send = run.at.map((t, m) => (this.kind === "lamport" ? run.lamport[m] : at(run.sender[m], t)));
      this.begin = run.sent.map((t, i) => at(run.from[i], t));
      this.finish = run.came.map((t, i) => (Number.isNaN(t) ? NaN : at(run.to[i], t)));
      this.arrive = placeCells(run, run.arrived, at);
      this.deliver = placeCells(run, run.delivered, at);
    }
    this.low = Infinity;
    this.high = -Infinity;
    for (const values of [this.send, this.begin, this.finish, this.deliver]) {
      for (const v of values) {
        if (v < this.low) this.low = v;
        if (v > this.high) this.high = v;
      }
    }
    if (!(this.low < this.high)) {
      this.low = Math.min(this.low, 0);
      this.high = Math.max(this.low + 1, 1);
    }
    const margin = (this.high - this.low) * 0.02;
    this.low -= margin;
    this.high += margin;
  }

  // sort orders the packets and sets those apart that last longer than nearly
  // all others: a held packet must not make every search wide.
  sort(run) {
    const n = run.packets;
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    const begin = this.begin;
    if (!isSorted(begin)) {
      order.sort((a, b) => begin[a] - begin[b]);
    }
    const lengths = this.finish.map((v, i) => Math.abs(v - begin[i])).filter((v) => v >= 0).sort();
    this.reach = lengths.length > 0 ? lengths[Math.floor((lengths.length - 1) * 0.995)] : 0;
    this.order = order;
    this.isLong = Uint8Array.from(begin, (v, i) => (this.finish[i] - v > this.reach || this.finish[i] < v ? 1 : 0));
    this.long = order.filter((i) => this.isLong[i] === 1);
  }

  // inView calls back with each packet that touches the window from a to b.
  inView(a, b, callback) {
    const { order, begin, finish } = this;
    const from = lowerBound(order, begin, a - this.reach - 1e-6);
    for (let k = from; k < order.length && begin[order[k]] <= b; k++) {
      const i = order[k];
      if (!this.isLong[i] && !(finish[i] < a) && !(begin[i] + this.reach < a)) {
        callback(i);
      }
    }
    for (const i of this.long) {
      if (Math.min(begin[i], finish[i]) <= b && Math.max(begin[i], finish[i]) >= a) {
        callback(i);
      }
    }
  }
}

// arrivalsOf are the arrivals at each peer that pass a filter, in order, kept
// until another filter is asked for.
export function arrivalsOf(axis, filter) {
  if (axis.kept && axis.kept.filter === filter) {
    return axis.kept.lanes;
  }
  const { run, arrive } = axis;
  const lanes = Array.from({ length: run.peers }, () => []);
  for (let m = 0, cell = 0; m < run.messages; m++) {
    for (let p = 0; p < run.peers; p++, cell++) {
      if (p !== run.sender[m] && !Number.isNaN(arrive[cell]) && filter.passes(m, p)) {
        lanes[p].push(arrive[cell]);
      }
    }
  }
  axis.kept = { filter, lanes: lanes.map((values) => Float64Array.from(values).sort()) };
  return axis.kept.lanes;
}

// below counts the values under x in a sorted list.
export function below(values, x) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function placeCells(run, times, at) {
  const out = new Float64Array(times.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = Number.isNaN(times[i]) ? NaN : at(i % run.peers, times[i]);
  }
  return out;
}

function isSorted(values) {
  for (let i = 1; i < values.length; i++) {
    if (values[i] < values[i - 1]) {
      return false;
    }
  }
  return true;
}

// lowerBound is the first place in order whose value is not below x.
export function lowerBound(order, values, x) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[order[middle]] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// offset is how far a peer's clock is ahead of true time, in ms. A clock is a
// list of [from, offset there, offset before the next], straight between them.
export function offset(run, p, t) {
  const pieces = run.head.hosts[p].clock;
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle][0] <= t) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const [from, begins, ends] = pieces[low];
  const until = low + 1 < pieces.length ? pieces[low + 1][0] : run.end;
  const share = until > from ? Math.min(Math.max((t - from) / (until - from), 0), 1) : 0;
  return begins + (ends - begins) * share;
}

// lamportOf gives each peer a Lamport clock (Lamport, Communications of the ACM
// 21(7), 1978) that counts its broadcasts and deliveries, and reads it at a time.
function lamportOf(run) {
  const ticks = Array.from({ length: run.peers }, (_, p) => lamportTicks(run, p));
  return (p, t) => {
    const { times, values } = ticks[p];
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 ? values[low - 1] : 0;
  };
}

function lamportTicks(run, p) {
  const { refs, times } = run.logs[p];
  const events = [];
  for (let m = 0; m < run.messages; m++) {
    if (run.sender[m] === p) {
      events.push([run.at[m], run.lamport[m], 0]);
    }
  }
  for (let i = 0; i < refs.length; i++) {
    if (refs[i] >= 0 && run.sender[refs[i]] !== p) {
      events.push([times[i], run.lamport[refs[i]] + 1, 1]);
    }
  }
  events.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  let now = 0;
  const out = { times: new Float64Array(events.length), values: new Float64Array(events.length) };
  events.forEach(([time, value, received], i) => {
    now = received ? Math.max(now, value) : Math.max(now, value);
    out.times[i] = time;
    out.values[i] = now;
  });
  return out;
}

// ticks are round values inside a window, at most `most` of them.
export function ticks(a, b, most) {
  const rough = (b - a) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough) || 10 * power;
  const out = [];
  for (let k = Math.ceil(a / step); k * step <= b; k++) {
    out.push(k * step + 0); // not -0
  }
  return { values: out, step };
}

// tickText writes a tick to the digits that its step needs.
export function tickText(value, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(digits, 6)).replace(/\B(?=(\d{3})+(\.|$))/g, "\u202f");
}
