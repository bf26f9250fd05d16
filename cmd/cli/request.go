package cli

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/peer"
	"mpcomm/scenarios"
)

// defaultScenario is what run and sweep take without an argument.
const defaultScenario = "lab"

// choice is what the flags of run and sweep say about the scenario.
type choice struct {
	settings  []string
	orderings []string
	seed      uint64
	seeded    bool // by a token
	single    bool // one run: the grid of the sweep does not matter
}

func (f *choice) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.settings, "set", nil, "replace one value of the scenario by `PATH=VALUE`, such as network.latency.mean=20ms; may be repeated")
	c.Flags().StringArrayVar(&f.orderings, "ordering", nil, "only the orderings `A,B`, by label or kind, or others such as timestamp:wait=20ms")
	c.Flags().Var(&whole{value: &f.seed, most: math.MaxUint64}, "seed", "use seed `N` instead of the scenario's")
}

// request is a scenario as the command line asks for it.
type request struct {
	program   string // what files call it
	argument  string // the file or name
	settings  []scenarios.Setting
	selection []string // of --ordering
	seeded    bool     // --seed was given
	scenario  *scenarios.Scenario
	hash      string               // of the scenario before the seed drew anything of it; empty = of scenario
	drawn     []scenarios.Setting  // what it drew; nil = nothing
	orderings []scenarios.Ordering // to run: those of the scenario in its order, then others
	seed      uint64
	versus    string // label of the ordering that the others of a sweep are compared with; empty = the first
	why       bool   // --why: a sweep counts mechanisms
	gridless  bool   // the settings left no place for the grid of the sweep
	stream    bool   // no logs are to be kept
}

