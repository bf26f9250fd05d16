// Two pens with one way of drawing: on a canvas, and into an SVG. What the
// report shows, exports and prints is drawn by the same code.

import { svgEl } from "./dom.js";

// CanvasPen draws at once.
export class CanvasPen {
  constructor(context) {
    this.c = context;
  }

  style({ alpha = 1, dash = [], width = 1 }) {
    this.c.globalAlpha = alpha;
    this.c.lineWidth = width;
    this.c.setLineDash(dash);
  }

  // lines strokes segments, four numbers each.
  lines(points, colour, style = {}) {
    this.style(style);
    this.c.strokeStyle = colour;
    this.c.beginPath();
    for (let i = 0; i < points.length; i += 4) {
      this.c.moveTo(points[i], points[i + 1]);
      this.c.lineTo(points[i + 2], points[i + 3]);
    }
    this.c.lineCap = style.cap || "butt";
    this.c.stroke();
  }

  // heads fills arrow heads at the ends of segments.
  heads(points, colour, style = {}) {
    this.style(style);
    this.c.fillStyle = colour;
    this.c.beginPath();
    eachHead(points, style.size || 6, (x0, y0, x1, y1, x2, y2) => {
      this.c.moveTo(x0, y0);
      this.c.lineTo(x1, y1);
      this.c.lineTo(x2, y2);
      this.c.closePath();
    });
    this.c.fill();
  }

  // dots draws circles, two numbers each; hollow ones show the paper.
  dots(points, colour, style = {}) {
    this.style(style);
    const radius = style.radius || 3;
    this.c.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      this.c.moveTo(points[i] + radius, points[i + 1]);
      this.c.arc(points[i], points[i + 1], radius, 0, Math.PI * 2);
    }
    this.c.fillStyle = style.hollow || colour;
    this.c.fill();
    if (style.hollow) {
      this.c.strokeStyle = colour;
      this.c.stroke();
    }
  }

  rect(x, y, w, h, colour, style = {}) {
    this.style(style);
    this.c.fillStyle = colour;
    this.c.fillRect(x, y, w, h);
  }

  text(x, y, text, colour, { anchor = "start", size = 12, bold = false, halo = "" } = {}) {
    this.style({});
    this.c.font = `${bold ? "600 " : ""}${size}px system-ui, sans-serif`;
    this.c.textAlign = anchor === "middle" ? "center" : anchor;
    this.c.textBaseline = "middle";
    if (halo) {
      this.c.lineWidth = 4;
      this.c.lineJoin = "round";
      this.c.strokeStyle = halo;
      this.c.strokeText(text, x, y);
    }
    this.c.fillStyle = colour;
    this.c.fillText(text, x, y);
  }

  clip(x, y, w, h, draw) {
    this.c.save();
    this.c.beginPath();
    this.c.rect(x, y, w, h);
    this.c.clip();
    draw();
    this.c.restore();
  }
}

// SvgPen collects elements of a drawing of the given size.
export class SvgPen {
  constructor(width, height, label) {
    this.root = svgEl("svg", {
      xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label,
      "font-family": "system-ui, 'Liberation Sans', Arial, sans-serif",
    });
    this.into = this.root;
    this.clips = 0;
  }

  add(tag, attributes, ...children) {
    this.into.append(svgEl(tag, attributes, ...children));
  }

  lines(points, colour, style = {}) {
    let d = "";
    for (let i = 0; i < points.length; i += 4) {
      d += `M${r(points[i])} ${r(points[i + 1])}L${r(points[i + 2])} ${r(points[i + 3])}`;
    }
    if (d) {
      this.add("path", {
        d, stroke: colour, fill: "none", "stroke-width": style.width || 1, "stroke-dasharray": (style.dash || []).join(" ") || null,
        opacity: style.alpha === undefined || style.alpha === 1 ? null : style.alpha, "stroke-linecap": style.cap,
      });
    }
  }

  heads(points, colour, style = {}) {
    let d = "";
    eachHead(points, style.size || 6, (x0, y0, x1, y1, x2, y2) => {
      d += `M${r(x0)} ${r(y0)}L${r(x1)} ${r(y1)}L${r(x2)} ${r(y2)}Z`;
    });
    if (d) {
      this.add("path", { d, fill: colour, opacity: style.alpha === undefined || style.alpha === 1 ? null : style.alpha });
    }
  }

  dots(points, colour, style = {}) {
    for (let i = 0; i < points.length; i += 2) {
      this.add("circle", {
        cx: r(points[i]), cy: r(points[i + 1]), r: style.radius || 3, fill: style.hollow || colour,
        stroke: style.hollow ? colour : null, "stroke-width": style.hollow ? style.width || 1 : null,
        opacity: style.alpha === undefined || style.alpha === 1 ? null : style.alpha,
      });
    }
  }

  rect(x, y, width, height, fill, style = {}) {
    this.add("rect", { x: r(x), y: r(y), width: r(width), height: r(height), fill, opacity: style.alpha === undefined ? null : style.alpha });
  }

  text(x, y, text, colour, { anchor = "start", size = 12, bold = false, halo = "" } = {}) {
    this.add("text", {
      x: r(x), y: r(y), fill: colour, "font-size": size, "font-weight": bold ? 600 : null, "text-anchor": anchor, "dominant-baseline": "central",
      stroke: halo || null, "stroke-width": halo ? 4 : null, "stroke-linejoin": halo ? "round" : null, "paint-order": halo ? "stroke" : null,
    }, text);
  }

  clip(x, y, width, height, draw) {
    const id = `clip${this.clips++}`;
    this.add("clipPath", { id }, svgEl("rect", { x, y, width, height }));
    const group = svgEl("g", { "clip-path": `url(#${id})` });
    const outer = this.into;
    outer.append(group);
    this.into = group;
    draw();
    this.into = outer;
  }
}

function r(v) {
  return Math.round(v * 100) / 100;
}

function eachHead(points, size, callback) {
  for (let i = 0; i < points.length; i += 4) {
    const dx = points[i + 2] - points[i];
    const dy = points[i + 3] - points[i + 1];
    const length = Math.hypot(dx, dy);
    if (length < 2 * size) {
      continue;
    }
    const ux = (dx / length) * size;
    const uy = (dy / length) * size;
    const x = points[i + 2] - ux * 0.55; // the tip touches the mark, not its centre
    const y = points[i + 3] - uy * 0.55;
    callback(x, y, x - ux - uy * 0.45, y - uy + ux * 0.45, x - ux + uy * 0.45, y - uy - ux * 0.45);
  }
}
