// Which entries of a vector clock of many peers are shown.

// entriesShown picks at most `most` entries of a vector: those of the wanted
// peers, then those that differ from the other vector, the farthest first, then
// those that are not 0, then the lowest. They are in the order of peers. Without
// another vector nothing differs. It also says how many are left out, and how
// many of these differ.
export function entriesShown(values, other, wanted, most) {
  const apart = (p) => (other ? Math.abs(values[p] - other[p]) : 0);
  const peers = [...values.keys()];
  const picked = new Set(wanted.filter((p) => p >= 0 && p < values.length));
  const ranked = [
    ...peers.filter((p) => apart(p) > 0).sort((p, q) => apart(q) - apart(p) || p - q),
    ...peers.filter((p) => values[p] > 0),
    ...peers,
  ];
  for (const p of ranked) {
    if (picked.size >= most) {
      break;
    }
    picked.add(p);
  }
  const shown = [...picked].slice(0, most).sort((p, q) => p - q);
  const left = peers.filter((p) => !shown.includes(p));
  return { shown, left: left.length, differ: left.filter((p) => apart(p) > 0).length };
}
