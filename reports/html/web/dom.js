// Elements and their text. Whatever comes from a run goes through here, as text
// nodes and attributes; nothing is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

// el makes an element; attributes whose value is false, null or undefined are
// left out, functions become listeners of the event after "on".
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

// svgEl is el for drawings.
export function svgEl(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      add(node, child);
    } else if (child !== null && child !== undefined && child !== false) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

// refill replaces what is in a node.
export function refill(node, ...children) {
  node.replaceChildren();
  add(node, children);
}

// setText writes a node's text if it changed, so that readers are not told twice.
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
