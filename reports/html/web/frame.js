// The geometry of the space-time diagram: lanes and the window of the axis, in
// either orientation.

export const GUTTER = 92; // for the names of lanes
const HEADER = 22; // for phases and ticks

// Frame maps lanes and values of the axis to points and back.
export class Frame {
  constructor({ width, height, lanes, a, b, vertical }) {
    this.width = width;
    this.height = height;
    this.lanes = lanes;
    this.a = a;
    this.b = b;
    this.vertical = vertical;
    this.left = vertical ? 64 : GUTTER;
    this.top = vertical ? 40 : HEADER;
    this.right = width - 10;
    this.bottom = height - (vertical ? 8 : 26);
    this.along = Math.max(vertical ? this.bottom - this.top : this.right - this.left, 1);
    this.across = Math.max(vertical ? this.right - this.left : this.bottom - this.top, 1);
    this.gap = this.across / lanes;
    this.scale = this.along / (b - a);
  }

  lane(p) {
    return (this.vertical ? this.left : this.top) + (p + 0.5) * this.gap;
  }

  axis(v) {
    return (this.vertical ? this.top : this.left) + (v - this.a) * this.scale;
  }

  // point appends the place of value v on lane p.
  point(out, p, v) {
    if (this.vertical) {
      out.push(this.lane(p), this.axis(v));
    } else {
      out.push(this.axis(v), this.lane(p));
    }
  }

  valueAt(x, y) {
    return this.a + ((this.vertical ? y - this.top : x - this.left) / this.scale);
  }

  laneAt(x, y) {
    const p = Math.floor(((this.vertical ? x - this.left : y - this.top)) / this.gap);
    return p >= 0 && p < this.lanes ? p : -1;
  }

  // box is the rectangle from v to w over lane p, thick of the gap between lanes.
  box(p, v, w, thick) {
    const from = Math.max(this.axis(v), this.axis(this.a));
    const until = Math.min(this.axis(w), this.axis(this.b));
    const side = this.lane(p) - (this.gap * thick) / 2;
    const breadth = this.gap * thick;
    return this.vertical
      ? { x: side, y: from, w: breadth, h: Math.max(until - from, 0) }
      : { x: from, y: side, w: Math.max(until - from, 0), h: breadth };
  }

  area() {
    return { x: this.left, y: this.top, w: this.right - this.left, h: this.bottom - this.top };
  }
}

// hatch are diagonal segments inside a rectangle.
export function hatch({ x, y, w, h }, step) {
  const out = [];
  const first = Math.ceil((x + y) / step) * step; // the same lines whatever the rectangle
  for (let s = first; s <= x + w + y + h; s += step) {
    const x0 = Math.max(x, s - y - h);
    const x1 = Math.min(x + w, s - y);
    if (x1 > x0) {
      out.push(x0, s - x0, x1, s - x1);
    }
  }
  return out;
}
