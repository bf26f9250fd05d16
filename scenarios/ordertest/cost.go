package ordertest

import (
	"fmt"
	"math"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/scenarios/run"
)

// costs compares what the Spec says a broadcast costs with what isolated ones
// cost among 3, 5 and 8 peers, at every sender. Where delays are means it is the
// mean over broadcasts at many instants, of the first two of 3 peers, which
// stand for the special sender and an ordinary one; packets are not counted
// there, as others flow between them.
func (s *suite) costs() (schedule, *fault) {
	if s.spec.Cost == nil {
		return schedule{}, nil
	}
	for _, n := range [...]int{3, 5, 8} {
		for p := range peer.ID(n) {
			stated := s.spec.Cost(s.values, n, p)
			if stated.Basis == order.Mean {
				if c, wrong := s.meanCost(n, p, &stated); wrong != nil || p == 1 {
					return c, wrong
				}
				continue
			}
			c := schedule{seed: 1, unit: s.unit, peers: n, sends: []send{at(20, p, 0)}}
			if wrong := s.exactCost(&c, &stated); wrong != nil {
				return c, wrong
			}
		}
	}
	return schedule{}, nil
}

// measured is what one broadcast has cost.
type measured struct {
	packets int
	delays  []time.Duration // by peer; negative if it was not delivered
}

// measure runs a schedule and looks at its first broadcast.
func (s *suite) measure(c *schedule) (measured, *fault) {
	s.tried++
	b, err := s.bench(c)
	if err != nil {
		return measured{}, &fault{kind: "scenario", text: err.Error()}
	}
	var r journal.Recorder
	r.Reset(math.MaxInt, 0, -1)
	o, wrong := b.once(run.Options{Recorder: &r})
	if wrong != nil {
		return measured{}, wrong
	}
	var v run.Evaluator
	m := measured{packets: int(v.Evaluate(b.plan, o, run.Full).Cost.PacketsOrdering)}
	for range c.peers {
		m.delays = append(m.delays, -1)
	}
	var began time.Duration
	for _, e := range r.Events() {
		switch {
		case e.Message != c.sends[0].id:
		case e.Kind == journal.Broadcast:
			began = time.Duration(e.At)
		case e.Kind == journal.Delivery && m.delays[e.Peer] < 0:
			m.delays[e.Peer] = time.Duration(e.At) - began
		}
	}
	return m, nil
}

// exactCost compares one isolated broadcast.
func (s *suite) exactCost(c *schedule, stated *order.Cost) *fault {
	m, wrong := s.measure(c)
	if wrong != nil {
		return wrong
	}
	from := c.sends[0].id.Sender
	if m.packets != stated.Packets && stated.Idle.Packets == 0 {
		return &fault{kind: "cost", text: fmt.Sprintf("one broadcast of %v among %d peers takes %d packets; its Spec says %d", from, c.peers, m.packets, stated.Packets)}
	}
	if stated.Basis == order.Open {
		return nil
	}
	for p, d := range stated.Delays {
		want := d.At(time.Duration(c.unit))
		if got := m.delays[p]; got != want {
			return &fault{kind: "cost", text: fmt.Sprintf("where packets take %s, a broadcast of %v among %d peers is delivered at %v after %v; its Spec says %v",
				c.time(1), from, c.peers, peer.ID(p), got, want)}
		}
	}
	return nil
}

// meanRuns is how many broadcasts a mean is taken over, spread evenly over the
// time in which what flows anyway repeats itself. A step is so many units there.
const (
	meanRuns = 60
	meanStep = 1000
)

// meanCost compares the mean over many broadcasts of p; the other peers have
// something to broadcast much later, so that no stream is over.
func (s *suite) meanCost(n int, p peer.ID, stated *order.Cost) (schedule, *fault) {
	unit := max(1, s.unit/meanStep)
	step := time.Duration(unit * meanStep)
	period := n * int(stated.Idle.Every.At(step)/time.Duration(unit))
	sum, squares := make([]float64, n), make([]float64, n)
	var c schedule
	for i := range meanRuns {
		begins := int64(4*period + i*period/meanRuns)
		c = schedule{seed: uint64(i), unit: unit, step: meanStep, peers: n, sends: []send{at(begins, p, 0)}}
		for q := range peer.ID(n) {
			if q != p {
				c.sends = append(c.sends, at(begins+int64(20*period), q, 0))
			}
		}
		m, wrong := s.measure(&c)
		if wrong != nil {
			return c, wrong
		}
		for q, d := range m.delays {
			sum[q] += float64(d)
			squares[q] += float64(d) * float64(d)
		}
	}
	for q := range n {
		got, want := sum[q]/meanRuns, float64(stated.Delays[q].At(step))
		sd := math.Sqrt(max(0, squares[q]/meanRuns-got*got))
		if math.Abs(got-want) > 4.5*sd/math.Sqrt(meanRuns)+1 {
			return c, &fault{kind: "cost", text: fmt.Sprintf("where packets take %v, a broadcast of %v among %d peers is delivered at %v after %v in the mean; its Spec says %v",
				step, p, n, peer.ID(q), time.Duration(got), time.Duration(want))}
		}
	}
	return c, nil
}
