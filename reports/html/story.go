package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// story is what happened to the two messages of a run's first finding: what the
// page can say without drawing.
type story struct {
	Ordering, Text, Token string
	Steps                 []step
	More                  int          // steps that are not listed
	Pair                  template.URL // the two messages on their ways, where the run is not drawn as a whole
}

type step struct {
	At    sim.Time
	Words string
}

// MS is the time of a step as a reader reads it, to the microsecond.
func (s step) MS() string { return toMicro(s.At) }

func toMicro(t sim.Time) string {
	const unit = sim.Time(time.Microsecond)
	return string((t / unit * unit).AppendMS(nil))
}

// mostSteps bounds the steps of a story.
const mostSteps = 60

// storyOf tells the first finding of a run, and draws it if asked to; nil if
// there is none.
func storyOf(r *trace.Run, draw bool) (*story, error) {
	if len(r.Findings) == 0 {
		return nil, nil
	}
	f := &r.Findings[0]
	s := &story{Ordering: r.Ordering, Text: f.Text, Token: r.Token(f).String()}
	for _, m := range []history.Ref{f.A, f.B} {
		if int(m) >= len(r.Messages) {
			continue
		}
		s.Steps = append(s.Steps, step{r.Messages[m].At, fmt.Sprintf("%v sends %v", r.Messages[m].ID.Sender, r.Messages[m].ID)})
		for p := range peer.ID(r.Peers) {
			s.receipt(r, m, p)
		}
	}
	slices.SortStableFunc(s.Steps, func(a, b step) int { return cmp.Compare(a.At, b.At) })
	if s.More = len(s.Steps) - mostSteps; s.More > 0 {
		s.Steps = s.Steps[:mostSteps]
	} else {
		s.More = 0
	}
	if !draw {
		return s, nil
	}
	drawn, err := pairPicture(r)
	s.Pair = pictureOf(drawn)
	return s, err
}

// receipt tells what became of a message at one peer.
func (s *story) receipt(r *trace.Run, m history.Ref, p peer.ID) {
	x, id := r.At(m, p), r.Messages[m].ID
	tell := func(at sim.Time, format string, args ...any) {
		s.Steps = append(s.Steps, step{at, fmt.Sprintf(format, args...)})
	}
	for i := range x.Lost {
		tell(x.Lost[i].At, "%v for %v: %s", id, p, x.Lost[i].Why)
	}
	if x.Arrived == sim.Never {
		return
	}
	logged := ""
	if x.Delivered != sim.Never && x.Delivered == x.Arrived {
		logged = fmt.Sprintf("and logs it at position %d", x.Position)
	}
	switch {
	case p != id.Sender:
		tell(x.Arrived, "%s", strings.TrimSpace(fmt.Sprintf("%v gets %v, %s after it was sent, %s", p, id, way(x.Arrived.Sub(r.Messages[m].At)), cmp.Or(logged, "and holds it back"))))
	case logged != "":
		tell(x.Arrived, "%v logs its own %v at position %d", p, id, x.Position)
	}
	if x.Delivered != sim.Never && logged == "" {
		tell(x.Delivered, "%v logs %v at position %d", p, id, x.Position)
	}
}

func way(d time.Duration) string { return toMicro(sim.Time(d)) + " ms" }
