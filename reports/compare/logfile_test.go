package compare

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

const own = `# mpcomm log 1 peer=2 ordering=timestamp wait=80ms seed=42
1 p2#0 delivered=80.5 arrived=0 sent=0
2 p0#0 delivered=99.000001 arrived=12.25 sent=3
# end 2
`

func TestReadLog(t *testing.T) {
	t.Parallel()
	entries := []Entry{untimed(id(2, 0)), untimed(id(1, 0))}
	timed := []Entry{
		{id(2, 0), 80_500_000, 0, 0},
		{id(0, 0), 99_000_001, 12_250_000, 3_000_000},
	}
	for _, test := range []struct {
		name, text string
		want       File
	}{
		{"own", own, File{Form: FormLog, Peer: 2, Ordering: "timestamp wait=80ms", Seed: 42, Entries: timed}},
		{"own, windows", strings.ReplaceAll(own, "\n", "\r\n"), File{Form: FormLog, Peer: 2, Ordering: "timestamp wait=80ms", Seed: 42, Entries: timed}},
		{"own, empty", "# mpcomm log 1 peer=0 ordering=naive seed=1\n# end 0\n", File{Form: FormLog, Ordering: "naive", Seed: 1}},
		{"own, no times", "# mpcomm log 1 peer=-1 ordering= seed=0\n1 p2#0\n2 p1#0\n# end 2", File{Form: FormLog, Peer: -1, Entries: entries}},
		{"jsonl", "{\"message\":\"p2#0\"}\n\n{\"x\":[1],\"message\":\"p1#0\"}", File{Form: FormJSONL, Peer: -1, Entries: entries}},
		{"jsonl with times", `{"message":"p2#0","delivered_ms":80.5,"arrived_ms":0,"sent_ms":0}`, File{Form: FormJSONL, Peer: -1, Entries: timed[:1]}},
		{"lab", "[(2, 0), (1, 0)]\n", File{Form: FormLab, Peer: -1, Entries: entries}},
		{"lab, loose", "\ufeff [ (2,0) ,\n(1 ,0), ]", File{Form: FormLab, Peer: -1, Entries: entries}},
		{"lab, empty", "[]", File{Form: FormLab, Peer: -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ReadLog("a.log", strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			test.want.Name = "a.log"
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadLogErrors(t *testing.T) {
	t.Parallel()
	const head = "# mpcomm log 1 peer=0 ordering=naive seed=1\n"
	for _, test := range []struct{ text, want string }{
		{"", "a.log:1:1: the file is empty; want"},
		{" \n\n", "a.log:1:1: the file is empty; want"},
		{"\n hello", `a.log:2:2: no log begins with 'h'; want`},
		{"# log\n", `a.log:1:1: "# log"; want "# mpcomm log 1 peer=PEER`},
		{"# mpcomm log 1 peer=x ordering=a seed=1\n", "a.log:1:16: peer=x; want 0..65535"},
		{"# mpcomm log 1 peer=65536 ordering=a seed=1\n", "a.log:1:16: peer=65536; want 0..65535"},
		{"# mpcomm log 1 peer=1 ordering=a seed=-1\n", "a.log:1:34: seed=-1; want 0..18446744073709551615"},
		{head, "a.log:2:1: the log was cut: the last line \"# end 0\" is missing"},
		{head + "1 p0#0\n", "a.log:3:1: the log was cut: the last line \"# end 1\" is missing"},
		{head + "1 p0#0\n2 p1", "a.log:3:1: the log was cut in the middle of this line, after 1 entries"},
		{head + "1 p0#0\n2 p1\n", "a.log:3:3: message \"p1\": want pSENDER#NUMBER"},
		{head + "2 p0#0\n", "a.log:2:1: position \"2\"; want 1"},
		{head + "1 p0#0 delivered=1 sent=1 late=2\n", `a.log:2:27: "late=2"; want delivered=MS`},
		{head + "1 p0#0 sent=1 sent=1\n", `a.log:2:15: "sent=1"; want`},
		{head + "1 p0#0 sent=1e3\n", `a.log:2:8: "sent=1e3": want decimal milliseconds`},
		{head + "1 p0#0 sent=NaN\n", `want decimal milliseconds`},
		{head + "1 p0#0 sent=99999999999999\n", `want decimal milliseconds`},
		{head + "1 p0#0\n# end 2\n", `a.log:3:1: "# end 2"; want "# end 1"`},
		{head + "# end 0\nx\n", "a.log:3:1: a line after the end line"},
		{"{\"message\":\"p0#0\"}\n{\"message\":7}", "a.log:2:12: json: cannot unmarshal number"},
		{"{\"message\":\"p0#0\"}\n{\"messag", "a.log:2:8: unexpected end of JSON input"},
		{"{}", `a.log:1:1: no "message"`},
		{`{"message":"q"}`, `a.log:1:1: message "q": want`},
		{`{"message":"p0#0","sent_ms":1e3}`, `a.log:1:1: sent_ms 1e3: want decimal`},
		{"[(0, 1)", "a.log:1:8: the list was cut; want , or ]"},
		{"[(0, 1) (2", "a.log:1:9: '(' stands here; want , or ]"},
		{"[\n(0; 1)]", "a.log:2:3: ';' stands here; want , between"},
		{"[(-1, 1)]", "a.log:1:3: '-' stands here; want a sender 0..65535"},
		{"[(65536, 1)]", "a.log:1:3: '6' stands here; want a sender 0..65535"},
		{"[(1, 268435456)]", "want a number 0..268435455"},
		{"[(1, 2, 3)]", "a.log:1:7: ',' stands here; want )"},
		{"[(1, 2)] [", "a.log:1:10: '[' stands here; want nothing"},
		{"[1]", "a.log:1:2: '1' stands here; want (sender, number)"},
	} {
		_, err := ReadLog("a.log", strings.NewReader(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
}

// TestLogsRoundTrip: what is written is read back as it was.
func TestLogsRoundTrip(t *testing.T) {
	t.Parallel()
	at := func(t *rapid.T) sim.Time {
		if rapid.Bool().Draw(t, "unknown") {
			return sim.Never
		}
		return sim.Time(rapid.Int64Range(-1e15, 1e18).Draw(t, "ns"))
	}
	rapid.Check(t, func(t *rapid.T) {
		f := File{
			Name: "a", Form: FormLog, Peer: peer.ID(rapid.IntRange(-1, peer.MaxPeers-1).Draw(t, "peer")),
			Ordering: rapid.StringMatching(`[a-z0-9 =.-]{0,20}`).Draw(t, "ordering"), Seed: rapid.Uint64().Draw(t, "seed"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "entries") {
			f.Entries = append(f.Entries, Entry{
				id(peer.ID(rapid.IntRange(0, peer.MaxPeers-1).Draw(t, "sender")), int32(rapid.IntRange(0, peer.MaxNumber).Draw(t, "number"))),
				at(t), at(t), at(t),
			})
		}
		var b bytes.Buffer
		if err := WriteLog(&b, f); err != nil {
			t.Fatal(err)
		}
		got, err := ReadLog("a", &b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestFilesCompareAsTheRunDid: a run written to files and read back diverges
// just as much.
func TestFilesCompareAsTheRunDid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 6)
		for p := range h.Logs { // strays become broadcasts in files: another history
			h.Logs[p].Refs = dropStrays(h.Logs[p].Refs)
		}
		h.Strays = nil
		var files []File
		for p := range h.Logs {
			var b bytes.Buffer
			if err := WriteLog(&b, FileOf(h, peer.ID(p), "naive", 1)); err != nil {
				t.Fatal(err)
			}
			f, err := ReadLog("x", &b)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		var c Comparer
		a := c.Compare(h, Options{MessagesPerPeer: 3})
		before := printed(&a, c.Truth())
		b := c.Compare(FromFiles(files), Options{MessagesPerPeer: 3})
		if diff := cmp.Diff(before, printed(&b, c.Truth())); diff != "" {
			t.Error(diff)
		}
	})
}

func dropStrays(refs []uint32) []uint32 {
	var kept []uint32
	for _, r := range refs {
		if r != history.NoRef {
			kept = append(kept, r)
		}
	}
	return kept
}

func TestFromFilesNamesPeers(t *testing.T) {
	t.Parallel()
	read := func(text string) File {
		f, err := ReadLog("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a := read("# mpcomm log 1 peer=4 ordering=naive seed=1\n1 p0#0\n2 p1#0\n# end 2")
	b := read("# mpcomm log 1 peer=2 ordering=naive seed=1\n1 p1#0\n2 p0#0\n# end 2")
	var c Comparer
	d := c.Compare(FromFiles([]File{a, b}), Options{})
	first := c.FirstDifference(nil)
	if d.Pairs.N != 1 || first.Peers != [2]peer.ID{2, 4} || *first.Messages[0] != "p1#0" {
		t.Errorf("pairs %d, first difference %+v; want peers 2 and 4", d.Pairs.N, first)
	}
	if want := "p2 logged p1#0 first, p4 logged p0#0 first; neither is known to have caused the other."; first.Text != want {
		t.Errorf("got  %s\nwant %s", first.Text, want)
	}
	// The lab's server numbers logs as they reach it: here as they are given.
	third := read("# mpcomm log 1 peer=7 ordering=naive seed=1\n1 p1#0\n2 p0#0\n# end 2")
	for _, test := range []struct {
		files []File
		want  int
	}{{[]File{a, b, third}, 1}, {[]File{b, third, a}, 0}} {
		if d = c.Compare(FromFiles(test.files), Options{MessagesPerPeer: 2}); d.RoundsClassic != test.want {
			t.Errorf("rounds_classic = %d, want %d", d.RoundsClassic, test.want)
		}
	}
	c.Compare(FromFiles([]File{a, b, read("[(0,0)]")}), Options{})
	if first = c.FirstDifference(nil); first.Peers != [2]peer.ID{0, 1} {
		t.Errorf("files that do not all say whose they are go by their place: got %v", first.Peers)
	}
}

func TestMessagesPerPeer(t *testing.T) {
	t.Parallel()
	f, err := ReadLog("x", strings.NewReader("[(0,0),(2,5),(2,0),(2,1)]"))
	if err != nil {
		t.Fatal(err)
	}
	if got := MessagesPerPeer(FromFiles([]File{f, f})); got != 3 {
		t.Errorf("got %d, want 3 of p2", got)
	}
}

func FuzzReadLog(f *testing.F) {
	for _, seed := range []string{own, "[(2, 0), (1, 0)]", "{\"message\":\"p2#0\"}\n", "", "[", "{", "#", "# end 0", "\xef\xbb\xbf[]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadLog("f", bytes.NewReader(data))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		for _, e := range file.Entries {
			if !e.Message.Valid(peer.MaxPeers) {
				t.Errorf("no message is called %v", e.Message)
			}
		}
		var c Comparer
		if d := c.Compare(FromFiles([]File{file, file}), Options{}); !d.Identical {
			t.Errorf("a file differs from itself: %+v", d)
		}
	})
}
