package ordertest_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/ordertest"
	"mpcomm/scenarios/run"
)

// brokenTwin is an ordering that pretends to be one of the library and has a
// flaw that authors have put into theirs. The suite has to reject it.
type brokenTwin struct {
	kind  string        // the ordering whose Spec it claims to keep
	given []order.Value // with these parameters
	flaw  string        // "" = none: the suite has to pass it
	says  string        // words that the failure must have, as it might be rejected for another reason; "" = any
	make  func(order.Values) (peer.Ordering, error)
}

func (b brokenTwin) String() string {
	name := b.kind
	for _, v := range b.given {
		name += " " + v.Name + "=" + v.Text
	}
	if b.flaw == "" {
		return name + ": no flaw"
	}
	return name + ": " + b.flaw
}

// spec is that of the real ordering, with the twin in its place.
func (b brokenTwin) spec(tb testing.TB) order.Spec {
	tb.Helper()
	s, ok := order.Builtin().Lookup(b.kind)
	if !ok {
		tb.Fatalf("no ordering %s", b.kind)
	}
	twin := *s
	twin.New = b.make
	twin.PassThrough = twin.PassThrough || b.flaw == "says that it passes messages through"
	return twin
}

// brokenTwins are all there are; every file of twins adds its own with register
// in an init function, in whatever order.
var brokenTwins []brokenTwin

func register(twins ...brokenTwin) { brokenTwins = append(brokenTwins, twins...) }

// flaws makes twins that differ in their flaw alone: each entry is a flaw, and
// the words of its failure.
func flaws(kind string, given []order.Value, twin func(flaw string) peer.Ordering, list ...[2]string) []brokenTwin {
	var twins []brokenTwin
	for _, f := range list {
		twins = append(twins, brokenTwin{
			kind: kind, given: given, flaw: f[0], says: f[1],
			make: func(order.Values) (peer.Ordering, error) { return twin(f[0]), nil },
		})
	}
	return twins
}

// TestKillTable: the suite rejects every twin with a flaw, for the reason that
// fits, and passes those without. The log says what killed which, and after how
// many schedules.
func TestKillTable(t *testing.T) {
	t.Parallel()
	twins := slices.Clone(brokenTwins)
	slices.SortStableFunc(twins, func(a, b brokenTwin) int { return cmp.Compare(a.String(), b.String()) })
	killed := make([]*ordertest.Failure, len(twins))
	t.Run("twins", func(t *testing.T) {
		for i, b := range twins {
			t.Run(b.String(), func(t *testing.T) {
				t.Parallel()
				f, err := ordertest.FirstFailure(b.spec(t), b.given...)
				killed[i] = f
				switch {
				case err != nil:
					t.Error(err)
				case b.flaw == "" && f != nil:
					t.Errorf("it is rejected without a flaw: %v", f)
				case b.flaw != "" && f == nil:
					t.Error("it survives")
				case f != nil && !strings.Contains(f.Text, b.says):
					t.Errorf("it fails for another reason than %q: %v", b.says, f)
				case f != nil:
					checkReport(t, b, f)
				}
			})
		}
	})
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ORDERING\tTWIN\tKILLED BY\tAFTER SCHEDULES")
	rejected := 0
	for i, b := range twins {
		if i > 0 && twins[i-1].String() == b.String() {
			t.Errorf("%v is there twice", b)
		}
		if f := killed[i]; f != nil {
			rejected++
			name, _, _ := strings.Cut(b.String(), ":")
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", name, b.flaw, f.Broken, f.Schedules)
		}
	}
	w.Flush()
	t.Logf("%d wrong versions rejected\n%s", rejected, table.String())
	for _, kind := range order.Builtin().Kinds() {
		if !slices.ContainsFunc(twins, func(b brokenTwin) bool { return b.kind == kind && b.flaw != "" }) {
			t.Errorf("there is no wrong version of %s", kind)
		}
	}
	if n := len(slices.DeleteFunc(twins, func(b brokenTwin) bool { return b.flaw == "" })); n < 40 {
		t.Errorf("%d wrong versions, want at least 40", n)
	}
}

// checkReport holds what a failure prints to its word: the sketch is there and
// fits a terminal, and the scenario file, run as any other, shows the failure.
// What cannot be expected in the language, such as a wrong Clone, is in no file.
func checkReport(t *testing.T, b brokenTwin, f *ordertest.Failure) {
	t.Helper()
	if !strings.Contains(f.Sketch, "!") || !strings.Contains(f.Error(), f.Sketch) {
		t.Errorf("no sketch in %v", f)
	}
	for _, line := range strings.Split(f.Sketch, "\n") {
		if n := utf8.RuneCountInString(line); n >= 80 {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
	said := strings.Contains(f.Scenario, "expect:")
	if judged := slices.Contains([]string{"fifo", "causal", "total", "agreement", "uniform", "integrity", "complete", "rest"}, f.Broken); said != judged {
		t.Errorf("%s is broken, and the file expects something: %t", f.Broken, said)
	}
	spec := b.spec(t)
	if said && strings.Contains(f.Scenario, "# Its Spec says PassThrough") != spec.PassThrough {
		t.Errorf("the Spec says PassThrough: %t, and the file:\n%v", spec.PassThrough, f)
	}
	spec.PassThrough = false
	if said && misses(t, f.Scenario, order.Table{spec}) != 1 {
		t.Errorf("the file does not show what failed:\n%v", f)
	}
}

// misses runs a scenario and counts the expectations that it contradicts.
func misses(t *testing.T, text string, table order.Table) int {
	t.Helper()
	s, err := scenarios.Parse("schedule.yaml", []byte(text), nil, table)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], table)
	if err != nil {
		t.Fatal(err)
	}
	e, err := run.NewEngine(p, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := e.Run(s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	var v run.Evaluator
	list, expected := run.Judge(s, v.Evaluate(p, o, run.Full))
	if !expected {
		t.Errorf("nothing is expected in\n%s", text)
	}
	return len(list)
}
