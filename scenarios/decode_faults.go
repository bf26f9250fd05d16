package scenarios

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/peer"
)

// faultPhrases name the kinds in errors.
var faultPhrases = [...]string{
	"a partition", "a ring", "an isolation", "a bridge", "a clog", "a crash", "a pause", "a slow peer", "a late join", "a leave", "a clock step",
}

// timingKeys are those of every fault.
var timingKeys = []string{"name", "at", "since", "after", "delay", "chance"}

// faultKeys are the keys that each kind takes besides its own word and
// timingKeys.
var faultKeys = [...][]string{
	FaultPartition: {"every", "for", "up", "down", "mode", "in_flight", "one_way"},
	FaultRing:      {"every", "for", "up", "down", "mode", "in_flight"},
	FaultIsolate:   {"every", "for", "up", "down", "mode", "in_flight"},
	FaultBridge:    {"every", "for", "up", "down", "mode", "in_flight"},
	FaultClog:      {"every", "for", "up", "down"},
	FaultCrash:     {"every", "for", "at_delivery", "sent", "restart", "state", "save", "save_deliveries"},
	FaultPause:     {"every", "for"},
	FaultSlow:      {"every", "for", "service"},
	FaultJoin:      {},
	FaultLeave:     {},
	FaultClock:     {"every", "by"},
}

// faultList reads all entries and sees that those of chance have names of their
// own: what is drawn for one must not depend on what stands before it.
func (d *decoder) faultList(r record, s *Scenario) {
	named := map[string]bool{}
	r.items("faults", func(n *node, path string) {
		f, ok := d.fault(n, path, s)
		if !ok {
			return
		}
		if title := f.Title(); f.Chance != nil || f.Every != nil {
			if named[title] {
				d.problem(n, path, "a second fault of chance is called %q, and would share its draws; give one of them a name", title)
			}
			named[title] = true
		}
		s.Faults = append(s.Faults, f)
	})
}

func (d *decoder) fault(n *node, path string, s *Scenario) (Fault, bool) {
	q := d.record(n, path, &faultObject)
	if q.n == nil {
		return Fault{}, false
	}
	f := Fault{SinceData: q.word("since") == "data", AtDelivery: peer.NoMessage}
	kinds := slices.DeleteFunc(slices.Clone(faultWords[:]), func(word string) bool { return !q.has(word) })
	switch {
	case len(kinds) == 0:
		d.problem(n, path, "no fault is given; want partition: [[0, 1], [2, 3]], crash: PEER, or another of %s", describeList(
			slices.DeleteFunc(slices.Clone(faultWords[:]), func(word string) bool { return word == "partition" || word == "crash" })))
		return f, false
	case len(kinds) > 1:
		q.exclude("beside "+kinds[0], kinds[1:]...)
		return f, false
	}
	f.Kind = FaultKind(slices.Index(faultWords[:], kinds[0]))
	for i := range faultObject.keys {
		k := faultObject.keys[i].name
		if k != kinds[0] && !slices.Contains(timingKeys, k) && !slices.Contains(faultKeys[f.Kind], k) {
			q.exclude("for "+faultPhrases[f.Kind], k)
		}
	}
	d.faultTime(q, &f, s)
	f.For = time.Duration(q.amount("for"))
	if f.Kind.Cuts() {
		d.cut(q, &f)
		return f, true
	}
	f.Peer = q.peer(kinds[0])
	switch f.Kind {
	case FaultCrash:
		d.crash(q, &f, s.Heal != nil)
	case FaultSlow:
		f.Service = time.Duration(q.amount("service"))
	case FaultClock:
		f.By = time.Duration(q.amount("by"))
		if !q.has("by") {
			d.problem(n, path, "by is missing; want how far the clock jumps, such as -80ms")
		}
	case FaultJoin:
		if f.SinceData {
			at, path, _ := q.value("since")
			d.problem(at, path, "data is not open everywhere before the peer has joined; want start")
		}
	}
	return f, true
}

// faultTime reads when a fault strikes.
func (d *decoder) faultTime(r record, f *Fault, s *Scenario) {
	if r.has("name") {
		n, path, form := r.value("name")
		f.Name = d.nameText(n, path, form)
	}
	if r.has("chance") {
		chance := r.ratio("chance")
		f.Chance = &chance
	}
	f.At = time.Duration(r.amount("at"))
	switch {
	case r.has("at_delivery") && f.Kind == FaultCrash:
		r.exclude("beside at_delivery", "at", "after", "every")
		f.AtDelivery, f.Sent = r.message("at_delivery"), int(r.integer("sent"))
		d.known(r, "at_delivery", f.AtDelivery, s)
	case r.has("after"):
		r.exclude("beside after", "at", "since", "every")
		f.SinceData = false
		f.After, f.Delay = r.trigger("after"), time.Duration(r.amount("delay"))
		if f.After != nil {
			d.known(r, "after", f.After.Message, s)
		}
	case r.has("every"):
		before := len(d.problems)
		every := r.family("every")
		f.Every = &every
		pauses := every.Dist()
		if _, most, bounded := pauses.MinMax(); len(d.problems) == before && (bounded && most < shortestPause || every.Mean > 0 && every.Mean < shortestPause) {
			n, path, _ := r.value("every")
			d.problem(n, path, "the pauses are shorter than 1us, so that nothing else would ever happen; want longer ones")
		}
		if slices.Contains(faultKeys[f.Kind], "every") && f.Kind != FaultCrash && f.Kind != FaultClock && !r.has("for") {
			d.problem(r.n, r.path, "for is missing; without it the first strike lasts to the end, and there is no other")
		}
	case r.has("at"):
	case f.Kind == FaultCrash:
		d.problem(r.n, r.path, "no time is given; want at: TIME, after: EVENT, every: PAUSE or at_delivery: MESSAGE")
	case f.Kind == FaultPartition:
		d.problem(r.n, r.path, "at is missing; want the time at which the partition begins, such as 1s, or after: EVENT")
	default:
		d.problem(r.n, r.path, "no time is given; want at: TIME or after: EVENT")
	}
	if !r.has("at_delivery") {
		r.exclude("without at_delivery", "sent")
	}
	if !r.has("after") {
		r.exclude("without after", "delay")
	}
}