// read opens the scenario, which may use all orderings of the program, and
// applies the flags.
func (a *app) read(c *cobra.Command, args []string, f *choice) (*request, error) {
	r := &request{program: a.program, argument: defaultScenario}
	if len(args) > 0 {
		r.argument = args[0]
	}
	s, err := scenarios.OpenWith(r.argument, a.table)
	if err != nil {
		return nil, err
	}
	for _, text := range f.settings {
		setting, err := scenarios.ParseSetting(text)
		if err != nil {
			return nil, err
		}
		r.settings = append(r.settings, setting)
	}
	if len(r.settings) > 0 {
		if s, err = f.with(s, r); err != nil {
			return nil, err
		}
	}
	r.scenario, r.seed = s, s.Seed
	if r.seeded = f.seeded || c.Flags().Changed("seed"); r.seeded {
		r.seed = f.seed
	}
	for _, list := range f.orderings {
		r.selection = append(r.selection, strings.Split(list, ",")...)
	}
	if err = r.choose(s); err != nil {
		return nil, fmt.Errorf("--ordering: %w", err)
	}
	if f.single && len(s.Swarm) > 0 {
		r.hash = scenarios.Hash(s)
		if r.scenario, r.drawn, err = s.Draw(r.seed); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// with applies the settings of r to s. What one run sets may well take away
// what the scenario's sweep would vary; the run then goes without the sweep's
// grid rather than not at all.
func (f *choice) with(s *scenarios.Scenario, r *request) (*scenarios.Scenario, error) {
	made, err := s.With(r.settings)
	aboutSweep := func(set scenarios.Setting) bool { return strings.HasPrefix(set.Path, "sweep") }
	if err == nil || !f.single || s.Sweep == nil || slices.ContainsFunc(r.settings, aboutSweep) {
		return made, err
	}
	settings := append(slices.Clip(r.settings), scenarios.Setting{Path: "sweep.grid", Value: "{}"})
	alone, stillWrong := s.With(settings)
	if stillWrong != nil {
		return nil, err
	}
	r.settings, r.gridless = settings, true
	return alone, nil
}

// spares refuses a folder in which the scenario as run would replace a file of
// the reader's own. What an earlier run wrote may be replaced: it has a result
// beside it, or is as the program prints it; but not under the reader's hands,
// when it is the scenario to run and would change.
func (r *request) spares(dir string) error {
	name := filepath.Join(dir, "scenario.yaml")
	target, err := os.Stat(name)
	if err != nil || !target.Mode().IsRegular() {
		return nil // openFolder says what is wrong, if anything is
	}
	if own, err := os.Stat(r.argument); err == nil && os.SameFile(own, target) {
		if text, err := os.ReadFile(name); err == nil && !bytes.Equal(text, scenarios.Format(r.resolved())) {
			return fmt.Errorf("%s is the scenario to run, and would be replaced by the scenario as run; want another folder with -o", name)
		}
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "result.json")); err == nil {
		return nil
	}
	s, err := scenarios.OpenWith(name, r.scenario.Table())
	if err == nil {
		var text []byte
		if text, err = os.ReadFile(name); err == nil && bytes.Equal(text, scenarios.Format(s)) {
			return nil
		}
	}
	return fmt.Errorf("%s was not written by mpcomm, and would be replaced by the scenario as run; want another folder with -o", name)
}

// choose takes the orderings that the selection names, those of the scenario
// first and in its order; all of the scenario's if it names none. The selection
// is then in the same order, so that commands say the same however it was given.
func (r *request) choose(s *scenarios.Scenario) error {
	if len(r.selection) == 0 {
		r.orderings = s.Orderings
		return nil
	}
	place := map[string]int{}
	for i, o := range s.Orderings {
		place[scenarios.Label(o)] = i
	}
	folders := map[string]string{}
	type chosen struct {
		word     string
		ordering scenarios.Ordering
	}
	var all []chosen
	for _, name := range r.selection {
		o, err := s.Add(name)
		if err != nil {
			return err
		}
		label := scenarios.Label(o)
		if other, taken := folders[scenarios.FolderName(label)]; taken {
			return fmt.Errorf("%q and %q are the same or would share a folder; want each once", other, label)
		}
		folders[scenarios.FolderName(label)] = label
		if _, own := place[label]; !own {
			place[label] = len(place)
		}
		all = append(all, chosen{name, o})
	}
	slices.SortStableFunc(all, func(a, b chosen) int {
		return place[scenarios.Label(a.ordering)] - place[scenarios.Label(b.ordering)]
	})
	r.selection, r.orderings = nil, nil
	for _, c := range all {
		r.selection, r.orderings = append(r.selection, c.word), append(r.orderings, c.ordering)
	}
	return nil
}

// resolved is the scenario that runs by itself as asked: with the seed, and
// with the orderings that were selected and what is expected of them.
func (r *request) resolved() *scenarios.Scenario {
	s := *r.scenario
	s.Seed, s.Orderings, s.Expect = r.seed, r.orderings, nil
	for _, e := range r.scenario.Expect {
		if slices.ContainsFunc(r.orderings, func(o scenarios.Ordering) bool { return scenarios.Label(o) == e.Ordering }) {
			s.Expect = append(s.Expect, e)
		}
	}
	return &s
}

// command is a command line on the same scenario with the same settings.
func (r *request) command(program, verb string, more ...string) string {
	words := []string{program, verb}
	if r.argument != defaultScenario || len(more) > 0 || len(r.settings) > 0 {
		words = append(words, quoteShell(r.argument))
	}
	words = append(words, r.chosen(verb != "run")...)
	for _, w := range more {
		words = append(words, quoteShell(w))
	}
	return strings.Join(words, " ")
}

// chosen are the flags that choose the scenario; those about a sweep say nothing
// about a single run.
func (r *request) chosen(sweep bool) (words []string) {
	for _, s := range r.settings {
		if sweep || !strings.HasPrefix(s.Path, "sweep") {
			words = append(words, "--set", quoteShell(s.String()))
		}
	}
	if len(r.selection) > 0 {
		words = append(words, "--ordering", quoteShell(strings.Join(r.selection, ",")))
	}
	return words
}

// shown is the command line that shows a moment of the same scenario.
func (r *request) shown(program, token string) string {
	words := []string{program, "show", quoteShell(token)}
	if r.argument != defaultScenario {
		words = append(words, quoteShell(r.argument))
	}
	return strings.Join(append(words, r.chosen(false)...), " ")
}

// warn says what is legal in the scenario but seldom meant.
func (a *app) warn(r *request) {
	if r.gridless {
		a.say("warning: the grid of %s's sweep does not fit these settings; this run does without it", r.scenario.Name)
	}
	for _, w := range r.scenario.Warnings() {
		a.say("warning: %v", w)
	}
}

// mostDeliveries bounds the log entries of one run. At about 24 bytes each the
// logs of the largest run take 24 GiB.
const mostDeliveries = 1 << 30

// mostAtOnce bounds the packets of the handshake, which are all under way at
// once, at about 75 bytes each; 11,585 peers send no more.
const mostAtOnce = 1 << 27

// mostPairs bounds the pairs of peers of a run without a handshake: each peer
// keeps from 17 bytes to 72, by the ordering, about every other. 16,384 peers
// are no more.
const mostPairs = 1 << 28

// mostLogged is how many log entries a run keeps that is also explained, at 75
// to 110 bytes each. Of larger runs no logs are kept.
const mostLogged = 1 << 26

// errStreamExport refuses an export without logs.
var errStreamExport = errors.New("--export: a run of which no logs are kept has nothing to export: leave out --stream, or take fewer peers or messages")

// broadcastsOf is how many messages a scenario plans, answers drawn by chance
// apart.
func broadcastsOf(s *scenarios.Scenario) int64 {
	senders := s.Peers
	if s.Workload.Senders != nil {
		senders = len(s.Workload.Senders)
	}
	if s.Workload.Messages > 0 {
		return int64(senders) * int64(s.Workload.Messages)
	}
	return int64(len(s.Workload.Sends))
}

// affordable refuses a run whose logs could not be held.
func affordable(s *scenarios.Scenario) error {
	broadcasts := broadcastsOf(s)
	if deliveries := broadcasts * int64(s.Peers); deliveries > mostDeliveries {
		return fmt.Errorf("%s: %d peers log %d messages each, %d deliveries in all; want at most %d: fewer peers, senders or messages",
			s.Name, s.Peers, broadcasts, deliveries, mostDeliveries)
	}
	pairs := int64(s.Peers) * int64(s.Peers-1)
	switch handshake := s.Phases.Protocol != peer.None; {
	case pairs > mostPairs:
		return fmt.Errorf("%s: %d peers keep something about %d pairs; want at most %d, those of 16384 peers",
			s.Name, s.Peers, pairs, mostPairs)
	case handshake && pairs > mostAtOnce:
		return fmt.Errorf("%s: the handshake of %d peers is %d packets at once; want at most %d: fewer peers, or phases: none",
			s.Name, s.Peers, pairs, mostAtOnce)
	}
	return nil
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
