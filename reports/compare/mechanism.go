package compare

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// Mechanism is why two logs hold two messages in different orders. The first
// one whose rule applies is the cause, in the order of the constants.
type Mechanism string

// The mechanisms.
const (
	Missing Mechanism = "missing" // one log lacks one of the messages
	Late    Mechanism = "late"    // one came after the window of a hold-back had closed
	Skew    Mechanism = "skew"    // the stamps contradict cause and effect
	Tie     Mechanism = "tie"     // equal keys, and nothing to break the tie
	FIFO    Mechanism = "fifo"    // one sender, the later message first
	Relay   Mechanism = "relay"   // cause and effect: the way round was faster than the direct one
	Race    Mechanism = "race"    // concurrent, and nothing above
)

// Facts is what only the host of a run knows of it.
type Facts interface {
	// Missing says why p never logged m, as the end of a sentence: "lost on
	// the link p0>p2 at 12 ms". Empty = not known.
	Missing(p peer.ID, m history.Ref) string
	// Late reports how long after its stamp m came to p, by p's clock, and how
	// long p waits, when it came after that.
	Late(p peer.ID, m history.Ref) (came, wait time.Duration, late bool)
	// Stamp returns what the ordering sorts m by.
	Stamp(m history.Ref) (Stamp, bool)
	// Offset returns how far p's clock is ahead of true time when m is sent.
	Offset(p peer.ID, m history.Ref) (time.Duration, bool)
}

// Stamp is the key of a message under an ordering.
type Stamp struct {
	Value   int64 // nanoseconds of a local clock, or a logical time
	Clock   bool  // Value is a clock's reading
	Decides bool  // equal stamps are ordered by something else that all peers agree on
}

// NoFacts knows nothing. Embed it to know a part.
type NoFacts struct{}

// Missing returns no reason.
func (NoFacts) Missing(peer.ID, history.Ref) string { return "" }

// Late reports nothing late.
func (NoFacts) Late(peer.ID, history.Ref) (came, wait time.Duration, late bool) { return 0, 0, false }

// Stamp knows no stamps.
func (NoFacts) Stamp(history.Ref) (Stamp, bool) { return Stamp{}, false }

// Offset knows no clocks.
func (NoFacts) Offset(peer.ID, history.Ref) (time.Duration, bool) { return 0, false }

// explain names the mechanism of a finding and words it with its numbers.
func (c *Comparer) explain(f *finding, facts Facts) (Mechanism, string) {
	if facts == nil {
		facts = NoFacts{}
	}
	if text := c.missing(f, facts); text != "" {
		return Missing, text
	}
	if text := c.late(f, facts); text != "" {
		return Late, text
	}
	a, b := f.entries[0], f.entries[1]
	all := c.h.Broadcasts
	if int(a) >= len(all) || int(b) >= len(all) {
		return Race, fmt.Sprintf("%v logged %v where %v logged %v; nothing is known of a message that nobody broadcast.",
			f.peers[0], c.name(a), f.peers[1], c.name(b))
	}
	// From here on x was sent first, and the peer that logged y first is wrong
	// if the two are related.
	x, y, wrong := a, b, f.peers[1]
	if a > b {
		x, y, wrong = b, a, f.peers[0]
	}
	related := c.precedes(x, y)
	if related {
		if text := c.skew(x, y, facts); text != "" {
			return Skew, text
		}
	}
	if text := c.tie(x, y, facts); text != "" {
		return Tie, text
	}
	if all[x].ID.Sender == all[y].ID.Sender {
		return FIFO, c.fifo(x, y, wrong)
	}
	if related {
		return Relay, c.relay(x, y, wrong)
	}
	return Race, c.race(f, x, y)
}

// missing words the lack of a message in one of the two logs, if it is so.
func (c *Comparer) missing(f *finding, facts Facts) string {
	for i := range f.peers {
		m, p, log := f.entries[i], f.peers[1-i], f.logs[1-i]
		if m == ended || c.holds(p, log, m) {
			continue
		}
		text := fmt.Sprintf("%v never logged %v", p, c.name(m))
		reason := ""
		if int(m) < len(c.h.Broadcasts) {
			reason = facts.Missing(p, m)
		} else {
			reason = "nobody broadcast it"
		}
		if at := slices.IndexFunc(c.h.Lost, func(l history.Absent) bool { return l.Peer == p }); reason == "" && at >= 0 {
			reason = "its log was not submitted, " + c.h.Lost[at].Why
		}
		if reason != "" {
			text += ": " + reason
		}
		return text + "."
	}
	if f.at < 0 {
		return ""
	}
	// Both logs hold both messages. An entry that was in the log before is a
	// repeat, and the other log lacks that.
	for i := range f.peers {
		m, log := f.entries[i], f.logs[i]
		if m != ended && slices.Contains(log[:f.at], m) {
			return fmt.Sprintf("%v logged %v again; %v did not.", f.peers[i], c.name(m), f.peers[1-i])
		}
	}
	return ""
}

// holds reports whether p's log, which is given, holds m.
func (c *Comparer) holds(p peer.ID, log []uint32, m uint32) bool {
	if c.taken != nil {
		return c.placeOf(p, m) >= 0
	}
	return slices.Contains(log, m)
}

func (c *Comparer) late(f *finding, facts Facts) string {
	for _, m := range f.entries {
		for _, p := range f.peers {
			if int(m) >= len(c.h.Broadcasts) {
				continue
			}
			if came, wait, late := facts.Late(p, m); late {
				return fmt.Sprintf("%v came %s after its stamp; %v waits only %s.", c.name(m), ms(came), p, ms(wait))
			}
		}
	}
	return ""
}

