package order_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

var update = flag.Bool("update", false, "rewrite the files of testdata")

// bench is a group on a table: every packet lies where it can be seen until a
// directive moves it.
type bench struct {
	machines []*peer.Machine
	now      peer.Instant
	flight   []lying
	timers   []map[peer.TimerID]peer.Instant
	logs     [][]peer.MessageID
	out      peer.Effects
}

type lying struct {
	from, to peer.ID
	m        peer.Message
}

// TestInteractions plays the files of testdata: each line that is not indented
// is a directive, the indented lines below it are what it did.
func TestInteractions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no interaction files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimPrefix(file, "testdata/"), func(t *testing.T) {
			t.Parallel()
			old, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(old))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(old) {
				t.Errorf("%s is stale or wrong; it now reads\n%s", file, got)
			}
		})
	}
}

func play(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	var s bench
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if strings.HasPrefix(line, "  ") {
			continue // of the last run
		}
		fmt.Fprintln(&b, line)
		if line == "" || line[0] == '#' {
			continue
		}
		for _, answer := range s.directive(t, strings.Fields(line)) {
			fmt.Fprintln(&b, "  "+answer)
		}
	}
	return b.String()
}

func (s *bench) directive(t *testing.T, words []string) []string {
	t.Helper()
	switch words[0] {
	case "group": // group PEERS KIND NAME=VALUE...
		return s.group(t, words[1:])
	case "clock": // clock TIME
		d, err := time.ParseDuration(words[1])
		if err != nil {
			t.Fatal(err)
		}
		s.now = peer.Instant(d)
		return nil
	case "broadcast": // broadcast MESSAGE
		id, err := peer.ParseMessageID(words[1])
		if err != nil {
			t.Fatal(err)
		}
		return s.step(id.Sender, peer.Input{Kind: peer.InputBroadcast, ID: id})
	case "deliver", "drop", "duplicate": // deliver FROM->TO [KIND], the oldest
		return s.move(t, words[0], words[1], words[2:])
	case "expire": // expire PEER [TIMER]
		p, timer := number(t, words[1]), peer.StageOrdering
		if len(words) > 2 {
			timer |= peer.TimerID(number(t, words[2]))
		}
		at, set := s.timers[p][timer]
		if !set {
			return []string{"no timer is set"}
		}
		delete(s.timers[p], timer)
		s.now = max(s.now, at)
		return s.step(peer.ID(p), peer.Input{Kind: peer.InputTimer, Timer: timer})
	case "announce": // announce PEER: it learns of everybody that they are done
		p := number(t, words[1])
		var answer []string
		for q, m := range s.machines {
			done := peer.Input{Kind: peer.InputAnnounce, From: peer.ID(q), Count: m.Broadcasts()}
			answer = append(answer, s.step(peer.ID(p), done)...)
		}
		return answer
	case "state":
		return s.state()
	}
	t.Fatalf("unknown directive %s", words[0])
	return nil
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *bench) group(t *testing.T, words []string) []string {
	t.Helper()
	n := number(t, words[0])
	var values order.Values
	for _, w := range words[2:] {
		name, text, _ := strings.Cut(w, "=")
		values = append(values, order.Value{Name: name, Text: text})
	}
	spec, _ := order.Builtin().Lookup(words[1])
	*s = bench{timers: make([]map[peer.TimerID]peer.Instant, n), logs: make([][]peer.MessageID, n)}
	for p := range n {
		m := &peer.Machine{}
		m.Reset(peer.Config{
			Self: peer.ID(p), Peers: n, Phases: peer.Phases{Protocol: peer.None}, Ordering: build(t, words[1], values...),
			ByReceipt: spec.Offline,
		})
		s.timers[p] = map[peer.TimerID]peer.Instant{}
		s.machines = append(s.machines, m)
		s.step(peer.ID(p), peer.Input{Kind: peer.InputStart})
	}
	return nil
}

func (s *bench) move(t *testing.T, how, where string, kind []string) []string {
	t.Helper()
	from, to, _ := strings.Cut(where, "->")
	p, q := peer.ID(number(t, from)), peer.ID(number(t, to))
	i := slices.IndexFunc(s.flight, func(l lying) bool {
		return l.from == p && l.to == q && (len(kind) == 0 || kind[0] == l.m.Kind.String())
	})
	if i < 0 {
		return []string{"nothing is on that link"}
	}
	m := s.flight[i].m
	if how != "duplicate" {
		s.flight = slices.Delete(s.flight, i, i+1)
	}
	answer := []string{s.out.DescribeMessage(&m)}
	if how == "drop" {
		return answer
	}
	return append(answer, s.step(q, peer.Input{Kind: peer.InputArrival, Message: &m})...)
}

func (s *bench) step(p peer.ID, in peer.Input) []string {
	s.out.Reset()
	if err := s.machines[p].Step(s.now, in, &s.out); err != nil {
		return []string{"error: " + err.Error()}
	}
	var answer []string
	for _, e := range s.out.List {
		if e.Kind != 0 && e.Kind != peer.EffectPhase {
			answer = append(answer, fmt.Sprintf("%v: %s", p, s.out.Describe(e)))
		}
		switch e.Kind {
		case peer.EffectDeliver:
			s.logs[p] = append(s.logs[p], e.ID)
		case peer.EffectTimer:
			if s.timers[p][e.Timer] = e.At; e.At == peer.Distant {
				delete(s.timers[p], e.Timer)
			}
		case peer.EffectSend:
			s.flight = append(s.flight, lying{p, e.To, s.out.Messages[e.Index]})
		case peer.EffectOthers:
			for q := range s.machines {
				if peer.ID(q) != p {
					s.flight = append(s.flight, lying{p, peer.ID(q), s.out.Messages[e.Index]})
				}
			}
		}
	}
	return answer
}

func (s *bench) state() []string {
	var answer []string
	for p, log := range s.logs {
		answer = append(answer, fmt.Sprintf("p%d log %v", p, log))
	}
	for _, l := range s.flight {
		answer = append(answer, fmt.Sprintf("on %d->%d: %s", l.from, l.to, s.out.DescribeMessage(&l.m)))
	}
	return answer
}
