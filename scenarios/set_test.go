package scenarios

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustParse(t *testing.T, source string) *Scenario {
	t.Helper()
	s, err := Parse("x.yaml", []byte(source), FilesIn("testdata"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustSet(t *testing.T, s *Scenario, sets ...string) *Scenario {
	t.Helper()
	made, err := s.With(settings(t, sets...))
	if err != nil {
		t.Fatalf("%v:\n%v", sets, err)
	}
	return made
}

func settings(t *testing.T, sets ...string) []Setting {
	t.Helper()
	var all []Setting
	for _, text := range sets {
		set, err := ParseSetting(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, set)
	}
	return all
}

func TestSettingsApply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source string
		sets         []string
		want         string // the file that says the same
	}{
		{"replace", "peers: 3", []string{"peers=4"}, "peers: 4"},
		{"create", "peers: 3", []string{"clocks.peers.2.offset=-5ms"}, "peers: 3\nclocks: {peers: {2: {offset: -5ms}}}"},
		{"a time becomes a map", "heal_at: 2s", []string{"heal_at.within=9s"}, "heal_at: {at: 2s, within: 9s}"},
		{"a map gives way to a time", "heal_at: {at: 2s, within: 9s}", []string{"heal_at=3s"}, "heal_at: 3s"},
		{
			"quoted key", "clocks: {peers: {\"2\": {drift: 1ppm}}}",
			[]string{"clocks.peers.2.offset=5ms"},
			"clocks: {peers: {2: {offset: 5ms, drift: 1ppm}}}",
		},
		{
			"a word becomes a map", "orderings: [naive, timestamp]",
			[]string{"orderings.1.wait=80ms"},
			"orderings: [naive, {kind: timestamp, wait: 80ms}]",
		},
		{"default list", "peers: 3", []string{"orderings.1.wait=80ms"}, "peers: 3\norderings: [naive, {kind: timestamp, wait: 80ms}, lamport]"},
		{"append", "orderings: [naive]", []string{"orderings.1=lamport"}, "orderings: [naive, lamport]"},
		{"default map", "peers: 3", []string{"workload.gap.max=50ms"}, "peers: 3\nworkload: {gap: {kind: uniform, min: 10ms, max: 50ms}}"},
		{"phases", "phases: classic", []string{"phases.drain=1s"}, "phases: {kind: classic, drain: 1s}"},
		{"amount becomes constant", "network: {latency: 5ms}", []string{"network.latency.value=6ms"}, "network: {latency: 6ms}"},
		{
			"probability gives way", "network: {loss: 1%}",
			[]string{"network.loss.kind=gilbert-elliott", "network.loss.p=1/3"},
			"network: {loss: {kind: gilbert-elliott, p: 1/3}}",
		},
		{"later wins", "seed: 1", []string{"seed=2", "seed=3"}, "seed: 3"},
		{
			"a map as value", "seed: 1",
			[]string{"network.latency={kind: normal, mean: 60ms, sd: 1ms}"},
			"network: {latency: {kind: normal, mean: 60ms, sd: 1ms}}",
		},
		{
			"several that are valid only together", "network: {link: fifo}",
			[]string{"network.reorder.share=1%", "network.link=datagram"},
			"network: {link: datagram, reorder: {share: 1%}}",
		},
		{
			"peers of a group", "faults: [{at: 1s, partition: [[0], [1]]}]",
			[]string{"faults.0.partition.1.1=2"},
			"faults: [{at: 1s, partition: [[0], [1, 2]]}]",
		},
		{"value with equals sign", "peers: 3", []string{"doc=a = b"}, "peers: 3\ndoc: a = b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := mustParse(t, tt.source)
			before := string(Format(base))
			got, want := mustSet(t, base, tt.sets...), mustParse(t, tt.want)
			if diff := cmp.Diff(string(Format(want)), string(Format(got))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			again := mustParse(t, tt.source)
			if diff := cmp.Diff(before, string(Format(mustSet(t, again)))); diff != "" {
				t.Errorf("the base changed:\n%s", diff)
			}
		})
	}
}

func TestSettingErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ set, want string }{
		{"orderings.1.wait=80", `--set orderings.1.wait=80: orderings.1.wait: missing unit after 80; want a duration such as 20ms (units: ns us ms s h m)
    80
    ^`},
		{"netwrk.loss=0", `--set netwrk.loss=0: netwrk.loss: a scenario has no key "netwrk" (did you mean "network"?)`},
		{"orderings.9.wait=1ms", `--set orderings.9.wait=1ms: orderings.9.wait: 9 is no index of orderings, which has 3 elements; want 0..3 (3 appends)`},
		{"orderings.x=naive", `x is no index of orderings`},
		{"peers.x=1", `--set peers.x=1: peers.x: peers has no keys below it; remove .x`},
		{"peers=", `want PATH=VALUE`},
		{"peers", `want PATH=VALUE`},
		{"peers=~", `--set peers=~: peers: has no value; give one or remove the key`},
		{"peers=[1", `--set peers=[1: not YAML`},
		{"peers=3\n---\n4", `a second document starts here`},
		{"network.loss=2", `--set network.loss=2: network.loss: probability "2": want 0..1`},
		{"network.latency.kind=uniform", `--set network.latency.kind=uniform: network.latency.max: missing`},
		{"phases..drain=1s", `has an empty element`},
		{"workload.sends.0.at=5ms", `x.yaml:2:22: workload.messages: has no meaning beside sends`},
	}
	base := mustParse(t, "peers: 3\nworkload: {messages: 4}\n")
	for _, tt := range tests {
		set, err := ParseSetting(tt.set)
		if err == nil {
			_, err = base.With([]Setting{set})
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("--set %s:\n%v\nwant\n%s", tt.set, err, tt.want)
		}
	}
}

