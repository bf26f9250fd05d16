package html

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// MostMarks bounds what the page holds of one run: log entries, arrivals and
// packets together. Beyond it the page would be slow to open, and many
// megabytes.
const MostMarks = 600_000

// fewMarks is up to how many marks times are kept to the microsecond; beyond it
// to ten, for digits that nobody sees would be most of the file.
const fewMarks = 300_000

// marks counts what would be drawn of a run.
func marks(r *trace.Run) int { return 2*len(r.Receipts) + len(r.Packets) }

// recording is a run on its way into the page. Times are whole units.
type recording struct {
	run  *trace.Run
	unit int64 // nanoseconds
	head map[string]any
	list []column
}

// record packs a run for the page. It returns its columns too, against which
// those of other orderings are written: sends and delays are often the same.
func record(r *trace.Run, first []column) (string, []column, error) {
	c := &recording{run: r, unit: 1000}
	if marks(r) > fewMarks {
		c.unit = 10_000
	}
	c.head = map[string]any{
		"peers": r.Peers, "messages": len(r.Messages), "unit_ns": c.unit, "end": c.units(r.End), "bands": c.bands(),
		"findings": c.findings(), "left_out": r.LeftOut.String(),
	}
	c.head["hosts"] = c.hosts()
	c.messages()
	c.packets()
	if err := c.logs(); err != nil {
		return "", nil, err
	}
	text, err := block(c.head, c.list, first)
	return text, c.list, err
}

func (c *recording) add(name string, delta bool, values []int64) {
	c.list = append(c.list, column{Name: name, Delta: delta, values: values})
}

// units rounds a time down, so that what comes later never seems to be earlier.
func (c *recording) units(t sim.Time) int64 { return floor(int64(t), c.unit) }

func floor(n, by int64) int64 {
	if n < 0 {
		return -((by - 1 - n) / by)
	}
	return n / by
}

func millis(t sim.Time) float64 { return float64(t) / 1e6 }

func (c *recording) messages() {
	all := c.run.Messages
	var sender, at, skew, lamport, cause, key, before []int64
	known, clock := false, false
	for m := range all {
		x := &all[m]
		sender = append(sender, int64(x.ID.Sender))
		at = append(at, c.units(x.At))
		skew = append(skew, floor(int64(x.Local), c.unit)-c.units(x.At))
		lamport = append(lamport, x.Lamport)
		cause = append(cause, reference(x.Cause))
		before = append(before, int64(c.loggedBefore(x)))
		value := int64(0)
		if x.Key.Known {
			known, clock = true, x.Key.Clock
			value = x.Key.Value
			if clock { // a reading counts to the microsecond
				value = floor(value, 1000)
			}
		}
		key = append(key, value)
	}
	c.head["keys"], c.head["key_clock"] = known, clock
	c.add("sender", false, sender)
	c.add("at", true, at)
	c.add("skew", true, skew)
	c.add("lamport", true, lamport)
	c.add("cause", true, cause)
	c.add("key", true, key)
	c.add("before", true, before)
}

// loggedBefore is how many entries its sender's log had when a message was
// sent: those delivered earlier and, of those of the same instant, the ones
// that are among its causes.
func (c *recording) loggedBefore(x *trace.Message) int {
	log := c.run.Hosts[x.ID.Sender].Log
	n, _ := slices.BinarySearchFunc(log, x.At, func(e trace.Entry, at sim.Time) int {
		if e.At < at {
			return -1
		}
		return 1
	})
	for n < len(log) && log[n].At == x.At && x.Vector != nil && log[n].Message != history.NoRef && log[n].ID != x.ID {
		if e := log[n].ID; x.Vector[e.Sender] <= c.run.Messages[log[n].Message].Rank {
			break
		}
		n++
	}
	return n
}

// reference is a message's number; -1 stands for none.
func reference(m history.Ref) int64 {
	if m == history.NoRef {
		return -1
	}
	return int64(m)
}

func (c *recording) packets() {
	var sent, flight, from, to, message, kind, fate, copied []int64
	refused := c.refused()
	var fates []string
	kinds := []string{}
	bodies := []bool{}
	number := func(list *[]string, name string) int64 {
		i := slices.Index(*list, name)
		if i < 0 {
			i = len(*list)
			*list = append(*list, name)
		}
		return int64(i)
	}
	number(&fates, journal.VerdictName(0))
	for i := range c.run.Packets {
		p := &c.run.Packets[i]
		origin, start := int64(0), int64(0)
		if p.Message != history.NoRef {
			origin, start = int64(c.run.Messages[p.Message].ID.Sender), c.units(c.run.Messages[p.Message].At)
		}
		sent, from, to = append(sent, c.units(p.Sent)-start), append(from, int64(p.From)-origin), append(to, int64(p.To))
		way := int64(-1)
		if p.At != sim.Never {
			way = c.units(p.At) - c.units(p.Sent)
		}
		flight, message, copied = append(flight, way), append(message, reference(p.Message)), append(copied, int64(p.Copy))
		k := number(&kinds, p.Kind.String())
		if int(k) == len(bodies) {
			bodies = append(bodies, p.Kind.Body())
		}
		kind = append(kind, k)
		name := journal.VerdictName(p.Fate)
		if why, is := refused[arrival{p.Message, p.To, p.At}]; is && p.Fate == 0 {
			name = why
		}
		fate = append(fate, number(&fates, name))
	}
	c.head["fates"], c.head["kinds"], c.head["bodies"] = fates, kinds, bodies
	c.add("message", true, message)
	c.add("sent", false, sent) // after the broadcast of its message
	c.add("flight", false, flight)
	c.add("from", false, from) // its message's sender, and so many further
	c.add("to", true, to)
	c.add("kind", false, kind)
	c.add("fate", false, fate)
	c.add("copy", false, copied)
}

// arrival names a packet by what it brought where and when.
type arrival struct {
	message history.Ref
	to      peer.ID
	at      sim.Time
}

// refused are the packets that reached a host which took no notice of them.
func (c *recording) refused() map[arrival]string {
	all := map[arrival]string{}
	for i := range c.run.Receipts {
		for _, l := range c.run.Receipts[i].Lost {
			if l.Verdict == "down" || l.Verdict == "early" || l.Verdict == "closed" {
				all[arrival{history.Ref(i / c.run.Peers), peer.ID(i % c.run.Peers), l.At}] = l.Verdict
			}
		}
	}
	return all
}
