package run_test

import (
	"fmt"
	"regexp"
	"strings"

	"mpcomm/reports/export"
)

// The lines of a sequence diagram, as the documentation of Mermaid has them
// ("Sequence diagrams": participants, messages, notes, comments). A text goes to
// the end of its line and holds neither ; nor #, which would end it, but as an
// entity code such as #35;.
var (
	mermaidText        = `((?:[^#;\n]|#\d+;)+)`
	mermaidParticipant = regexp.MustCompile(`^participant (p\d+)$`)
	mermaidNote        = regexp.MustCompile(`^Note over (p\d+)(?:,(p\d+))?: ` + mermaidText + `$`)
	mermaidArrow       = regexp.MustCompile(`^(p\d+)(-\)|--\)|-x)(p\d+): ` + mermaidText + `$`)
	mermaidComment     = regexp.MustCompile(`^%% .*$`)
)

// checkMermaid holds every line to the grammar, and counts what is drawn.
func checkMermaid(t tester, data []byte, lines []line, r *export.Run) {
	t.Helper()
	head, rest, _ := strings.Cut(string(data), "\n")
	if head != "sequenceDiagram" {
		t.Errorf("mermaid: begins with %q", head)
	}
	known, caveat := map[string]bool{}, false
	got := map[string]int{}
	for text := range strings.Lines(rest) {
		text = strings.TrimSpace(text)
		var ends []string
		if m := mermaidParticipant.FindStringSubmatch(text); m != nil {
			known[m[1]] = true
		} else if m := mermaidNote.FindStringSubmatch(text); m != nil {
			ends = m[1:2]
			caveat = caveat || strings.Contains(m[3], "cannot show overtaking")
			for _, verb := range []string{"broadcasts", "delivers", "discards", "crashes", "comes back"} {
				if strings.Contains(m[3], verb) {
					got[verb]++
				}
			}
		} else if m := mermaidArrow.FindStringSubmatch(text); m != nil {
			ends = []string{m[1], m[3]}
			got[m[2]]++
		} else if !mermaidComment.MatchString(text) {
			t.Errorf("mermaid: %q is no line of a sequence diagram", text)
		}
		for _, p := range ends {
			if !known[p] {
				t.Errorf("mermaid: %q names %s, who takes no part", text, p)
			}
		}
	}
	if !caveat || len(known) != r.History.Peers {
		t.Errorf("mermaid: the caveat is there: %t; %d participants", caveat, len(known))
	}
	want := map[string]int{"arrives": 0}
	for _, l := range lines {
		body := l["packet"] == "data" || l["packet"] == "relay"
		verb := map[string]string{"broadcast": "broadcasts", "delivery": "delivers", "discard": "discards", "crash": "crashes", "restart": "comes back"}[l["kind"]]
		switch {
		case verb != "":
			want[verb]++
		case l["kind"] == "fate" && body && l["verdict"] != "arrives":
			want["-x"]++
		case l["kind"] == "arrival" && body && l["peer"] != l["other"] && l["verdict"] != "":
			want["-x"]++
		case l["kind"] == "arrival" && body && l["peer"] != l["other"]:
			want["arrives"]++
		}
	}
	got["arrives"] = got["-)"] + got["--)"]
	delete(got, "-)")
	delete(got, "--)")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("mermaid: drawn %v, want %v", got, want)
	}
}
