package html_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"mpcomm/reports/dataset"
	"mpcomm/reports/html"
	"mpcomm/reports/result"
)

// swept is the folder of a small sweep: two axes, two orderings, two runs.
func swept(t *testing.T) *dataset.Folder {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	agreeing := ""
	for _, line := range []string{"1ms,3,lamport", "40ms,3,lamport", "1ms,5,naive", "1ms,5,lamport", "40ms,5,naive", "40ms,5,lamport"} {
		agreeing += line + ",7,1,0\n" + line + ",8,1,0\n"
	}
	f, err := dataset.Open(fstest.MapFS{
		"manifest.json": file(`{"scenario":"tiny","scenario_hash":"00","seeds":{"first":7,"runs":2},"command":"mpcomm sweep tiny --runs 2 --seed 7","complete":true}`),
		"dataset.csv": file("cell.network.latency.mean,cell.peers,ordering,kind,seed,runs,peers,digest," +
			"divergence.identical,divergence.identical_lo,divergence.identical_hi,divergence.inversions_per_message,divergence.inversions_per_message_lo,divergence.inversions_per_message_hi\n" +
			"1ms,3,naive,naive,7,2,3,aa,0.5,0.1,0.9,0.25,0,0.5\n" +
			"1ms,3,lamport,lamport,7,2,3,ab,1,0.3,1,0,0,0\n" +
			"40ms,3,naive,naive,7,2,3,ac,0,0,0.7,2,1,3\n" +
			"40ms,3,lamport,lamport,7,2,3,ad,1,0.3,1,0,0,0\n" +
			"1ms,5,naive,naive,7,2,5,ae,0,0,0.7,4,3,5\n" +
			"1ms,5,lamport,lamport,7,2,5,af,1,0.3,1,,,\n" +
			"40ms,5,naive,naive,7,2,5,ba,0,0,0.7,8,7,9\n" +
			"40ms,5,lamport,lamport,7,2,5,bb,1,0.3,1,0,0,0\n"),
		"runs.csv": file("cell.network.latency.mean,cell.peers,ordering,seed,divergence.identical,divergence.inversions_per_message\n" +
			"1ms,3,naive,7,1,0\n1ms,3,naive,8,0,0.5\n40ms,3,naive,7,0,3\n40ms,3,naive,8,0,1\n" + agreeing),
	}, html.RunColumns()...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sweepReport(t *testing.T) []byte {
	t.Helper()
	f := swept(t)
	s := &html.Sweep{Source: html.Source{Program: "mpcomm", Version: "test", Command: f.Command}, Folder: f, Worst: html.Worst(f, 1)}
	for i := range s.Worst {
		s.Worst[i].Command = "mpcomm report tiny"
	}
	svg, err := os.ReadFile("testdata/dot.svg")
	if err != nil {
		t.Fatal(err)
	}
	s.Figures = []html.Figure{{Title: "A dot", SVG: svg, Dark: svg}}
	var b bytes.Buffer
	if err := html.WriteSweep(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorst(t *testing.T) {
	t.Parallel()
	var got []string
	for _, w := range html.Worst(swept(t), 2) {
		got = append(got, fmt.Sprintf("%s %s %s %s %d", w.Cell[0].Value, w.Cell[1].Value, w.Ordering, w.Much(), w.Seed))
	}
	want := []string{
		"1ms 3 naive 0.50 8",
		"40ms 3 naive 3.00 7",
		"40ms 3 naive 1.00 8",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the worst runs are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestIncompleteInWords: a row whose logs agree and lack messages has the mark of
// a broken one, and below the table is the reason, as the screen words it.
func TestIncompleteInWords(t *testing.T) {
	t.Parallel()
	f := swept(t)
	page := func() string {
		var b bytes.Buffer
		if err := html.WriteSweep(&b, &html.Sweep{Folder: f}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if strings.Contains(page(), ": logs are incomplete") {
		t.Error("logs of which nothing is known are said to be incomplete")
	}
	for i, complete := range []string{"1", "0.5", "1", "0", "1", "1", "1", "1"} {
		f.Lines[i].Fields = append(f.Lines[i].Fields, result.Field{Path: "complete", JSON: complete})
	}
	text := page()
	if want := "</table></div>\n<p>lamport: logs are incomplete in 3 of 8 runs</p>\n"; !strings.Contains(text, want) {
		t.Errorf("the page lacks %q", want)
	}
	if strings.Contains(text, "naive: logs are incomplete") {
		t.Error("complete logs are said to be incomplete")
	}
}

// TestInterruptedInWords: a sweep that was interrupted does not claim the runs that
// it was to make.
func TestInterruptedInWords(t *testing.T) {
	t.Parallel()
	f := swept(t)
	for complete, want := range map[bool]string{
		true:  "<p>a sweep · 2 runs of each ordering in each cell · seeds 7 to 8",
		false: "<p>a sweep · up to 2 runs of each ordering in each cell, as the table says · seeds 7 to 8",
	} {
		f.Complete = complete
		var b bytes.Buffer
		if err := html.WriteSweep(&b, &html.Sweep{Folder: f}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("complete %v: the page lacks %q", complete, want)
		}
	}
}

// sweeps draws any column over any axis, and keeps in its address which.
func sweeps(t *testing.T, parent context.Context, _, _ []byte) {
	b := open(t, parent, sweepReport(t), "#y=overtakings%20per%20message&x=peers&log=0&network.latency.mean=40ms")
	b.ready()
	values := "mpcomm.state && [...document.querySelectorAll('.plain-table tbody tr')].map((r) => r.textContent).join('|')"
	if got := evaluate[string](b, values); got != "32 (1 to 3)0 (0 to 0)|58 (7 to 9)0 (0 to 0)" {
		t.Errorf("over peers, at 40 ms: %q", got)
	}
	b.do(chromedp.SetValue(chromedp.CSS(".sweep label:nth-of-type(2) select"), "0"))
	evaluate[any](b, "document.querySelector('.sweep label:nth-of-type(2) select').dispatchEvent(new Event('change'))")
	b.until("location.hash.includes('x=network.latency.mean') && location.hash.includes('log=1')")
	if got := evaluate[string](b, values); got != "1ms0.25 (0 to 0.5)0 (0 to 0)|40ms2 (1 to 3)0 (0 to 0)" {
		t.Errorf("over the latency, of 3 peers: %q", got)
	}
	if n := evaluate[int](b, "document.querySelectorAll('.series .runs').length"); n != 4 {
		t.Errorf("%d spans of runs are drawn, want 4: two orderings at two latencies", n)
	}
	b.do(chromedp.SetValue(chromedp.CSS(".sweep label:nth-of-type(1) select"), "0"))
	evaluate[any](b, "document.querySelector('.sweep label:nth-of-type(1) select').dispatchEvent(new Event('change'))")
	if got := evaluate[string](b, values); got != "1ms50.0 % (10.0 % to 90.0 %)0.0 % (0.0 % to 70.0 %)|40ms100.0 % (30.0 % to 100.0 %)0.0 % (0.0 % to 70.0 %)" {
		t.Errorf("share of runs that differ: %q", got)
	}
	contrast(b, "sweep")
	b.picture("sweep")
}

// gridless: a sweep of one cell has no axis, and its page is whole all the same.
func gridless(t *testing.T, parent context.Context, _, _ []byte) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	f, err := dataset.Open(fstest.MapFS{
		"manifest.json": file(`{"scenario":"tiny","scenario_hash":"00","seeds":{"first":7,"runs":2},"command":"mpcomm sweep tiny --runs 2 --seed 7","complete":true}`),
		"dataset.csv": file("ordering,kind,seed,runs,peers,digest,divergence.identical,divergence.identical_lo,divergence.identical_hi\n" +
			"naive,naive,7,2,3,aa,0.5,0.1,0.9\n"),
	}, html.RunColumns()...)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := html.WriteSweep(&page, &html.Sweep{Source: html.Source{Program: "mpcomm", Version: "test", Command: f.Command}, Folder: f}); err != nil {
		t.Fatal(err)
	}
	b := open(t, parent, page.Bytes(), "")
	b.ready()
	b.until("document.querySelector('.plain-table tbody').textContent.includes('50.0 % (10.0 % to 90.0 %)')")
}
