package peer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"pgregory.net/rapid"
)

func robust(n int) func(int) peer.Config {
	return func(p int) peer.Config { return config(p, n, peer.Robust) }
}

func classic(n int) func(int) peer.Config {
	return func(p int) peer.Config { return config(p, n, peer.Classic) }
}

// TestWithoutLoss: robust and classic send the same packets and go the same
// way when nothing is lost; without phases there are none.
func TestWithoutLoss(t *testing.T) {
	t.Parallel()
	for _, protocol := range []peer.Protocol{peer.Robust, peer.Classic, peer.None} {
		s := newSoup(t, 4, func(p int) peer.Config { return config(p, 4, protocol) })
		s.start()
		s.settle()
		s.wantPhases(peer.Data)
		for p := range 4 {
			s.broadcast(p, 0)
		}
		s.settle()
		s.finish()
		s.settle()
		packets := map[peer.Protocol]int{peer.Robust: 36, peer.Classic: 36, peer.None: 12}[protocol]
		if len(s.names) != packets {
			t.Errorf("%v: %d packets, want %d", protocol, len(s.names), packets)
		}
		if protocol == peer.None {
			s.wantPhases(peer.Draining)
			for p := range 4 {
				for q := range 4 {
					s.step(p, peer.Input{Kind: peer.InputAnnounce, From: peer.ID(q), Count: 1})
				}
			}
		}
		s.wantPhases(peer.Stopped)
		for p := range 4 {
			if len(s.logs[p]) != 4 || s.submits[p] != 1 || waiting(s.peers[p]) != "stopped []" {
				t.Errorf("%v: p%d has a log of %d, %d submits, waits for %s", protocol, p, len(s.logs[p]), s.submits[p], waiting(s.peers[p]))
			}
			if want := fmt.Sprint(wantEdges(protocol)); fmt.Sprint(s.phases[p]) != want {
				t.Errorf("%v: phases %v, want %s", protocol, s.phases[p], want)
			}
		}
		if s.now != 0 || s.early+s.late > 0 {
			t.Errorf("%v: ended at %v with %d too early and %d too late", protocol, s.now, s.early, s.late)
		}
	}
}

func wantEdges(p peer.Protocol) []peer.Phase {
	if p == peer.None {
		return []peer.Phase{peer.Data, peer.Draining, peer.Stopped}
	}
	return []peer.Phase{peer.Handshake, peer.Data, peer.Draining, peer.Stopped}
}

func TestAlone(t *testing.T) {
	t.Parallel()
	for _, protocol := range []peer.Protocol{peer.Robust, peer.Classic, peer.None} {
		s := newSoup(t, 1, func(p int) peer.Config { return config(p, 1, protocol) })
		s.start()
		s.wantPhases(peer.Data)
		s.broadcast(0, 0)
		s.finish()
		s.wantPhases(peer.Stopped)
		if len(s.logs[0]) != 1 {
			t.Errorf("%v: log %v", protocol, s.logs[0])
		}
	}
}

// TestQuestions holds the times at which a lost READY is asked for.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 2, robust(2))
	var asked []peer.Instant
	s.lose = func(k packet) bool {
		if k.m.Kind == peer.KindAskReady {
			asked = append(asked, s.now)
		}
		return k.m.From == 1
	}
	s.start()
	for s.peers[0].Phase() == peer.Handshake {
		s.settle()
		s.tick()
	}
	if want := []peer.Instant{1000 * ms, 3000 * ms, 7000 * ms, 15000 * ms}; !slices.Equal(asked, want) {
		t.Errorf("asked at %v, want %v", asked, want)
	}
	if s.now != 20000*ms || !slices.Equal(s.givenUp[0], []peer.ID{1}) {
		t.Errorf("opened at %v having given up %v, want 20s and p1", s.now, s.givenUp[0])
	}
	if s.peers[1].Resent() != 4 {
		t.Errorf("p1 has answered %d questions, want 4", s.peers[1].Resent())
	}
	s.finish()
	if s.peers[0].Phase() != peer.Stopped {
		t.Errorf("p0 waits for %s after it gave p1 up", waiting(s.peers[0]))
	}
}

// TestLostReadyIsRepaired: the one who misses a READY asks, and the early
// packets it got meanwhile are handled at the opening, in order of arrival.
func TestLostReadyIsRepaired(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 2, robust(2))
	s.lose = func(k packet) bool { return k.to == 0 && k.m.Kind == peer.KindReady && k.m.Round == 0 }
	s.start()
	s.settle()
	s.broadcast(1, 1)
	s.broadcast(1, 0)
	s.step(1, peer.Input{Kind: peer.InputFinished})
	s.settle()
	if got := waiting(s.peers[0]); got != "handshake [p1]" || len(s.parked[0]) != 2 {
		t.Fatalf("p0 waits for %s with %d parked", got, len(s.parked[0]))
	}
	s.tick()
	s.settle()
	if want := []peer.MessageID{{Sender: 1, Number: 1}, {Sender: 1, Number: 0}}; !slices.Equal(s.logs[0], want) || s.now != 1000*ms {
		t.Errorf("at %v the log is %v, want %v at 1s", s.now, s.logs[0], want)
	}
	s.finish()
	s.settle()
	s.wantPhases(peer.Stopped)
}