// skew words stamps that contradict that x is a cause of y.
func (c *Comparer) skew(x, y uint32, facts Facts) string {
	sx, okX := facts.Stamp(x)
	sy, okY := facts.Stamp(y)
	if !okX || !okY || sy.Value >= sx.Value {
		return ""
	}
	text := fmt.Sprintf("%v comes from %v but carries the older stamp, %s < %s", c.name(y), c.name(x), sy, sx)
	sender := c.h.Broadcasts[y].ID.Sender
	offset, known := facts.Offset(sender, y)
	switch {
	case known && offset < 0:
		text += fmt.Sprintf(": %v's clock is %s slow", sender, ms(-offset))
	case known && offset > 0:
		text += fmt.Sprintf(": %v's clock is %s fast, but others are faster", sender, ms(offset))
	}
	return text + "."
}

func (c *Comparer) tie(x, y uint32, facts Facts) string {
	sx, okX := facts.Stamp(x)
	sy, okY := facts.Stamp(y)
	if !okX || !okY || sx.Value != sy.Value || sx.Decides || sy.Decides {
		return ""
	}
	return fmt.Sprintf("%v and %v carry the same key %s and this ordering has no tie-break.", c.name(x), c.name(y), sx)
}

func (c *Comparer) fifo(x, y uint32, wrong peer.ID) string {
	sender := c.h.Broadcasts[x].ID.Sender
	text := fmt.Sprintf("%v sent %v before %v; ", sender, c.name(x), c.name(y))
	had, hadFirst, known := c.apart(wrong, x, y)
	switch {
	case !known:
		return text + fmt.Sprintf("%v logged them the wrong way round.", wrong)
	case sender == wrong || hadFirst:
		return text + fmt.Sprintf("%v had them in that order, %s apart, and logged them the other way round.", wrong, ms(had))
	}
	return text + fmt.Sprintf("the link %v>%v delivered them %s apart the wrong way round.", sender, wrong, ms(had))
}

func (c *Comparer) relay(x, y uint32, wrong peer.ID) string {
	b := c.h.Broadcasts[y]
	sender := b.ID.Sender
	text := fmt.Sprintf("%v came before %v by way of others", c.name(x), c.name(y))
	if at := c.placeOf(sender, x); b.Cause == x || at >= 0 && at < int(b.LogLen) {
		text = fmt.Sprintf("%v had %v before sending %v", sender, c.name(x), c.name(y))
	}
	had, hadFirst, known := c.apart(wrong, x, y)
	switch {
	case !known:
		return text + fmt.Sprintf("; %v logged %v first.", wrong, c.name(y))
	case hadFirst:
		return text + fmt.Sprintf("; %v had %v %s earlier and still logged %v first.", wrong, c.name(x), ms(had), c.name(y))
	}
	return text + fmt.Sprintf("; %v reached %v %s before %v did.", c.name(y), wrong, ms(had), c.name(x))
}

func (c *Comparer) race(f *finding, x, y uint32) string {
	all := c.h.Broadcasts
	if all[x].At == sim.Never || all[y].At == sim.Never {
		return fmt.Sprintf("%v logged %v first, %v logged %v first; neither is known to have caused the other.",
			f.peers[0], c.name(f.entries[0]), f.peers[1], c.name(f.entries[1]))
	}
	text := fmt.Sprintf("%v and %v were sent %s apart", c.name(x), c.name(y), ms(all[y].At.Sub(all[x].At)))
	for i, p := range f.peers {
		first, second := f.entries[i], f.entries[1-i]
		a, okA := c.had(p, first)
		b, okB := c.had(p, second)
		if !okA || !okB {
			continue
		}
		text += fmt.Sprintf("; %v had %s after %s and %s after %s", p, c.owned(p, first),
			ms(a.Sub(all[first].At)), c.owned(p, second), ms(b.Sub(all[second].At)))
	}
	return text + "; neither caused the other."
}

// owned names m as p would: its own p2#0.
func (c *Comparer) owned(p peer.ID, m uint32) string {
	if id := c.name(m); id.Sender != p {
		return id.String()
	}
	return "its own " + c.name(m).String()
}

// apart returns how far apart x and y came to p, and whether x came first.
func (c *Comparer) apart(p peer.ID, x, y uint32) (d time.Duration, xFirst, known bool) {
	a, okA := c.had(p, x)
	b, okB := c.had(p, y)
	if !okA || !okB {
		return 0, false, false
	}
	if a <= b {
		return b.Sub(a), true, true
	}
	return a.Sub(b), false, true
}

// had returns when m came to p: its arrival, or its delivery where arrivals
// are not known.
func (c *Comparer) had(p peer.ID, m uint32) (sim.Time, bool) {
	times := c.h.TimesOf(p)
	at := c.placeOf(p, m)
	if at < 0 || at >= len(times) {
		return 0, false
	}
	t := min(times[at].Arrived, times[at].Delivered) // Never is the latest
	return t, t != sim.Never
}

// String returns a clock's reading in milliseconds, a logical time as it is.
func (s Stamp) String() string {
	if s.Clock {
		return ms(time.Duration(s.Value))
	}
	return fmt.Sprint(s.Value)
}

// ms words a duration for a sentence: to a tenth of a millisecond from ten
// milliseconds on, to a microsecond below.
func ms(d time.Duration) string {
	unit := time.Microsecond
	if d >= 10*time.Millisecond || d <= -10*time.Millisecond {
		unit = 100 * time.Microsecond
	}
	rounded := d.Round(unit)
	if rounded == 0 {
		rounded = d // less than half a microsecond is not nothing
	}
	return string(sim.Time(rounded).AppendMS(nil)) + " ms"
}
