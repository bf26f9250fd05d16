package screen

import (
	"fmt"
	"strings"

	"mpcomm/reports/result"
)

// healNotes says in one line whether a run was live after its heal.
func healNotes(r *result.Ordering) []string {
	if r.Heal == nil || r.Properties.Liveness == nil {
		return nil
	}
	when := "a heal that never came"
	if r.Heal.At.Known {
		when = "the heal at " + millis(r.Heal.At)
	}
	within := millis(result.NullMS{MS: r.Heal.Within, Known: true})
	text := fmt.Sprintf("live within %s of %s", within, when)
	switch *r.Properties.Liveness {
	case result.Violated:
		text = "not " + text
		for _, w := range r.Witnesses {
			if w.Property == "liveness" {
				text += ": " + strings.TrimSuffix(w.Text, ".")
			}
		}
	case result.Unknown:
		text = fmt.Sprintf("cannot tell whether it is %s: the run ended too early", text)
	}
	switch n := len(r.Heal.Unrecoverable); {
	case n == 1:
		text += "; 1 log lacks a message that no protocol could repair"
	case n > 1:
		text += fmt.Sprintf("; %s lack messages that no protocol could repair", thousands(int64(n))+" places in logs")
	}
	return []string{text}
}