// TestStopRepairAndPatience: a lost STOP is asked for one retry after the last
// sign of life, and a lost message is waited for as long as patience lasts.
func TestStopRepairAndPatience(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 3, robust(3))
	s.lose = func(k packet) bool {
		return k.to == 0 && (k.m.Kind == peer.KindStop && k.m.From == 1 && k.m.Round == 0 || k.m.Kind == peer.KindData && k.m.From == 2)
	}
	s.start()
	s.settle()
	s.broadcast(2, 0)
	s.settle()
	s.now = 100 * ms
	s.finish()
	s.settle()
	if got := waiting(s.peers[0]); got != "draining [p1 p2]" {
		t.Errorf("p0 waits for %s, want p1's STOP and p2's message", got)
	}
	s.tick()
	s.settle()
	if s.now != 1100*ms || waiting(s.peers[0]) != "draining [p2]" {
		t.Errorf("at %v p0 waits for %s; want p2 alone from 1.1s on", s.now, waiting(s.peers[0]))
	}
	for s.peers[0].Phase() != peer.Stopped && s.tick() {
		s.settle()
	}
	if s.now != 11100*ms || waiting(s.peers[0]) != "draining [p2]" || s.submits[0] != 1 {
		t.Errorf("p0 closed at %v, misses %s; want 11.1s and p2", s.now, waiting(s.peers[0]))
	}
}

// TestClassicCounts: classic counts packets, not senders, and drops what comes
// too early and too late.
func TestClassicCounts(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 3, classic(3))
	s.start()
	ready := func(from peer.ID) packet {
		return packet{to: 0, m: peer.Message{From: from, ID: peer.NoMessage, Kind: peer.KindReady}}
	}
	data := packet{to: 0, m: peer.Message{From: 1, ID: peer.MessageID{Sender: 1}, Kind: peer.KindData}}
	stop := packet{to: 0, m: peer.Message{From: 1, ID: peer.NoMessage, Kind: peer.KindStop, Aux: 1}}
	s.flight = nil
	s.arrive(ready(1))
	s.arrive(data)
	s.arrive(stop)
	if s.early != 2 || s.peers[0].Phase() != peer.Handshake {
		t.Fatalf("%d too early in %v; want 2 in the handshake", s.early, s.peers[0].Phase())
	}
	s.arrive(ready(1))
	if s.peers[0].Phase() != peer.Data {
		t.Fatalf("a doubled READY counts twice, yet p0 is in %v", s.peers[0].Phase())
	}
	s.step(0, peer.Input{Kind: peer.InputFinished})
	s.arrive(stop)
	if got := waiting(s.peers[0]); got != "draining [p2]" {
		t.Errorf("p0 waits for %s, want p2's STOP", got)
	}
	s.arrive(stop)
	if s.peers[0].Phase() != peer.Stopped {
		t.Errorf("a doubled STOP counts twice, yet p0 is in %v", s.peers[0].Phase())
	}
	s.arrive(data)
	if s.late != 1 || len(s.logs[0]) != 0 {
		t.Errorf("%d too late, log %v; want 1 and none", s.late, s.logs[0])
	}
}

// TestClassicHangs: classic repairs nothing, and says whom it waits for.
func TestClassicHangs(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 3, classic(3))
	s.lose = func(k packet) bool { return k.to == 0 && k.m.From == 2 && k.m.Kind == peer.KindReady }
	s.start()
	s.settle()
	if got := waiting(s.peers[0]); got != "handshake [p2]" || s.tick() {
		t.Errorf("p0 waits for %s; want p2, without a timer", got)
	}
}

func TestStopGap(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 2, func(p int) peer.Config {
		c := config(p, 2, peer.Robust)
		c.Phases.StopGap = 30 * time.Millisecond
		return c
	})
	s.start()
	s.settle()
	s.now = 5 * ms
	s.finish()
	s.wantPhases(peer.Data)
	s.step(1, peer.Input{Kind: peer.InputRestart}) // a crash takes the timer away; it comes back
	for len(s.flight) == 0 && s.tick() {
	}
	if s.now != 35*ms {
		t.Errorf("STOP at %v, want 35ms", s.now)
	}
}

