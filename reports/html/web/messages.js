// Rows of the table by message: the diagram in words, for those who read it
// rather than see it.

import { short } from "./words.js";

// messageRows lists the messages that pass the filter, in order of sending.
export function messageRows(page) {
  const { run, filter, store } = page;
  const listed = [];
  for (let m = 0; m < run.messages; m++) {
    if (filter.passes(m, -1)) {
      listed.push(m);
    }
  }
  const peers = [...Array(run.peers).keys()];
  return {
    label: "Messages in order of sending, with their place in each log, the time on the way, and the time held back",
    columns: ["message", "sent, ms", run.head.key_clock ? "stamp, ms" : "key", "L", ...peers.map((p) => `p${p}: place, way`), "why"],
    count: listed.length,
    row: (k) => messageRow(page, run, peers, listed[k]),
    choose(k, column) {
      const p = column - 4;
      page.select(listed[k], p >= 0 && p < run.peers ? p : run.sender[listed[k]]);
    },
    selected() {
      const m = page.chosen()[0];
      const listedAt = m >= 0 ? listed.indexOf(m) : -1;
      return store.state.rows === "message" ? listedAt : -1;
    },
  };
}

function messageRow(page, run, peers, m) {
  const chosen = page.chosen();
  const cells = [
    { text: run.name(m), class: chosen[0] === m ? "first" : chosen[1] === m ? "second" : "" },
    { text: short(run.at[m]), class: "number" },
    { text: keyText(run, m), class: "number" },
    { text: String(run.lamport[m]), class: "number" },
  ];
  const places = new Set();
  for (const p of peers) {
    const place = run.position[m * run.peers + p];
    if (run.head.hosts[p].correct) {
      places.add(place);
    }
    cells.push({ text: cellText(run, m, p), class: place === 0 ? "over" : "" });
  }
  const number = (run.causesOf.get(m) || [])[0];
  const why = number === undefined ? "" : run.findings[number].why.toUpperCase();
  cells.push({ text: why, class: "why", title: number === undefined ? null : run.findings[number].text });
  return { cells, class: places.size > 1 ? "differs" : "" };
}

// cellText is the place in a log, the time on the way, and the wait.
function cellText(run, m, p) {
  const cell = m * run.peers + p;
  const place = run.position[cell];
  if (p === run.sender[m]) {
    return place > 0 ? `${place}, own` : "own, not logged";
  }
  const way = run.arrived[cell] - run.at[m];
  const held = run.held(m, p);
  if (place === 0) {
    return Number.isNaN(way) ? (run.lost[cell] ? "lost" : "never came") : `came after ${short(way)}, not logged`;
  }
  return `${place}, ${short(way)}${held > 0 ? ` + ${short(held)} held` : ""}`;
}

// keyText is what the ordering sorts a message by.
export function keyText(run, m) {
  if (!run.head.keys) {
    return "–";
  }
  return run.head.key_clock ? short(run.key[m] / 1e3) : String(run.key[m]);
}
