package scenarios

import (
	"cmp"
	"fmt"
	"slices"

	"mpcomm/peer"
)

// Has reports whether id is a scheduled message of the workload. Replies are
// not scheduled.
func (w *Workload) Has(id peer.MessageID) bool {
	if w.Sends != nil {
		return slices.ContainsFunc(w.Sends, func(s Send) bool { return s.From == id.Sender && s.Number == id.Number })
	}
	return w.sends(id.Sender) && int(id.Number) < w.Messages
}

func (w *Workload) sends(p peer.ID) bool {
	_, found := slices.BinarySearch(w.Senders, p)
	return found || w.Senders == nil
}

// sendsOf says what p broadcasts, for errors.
func (w *Workload) sendsOf(p peer.ID) string {
	count, first, last := 0, peer.NoMessage, peer.NoMessage
	if w.Sends == nil && w.sends(p) && w.Messages > 0 {
		count, first, last = w.Messages, peer.MessageID{Sender: p}, peer.MessageID{Sender: p, Number: int32(w.Messages - 1)}
	}
	for _, s := range w.Sends {
		if s.From == p {
			last = peer.MessageID{Sender: p, Number: s.Number}
			if count == 0 {
				first = last
			}
			count++
		}
	}
	switch count {
	case 0:
		return fmt.Sprintf("%s sends nothing", p)
	case 1:
		return fmt.Sprintf("%s sends only %s", p, first)
	}
	return fmt.Sprintf("%s sends %s to %s", p, first, last)
}

func (d *decoder) workload(r record) Workload {
	n, path, f := r.value("workload")
	q := d.record(n, path, f.object)
	w := Workload{Size: q.family("size")}
	if q.has("sends") {
		if q.has("messages") {
			q.exclude("beside sends", "messages")
		}
		q.exclude("beside sends", "gap", "start", "senders")
		w.Gap, w.Start = constantFamily(0), constantFamily(0)
		w.Sends = d.sends(q)
		d.sent = make(map[peer.MessageID]bool, len(w.Sends))
		for _, s := range w.Sends {
			d.sent[peer.MessageID{Sender: s.From, Number: s.Number}] = true
		}
	} else {
		w.Messages = int(q.integer("messages"))
		w.Gap, w.Start = q.family("gap"), q.family("start")
		w.Senders = q.peersList("senders")
		slices.Sort(w.Senders)
		senders := d.peers
		if w.Senders != nil {
			senders = len(w.Senders)
		}
		if int64(w.Messages)*int64(senders) > maxMessages {
			at, where, _ := q.value("messages")
			d.problem(at, where, "%d senders with %d messages each are more than a run can number; want at most %d messages in all",
				senders, w.Messages, maxMessages)
		}
	}
	if at, where, form := q.value("replies"); at != nil {
		p := d.record(at, where, form.object)
		w.Replies = &Replies{
			Probability: p.ratio("probability"), Delay: p.family("delay"),
			OnArrival: p.word("on") == "arrival", Depth: int(p.integer("depth")),
		}
	}
	return w
}

// scheduled is an entry of sends with its place, while the schedule is checked.
type scheduled struct {
	Send
	record record
}

func (d *decoder) sends(r record) []Send {
	sends := []Send{}
	var entries []scheduled
	place := map[peer.ID]int32{}
	r.items("sends", func(n *node, path string) {
		q := d.record(n, path, &sendObject)
		s := Send{From: q.peer("from"), After: peer.NoMessage, At: constantFamily(0), Delay: constantFamily(0)}
		s.Number = place[s.From]
		place[s.From]++
		if q.has("number") {
			s.Number = int32(q.integer("number"))
		}
		switch {
		case q.n == nil:
		case q.has("at") && q.has("after"):
			q.exclude("beside at", "after")
		case q.has("after"):
			s.After = q.message("after")
			s.Delay, s.OnArrival = q.family("delay"), q.word("on") == "arrival"
		case q.has("at"):
			s.At = q.family("at")
			q.exclude("without after", "delay", "on")
		default:
			d.problem(n, path, "no time is given; want at: TIME or after: MESSAGE")
		}
		entries = append(entries, scheduled{s, q})
		sends = append(sends, s)
	})
	d.schedule(entries)
	return sends
}

// schedule checks the entries of sends against each other: numbers given once,
// after of messages that are sent, and no message after itself.
func (d *decoder) schedule(entries []scheduled) {
	index := make(map[peer.MessageID]int, len(entries))
	for i, e := range entries {
		id := peer.MessageID{Sender: e.From, Number: e.Number}
		if j, taken := index[id]; taken && e.record.n != nil {
			d.problem(e.record.n, e.record.path, "%s is already the message of line %d; give one of them another number",
				id, entries[j].record.n.line)
			continue
		}
		if e.record.n != nil {
			index[id] = i
		}
	}
	next := make([]int, len(entries)) // the entry that each one waits for, or -1
	for i, e := range entries {
		next[i] = -1
		if e.After == peer.NoMessage {
			continue
		}
		j, ok := index[e.After]
		if !ok {
			n, path, _ := e.record.value("after")
			d.problem(n, path, "%s is never sent; want a message of this list", e.After)
			continue
		}
		next[i] = j
	}
	d.cycles(entries, next)
}

// cycles reports each circle of entries that wait for one another, once, at its
// first entry.
func (d *decoder) cycles(entries []scheduled, next []int) {
	state := make([]int, len(entries)) // 0 unseen; the number of the walk that saw it, plus 1
	for i := range entries {
		var walk []int
		at := i
		for at >= 0 && state[at] == 0 {
			state[at] = i + 1
			walk = append(walk, at)
			at = next[at]
		}
		if at < 0 || state[at] != i+1 {
			continue
		}
		circle := walk[slices.Index(walk, at):]
		first := slices.MinFunc(circle, cmp.Compare[int])
		var names []string
		for _, k := range circle {
			names = append(names, peer.MessageID{Sender: entries[k].From, Number: entries[k].Number}.String())
		}
		n, path, _ := entries[first].record.value("after")
		d.problem(n, path, "%s would wait for itself (%s); break the circle with at: TIME",
			peer.MessageID{Sender: entries[first].From, Number: entries[first].Number}, describeList(names))
	}
}
