// One recorded run of one ordering, in typed arrays. Times are milliseconds of
// true time; NaN = never. Messages and packets are numbered as in the run.

import { unpack } from "./columns.js";
import { unpackLogs } from "./logs.js";

// loadRun reads a block; first are the unpacked columns of the first one.
export async function loadRun(base64, first) {
  const { head, columns } = await unpack(base64, first);
  return new Run(head, columns);
}

export class Run {
  constructor(head, columns) {
    this.head = head;
    this.columns = columns;
    this.peers = head.peers;
    this.messages = head.messages;
    this.findings = head.findings || [];
    this.ms = (units) => units * head.unit_ns / 1e6;
    this.readMessages(columns);
    this.readPackets(columns);
    this.firstArrivals(columns);
    this.readLogs(unpackLogs(this, columns));
    this.compareLogs();
    this.markFindings();
    this.end = Math.max(this.ms(head.end), 1e-6);
  }

  readMessages(c) {
    this.sender = Int32Array.from(c.sender);
    this.at = c.at.map(this.ms);
    this.local = c.at.map((t, i) => this.ms(t + c.skew[i]));
    this.lamport = Int32Array.from(c.lamport);
    this.cause = Int32Array.from(c.cause);
    this.key = c.key;
    this.before = Int32Array.from(c.before);
    this.number = new Int32Array(this.messages);
    const next = new Int32Array(this.peers);
    for (let m = 0; m < this.messages; m++) {
      this.number[m] = next[this.sender[m]]++;
    }
  }

  readPackets(c) {
    this.packets = c.sent.length;
    this.message = Int32Array.from(c.message);
    const sent = c.sent.map((t, i) => t + (c.message[i] < 0 ? 0 : c.at[c.message[i]]));
    this.from = Int32Array.from(c.from, (p, i) => p + (c.message[i] < 0 ? 0 : c.sender[c.message[i]]));
    this.to = Int32Array.from(c.to);
    this.kind = Uint8Array.from(c.kind);
    this.fate = Uint8Array.from(c.fate);
    this.copy = Uint8Array.from(c.copy);
    this.sent = sent.map(this.ms);
    this.cameUnits = sent.map((t, i) => (c.flight[i] < 0 ? NaN : t + c.flight[i]));
    this.came = this.cameUnits.map(this.ms);
  }

  // readLogs takes the logs as lists of messages and of units of time.
  readLogs(logs) {
    const cells = this.messages * this.peers;
    this.position = new Int32Array(cells);
    this.delivered = new Float64Array(cells).fill(NaN);
    this.longest = 0;
    this.logs = logs.map(({ refs, units }, p) => {
      const times = units.map(this.ms);
      this.longest = Math.max(this.longest, refs.length);
      for (let i = 0; i < refs.length; i++) {
        const cell = refs[i] * this.peers + p;
        if (refs[i] >= 0 && this.position[cell] === 0) {
          this.position[cell] = i + 1;
          this.delivered[cell] = times[i];
        }
      }
      return { refs, times };
    });
  }

  // firstArrivals finds when each message first came to each peer, and to whom
  // it was lost on the way at least once.
  firstArrivals(c) {
    const arrived = new Float64Array(this.messages * this.peers).fill(NaN);
    const lost = new Uint8Array(this.messages * this.peers);
    for (let i = 0; i < this.packets; i++) {
      const m = this.message[i];
      if (m < 0 || !this.head.bodies[this.kind[i]]) {
        continue;
      }
      const cell = m * this.peers + this.to[i];
      if (this.fate[i] !== 0) {
        lost[cell] = 1;
      } else if (!(arrived[cell] <= this.cameUnits[i])) {
        arrived[cell] = this.cameUnits[i];
      }
    }
    for (let m = 0; m < this.messages; m++) {
      arrived[m * this.peers + this.sender[m]] = c.at[m];
    }
    this.arrivedUnits = arrived;
    this.arrived = arrived.map(this.ms);
    this.lost = lost;
  }

