package fit

import (
	"math"

	"mpcomm/sim/rng"
)

// Loss is how pings were lost, and the process that models it.
type Loss struct {
	Sent, Lost, Bursts int // a burst is pings in a row that were lost
	Longest            int // burst
	// Bursty says that bursts explain the losses better than chance does: the
	// process with P and R has the lower Akaike's criterion than that of one
	// loss after another by chance.
	Bursty bool
	// P is the share of pings that were lost among those after one that came
	// back, R the share that came back after one that was lost: the estimates
	// of greatest likelihood of a Gilbert process that loses nothing while good
	// and everything while bad (Gilbert, BSTJ 39, 1960). Den 0 = no ping tells.
	P, R rng.Ratio
}

// Share is the share of pings that were lost.
func (l *Loss) Share() rng.Ratio { return rng.Ratio{Num: uint64(l.Lost), Den: uint64(l.Sent)} }

// Losses counts losses and their bursts.
func Losses(lost []bool) Loss {
	l := Loss{Sent: len(lost)}
	run := 0
	for i, gone := range lost {
		if gone {
			l.Lost++
			if run++; run == 1 {
				l.Bursts++
			}
			l.Longest = max(l.Longest, run)
		} else {
			run = 0
		}
		if i == 0 {
			continue
		}
		before := &l.P
		if lost[i-1] {
			before = &l.R
		}
		before.Den++
		if gone != lost[i-1] {
			before.Num++
		}
	}
	if l.P.Num > 0 && l.R.Num > 0 {
		// Both for the pings after the first: 1 parameter by chance, 2 in bursts.
		gone := l.P.Num + l.R.Den - l.R.Num
		chance := 2*1 - 2*logBinomial(gone, l.P.Den+l.R.Den)
		bursts := 2*2 - 2*(logBinomial(l.P.Num, l.P.Den)+logBinomial(l.R.Num, l.R.Den))
		l.Bursty = bursts < chance && ratio(l.P)+ratio(l.R) < 1
	}
	return l
}

func ratio(r rng.Ratio) float64 { return float64(r.Num) / float64(r.Den) }

// logBinomial is the greatest log-likelihood of k of n.
func logBinomial(k, n uint64) float64 {
	if k == 0 || k == n {
		return 0
	}
	p := float64(k) / float64(n)
	return float64(k)*math.Log(p) + float64(n-k)*math.Log(1-p)
}
