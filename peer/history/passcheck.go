package history

import "math/bits"

// Check judges the run whose deliveries were taken, as that of Checker; there are
// no witnesses. Known says whether the counts of causal violations are: they are
// where all logs hold messages in order of broadcast.
func (x *Pass) Check(settled bool) (properties Properties, quality Quality, known bool) {
	known = !x.disorder
	if !known {
		properties.Causal.Verdict = Unknown
	}
	some, all, _ := x.Sets()
	if x.repeats > 0 {
		properties.Integrity.Verdict = Violated
	}
	if some < len(x.messages) && x.peers > 0 {
		properties.Validity.Verdict = Violated
	}
	if some > all {
		properties.Agreement.Verdict, properties.Uniform.Verdict = Violated, Violated
	}
	quality.FIFOViolations = x.overtaken
	if _, _, entries := x.Sets(); entries < x.peers*len(x.messages) {
		quality.FIFOGaps = x.gaps()
	}
	if quality.FIFOViolations+quality.FIFOGaps > 0 {
		properties.FIFO.Verdict = Violated
	}
	properties.Total = x.total(some == all)
	if !settled {
		properties.unsettle()
	}
	return properties, quality, known
}

// total decides whether two logs order two messages differently. Logs that hold
// the same messages in different orders do; where they hold different ones it is
// known only of logs that agree as far as they go.
func (x *Pass) total(same bool) Check {
	first, _ := x.Differing(0)
	switch {
	case first < 0, same && x.Contested() == 0:
		return Check{}
	case same:
		return Check{Verdict: Violated}
	}
	return Check{Verdict: Unknown}
}

// gaps counts the entries of all logs that come without an earlier message of
// their sender.
func (x *Pass) gaps() int {
	total := 0
	for p := range x.peers {
		row := x.rows[p*x.words : (p+1)*x.words]
		for sender := range x.peers {
			total += behindGap(row, x.base[sender], x.base[sender+1])
		}
	}
	return total
}

// behindGap counts the bits of a row from `from` until before `to` that are set
// after one that is not.
func behindGap(row []uint64, from, to uint32) int {
	total, gap := 0, false
	for from < to {
		word, n := row[from/64]>>(from%64), min(to-from, 64-from%64)
		if n < 64 {
			word &= 1<<n - 1
		}
		if !gap {
			whole := bits.TrailingZeros64(^word)
			if gap = whole < int(n); gap {
				total -= whole
			} else {
				total -= int(n)
			}
		}
		total += bits.OnesCount64(word)
		from += n
	}
	return total
}