  // compareLogs finds the positions at which compared logs differ, and since
  // when that could be seen.
  compareLogs() {
    this.compared = this.head.hosts.map((h, p) => (h.correct ? p : -1)).filter((p) => p >= 0);
    this.differs = new Uint8Array(this.longest);
    this.differing = 0;
    this.divergedAt = Infinity;
    this.divergedPosition = 0;
    for (let i = 0; i < this.longest; i++) {
      const since = this.differsSince(i);
      if (since === null) {
        continue;
      }
      this.differs[i] = 1;
      this.differing++;
      if (since < this.divergedAt) {
        this.divergedAt = since;
        this.divergedPosition = i + 1;
      }
    }
  }

  // differsSince returns when two logs first held different messages at a
  // position; Infinity when one of them only ended; null when they are the same.
  differsSince(i) {
    let firstRef = null;
    let firstTime = Infinity;
    let otherTime = Infinity;
    let ended = false;
    for (const p of this.compared) {
      const { refs, times } = this.logs[p];
      if (i >= refs.length) {
        ended = true;
      } else if (firstRef === null || (refs[i] === firstRef && times[i] < firstTime)) {
        firstRef = refs[i];
        firstTime = times[i];
      } else if (refs[i] !== firstRef && times[i] < otherTime) {
        otherTime = times[i];
      }
    }
    if (otherTime < Infinity) {
      return Math.max(firstTime, otherTime);
    }
    return ended && firstRef !== null ? Infinity : null;
  }

  // markFindings enters which message takes part in which finding, and what
  // stands beside each position.
  markFindings() {
    this.swapped = new Uint8Array(this.messages);
    this.acausal = new Uint8Array(this.messages);
    this.causesOf = new Map();
    this.findingAt = new Map();
    this.findings.forEach((f, number) => {
      const mark = f.kind === "acausal" ? this.acausal : this.swapped;
      for (const m of [f.a, f.b]) {
        if (m >= 0) {
          mark[m] = 1;
          if (!this.causesOf.has(m)) {
            this.causesOf.set(m, []);
          }
          this.causesOf.get(m).push(number);
        }
      }
      const first = Math.min(...[...f.at_p, ...f.at_q].filter((x) => x > 0));
      f.first = Number.isFinite(first) ? first : 0;
      if (f.first > 0 && !this.findingAt.has(f.first)) {
        this.findingAt.set(f.first, number);
      }
    });
  }

  name(m) {
    return m < 0 ? "?" : `p${this.sender[m]}#${this.number[m]}`;
  }

  find(name) {
    const parts = /^[pP](\d+)[.#](\d+)$/.exec(name);
    if (parts) {
      for (let m = 0; m < this.messages; m++) {
        if (this.sender[m] === Number(parts[1]) && this.number[m] === Number(parts[2])) {
          return m;
        }
      }
    }
    return -1;
  }

  // held is how long a peer held a message back; NaN where it never logged it.
  held(m, p) {
    const cell = m * this.peers + p;
    return this.delivered[cell] - this.arrived[cell];
  }

  // vectors are the messages of each peer among the causes of each message,
  // itself included, by message and peer.
  vectors() {
    if (this.vectorTable) {
      return this.vectorTable;
    }
    const n = this.peers;
    const table = new Int32Array(this.messages * n);
    const now = Array.from({ length: n }, () => new Int32Array(n));
    const read = new Int32Array(n);
    for (let m = 0; m < this.messages; m++) {
      const p = this.sender[m];
      const { refs } = this.logs[p];
      for (; read[p] < Math.min(this.before[m], refs.length); read[p]++) {
        const cause = refs[read[p]];
        for (let q = 0; cause >= 0 && q < n; q++) {
          now[p][q] = Math.max(now[p][q], table[cause * n + q]);
        }
      }
      now[p][p] = this.number[m] + 1;
      table.set(now[p], m * n);
    }
    this.vectorTable = table;
    return table;
  }

  // happenedBefore reports whether x is a cause of y.
  happenedBefore(x, y) {
    return x !== y && this.vectors()[y * this.peers + this.sender[x]] > this.number[x];
  }
}