// TestClosedPeersAnswer: whoever missed something can still ask.
func TestClosedPeersAnswer(t *testing.T) {
	t.Parallel()
	s := newSoup(t, 2, robust(2))
	s.start()
	s.settle()
	s.finish()
	s.settle()
	s.wantPhases(peer.Stopped)
	for _, kind := range []peer.Kind{peer.KindAskReady, peer.KindAskStop, peer.KindAskReady} {
		s.arrive(packet{to: 0, m: peer.Message{From: 1, ID: peer.NoMessage, Kind: kind, Round: 9}})
	}
	var got []string
	for _, k := range s.flight {
		got = append(got, fmt.Sprintf("%v %d", k.m.Kind, k.m.Round))
	}
	if want := []string{"ready 1", "stop 1", "ready 2"}; !slices.Equal(got, want) {
		t.Errorf("answers %v, want %v", got, want)
	}
	s.flight = nil
	s.arrive(packet{to: 0, m: peer.Message{From: 1, ID: peer.MessageID{Sender: 1, Number: 5}, Kind: peer.KindData}})
	if len(s.logs[0]) != 0 {
		t.Errorf("a closed log took %v", s.logs[0])
	}
}

// TestPhasesUnderAnything drives robust groups by arbitrary choices: lose,
// double and reorder everything for a while. A peer opens only when it has
// heard or given up everybody, every log closes once the network behaves, and
// one that closes in peace holds every message.
func TestPhasesUnderAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "peers")
		s := newSoup(t, n, func(p int) peer.Config {
			c := config(p, n, peer.Robust)
			c.Repeats = true
			c.Phases.StopGap = time.Duration(rapid.IntRange(0, 1).Draw(t, "gap")) * time.Second
			return c
		})
		s.start()
		heard := make([]map[peer.ID]bool, n)
		for p := range heard {
			heard[p] = map[peer.ID]bool{peer.ID(p): true}
		}
		arrive := func(k packet) {
			if k.m.Kind == peer.KindReady {
				heard[k.to][k.m.From] = true
			}
			s.arrive(k)
		}
		sent := make([]int32, n)
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			switch choice := rapid.IntRange(0, 9).Draw(t, "choice"); {
			case choice < 5 && len(s.flight) > 0:
				arrive(s.take(rapid.IntRange(0, len(s.flight)-1).Draw(t, "packet")))
			case choice == 5 && len(s.flight) > 0:
				s.take(rapid.IntRange(0, len(s.flight)-1).Draw(t, "lost"))
			case choice == 6 && len(s.flight) > 0:
				arrive(s.flight[rapid.IntRange(0, len(s.flight)-1).Draw(t, "doubled")])
			case choice == 7:
				s.tick()
			default:
				p := rapid.IntRange(0, n-1).Draw(t, "sender")
				if s.peers[p].Phase() == peer.Data && sent[p] < 5 {
					s.broadcast(p, sent[p])
					sent[p]++
				}
			}
			for p, m := range s.peers {
				if m.Phase() >= peer.Data && len(heard[p])+len(s.givenUp[p]) < n {
					t.Fatalf("p%d has opened, heard %d and gave up %d of %d", p, len(heard[p]), len(s.givenUp[p]), n)
				}
			}
		}
		s.behave()
		s.wantPhases(peer.Stopped)
		s.wantHonest(sent)
	})
}

// behave lets every packet arrive from now on and every application finish,
// until nothing is left to happen.
func (s *soup) behave() {
	finished := make([]bool, len(s.peers))
	for range 200 {
		for len(s.flight) > 0 {
			s.arrive(s.take(0))
		}
		for p, m := range s.peers {
			if m.Phase() == peer.Data && !finished[p] {
				finished[p] = true
				s.step(p, peer.Input{Kind: peer.InputFinished})
			}
		}
		if len(s.flight) == 0 && !s.tick() {
			break
		}
	}
}

// wantHonest checks that every peer names as missing exactly those of whose
// messages it lacks some. What was delivered after the close does not count,
// and those that were given up are not waited for.
func (s *soup) wantHonest(sent []int32) {
	s.t.Helper()
	for p, m := range s.peers {
		_, missing := m.Waiting(nil)
		for q := range len(s.peers) {
			have := int32(0)
			for k := range sent[q] {
				if slices.Contains(s.logs[p], peer.MessageID{Sender: peer.ID(q), Number: k}) {
					have++
				}
			}
			if named, excused := slices.Contains(missing, peer.ID(q)), slices.Contains(s.givenUp[p], peer.ID(q)); (have < sent[q]) != named && !excused {
				s.t.Fatalf("p%d holds %d of p%d's %d messages and says it misses %v", p, have, q, sent[q], missing)
			}
		}
	}
}
