package html_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestInBrowser looks at reports as a reader does.
func TestInBrowser(t *testing.T) {
	parent := browser(t)
	minimal, lab := report(t, "minimal"), report(t, "lab")
	for _, tt := range []struct {
		name string
		test func(*testing.T, context.Context, []byte, []byte)
	}{
		{"keyboard", byKeyboard},
		{"filter", filters},
		{"links", deepLinks},
		{"history", backAndForth},
		{"time", throughTime},
		{"plain", withoutScripts},
		{"looks", looks},
		{"paper", onPaper},
		{"sweep", sweeps},
		{"gridless", gridless},
		{"access", access},
		{"pointing", pointing},
		{"calm", calm},
		{"lonely", lonely},
		{"missing", missing},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, parent, minimal, lab) })
	}
}

// byKeyboard finds the difference of the naive ordering, and why the timestamps
// are wrong although they agree, without a pointer.
func byKeyboard(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "")
	b.ready()
	b.until("document.activeElement.getAttribute('role') === 'application'")
	b.until("document.activeElement.getAttribute('aria-label') === 'Space-time diagram, 3 peers, 2 messages, naive: 2 positions differ'")
	b.press("n")
	b.until("mpcomm.store.state.finding === 1")
	b.press("N")
	b.until("mpcomm.store.state.finding === 0")
	b.until("document.querySelector('.inspector .sentence')")
	if s := b.text(".inspector .sentence"); !strings.HasPrefix(s, "RELAY: p2 had p1#0 before sending p2#0; p2#0 reached p0 10 ms before p1#0 did.") {
		t.Errorf("the inspector says %q", s)
	}
	b.until("document.getElementById('spoken').textContent.startsWith('p2 had p1#0')")
	b.press("2")
	b.until("mpcomm.summary().label === 'timestamp'")
	b.until("document.querySelector('.inspector h2').textContent.includes('effect before its cause')")
	b.press("3")
	b.until("mpcomm.summary().label === 'lamport' && mpcomm.run.differing === 0")
	b.until("document.querySelector('.transport .state').textContent === 'agree so far'")
	b.press("\t") // the first peer
	b.until("document.getElementById('spoken').textContent.startsWith('p0: 2 messages')")
	b.press("x")
	b.until("mpcomm.store.state.x === 'local'")
	b.press("k")
	b.until("mpcomm.store.state.k === 'sender'")
	b.press("o")
	b.until("mpcomm.store.state.vertical")
	b.press("?")
	b.until("document.querySelector('dialog.help').open")
	b.press(kb.Escape)
	b.until("!document.querySelector('dialog.help').open")
}

func filters(t *testing.T, parent context.Context, _, lab []byte) {
	b := open(t, parent, lab, "")
	b.ready()
	if tally := b.text(".tally"); tally != "600 of 600 messages" {
		t.Errorf("before: %q", tally)
	}
	b.press("/")
	b.until("document.activeElement.id === 'filter'")
	// A person's keyboard makes no character of a key that is taken; this one does.
	evaluate[any](b, "document.activeElement.value = ''")
	b.press("from:p2 is:swapped")
	b.until("document.querySelectorAll('.chip').length === 2")
	want := evaluate[string](b, "(() => { const r = mpcomm.run; let n = 0; for (let m = 0; m < r.messages; m++) n += r.sender[m] === 2 && r.swapped[m]; return n + ' of 600 messages'; })()")
	b.until("document.querySelector('.tally').textContent !== '600 of 600 messages'")
	if tally := b.text(".tally"); tally != want || tally == "0 of 600 messages" {
		t.Errorf("filtered: %q, want %q", tally, want)
	}
	b.press(" is:odd")
	b.until("document.querySelector('.problem').textContent.startsWith('is:odd: want one of swapped')")
	b.press(kb.Escape)
	b.until("mpcomm.store.state.f === '' && document.activeElement === mpcomm.diagram.node")
	b.until("document.querySelector('.tally').textContent === '600 of 600 messages'")
}

