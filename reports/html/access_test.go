package html_test

import (
	"context"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// access holds the page to what readers need who do not see it, or do not use
// a pointer, or use a coarse one.
func access(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "#o=naive&f=from:p1")
	b.ready()
	b.until("document.querySelector('.chip')")
	for _, line := range evaluate[[]string](b, nameless) {
		t.Errorf("%s", line)
	}
	for _, want := range []string{
		"document.querySelector('.diagram canvas').getAttribute('aria-hidden') === 'true'",
		"document.querySelector('table.logs').getAttribute('aria-rowcount') === '3'",
		"document.querySelector('table.logs tbody tr[aria-rowindex]').getAttribute('aria-rowindex') === '2'",
		"document.querySelector('table.logs').getAttribute('aria-label') === 'Logs by position, 2 of 2 positions differ'",
		"document.getElementById('spoken').getAttribute('aria-live') === 'polite'",
		"document.querySelectorAll('table.logs [tabindex=\"0\"]').length === 1",
	} {
		b.until(want)
	}
	// The table by itself: arrows move within it, enter selects.
	evaluate[any](b, "document.querySelector('table.logs [tabindex=\"0\"]').focus()")
	b.press(kb.ArrowRight + kb.ArrowDown)
	b.until("document.activeElement.dataset.row === '1' && document.activeElement.dataset.column === '2'")
	b.press(kb.Enter)
	b.until("mpcomm.run.name(mpcomm.store.state.message) === 'p2#0' && mpcomm.store.state.peer === 1")
}

// nameless lists what can be operated but has no name, or is too small to hit.
const nameless = `(() => {
	const found = [];
	for (const e of document.querySelectorAll("button, select, input, [role=application]")) {
		const box = e.getBoundingClientRect();
		if (box.width === 0 || e.closest("dialog")) continue;
		const what = e.tagName + "." + e.className + " " + e.outerHTML.slice(0, 60);
		if (!(e.getAttribute("aria-label") || e.textContent.trim() || (e.labels && e.labels.length && e.labels[0].textContent.trim()))) found.push("no name: " + what);
		if (box.width < 24 || box.height < 24) found.push("hit area " + box.width + "x" + box.height + ": " + what);
	}
	return found;
})()`

// pointing selects a message in the diagram; the logs follow.
func pointing(t *testing.T, parent context.Context, _, lab []byte) {
	b := open(t, parent, lab, "#o=naive&w=700-900")
	b.ready()
	b.until("mpcomm.diagram.drawn")
	place := evaluate[[]float64](b, `(() => {
		const { run, axis, diagram } = mpcomm;
		const m = run.at.findIndex((t) => t > 780);
		const at = [];
		diagram.frame.point(at, run.sender[m], axis.send[m]);
		const box = diagram.scene.getBoundingClientRect();
		return [box.left + at[0], box.top + at[1], m];
	})()`)
	b.do(chromedp.MouseClickXY(place[0], place[1]))
	b.until("mpcomm.store.state.message === mpcomm.run.at.findIndex((t) => t > 780)")
	b.until("document.querySelector('table.logs td.first')")
	if evaluate[bool](b, "document.querySelector('table.logs td.first').getBoundingClientRect().top > document.querySelector('.rows').getBoundingClientRect().bottom") {
		t.Error("the logs do not show what was selected")
	}
	// With everything in view, what is not drawn is said.
	b.press("f")
	b.until("document.querySelector('.left-out').textContent.includes('arrows, without marks: zoom in')")
	// The view as a file.
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`new Promise((done) => {
		const make = URL.createObjectURL;
		URL.createObjectURL = (blob) => {
			blob.text().then(done);
			return make.call(URL, blob);
		};
		mpcomm.view(750, 800);
		mpcomm.exportSvg();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	decoder, shapes := xml.NewDecoder(strings.NewReader(text)), 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the exported view is no XML: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			shapes++
		}
	}
	if shapes < 5 || !strings.Contains(text, "http://www.w3.org/2000/svg") {
		t.Errorf("the exported view has %d shapes: %.200s", shapes, text)
	}
}

// calm plays step by step for those who asked for less motion.
func calm(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "#o=naive&t=0")
	b.ready()
	b.do(media("", "prefers-reduced-motion", "reduce"))
	b.press(" ")
	b.until("mpcomm.store.state.t === 30 && !mpcomm.store.state.playing")
	b.do(media("", "prefers-reduced-motion", "no-preference"))
	b.press(" ")
	b.until("mpcomm.store.state.t === mpcomm.run.end && !mpcomm.store.state.playing") // 40 ms at a tenth of the pace
}
