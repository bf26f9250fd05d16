// The language of filters: words with a space between them, all of which must
// hold; a minus before a word turns it round. The Go side, reports/trace/filter,
// shares its test cases.

const PEER = /^[pP](\d+)$/;
const MESSAGE = /^[pP](\d+)[#.](\d+)$/;
const STATES = ["swapped", "late", "lost", "held", "acausal", "own"];
const CAUSES = ["missing", "late", "skew", "tie", "fifo", "relay", "race"];

// parse returns {terms, errors}; a term that is wrong is left out and said.
export function parse(text) {
  const terms = [];
  const errors = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const negative = word.startsWith("-");
    const body = negative ? word.slice(1) : word;
    const colon = body.indexOf(":");
    const key = colon < 0 ? "" : body.slice(0, colon);
    const read = READERS[key];
    const test = read ? read(body.slice(colon + 1)) : null;
    if (test) {
      terms.push({ word, negative, test });
    } else {
      errors.push(complaint(word, key));
    }
  }
  return { terms, errors };
}

const FORMS = {
  from: "a peer, such as from:p2", to: "a peer, such as to:p3", peer: "a peer, such as peer:p1", msg: "a message, such as msg:p2#1",
  is: `one of ${STATES.join(", ")}`, cause: `one of ${CAUSES.join(", ")}`, t: "a span of ms, such as t:200-300",
  pos: "positions, such as pos:1-40", wait: "a bound, such as wait:>50ms",
};

function complaint(word, key) {
  if (FORMS[key]) {
    return `${word}: want ${FORMS[key]}`;
  }
  return `${word}: want one of ${Object.keys(FORMS).map((k) => `${k}:`).join(" ")}`;
}

const READERS = {
  from: (v) => peerTest(v, (peer, run, m) => run.sender[m] === peer),
  to: (v) => peerTest(v, (peer, run, m, p) => p === peer),
  peer: (v) => peerTest(v, (peer, run, m, p) => p === peer || run.sender[m] === peer),
  msg: (v) => {
    const parts = MESSAGE.exec(v);
    return parts && ((run, m) => run.sender[m] === Number(parts[1]) && run.number[m] === Number(parts[2]));
  },
  is: (v) => IS[v.toLowerCase()] || null,
  cause: (v) => CAUSES.includes(v.toLowerCase()) && ((run, m) => causedBy(run, m, v.toLowerCase())),
  t: (v) => spanTest(v, "ms", (low, high, run, m, p) => {
    const cell = m * run.peers + p;
    return within(run.at[m], low, high) || (p >= 0 && (within(run.arrived[cell], low, high) || within(run.delivered[cell], low, high)));
  }),
  pos: (v) => spanTest(v, "", (low, high, run, m, p) => within(run.position[m * run.peers + p] || NaN, low, high)),
  wait: (v) => spanTest(v, "ms", (low, high, run, m, p) => within(run.held(m, p), low, high)),
};

const IS = {
  swapped: (run, m) => run.swapped[m] === 1,
  acausal: (run, m) => run.acausal[m] === 1,
  late: (run, m) => causedBy(run, m, "late"),
  lost: (run, m, p) => run.lost[m * run.peers + p] === 1,
  held: (run, m, p) => run.held(m, p) > 0,
  own: (run, m, p) => run.sender[m] === p,
};

function causedBy(run, m, cause) {
  return (run.causesOf.get(m) || []).some((f) => run.findings[f].why === cause);
}

function peerTest(text, test) {
  const parts = PEER.exec(text);
  const peer = parts ? Number(parts[1]) : -1;
  return parts && ((run, m, p) => test(peer, run, m, p));
}

// spanTest reads 200-300, 200-, -300, >50, <=5, or a single value, each number
// with its unit or without.
function spanTest(text, unit, test) {
  const number = `(\\d+(?:\\.\\d+)?)${unit ? `(?:${unit})?` : ""}`;
  let low = -Infinity;
  let high = Infinity;
  const bound = new RegExp(`^(>=|<=|>|<)${number}$`).exec(text);
  const span = new RegExp(`^(?:${number})?-(?:${number})?$`).exec(text);
  const single = new RegExp(`^${number}$`).exec(text);
  if (bound) {
    const value = Number(bound[2]);
    const nudge = bound[1].length === 1 ? 1e-9 : 0;
    if (bound[1][0] === ">") {
      low = value + nudge;
    } else {
      high = value - nudge;
    }
  } else if (span && text !== "-") {
    low = span[1] === undefined ? low : Number(span[1]);
    high = span[2] === undefined ? high : Number(span[2]);
  } else if (single) {
    low = Number(single[1]);
    high = low;
  } else {
    return null;
  }
  return (run, m, p) => test(low, high, run, m, p);
}

function within(v, low, high) {
  return v >= low && v <= high;
}

// Filter tests messages at their receivers, and remembers which messages have
// a receiver that passes.
export class Filter {
  constructor(run, text) {
    const { terms, errors } = parse(text);
    this.terms = terms;
    this.errors = errors;
    this.empty = terms.length === 0;
    this.run = run;
    this.table = this.empty ? null : this.fill();
    this.matching = this.empty ? run.messages : this.any.reduce((x, y) => x + y, 0);
  }

  fill() {
    const { run, terms } = this;
    const table = new Uint8Array(run.messages * run.peers);
    this.any = new Uint8Array(run.messages);
    for (let m = 0, cell = 0; m < run.messages; m++) {
      for (let p = 0; p < run.peers; p++, cell++) {
        if (terms.every(({ test, negative }) => test(run, m, p) !== negative)) {
          table[cell] = 1;
          this.any[m] = 1;
        }
      }
    }
    return table;
  }

  // passes reports whether message m does at peer p; p = -1 stands for anyone.
  passes(m, p) {
    if (this.empty) {
      return true;
    }
    return m >= 0 && (p < 0 ? this.any[m] : this.table[m * this.run.peers + p]) === 1;
  }
}
