// The logs as the file has them, in one of three forms; the Go side is logs.go.

// unpackLogs returns each peer's log: messages, and units of time.
export function unpackLogs(run, c) {
  return run.head.logged_since === "entries" ? fromEntries(run, c) : fromDelays(run, c);
}

function fromEntries(run, c) {
  let at = 0;
  return run.head.logs.map((length) => {
    const log = { refs: Int32Array.from(c.log.subarray(at, at + length)), units: c.logged.subarray(at, at + length) };
    at += length;
    return log;
  });
}

// fromDelays sorts what each peer delivered by the time of that, then puts it
// into the places of the log.
function fromDelays(run, c) {
  const n = run.peers;
  const since = run.head.logged_since === "arrival" ? (cell) => run.arrivedUnits[cell] : (cell) => c.at[Math.floor(cell / n)];
  const units = new Float64Array(c.wait.length);
  for (let cell = 0; cell < units.length; cell++) {
    const wait = c.wait[cell];
    units[cell] = wait === 0 ? NaN : since(cell) + (wait > 0 ? wait - 1 : wait);
  }
  let at = 0;
  return run.head.logs.map((length, p) => {
    const order = [];
    for (let m = 0; m < run.messages; m++) {
      if (c.wait[m * n + p] !== 0) {
        order.push(m);
      }
    }
    order.sort((a, b) => units[a * n + p] - units[b * n + p] || run.arrivedUnits[a * n + p] - run.arrivedUnits[b * n + p] || a - b);
    const refs = new Int32Array(length);
    const times = new Float64Array(length);
    for (let k = 0; k < length; k++) {
      refs[k] = order[c.place[at + k]];
      times[k] = units[refs[k] * n + p];
    }
    at += length;
    return { refs, units: times };
  });
}
