package sim

import "testing"

// TestAhead: what Ahead shows is what Next then hands out, as far as it shows
// anything, and looking changes nothing.
func TestAhead(t *testing.T) {
	t.Parallel()
	var s Scheduler[int]
	if _, ok := s.Ahead(0); ok {
		t.Fatal("an empty scheduler shows an event")
	}
	const events = 5000
	for i := range events {
		s.Schedule(Time(i*7919%events), i)
	}
	shown := 0
	for popped := 0; popped < events; {
		var ahead []int
		for e, ok := s.Ahead(0); ok; e, ok = s.Ahead(len(ahead)) {
			ahead = append(ahead, e)
		}
		shown += len(ahead)
		if len(ahead) == 0 { // the next event opens another stretch
			s.Next()
			popped++
		}
		for _, want := range ahead {
			if _, got, ok := s.Next(); !ok || got != want {
				t.Fatalf("event %d is %d, Ahead showed %d", popped, got, want)
			}
			popped++
		}
	}
	if _, ok := s.Ahead(0); ok || shown < events/2 {
		t.Errorf("of %d events %d were shown ahead", events, shown)
	}
}