// A setting never panics, whatever path and value; what it takes is valid as a
// whole and prints.
func TestSettingsNeverPanic(t *testing.T) {
	t.Parallel()
	base := mustParse(t, "peers: 3\norderings: [naive]\nnetwork: {latency: 5ms, links: [{from: 0, loss: 1}]}\n")
	rapid.Check(t, func(rt *rapid.T) {
		words := append(scenarioObject.names(), networkObject.names()...)
		words = append(words, "0", "1", "kind", "wait", "p", "min", "offset", "default", "peers", "x", "")
		path := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 5).Draw(rt, "path"), ".")
		value := rapid.SampledFrom([]string{"1", "5ms", "naive", "[]", "{}", "[1, 0]", "{kind: uniform, max: 2ms}", "~", "0.5", "\"\""}).Draw(rt, "value")
		made, err := base.With([]Setting{{path, value}})
		if err != nil {
			return
		}
		if _, err := Parse("x.yaml", Format(made), nil, nil); err != nil {
			rt.Fatalf("%s=%s prints what does not read back: %v", path, value, err)
		}
	})
}

func TestCells(t *testing.T) {
	t.Parallel()
	s := mustParse(t, `
orderings: [naive, timestamp]
expect: {timestamp: {logs: identical}}
sweep:
  grid:
    network.latency.mean: [5ms, 20ms]
    orderings.1.wait: ["80ms", 0.1s]
    workload.size: [{kind: uniform, max: 2B}]
network: {latency: {kind: exponential, mean: 1ms}}
`)
	cells, err := s.Cells()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cells {
		var text []string
		for _, set := range c.Settings {
			text = append(text, set.String())
		}
		mean := durations.print(c.Scenario.Network.Latency.Mean)
		got = append(got, strings.Join(text, " ")+" | "+Label(c.Scenario.Orderings[1])+" | "+mean)
		if c.Scenario.Sweep != nil || c.Scenario.Expect != nil {
			t.Errorf("cell %v keeps sweep or expect", c.Settings)
		}
		// A cell is what its settings make of the file.
		made, err := mustParse(t, "orderings: [naive, timestamp]\nnetwork: {latency: {kind: exponential, mean: 1ms}}").With(c.Settings)
		if err != nil || Hash(made) != Hash(c.Scenario) {
			t.Errorf("cell %v: hash %s by its settings, error %v; want %s", c.Settings, Hash(made), err, Hash(c.Scenario))
		}
	}
	const size = " workload.size={kind: uniform, max: 2B} | "
	want := []string{
		"network.latency.mean=5ms orderings.1.wait=80ms" + size + "timestamp wait=80ms | 5ms",
		"network.latency.mean=5ms orderings.1.wait=0.1s" + size + "timestamp wait=0.1s | 5ms",
		"network.latency.mean=20ms orderings.1.wait=80ms" + size + "timestamp wait=80ms | 20ms",
		"network.latency.mean=20ms orderings.1.wait=0.1s" + size + "timestamp wait=0.1s | 20ms",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCellsWithoutGrid(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "peers: 3")
	cells, err := s.Cells()
	if err != nil || len(cells) != 1 || len(cells[0].Settings) != 0 || cells[0].Scenario.Peers != 3 {
		t.Errorf("got %d cells, error %v; want one without settings", len(cells), err)
	}
}

// Settings leave what they do not touch as it was, also in time.
func TestSettingSharesTheRest(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "network: {latency: 5ms, loss: 1%}\nlimits: {until: 7s}\n")
	made := mustSet(t, s, "network.latency=6ms")
	if want := int64(6 * time.Millisecond); made.Network.Latency.Value != want {
		t.Errorf("latency %d; want %d", made.Network.Latency.Value, want)
	}
	if s.Network.Latency.Value != int64(5*time.Millisecond) {
		t.Errorf("the base changed to %d", s.Network.Latency.Value)
	}
	if _, line, ok := made.Position("limits.until"); line != 2 || !ok {
		t.Errorf("limits.until at line %d, %v; want 2", line, ok)
	}
}

