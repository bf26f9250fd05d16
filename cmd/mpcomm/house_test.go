package main_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// room is what one package may use, and why not more.
type room struct {
	imports string // packages of this module, separated by spaces; "*" = all below cmd
	beyond  string // path prefixes beyond the standard library
	why     string
}

// house says who may import whom. A package that is not here is not part of
// the house yet: enter it with its reason.
var house = map[string]room{
	"sim":             {why: "the queue of events knows neither packets nor peers"},
	"sim/rng":         {why: "a draw is a pure function of its name; it must not know who asks"},
	"sim/phold":       {imports: "sim", why: "a load of the queue that measures the queue alone"},
	"network":         {imports: "sim sim/rng", why: "where a packet goes and when must not depend on what it says"},
	"network/latency": {imports: "sim sim/rng", why: "families of delays are tables and arithmetic; links use them, not they links"},
	"peer":            {why: "a protocol must not see true time, the network or a random source, or it could cheat"},
	"peer/transport":  {imports: "peer", why: "a stage of the machine sees what the machine sees"},
	"peer/order":      {imports: "peer", why: "an ordering that could read true time would not need a protocol"},
	"peer/clock":      {imports: "sim sim/rng peer", why: "a clock turns true time into local time and is all that may see both"},
	"peer/workload":   {imports: "sim sim/rng peer", why: "the application is outside the protocol and must not see links or orderings"},
	"peer/history":    {imports: "sim peer", why: "judgement reconstructs causality from what was delivered, never from a protocol's own stamps"},
	"peer/journal":    {imports: "sim peer", why: "what happened is recorded as values, whoever made it happen"},
	"reports/wire":    {why: "the form of bytes must not depend on what they say"},
	"reports/stats":   {imports: "sim/rng reports/wire", why: "intervals are arithmetic on numbers, whatever they count"},
	"reports/compare": {imports: "sim sim/rng peer peer/history reports/stats reports/result", why: "the comparator takes logs; it must not know how they came about"},
	"reports/result":  {imports: "sim peer peer/history reports/stats reports/wire", why: "the stable JSON must not depend on who computes or shows it"},
	"reports/fit":     {imports: "network/latency sim/rng", why: "fitting is statistics on measurements; it must not know how a model is written or run"},
	"reports/dataset": {imports: "reports/result reports/stats", why: "a table is written from results alone"},
	"reports/screen":  {imports: "peer peer/history reports/palette reports/result reports/stats reports/svg", beyond: "github.com/jedib0t/go-pretty/v6 golang.org/x/term", why: "the screen shows results and computes none"},
	"reports/palette": {why: "colours mean the same in every picture, whoever draws it"},
	"reports/svg": {
		imports: "reports/palette", beyond: "golang.org/x/image codeberg.org/go-fonts/liberation",
		why: "a writer of shapes and text must not know what they show",
	},
	"reports/svg/svgtest": {imports: "reports/svg", why: "a picture is checked from its bytes alone, as a reader meets it"},
	"reports/figure":      {imports: "sim sim/rng peer peer/history reports/compare reports/dataset reports/palette reports/result reports/stats", beyond: "gonum.org/v1/plot golang.org/x/image codeberg.org/go-fonts/liberation codeberg.org/go-pdf/fpdf", why: "the plotting library lives here only"},
	"reports/barcode":     {imports: "peer peer/history reports/palette reports/svg", why: "where logs disagree is measured on the logs alone"},
	"reports/spacetime": {
		imports: "sim peer peer/history peer/journal reports/palette reports/result reports/svg reports/trace reports/trace/filter", why: "a diagram is drawn from what was recorded",
	},
	"reports/html": {
		imports: "sim peer peer/history peer/journal reports/dataset reports/palette reports/result reports/screen reports/stats reports/svg reports/trace",
		why:     "the page shows what was recorded and judged, and does neither",
	},
	"reports/trace": {
		imports: "sim peer peer/clock peer/history peer/journal reports/compare reports/result",
		why:     "a recorded run is values; whoever draws it must not know how it was driven",
	},
	"reports/trace/filter":  {imports: "sim peer peer/history reports/compare reports/result reports/trace", why: "what a filter means must not depend on who shows what passes"},
	"scenarios":             {imports: "sim sim/rng network/latency peer peer/clock peer/order reports/result", beyond: "go.yaml.in/yaml/v4", why: "the language names what a run says, and must not know how it is executed"},
	"scenarios/run":         {imports: "sim sim/rng network network/latency peer peer/clock peer/history peer/journal peer/order peer/transport peer/workload reports/compare reports/result reports/stats reports/trace scenarios", why: "the simulated host joins the parts; it shows and writes nothing"},
	"scenarios/sweep":       {imports: "peer/order reports/result reports/stats reports/wire scenarios scenarios/run", why: "a sweep distributes runs and sums results; it must not look inside a run"},
	"scenarios/sweep/store": {why: "what survives a kill must not depend on what a chunk says"},
	"reports/export": {
		imports: "sim peer peer/history peer/journal", why: "an export holds what was recorded, and judges nothing",
	},
	"scenarios/bench": {
		imports: "peer/order scenarios/run scenarios/standard scenarios/sweep sim/phold",
		why:     "what measures goes through what everybody uses",
	},
	"scenarios/standard": {
		imports: "scenarios", why: "what is measured must not depend on how it is measured",
	},
	"scenarios/ordertest": {
		imports: "peer peer/journal peer/order reports/result reports/spacetime scenarios scenarios/run", beyond: "pgregory.net/rapid",
		why: "the conformance suite uses what a user of the library may use, and draws its schedules as property tests do",
	},
	"cmd/cli":            {imports: "*", beyond: "github.com/spf13/cobra golang.org/x/term", why: "the commands parse, call and print"},
	"cmd/mpcomm":         {imports: "cmd/cli peer/order", why: "a program names itself and its orderings; all else is in the commands"},
	"cmd/mpcomm-relayed": {imports: "cmd/cli peer peer/order", why: "a user's own program must need no more than a user may use"},
}

