package html_test

import (
	"testing"
)

// BenchmarkOpenAndPan opens the report of ten peers with a thousand messages
// each in Chromium, and moves about in it: the time until it can be used, that
// of a frame with some thousands of arrows and of one with strips, and the size
// of the file.
func BenchmarkOpenAndPan(b *testing.B) {
	parent := browser(b)
	page := report(b, "lab", "peers=10", "network.sites=[montreal]", "workload.messages=1000", "workload.gap.max=50ms", "sweep.grid={}", "expect={}")
	for b.Loop() {
		t := open(b, parent, page, "#o=naive")
		t.ready()
		b.ReportMetric(evaluate[float64](t, "Number(document.documentElement.dataset.ready)"), "ms/open")
		for _, at := range []struct{ unit, window string }{{"ms/frame", "1000, 1260"}, {"ms/strips", "0, 30000"}} {
			evaluate[any](t, "mpcomm.view("+at.window+")")
			t.until("mpcomm.diagram.drawn && Math.abs(mpcomm.diagram.frame.a - mpcomm.store.state.a) < 1e-6")
			arrows := evaluate[float64](t, "mpcomm.diagram.drawn.count")
			b.ReportMetric(evaluate[float64](t, pan), at.unit)
			b.ReportMetric(arrows, "arrows-"+at.unit[3:])
		}
		b.ReportMetric(float64(len(page))/1e6, "MB")
	}
}

// pan moves the window forty times and returns the mean time of drawing.
const pan = `(() => {
	const { a, b } = mpcomm.store.state;
	const began = performance.now();
	for (let i = 0; i < 40; i++) {
		mpcomm.view(a + i, b + i);
		mpcomm.diagram.draw();
		mpcomm.diagram.scene.getContext("2d").getImageData(0, 0, 1, 1);
	}
	return (performance.now() - began) / 40;
})()`
