// The messages that are picked out: those of a finding, or the one selected.
// They are drawn whatever else is faded or left out.

import { crosses, segment } from "./arrows.js";

// drawChosen draws the arrows of the chosen messages over the others: the first
// solid, the second dashed, so that they differ without colour.
export function drawChosen(pen, view) {
  view.chosen.forEach((m, rank) => {
    if (m >= 0) {
      drawMessage(pen, view, m, rank);
    }
  });
}

function drawMessage(pen, view, m, rank) {
  const { run, axis, frame, colours, finding } = view;
  const colour = rank === 0 ? colours.first : colours.second;
  const halo = [];
  const lines = [];
  const lost = [];
  for (const i of view.packetsOf(m)) {
    const end = Number.isNaN(axis.finish[i]) ? axis.begin[i] + axis.reach : axis.finish[i];
    if (Math.max(axis.begin[i], end) < frame.a || Math.min(axis.begin[i], end) > frame.b) {
      continue;
    }
    segment(run.fate[i] === 0 ? lines : lost, run, axis, frame, i);
    if (finding && (run.to[i] === finding.p || run.to[i] === finding.q)) {
      segment(halo, run, axis, frame, i);
    }
  }
  const size = Math.min(1, frame.gap / 24);
  pen.lines(halo, colours.violation, { width: 9 * Math.max(size, 0.6), cap: "round", alpha: 0.9 });
  for (const points of [lines, lost]) {
    pen.lines(points, colour, { width: 2.2 * size, dash: rank === 0 ? [] : [7, 4] });
  }
  crosses(pen, lost, colour, { width: 2 });
  pen.heads(lines, colour, { size: 9 * size });
  marks(pen, view, m, rank, colour);
}

// marks draws the send, the receptions and holds of one message, and a cross
// where a peer of the finding logs it out of order.
function marks(pen, view, m, rank, colour) {
  const { run, axis, frame, colours, finding } = view;
  const send = [];
  const got = [];
  const hold = [];
  const wrong = [];
  frame.point(send, run.sender[m], axis.send[m]);
  for (let p = 0; p < run.peers; p++) {
    const cell = m * run.peers + p;
    if (p !== run.sender[m] && !Number.isNaN(axis.arrive[cell])) {
      frame.point(got, p, axis.arrive[cell]);
    }
    if (axis.deliver[cell] > axis.arrive[cell]) {
      frame.point(hold, p, axis.arrive[cell]);
      frame.point(hold, p, axis.deliver[cell]);
    }
    if (finding && (p === finding.p || p === finding.q) && outOfOrder(run, finding, p, m)) {
      frame.point(wrong, p, Number.isNaN(axis.deliver[cell]) ? axis.arrive[cell] : axis.deliver[cell]);
    }
  }
  const size = Math.min(1, frame.gap / 24); // lanes may be narrow
  const hollow = rank === 0 ? colour : colours.paper;
  pen.lines(hold, colour, { width: 6 * size, cap: "round", alpha: 0.5 });
  pen.dots(got, colour, { radius: 5 * size, width: 2.2 * size, hollow });
  pen.dots(send, colour, { radius: 6 * size, width: 2.2 * size, hollow });
  for (let i = 0; i < wrong.length; i += 2) {
    pen.text(wrong[i] + 11, wrong[i + 1] - 11, "✗", colours.bad, { size: 15, bold: true, halo: colours.paper });
  }
}

// outOfOrder reports whether p is the one of the two that logs m, the message
// sent later, first.
function outOfOrder(run, finding, p, m) {
  const other = finding.a === m ? finding.b : finding.a;
  if (m < 0 || other < 0 || m < other) {
    return false;
  }
  const mine = run.position[m * run.peers + p];
  const theirs = run.position[other * run.peers + p];
  return mine > 0 && (theirs === 0 || mine < theirs);
}
