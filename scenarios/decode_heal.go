package scenarios

import "time"

// heal reads when everything is repaired; nil for never.
func (d *decoder) heal(r record) *Heal {
	n, path, f := r.value("heal_at")
	if n == nil {
		return nil
	}
	if n.kind == scalarNode {
		n = &node{
			kind: mapNode, keys: []*node{{scalar: f.object.lone, line: n.line, col: n.col, text: n.text}},
			items: []*node{n}, line: n.line, col: n.col, text: n.text,
		}
	}
	q := d.record(n, path, f.object)
	return &Heal{At: time.Duration(q.amount("at")), SinceData: q.word("since") == "data", Within: time.Duration(q.amount("within"))}
}

// checkHeal sees that the run does not end before liveness can be judged, as far
// as that is known before it: T0, from which one of the two may count, is not.
func (d *decoder) checkHeal(r record, s *Scenario) {
	h, l := s.Heal, &s.Limits
	if h == nil || l.SinceData && !h.SinceData || h.At+h.Within <= l.Until {
		return
	}
	n, path, _ := r.value("heal_at")
	if h.At >= l.Until {
		d.problem(n, path, "the run ends at limits.until, %s, not after the heal at %s; want limits.until: %s or more",
			durations.print(int64(l.Until)), durations.print(int64(h.At)), durations.print(int64(h.At+h.Within)))
		return
	}
	d.problem(n, path, "the run ends at limits.until, %s, before %s after the heal at %s are over; want limits.until: %s or more, or within: %s or less",
		durations.print(int64(l.Until)), durations.print(int64(h.Within)), durations.print(int64(h.At)),
		durations.print(int64(h.At+h.Within)), durations.print(int64(l.Until-h.At)))
}
