package screen

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"mpcomm/reports/result"
)

// View is one seed of a scenario under each of its orderings.
type View struct {
	Run      *result.Run
	Facts    []string  // about the scenario, such as "100 messages each", "latency exponential 20ms", "no faults"
	Barcodes []Barcode // by ordering, as Run.Runs; may be shorter or nil where logs were not kept
	Hints    []Hint    // what to do next
	Failed   []string  // expectations that were contradicted: where, what was expected, what was got
}

// Hint is a command and what it does, in a few words.
type Hint struct{ Command, Does string }

// Write writes the screen of a run: the verdict table, where logs disagree,
// why, notes, what to do next, and failed expectations last, where the eye
// ends. No row of the table is wrapped: narrow terminals show fewer columns,
// and under 60 columns a block for each ordering. Where the height does not
// suffice, notes, the key of the barcode, hints and blank lines go first. The
// error is w's.
func Write(w io.Writer, v *View, o Options) error {
	b := newBrush(o)
	b.run(v)
	for b.tight < tightest && b.Height > 0 && strings.Count(b.out.String(), "\n") > b.Height {
		b.out.Reset()
		b.tight++
		b.run(v)
	}
	if _, err := io.WriteString(w, b.out.String()); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

func (b *brush) run(v *View) {
	b.headline(v)
	b.blank()
	b.verdicts(v.Run.Runs)
	b.where(v)
	b.why(v.Run.Runs)
	noted := b.notes(v.Run.Runs)
	if len(v.Hints) > 0 && b.tight < noHints {
		if !noted {
			b.blank()
		}
		if b.tight >= oneHint {
			b.hints(v.Hints[:1])
		} else {
			b.hints(v.Hints)
		}
	}
	if len(v.Failed) > 0 {
		b.blank()
		for _, s := range v.Failed {
			b.failed(s)
		}
	}
}

// headline names the run: scenario, seed, peers and the caller's facts,
// broken between facts.
func (b *brush) headline(v *View) {
	facts := append([]string{
		v.Run.Scenario, "seed " + strconv.FormatUint(v.Run.Seed, 10), plural(v.Run.Peers, "peer"),
	}, v.Facts...)
	b.facts(facts)
}

func (b *brush) facts(facts []string) {
	between := " · "
	if b.ASCII {
		between = ", "
	}
	current := ""
	for i, fact := range facts {
		fact = b.plain(fact)
		switch {
		case i == 0:
			current = fact
		case columns(current)+columns(between)+columns(fact) > b.Width:
			b.line(current)
			current = "  " + fact
		default:
			current += between + fact
		}
	}
	b.line(current)
}

func (b *brush) hints(hints []Hint) {
	widest := 0
	for _, h := range hints {
		widest = max(widest, columns(b.plain(h.Command)))
	}
	for i, h := range hints {
		head := "      "
		if i == 0 {
			head = b.paint(faint, "NEXT") + "  "
		}
		command, does := b.plain(h.Command), b.plain(h.Does)
		if does == "" || 6+widest+3+columns(does) > b.Width {
			// The command is for copying and stays whole; its words may go.
			b.line(head + command)
			continue
		}
		b.line(head + pad(command, widest) + "   " + does)
	}
}

func (b *brush) failed(s string) {
	const word = "FAILED"
	painted := newBrush(b.Options)
	painted.wrap(word+"  ", b.plain(s))
	b.out.WriteString(strings.Replace(painted.out.String(), word, b.paint(bad, word), 1))
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(int64(n)) + " " + noun
}

// thousands writes n with commas between groups of three digits.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	least := 0
	if n < 0 {
		least = 1
	}
	for at := len(s) - 3; at > least; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
