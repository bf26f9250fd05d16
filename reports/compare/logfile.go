package compare

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// Form is the text form of a log file.
type Form string

// The forms, told apart by their first character.
const (
	FormLog   Form = "log"   // this program's: a line a delivery between a header and an end line
	FormJSONL Form = "jsonl" // an object a line with a "message" at least
	FormLab   Form = "lab"   // [(2, 0), (1, 0)]: (sender, number) pairs in one list
)

// File is a log as a file holds it.
type File struct {
	Name     string
	Form     Form
	Peer     peer.ID // -1 = the file does not say
	Ordering string
	Seed     uint64
	Entries  []Entry
}

// Entry is one delivery of a log file. Times that the file does not give are
// sim.Never.
type Entry struct {
	Message                  peer.MessageID
	Delivered, Arrived, Sent sim.Time
}

// untimed is an entry of which only the message is known.
func untimed(id peer.MessageID) Entry {
	return Entry{Message: id, Delivered: sim.Never, Arrived: sim.Never, Sent: sim.Never}
}

// FileOf returns the log of peer p of a run as a file holds it.
func FileOf(h *history.History, p peer.ID, ordering string, seed uint64) File {
	log, times := &h.Logs[p], h.TimesOf(p)
	f := File{Form: FormLog, Peer: p, Ordering: ordering, Seed: seed}
	for at, ref := range log.Refs {
		var e Entry
		if ref == history.NoRef {
			e = untimed(strayAt(h, p, at))
		} else {
			b := &h.Broadcasts[ref]
			e = untimed(b.ID)
			e.Sent = b.At
		}
		if at < len(times) {
			e.Delivered, e.Arrived = times[at].Delivered, times[at].Arrived
		}
		f.Entries = append(f.Entries, e)
	}
	return f
}

func strayAt(h *history.History, p peer.ID, at int) peer.MessageID {
	for _, s := range h.Strays {
		if s.Peer == p && s.Position == at {
			return s.ID
		}
	}
	panic(fmt.Sprintf("compare: entry %d of %v is no broadcast and no stray", at, p))
}

// WriteLog writes f in this program's own form: a header line, one line a
// delivery with positions from 1 and times in decimal milliseconds, and a last
// line whose absence shows that the file was cut.
func WriteLog(w io.Writer, f File) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# mpcomm log 1 peer=%d ordering=%s seed=%d\n", f.Peer, f.Ordering, f.Seed)
	var line []byte
	for at, e := range f.Entries {
		line = strconv.AppendInt(line[:0], int64(at)+1, 10)
		line = append(append(line, ' '), e.Message.String()...)
		for _, field := range [...]struct {
			name string
			at   sim.Time
		}{{" delivered=", e.Delivered}, {" arrived=", e.Arrived}, {" sent=", e.Sent}} {
			if field.at != sim.Never {
				line = field.at.AppendMS(append(line, field.name...))
			}
		}
		out.Write(append(line, '\n')) // an error stays with out until Flush
	}
	fmt.Fprintf(out, "# end %d\n", len(f.Entries))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("log of p%d: %w", f.Peer, err)
	}
	return nil
}