// shortestPause keeps a fault that recurs from taking all the events of a run.
const shortestPause = 1000

func (r record) trigger(name string) *Trigger {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return nil
	}
	t, err := ParseTrigger(n.scalar, max(r.d.peers, 1))
	if err != nil {
		r.d.problem(n, path, "%v", err)
		return nil
	}
	return t
}

// cut reads a fault of links.
func (d *decoder) cut(r record, f *Fault) {
	f.Hold, f.DropInFlight = r.word("mode") == "hold", r.word("in_flight") == "drop"
	f.Down, f.Up = time.Duration(r.amount("down")), time.Duration(r.amount("up"))
	switch {
	case r.has("down") != r.has("up"):
		d.problem(r.n, r.path, "only one of down and up is given; want both, such as down: 50ms, up: 100ms")
	case f.For > 0 && f.Down > f.For:
		n, path, _ := r.value("down")
		d.problem(n, path, "%s is longer than for, %s, so that it never flaps; want at most as long",
			durations.print(int64(f.Down)), durations.print(int64(f.For)))
	}
	switch n, path, form := r.value(f.Kind.String()); f.Kind {
	case FaultPartition:
		d.partition(r, f)
	case FaultRing:
		before := len(d.problems)
		f.Ring = d.peersList(n, path, form)
		if len(f.Ring) < 4 && len(d.problems) == before {
			d.problem(n, path, "a ring of %s; want 4 or more, fewer are all neighbours", countOf(len(f.Ring), "peer", "peers"))
		}
	case FaultIsolate:
		before := len(d.problems)
		f.Alone = d.peersList(n, path, form)
		if len(d.problems) == before && (len(f.Alone) == 0 || d.peers < 2) {
			d.problem(n, path, "nobody is cut from anybody; want one peer of two or more")
		}
	case FaultBridge:
		if f.Peer = d.peer(n, path, form); d.peers < 3 {
			d.problem(n, path, "a bridge has two sides; want 3 or more peers")
		}
	case FaultClog:
		q := d.record(n, path, form.object)
		f.From, f.To = q.peersList("from"), q.peersList("to")
		if len(f.From) == 1 && len(f.To) == 1 && f.From[0] == f.To[0] || f.From != nil && len(f.From) == 0 || f.To != nil && len(f.To) == 0 {
			d.problem(n, path, "no link is clogged; want from and to that differ")
		}
	}
}

func (d *decoder) partition(r record, f *Fault) {
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
	n, path, _ := r.value("partition")
	if n != nil && n.kind == listNode && len(f.Groups) < 2 {
		d.problem(n, path, "%s; want two or more groups, such as [[0, 1], [2, 3]]", countOf(len(f.Groups), "group cuts nobody", "groups cut nobody"))
	}
	if f.OneWay = r.bool("one_way"); f.OneWay && len(f.Groups) > 2 {
		d.problem(n, path, "%d groups; want two for one_way, from the first to the second", len(f.Groups))
	}
}

// countOf is "1 thing" or "2 things".
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// crash reads a crash; heals says that its peer comes back at the heal at the latest.
func (d *decoder) crash(r record, f *Fault, heals bool) {
	switch {
	case r.has("for"):
		r.exclude("beside for", "restart")
	case r.has("restart") && !r.is("restart", "never"):
		if f.After != nil || f.Every != nil {
			r.exclude("without a time of the crash; for says how long the peer is down", "restart")
		}
		f.Restart = time.Duration(r.amount("restart"))
		if n, path, _ := r.value("restart"); f.Restart <= f.At {
			d.problem(n, path, "%s is not after the crash at %s; restart is a time, not a duration", durations.print(int64(f.Restart)),
				durations.print(int64(f.At)))
		}
	case !heals:
		r.exclude("without restart, for or heal_at", "state", "save", "save_deliveries")
		return
	}
	f.State = FaultState(max(slices.Index(stateWords[:], r.word("state")), 0))
	if f.State != StateSaved {
		r.exclude("without state: saved", "save", "save_deliveries")
		return
	}
	if r.has("save") {
		f.Save = time.Duration(r.amount("save"))
	}
	if r.has("save_deliveries") {
		f.SaveDeliveries = int(r.integer("save_deliveries"))
	}
	if f.Save == 0 && f.SaveDeliveries == 0 && !r.has("save") && !r.has("save_deliveries") {
		d.problem(r.n, r.path, "it is not said when state is saved; want save: 100ms or save_deliveries: 10")
	}
}