func deepLinks(t *testing.T, parent context.Context, minimal, lab []byte) {
	b := open(t, parent, lab, "#o=lamport&t=400.5&w=350-450&m=p2.3&f=from:p2&x=local&k=latency&r=message&v=2&later=1")
	b.ready()
	b.until("mpcomm.store.state.message >= 0")
	state := evaluate[string](b, "(s => [mpcomm.summary().label, s.t, s.a, s.b, mpcomm.run.name(s.message), s.f, s.x, s.k, s.rows, s.vertical].join(' '))(mpcomm.store.state)")
	if state != "lamport 400.5 350 450 p2#3 from:p2 local latency message true" {
		t.Errorf("the address led to %q", state)
	}
	b.until("location.hash.includes('m=p2.3') && location.hash.includes('t=400.5')")

	token := open(t, parent, minimal, "#1@60ms/timestamp")
	token.ready()
	if state := evaluate[string](token, "mpcomm.summary().label + ' ' + mpcomm.store.state.t"); state != "timestamp 60" {
		t.Errorf("the token led to %q", state)
	}
	spaced := open(t, parent, lab, "#1@425.594ms/timestamp_wait=180ms") // as the screen prints it
	spaced.ready()
	spaced.until("mpcomm.summary().label === 'timestamp wait=180ms' && mpcomm.finding().token === '1@425.594ms/timestamp_wait=180ms'")
	spaced.until("mpcomm.chosen().every((m) => mpcomm.run.at[m] >= mpcomm.store.state.a)") // all of it is in view
	later := open(t, parent, minimal, "#1@60ms/naive")
	later.ready()
	later.until("mpcomm.store.state.finding > 0 && mpcomm.finding().kind === 'acausal' && mpcomm.finding().token === '1@60ms/naive'")
	other := open(t, parent, minimal, "#7@60ms/naive")
	other.ready()
	if said := other.text(".told"); said != "This file holds seed 1; for the moment you asked for run: mpcomm show 7@60ms/naive minimal" {
		t.Errorf("another seed: %q", said)
	}
}

func backAndForth(t *testing.T, parent context.Context, _, lab []byte) {
	b := open(t, parent, lab, "#o=naive")
	b.ready()
	b.press("n")
	b.until("location.hash.includes('d=2')")
	b.press("n")
	b.until("location.hash.includes('d=3')")
	evaluate[any](b, "history.back()")
	b.until("mpcomm.store.state.finding === 1")
	evaluate[any](b, "history.forward()")
	b.until("mpcomm.store.state.finding === 2")
}

// throughTime steps forth and back; the words at the cursor follow.
func throughTime(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "#o=naive&t=0")
	b.ready()
	b.until("document.querySelector('.transport .state').textContent === 'agree so far'")
	b.press(kb.ArrowRight)
	b.until("document.querySelector('.event').textContent === 'p1 sends p1#0'")
	for range 4 {
		b.press(kb.ArrowRight)
	}
	b.until("document.querySelector('.event').textContent === 'p1 gets p2#0 from p2, 10 ms after it was sent'")
	b.until("document.querySelector('.transport .state').textContent.startsWith('diverged since position 1')")
	if words := evaluate[string](b, "document.querySelector('.scrubber').getAttribute('aria-valuetext')"); !strings.HasPrefix(words, "60 ms, p1 gets p2#0") {
		t.Errorf("the scrubber says %q", words)
	}
	b.press(kb.ArrowLeft)
	b.press(kb.ArrowLeft)
	b.press(kb.ArrowLeft)
	b.until("document.querySelector('.transport .state').textContent === 'agree so far'")
	b.do(chromedp.Click(chromedp.CSS(".logs td[data-column='1']")))
	b.until("mpcomm.run.name(mpcomm.store.state.message) === 'p2#0'")
	b.until("document.querySelector('.inspector h3').textContent === 'p2#0'")
}

// withoutScripts reads the page with scripts off.
func withoutScripts(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "")
	b.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Reload())
	text, err := chromedp.Run(b.ctx, chromedp.TextContent(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"naive", "disagree", "2 of 2", "✗ 3 broken", "first difference: position 1",
		"p2 had p1#0 before sending p2#0", "p0 gets p2#0, 10 ms after it was sent, and logs it at position 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("without scripts the page lacks %q", want)
		}
	}
	b.picture("plain")
}