// pkg is what the go command says of a package.
type pkg struct {
	ImportPath, Dir, Export     string
	Standard                    bool
	Imports, Deps               []string
	GoFiles                     []string
	TestGoFiles, XTestGoFiles   []string
	IgnoredGoFiles, TestImports []string
}

// name is the import path inside the module.
func (p *pkg) name() string { return strings.TrimPrefix(p.ImportPath, "mpcomm/") }

// list asks the go command for packages, by patterns from the module's root.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	c := exec.Command("go", append([]string{"list", "-json"}, args...)...)
	c.Dir = "../.."
	out, err := c.Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

var (
	listOnce sync.Once
	listed   []pkg
)

// packages are all packages of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	listOnce.Do(func() { listed = list(t, "./...") })
	if len(listed) == 0 {
		t.Fatal("no packages")
	}
	return listed
}

// TestLayers holds every import to the table of the house.
func TestLayers(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		r, known := house[p.name()]
		if !known {
			t.Errorf("package %s is not in the table of the house: enter what it may import, and why", p.name())
			continue
		}
		allowed := strings.Fields(r.imports)
		beyond := strings.Fields(r.beyond)
		for _, i := range p.Imports {
			own, ours := strings.CutPrefix(i, "mpcomm/")
			switch {
			case ours && r.imports == "*" && !strings.HasPrefix(own, "cmd/"):
			case ours && slices.Contains(allowed, own):
			case ours:
				t.Errorf("%s imports %s: %s", p.name(), own, r.why)
			case !strings.Contains(strings.Split(i, "/")[0], "."):
			case !slices.ContainsFunc(beyond, func(prefix string) bool { return i == prefix || strings.HasPrefix(i, prefix+"/") }):
				t.Errorf("%s imports %s: the table allows it %q beyond the standard library; %s", p.name(), i, r.beyond, r.why)
			}
		}
	}
}

// pure reports whether a package lies on the path from a seed to a history.
func pure(name string) bool { return lower(name) || name == "scenarios/run" }

// lower reports whether a package belongs to the three lowest floors.
func lower(name string) bool {
	return slices.Contains([]string{"sim", "network", "peer"}, strings.Split(name, "/")[0])
}

// TestLowerFloorsNeedNothing: what decides a history depends on the standard
// library alone, by whatever detour, so that no update of a module can change
// a digest.
func TestLowerFloorsNeedNothing(t *testing.T) {
	t.Parallel()
	met := 0
	for _, p := range packages(t) {
		if !lower(p.name()) {
			continue
		}
		met++
		for _, d := range p.Deps {
			if first := strings.Split(d, "/")[0]; first == "mpcomm" && !lower(strings.TrimPrefix(d, "mpcomm/")) || strings.Contains(first, ".") {
				t.Errorf("%s depends on %s: an update of it could change histories", p.name(), d)
			}
			if strings.Contains(d, "math/rand") || d == "crypto/rand" {
				t.Errorf("%s depends on %s: draws come from sim/rng, by name", p.name(), d)
			}
		}
	}
	if met < 10 {
		t.Errorf("%d packages of sim, network and peer; the check is empty", met)
	}
}

// TestNames: a package is named for what it owns.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, element := range strings.Split(p.name(), "/") {
			if slices.Contains([]string{"util", "utils", "common", "helpers", "misc", "base", "types", "internal", "shared", "lib", "pkg"}, element) {
				t.Errorf("package %s: %q says nothing about what it owns; put each thing beside its caller", p.name(), element)
			}
		}
		if top := strings.Split(p.name(), "/")[0]; !slices.Contains([]string{"sim", "network", "peer", "reports", "scenarios", "cmd"}, top) {
			t.Errorf("package %s: the house has the floors sim, network, peer, reports, scenarios and cmd", path.Clean(p.name()))
		}
	}
}
