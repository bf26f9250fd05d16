package html_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"mpcomm/peer/order"
	"mpcomm/reports/html"
	"mpcomm/reports/result"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// record makes the run of a built-in scenario under each of its orderings.
func record(t testing.TB, name string, settings ...string) []*trace.Run {
	t.Helper()
	s, err := scenarios.OpenWith(name, order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range settings {
		set, err := scenarios.ParseSetting(text)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = s.With([]scenarios.Setting{set}); err != nil {
			t.Fatal(err)
		}
	}
	var all []*trace.Run
	for _, o := range s.Orderings {
		p, err := run.Compile(s, o, s.Table())
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := run.Trace(p, s.Seed, trace.Limits{Findings: html.MostFindings, Protocol: true})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recorded)
	}
	return all
}

// report makes the report of a built-in scenario, as the command line does.
func report(t testing.TB, name string, settings ...string) []byte {
	t.Helper()
	records := record(t, name, settings...)
	r := &html.Run{
		Source: html.Source{Program: "mpcomm", Version: "test", Command: "mpcomm report " + name},
		Result: &result.Run{Scenario: name, Seed: records[0].Seed, Peers: records[0].Peers}, Records: records,
	}
	for _, recorded := range records {
		r.Result.Runs = append(r.Result.Runs, recorded.Result)
	}
	var b bytes.Buffer
	if err := html.WriteRun(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// started is the browser that all tests share, nil until one needs it.
var started struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if started.stop != nil {
		started.stop()
	}
	os.Exit(status)
}

// browser is Chromium; without it a test is skipped.
func browser(t testing.TB) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium is installed; the report is not looked at in a browser")
	}
	if testing.Short() {
		t.Skip("a browser takes a while to start")
	}
	started.once.Do(func() { start(path) })
	if started.err != nil {
		t.Fatal(started.err)
	}
	return started.ctx
}

func start(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root may not have
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	limited, cancel := context.WithTimeout(allocator, 8*time.Minute)
	ctx, closed := chromedp.NewContext(limited)
	started.ctx, started.err = ctx, chromedp.Do(ctx)
	started.stop = func() {
		closed()
		cancel()
		stop()
	}
}

// tab is one page in the browser, with what it complained about and loaded.
type tab struct {
	testing.TB
	ctx  context.Context
	mu   sync.Mutex
	said []string // errors and warnings of the console
	sent []string // requests beyond the page itself
}

// open shows a report from a file of its own, with what follows # in its
// address.
func open(t testing.TB, parent context.Context, page []byte, hash string) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	b := &tab{TB: t, ctx: ctx}
	address := "file://" + file
	err := chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, address) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
				b.sent = append(b.sent, u)
			}
		case *runtime.EventConsoleAPICalled:
			b.said = append(b.said, fmt.Sprintf("console.%v", e.Type))
		case *runtime.EventExceptionThrown:
			said := e.ExceptionDetails.Text
			if e.ExceptionDetails.Exception != nil {
				said += " " + e.ExceptionDetails.Exception.Description
			}
			b.said = append(b.said, said)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
		return err
	}), chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+hash))
	t.Cleanup(b.quiet)
	return b
}

// quiet holds the page to have loaded nothing and complained about nothing.
func (b *tab) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.sent {
		b.Errorf("the page asked for %s", u)
	}
	for _, s := range b.said {
		b.Errorf("the page said %s", s)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// press types keys into what has the focus.
func (b *tab) press(keys string) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys))
}

func evaluate[T any](b *tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true: a page shows what has changed
// in its next frame.
func (b *tab) until(expression string) {
	b.Helper()
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		if evaluate[bool](b, "Boolean("+expression+")") {
			return
		}
	}
	b.Fatalf("never came true: %s\nin %s", expression, evaluate[string](b, "location.hash"))
}

// ready waits for the interactive part.
func (b *tab) ready() {
	b.Helper()
	b.until("document.documentElement?.dataset.ready") // there may be no page yet
}

// text is what an element says.
func (b *tab) text(selector string) string {
	b.Helper()
	return evaluate[string](b, fmt.Sprintf("(document.querySelector(%q) || {textContent: 'nothing'}).textContent", selector))
}

// picture keeps a screenshot for those who look at it: in the folder that
// MPCOMM_PICTURES names, else in one that goes with the test.
func (b *tab) picture(name string) {
	b.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	b.keep(name+".png", shot)
}

func (b *tab) keep(name string, data []byte) {
	b.Helper()
	dir := os.Getenv("MPCOMM_PICTURES")
	if dir == "" {
		dir = b.TempDir()
	}
	if len(data) < 1000 {
		b.Errorf("%s has %d bytes", name, len(data))
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
		b.Fatal(err)
	}
}