// A scenario that a program made, or changed and copied without its source,
// takes settings as its printed form does.
func TestSettingsOnValues(t *testing.T) {
	t.Parallel()
	read := mustParse(t, "peers: 3\nsweep: {grid: {workload.messages: [1, 2]}}\n")
	made := *read
	made.source = source{}
	made.Peers = 4
	slow, err := made.With(settings(t, "workload.gap.max=1s"))
	if err != nil || slow.Peers != 4 || slow.Workload.Gap.Max != int64(time.Second) {
		t.Errorf("%v: %+v", err, slow)
	}
	cells, err := made.Cells()
	if err != nil || len(cells) != 2 || cells[1].Scenario.Peers != 4 || cells[1].Scenario.Workload.Messages != 2 {
		t.Errorf("%v: %+v", err, cells)
	}
	if Hash(&made) == Hash(read) {
		t.Error("another number of peers has the same hash")
	}
	if _, _, ok := made.Position("peers"); ok {
		t.Error("a scenario without a file has a place in it")
	}
}

// A problem is not followed by others that only it has caused.
func TestSettingsReportCausesAlone(t *testing.T) {
	t.Parallel()
	lab, err := Open("lab")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ set, want string }{
		{"orderings=[]", "the list is empty"},
		{"network.latency=20ms", "so change the grid, too, or drop it"},
		{"network={latency: {kind: exponential, mean: 20ms}}", "so change the grid, too, or drop it"},
	} {
		_, err := lab.With(settings(t, test.set))
		var problems Errors
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(problems[0].Message, test.want) {
			t.Errorf("%s: got\n%v\nwant one problem: %s", test.set, err, test.want)
		}
	}
}

// A file without a size is read no further than its limit.
func TestReadingEnds(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("this system has no endless file")
	}
	if _, err := readFile("/dev/zero", 1<<16); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes") {
		t.Errorf("got error %v; want more than 65536 bytes", err)
	}
}
