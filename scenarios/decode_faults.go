package scenarios

import (
	"fmt"
	"time"

	"mpcomm/peer"
)

func (d *decoder) fault(n *node, path string, s *Scenario) (Fault, bool) {
	q := d.record(n, path, &faultObject)
	if q.n == nil {
		return Fault{}, false
	}
	f := Fault{At: time.Duration(q.amount("at")), SinceData: q.word("since") == "data", AtDelivery: peer.NoMessage}
	switch {
	case q.has("partition") && q.has("crash"):
		q.exclude("beside partition", "crash")
		return f, false
	case q.has("partition"):
		d.partition(q, &f)
	case q.has("crash"):
		d.crash(q, &f, s)
	default:
		d.problem(n, path, "no fault is given; want partition: [[0, 1], [2, 3]] or crash: PEER")
		return f, false
	}
	return f, true
}

func (d *decoder) partition(r record, f *Fault) {
	r.exclude("for a partition", "at_delivery", "sent", "restart", "state")
	if !r.has("at") {
		d.problem(r.n, r.path, "at is missing; want the time at which the partition begins, such as 1s")
	}
	f.For, f.Hold, f.DropInFlight = time.Duration(r.amount("for")), r.word("mode") == "hold", r.word("in_flight") == "drop"
	seen := map[peer.ID]bool{}
	r.items("partition", func(n *node, path string) {
		group := d.peersList(n, path, &form{kind: formPeers})
		for i, p := range group {
			if seen[p] && i < len(n.items) {
				d.problem(n, path, "peer %d is in two groups; want it in one", p)
			}
		}
		for _, p := range group {
			seen[p] = true
		}
		if n.kind == listNode && len(n.items) == 0 {
			d.problem(n, path, "the group is empty; want at least one peer")
		}
		f.Groups = append(f.Groups, group)
	})
	if n, path, _ := r.value("partition"); n != nil && n.kind == listNode && len(f.Groups) < 2 {
		d.problem(n, path, "%s; want two or more groups, such as [[0, 1], [2, 3]]", countOf(len(f.Groups), "group cuts nobody", "groups cut nobody"))
	}
}

// countOf is "1 thing" or "2 things".
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (d *decoder) crash(r record, f *Fault, s *Scenario) {
	f.Kind = FaultCrash
	r.exclude("for a crash", "for", "mode", "in_flight")
	f.Peer = r.peer("crash")
	switch {
	case r.has("at_delivery"):
		r.exclude("beside at_delivery", "at")
		f.AtDelivery, f.Sent = r.message("at_delivery"), int(r.integer("sent"))
		d.known(r, "at_delivery", f.AtDelivery, s)
	case r.has("at"):
		r.exclude("without at_delivery", "sent")
	default:
		d.problem(r.n, r.path, "no time is given; want at: TIME or at_delivery: MESSAGE")
	}
	if r.has("restart") && !r.is("restart", "never") {
		f.Restart = time.Duration(r.amount("restart"))
		f.LoseState = r.word("state") == "lost"
		if n, path, _ := r.value("restart"); f.Restart <= f.At {
			d.problem(n, path, "%s is not after the crash at %s; restart is a time, not a duration", durations.print(int64(f.Restart)),
				durations.print(int64(f.At)))
		}
		return
	}
	r.exclude("without restart", "state")
}
