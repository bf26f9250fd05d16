package filter

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// conformance is testdata/cases.json, to which every reader of the language is
// held.
type conformance struct {
	Run struct {
		Peers    int
		Messages []struct {
			ID   string
			AtMS float64 `json:"at_ms"`
		}
		Receipts [][]struct {
			ArrivedMS   *float64 `json:"arrived_ms"`
			DeliveredMS *float64 `json:"delivered_ms"`
			Position    int32
			Lost        int
		}
		Findings []struct {
			Kind, Why, A, B string
			P, Q            peer.ID
		}
	}
	Cases []struct {
		Filter string
		Match  []string
	}
	Wrong []struct{ Filter, Error string }
}

func nanoseconds(ms float64) sim.Time { return sim.Time(math.Round(ms * 1e6)) }

func readCases(t testing.TB) (*conformance, *trace.Run) {
	t.Helper()
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	c := &conformance{}
	if err := json.Unmarshal(text, c); err != nil {
		t.Fatal(err)
	}
	r := &trace.Run{Head: trace.Head{Peers: c.Run.Peers}}
	number := map[string]history.Ref{"": history.NoRef}
	for m, x := range c.Run.Messages {
		id, err := peer.ParseMessageID(x.ID)
		if err != nil {
			t.Fatal(err)
		}
		number[x.ID] = history.Ref(m)
		r.Messages = append(r.Messages, trace.Message{ID: id, At: nanoseconds(x.AtMS)})
	}
	for _, row := range c.Run.Receipts {
		for _, x := range row {
			receipt := trace.Receipt{Arrived: sim.Never, Delivered: sim.Never, Position: x.Position, Lost: make([]trace.Loss, x.Lost)}
			if x.ArrivedMS != nil {
				receipt.Arrived = nanoseconds(*x.ArrivedMS)
			}
			if x.DeliveredMS != nil {
				receipt.Delivered = nanoseconds(*x.DeliveredMS)
			}
			r.Receipts = append(r.Receipts, receipt)
		}
	}
	for _, f := range c.Run.Findings {
		kind := trace.Disagree
		if f.Kind == "acausal" {
			kind = trace.Acausal
		}
		r.Findings = append(r.Findings, trace.Finding{Finding: compare.Finding{
			Kind: kind, P: f.P, Q: f.Q, A: number[f.A], B: number[f.B], Why: compare.Mechanism(f.Why),
		}})
	}
	return c, r
}

func TestConformance(t *testing.T) {
	t.Parallel()
	c, r := readCases(t)
	if len(c.Cases) < 30 || len(c.Wrong) < 10 {
		t.Fatalf("%d cases and %d wrong ones", len(c.Cases), len(c.Wrong))
	}
	met := map[string]bool{}
	for _, test := range c.Cases {
		f, err := Parse(test.Filter)
		if err != nil {
			t.Errorf("%q: %v", test.Filter, err)
			continue
		}
		s := f.On(r)
		var got []string
		messages := map[history.Ref]bool{}
		for m := range r.Messages {
			for p := range peer.ID(r.Peers) {
				if s.Passes(history.Ref(m), p) {
					got = append(got, fmt.Sprintf("%v@%v", r.Messages[m].ID, p))
					messages[history.Ref(m)] = true
				}
			}
			if s.Any(history.Ref(m)) != messages[history.Ref(m)] {
				t.Errorf("%q: any receiver of %v", test.Filter, r.Messages[m].ID)
			}
		}
		if !slices.Equal(got, test.Match) {
			t.Errorf("%q lets through %v, want %v", test.Filter, got, test.Match)
		}
		if s.Count() != len(messages) {
			t.Errorf("%q: %d messages, want %d", test.Filter, s.Count(), len(messages))
		}
		for _, k := range Keys() {
			met[k.Name] = met[k.Name] || strings.Contains(test.Filter, k.Name+":")
		}
	}
	for _, k := range Keys() {
		if !met[k.Name] || k.Form == "" || k.Doc == "" {
			t.Errorf("%+v has no case or no words", k)
		}
	}
	for _, test := range c.Wrong {
		if _, err := Parse(test.Filter); err == nil || err.Error() != "filter: "+test.Error {
			t.Errorf("%q: %v, want %s", test.Filter, err, test.Error)
		}
	}
}

// TestEverythingWrongIsSaid, in one error.
func TestEverythingWrongIsSaid(t *testing.T) {
	t.Parallel()
	_, err := Parse("is:odd from:p1 t:now")
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "is:odd") || !strings.Contains(err.Error(), "t:now") {
		t.Error(err)
	}
}

// TestWords: a filter lets through what each of its words does, and a minus
// turns a word round.
func TestWords(t *testing.T) {
	t.Parallel()
	c, r := readCases(t)
	var words []string
	for _, test := range c.Cases {
		words = append(words, strings.Fields(test.Filter)...)
	}
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(t, "words")
		f, err := Parse(strings.Join(chosen, " "))
		if err != nil {
			t.Fatal(err)
		}
		s := f.On(r)
		m := history.Ref(rapid.IntRange(0, len(r.Messages)-1).Draw(t, "message"))
		p := peer.ID(rapid.IntRange(0, r.Peers-1).Draw(t, "peer"))
		want := true
		for _, w := range chosen {
			positive, negative := strings.CutPrefix(w, "-")
			one, err := Parse(positive)
			if err != nil {
				t.Fatal(err)
			}
			want = want && one.On(r).Passes(m, p) != negative
		}
		if s.Passes(m, p) != want {
			t.Fatalf("%v: %v@%v passes: %v, want %v", chosen, r.Messages[m].ID, p, !want, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	c, r := readCases(f)
	for _, test := range c.Cases {
		f.Add(test.Filter)
	}
	for _, test := range c.Wrong {
		f.Add(test.Filter)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		s := parsed.On(r)
		for m := range r.Messages {
			s.Any(history.Ref(m))
		}
		if parsed.Empty() != (strings.TrimSpace(text) == "") {
			t.Errorf("%q is empty: %v", text, parsed.Empty())
		}
	})
}
