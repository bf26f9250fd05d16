package run

import "testing"

// TestBodiesThatWaitShareASlot: of bodies that came before their receivers had
// opened there are as many as pairs of peers, of what they carry as many as
// broadcasts.
func TestBodiesThatWaitShareASlot(t *testing.T) {
	t.Parallel()
	const peers, messages = 40, 3
	e := benchEngine(t, "naive", "robust", peers, messages)
	most := 0
	e.start(1)
	for e.advance() {
		waiting := 0
		for p := range e.hosts {
			waiting += len(e.hosts[p].parked)
		}
		most = max(most, waiting)
	}
	if _, err := e.stop(); err != nil {
		t.Fatal(err)
	}
	slots := 2*peers + peers*messages // every peer says READY and STOP
	if most <= slots {
		t.Errorf("%d bodies waited at most; want more than the %d packets there are, or nothing is shown", most, slots)
	}
	if n := len(e.slab); n > slots {
		t.Errorf("%d slots for %d packets", n, slots)
	}
}
