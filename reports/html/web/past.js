// The causal past of a message: what its sender could have known.

// drawPast tints the sends and arrows that lie in the past of the first chosen
// message; what is concurrent is faded by the caller.
export function drawPast(pen, view) {
  const { run, axis, frame, colours, chosen } = view;
  const [m] = chosen;
  const lines = [];
  const sends = [];
  axis.inView(frame.a, frame.b, (i) => {
    const x = run.message[i];
    if (x < 0 || !run.head.bodies[run.kind[i]] || run.fate[i] !== 0 || run.copy[i] > 0 || !run.happenedBefore(x, m)) {
      return;
    }
    frame.point(lines, run.from[i], axis.begin[i]);
    frame.point(lines, run.to[i], axis.finish[i]);
    frame.point(sends, run.sender[x], axis.send[x]);
  });
  if (lines.length <= 4 * 8000) {
    pen.lines(lines, colours.past, { width: 2, alpha: 0.8 });
  }
  pen.dots(sends, colours.past, { radius: 6 });
}
