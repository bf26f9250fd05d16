// The pointer on the diagram: drag to pan, wheel to zoom, click to select,
// move to see.

const NEAR = 12; // half of a hit area of 24 px

export function attachPointer(diagram) {
  const { node, page } = diagram;
  let drag = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button === 0) {
      drag = { x: event.clientX, y: event.clientY, a: page.store.state.a, b: page.store.state.b, moved: false };
      node.setPointerCapture(event.pointerId);
    }
  });
  node.addEventListener("pointermove", (event) => {
    if (drag && diagram.frame) {
      const delta = diagram.frame.vertical ? event.clientY - drag.y : event.clientX - drag.x;
      drag.moved = drag.moved || Math.abs(delta) > 4;
      if (drag.moved) {
        const v = delta / diagram.frame.scale;
        page.view(drag.a - v, drag.b - v);
      }
      return;
    }
    page.store.set({ hover: hit(diagram, event) });
  });
  node.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) {
      const found = hit(diagram, event);
      if (found && found.message >= 0) {
        page.select(found.message, found.peer);
      }
    }
    drag = null;
  });
  node.addEventListener("pointercancel", () => (drag = null));
  node.addEventListener("pointerleave", () => page.store.set({ hover: null }));
  node.addEventListener("wheel", (event) => wheel(diagram, event), { passive: false });
}

function wheel(diagram, event) {
  if (!diagram.frame || !(event.ctrlKey || event.metaKey || document.activeElement === diagram.node)) {
    return; // a page that scrolls must not be caught
  }
  event.preventDefault();
  const { page, frame } = diagram;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = ((event.deltaX || event.deltaY) / frame.along) * (frame.b - frame.a);
    page.view(frame.a + by, frame.b + by);
    return;
  }
  const v = frame.valueAt(...local(diagram, event));
  page.zoom(Math.exp(event.deltaY * 0.002), v);
}

function local(diagram, event) {
  const box = diagram.scene.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// hit is the mark or the arrow next to the pointer, or null.
function hit(diagram, event) {
  const { page, frame, drawn } = diagram;
  if (!frame || !drawn || drawn.level === 0) {
    return null;
  }
  const [x, y] = local(diagram, event);
  return nearestSend(page, frame, x, y) || nearestArrow(page, frame, drawn.shown, x, y);
}

function nearestSend(page, frame, x, y) {
  const { run, axis, filter } = page;
  const p = frame.laneAt(x, y);
  const v = frame.valueAt(x, y);
  const reach = NEAR / frame.scale;
  if (p < 0 || Math.abs((frame.vertical ? x : y) - frame.lane(p)) > NEAR) {
    return null;
  }
  let best = null;
  let least = reach;
  for (let m = 0; m < run.messages; m++) {
    const distance = Math.abs(axis.send[m] - v);
    if (run.sender[m] === p && distance < least && filter.passes(m, -1)) {
      best = { message: m, peer: p };
      least = distance;
    }
  }
  return best;
}

function nearestArrow(page, frame, shown, x, y) {
  const { run, axis } = page;
  let best = null;
  let least = NEAR * NEAR;
  const ends = [];
  for (const i of shown) {
    if (!run.head.bodies[run.kind[i]]) {
      continue;
    }
    ends.length = 0;
    frame.point(ends, run.from[i], axis.begin[i]);
    frame.point(ends, run.to[i], Number.isNaN(axis.finish[i]) ? axis.begin[i] + axis.reach : axis.finish[i]);
    const distance = toSegment(x, y, ends);
    if (distance < least) {
      least = distance;
      best = { message: run.message[i], peer: run.to[i], packet: i };
    }
  }
  return best;
}

function toSegment(x, y, [x0, y0, x1, y1]) {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length = dx * dx + dy * dy || 1;
  const share = Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / length, 0), 1);
  return (x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2;
}
