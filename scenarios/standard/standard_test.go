package standard

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/scenarios"
)

// The scenarios are what their names say, and nothing befalls them.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, shape := range Shapes() {
		for phases, protocol := range map[string]peer.Protocol{"robust": peer.Robust, "none": peer.None} {
			s, err := Broadcast(shape, "lamport", phases)
			if err != nil {
				t.Fatal(err)
			}
			check(t, s, shape, protocol, "lamport")
			if s, err = Tiny(phases); err != nil {
				t.Fatal(err)
			}
			check(t, s, Shape{4, 2}, protocol, "naive")
		}
	}
	if _, err := Broadcast(Shapes()[0], "unheard-of", "robust"); err == nil {
		t.Error("an ordering that is not known is no error")
	}
}

func check(t *testing.T, s *scenarios.Scenario, shape Shape, phases peer.Protocol, ordering string) {
	t.Helper()
	if s.Peers != shape.Peers || s.Workload.Messages != shape.Messages || s.Phases.Protocol != phases {
		t.Errorf("%s: %d peers, %d messages, phases %v; want %v, %v", s.Name, s.Peers, s.Workload.Messages, s.Phases.Protocol, shape, phases)
	}
	if len(s.Orderings) != 1 || s.Orderings[0].Kind != ordering {
		t.Errorf("%s: orderings %v, want %s alone", s.Name, s.Orderings, ordering)
	}
	if len(s.Faults) > 0 || len(s.Swarm) > 0 || s.Sweep != nil {
		t.Errorf("%s has faults, a swarm or a grid", s.Name)
	}
}