func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// media asks for a page as a reader's system would.
func media(kind string, features ...string) chromedp.Action[chromedp.Void] {
	p := emulation.SetEmulatedMediaParams{Media: kind}
	for i := 0; i < len(features); i += 2 {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	return call(emulation.SetEmulatedMedia, p)
}

// looks takes pictures of the page in all its dresses and measures what can be
// measured of them.
func looks(t *testing.T, parent context.Context, minimal, lab []byte) {
	b := open(t, parent, lab, "")
	b.ready()
	b.picture("light")
	contrast(b, "light")
	b.do(media("", "prefers-color-scheme", "dark"))
	b.until("getComputedStyle(document.documentElement).colorScheme === 'dark' && mpcomm.colours.dark")
	b.picture("dark")
	contrast(b, "dark")
	b.do(media("", "prefers-color-scheme", "light"), chromedp.EmulateViewport(640, 450, chromedp.EmulateScale(2)))
	b.until("document.querySelector('.inspector').getBoundingClientRect().top > mpcomm.diagram.node.getBoundingClientRect().bottom")
	if wide := evaluate[float64](b, "document.documentElement.scrollWidth"); wide > 640 {
		t.Errorf("at twice the size the page is %v px wide and must be moved sideways", wide)
	}
	b.picture("twice")
	b.do(chromedp.EmulateViewport(1280, 900), media("", "forced-colors", "active"))
	b.until("matchMedia('(forced-colors: active)').matches")
	b.picture("forced")
	small := open(t, parent, minimal, "#o=lamport&v=2")
	small.ready()
	small.picture("minimal")
}

// contrast measures every text of the page against what is behind it.
func contrast(b *tab, dress string) {
	b.Helper()
	for _, line := range evaluate[[]string](b, contrasts) {
		b.Errorf("%s: %s", dress, line)
	}
}

const contrasts = `(() => {
	const channels = (c) => c.match(/[\d.]+/g).map(Number);
	const light = (c) => {
		const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const c = channels(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] > 0) return c;
		}
		return [255, 255, 255];
	};
	const found = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.textContent.trim() || e.closest("script, style, noscript, .hidden") || e.getClientRects().length === 0) continue;
		const [a, b] = [light(channels(getComputedStyle(e).color)), light(ground(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) found.push(ratio.toFixed(2) + ":1 " + e.tagName + "." + e.className + " " + walker.currentNode.textContent.slice(0, 40));
	}
	return found;
})()`

// onPaper prints the page: the view, the differences and the verdicts.
func onPaper(t *testing.T, parent context.Context, minimal, _ []byte) {
	b := open(t, parent, minimal, "#o=naive")
	b.ready()
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	b.keep("paper.pdf", pdf)
	evaluate[any](b, "window.dispatchEvent(new Event('beforeprint'))")
	b.do(media("print"))
	b.until("document.querySelector('.paper svg')")
	if visible := evaluate[bool](b, "document.querySelector('.controls').getClientRects().length > 0"); visible {
		t.Error("buttons are printed")
	}
	if rows := evaluate[int](b, "document.querySelectorAll('.differences tbody tr').length"); rows != 3 {
		t.Errorf("%d differences are printed, want 3", rows)
	}
	b.picture("paper")
}

// lonely: one peer sends nothing, and the page is whole all the same.
func lonely(t *testing.T, parent context.Context, _, _ []byte) {
	b := open(t, parent, report(t, "lab", "peers=1", "workload.messages=2"), "")
	b.ready()
	b.until("document.querySelector('.transport .state').textContent === 'agree so far'")
	b.until("document.querySelector('.inspector').textContent.includes('All logs agree.')")
}

// missing: what a log lacks is not called swapped, its loss is in view, and logs
// that agree but lack messages are not called good.
func missing(t *testing.T, parent context.Context, _, _ []byte) {
	b := open(t, parent, report(t, "lab", "phases=none", "network.loss=1", "workload.messages=3"), "")
	b.ready()
	b.until("document.querySelector('.inspector h2')?.textContent.endsWith('✗ missing')")
	b.until("!document.querySelector('table.logs').textContent.includes('?')")
	b.until("(({run, store, axis}) => { const f = run.findings[0]; return run.message.some((m, i) => m === f.a && run.to[i] === f.q && axis.begin[i] >= store.state.a && axis.finish[i] <= store.state.b); })(mpcomm)")
	b.until("[...document.querySelectorAll('.orderings button')].some((x) => x.textContent.includes('lamport') && x.textContent.includes('✗ incomplete'))")
	b.press("3")
	b.until("document.querySelector('.inspector').textContent.includes('All logs agree, but they are incomplete.')")
}
