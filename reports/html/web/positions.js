// Rows of the table by position: what each peer's log holds there, and why they
// differ.

// positionRows lists the positions of which some entry passes the filter.
export function positionRows(page) {
  const { run, filter, store } = page;
  const listed = [];
  for (let i = 0; i < run.longest; i++) {
    if (filter.empty || run.logs.some(({ refs }, p) => i < refs.length && refs[i] >= 0 && filter.passes(refs[i], p))) {
      listed.push(i);
    }
  }
  const peers = [...Array(run.peers).keys()];
  return {
    label: `Logs by position, ${run.differing} of ${run.longest} positions differ`,
    columns: ["pos", ...peers.map((p) => `p${p}`), "why"],
    count: listed.length,
    row: (k) => positionRow(page, run, peers, listed[k]),
    choose(k, column) {
      const position = listed[k];
      const number = run.findingAt.get(position + 1);
      const p = column - 1;
      if (p < run.peers) {
        const m = run.logs[p].refs[position];
        if (m !== undefined && m >= 0) {
          page.select(m, p);
        }
      } else if (number !== undefined) {
        page.showFinding(number);
      }
    },
    selected() {
      const { message, peer, finding } = store.state;
      const position = message >= 0 ? run.position[message * run.peers + Math.max(peer, 0)] - 1 : finding >= 0 ? run.findings[finding].first - 1 : -1;
      return filter.empty ? position : listed.indexOf(position);
    },
  };
}

function positionRow(page, run, peers, i) {
  const chosen = page.chosen();
  const usual = commonest(run, i);
  const cells = [{ text: String(i + 1) }];
  for (const p of peers) {
    const { refs } = run.logs[p];
    const m = i < refs.length ? refs[i] : null;
    const other = m !== null && run.differs[i] === 1 && m !== usual;
    const classes = [];
    if (m === null) {
      classes.push("over");
    }
    if (other) {
      classes.push("other");
    }
    if (m !== null && m >= 0 && chosen.includes(m)) {
      classes.push(chosen[0] === m ? "first" : "second");
    }
    cells.push({ text: m === null ? "–" : m < 0 ? "?" : run.name(m) + (other ? " ✗" : ""), class: classes.join(" "), title: m === null ? "this log is over" : null });
  }
  cells.push(whyCell(run, i));
  return { cells, class: run.differs[i] === 1 ? "differs" : "" };
}

function whyCell(run, i) {
  const number = run.findingAt.get(i + 1);
  if (number === undefined) {
    return { text: "", class: "why" };
  }
  const f = run.findings[number];
  return { text: `${f.why.toUpperCase()} ${[f.a, f.b].filter((m) => m >= 0).map((m) => run.name(m)).join(" / ")}`, class: "why", title: f.text };
}

// commonest is the message that most of the compared logs hold at a position,
// that of the lowest peer among equals.
function commonest(run, i) {
  const tally = new Map();
  for (const p of run.compared) {
    const m = run.logs[p].refs[i];
    if (m !== undefined) {
      tally.set(m, (tally.get(m) || 0) + 1);
    }
  }
  let best = -2;
  for (const [m, n] of tally) {
    if (best === -2 || n > tally.get(best)) {
      best = m;
    }
  }
  return best;
}
