package svg_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/reports/svg/svgtest"
)

var update = flag.Bool("update", false, "rewrite golden files")

const px = svg.Px

func written(t interface{ Fatal(...any) }, p *svg.Picture, theme svg.Theme) []byte {
	var b bytes.Buffer
	if err := p.Write(&b, 200*px, 100*px, theme); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Widths are those of the fonts: of Arial's own tables, with the margin.
func TestWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		t    svg.Type
		s    string
		want int // in units of 2048 to the em
	}{
		{svg.Type{}, "", 0},
		{svg.Type{}, "a", 1139},
		{svg.Type{}, "iW", 455 + 1933},
		{svg.Type{Bold: true}, "a", 1139},
		{svg.Type{Bold: true}, "i", 569},
		{svg.Type{Mono: true}, "iW·", 3 * 1229},
		{svg.Type{Mono: true, Bold: true}, "x", 1229},
		{svg.Type{}, "\U0001F600", 2048}, // not in the font
	} {
		tt.t.Size = 2048 * px
		want := svg.Len(tt.want) * 103
		if got := tt.t.Width(tt.s); got != want {
			t.Errorf("%q, bold %v, mono %v: %v, want %v", tt.s, tt.t.Bold, tt.t.Mono, got, want)
		}
	}
}

func TestWrapAndFit(t *testing.T) {
	t.Parallel()
	small := svg.Type{Size: 10 * px}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9#é]{1,12}`), 0, 12).Draw(t, "words")
		most := svg.Len(rapid.IntRange(0, 20000).Draw(t, "most"))
		text := strings.Join(words, " ")
		lines := small.Wrap(text, most)
		if got := strings.Join(lines, " "); got != text {
			t.Fatalf("wrapping %q gives %q", text, got)
		}
		for i, l := range lines {
			if small.Width(l) > most && strings.Contains(l, " ") {
				t.Fatalf("line %q is too wide", l)
			}
			if next, _, _ := strings.Cut(strings.Join(lines[i+1:], " "), " "); next != "" && small.Width(l+" "+next) <= most {
				t.Fatalf("%q fits behind %q", next, l)
			}
		}
		if short := small.Fit(text, most); short != text && (small.Width(short) > most || small.Width(text) <= most) {
			t.Fatalf("%q was shortened to %q", text, short)
		}
	})
}

// Whatever is said, the picture is well-formed and says it.
func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.OneOf(rapid.String(), rapid.StringMatching(`[<>&"' a]+`), rapid.Just("\x00\x1b]]>\xff<!--\ufffe")).Draw(t, "words")
		p := svg.New("t"+words, "d"+words)
		p.Words(10*px, 20*px, svg.Start, svg.Type{Size: 10 * px}, palette.Text, "w"+words)
		p.Spans(10*px, 40*px, svg.Start, svg.Type{Size: 10 * px}, svg.Span{Text: words, Ink: palette.Text},
			svg.Span{Text: words, Ink: palette.Soft}, svg.Span{Text: words, Ink: palette.Text, Bold: true})
		p.Group("g"+words, func() {})
		read, err := svgtest.Read(written(t, p, svg.Auto))
		if err != nil {
			t.Fatal(err)
		}
		if want := "w" + clean(words); read.Texts[0].Words != want {
			t.Fatalf("%q comes back as %q", want, read.Texts[0].Words)
		}
		if want := "t" + clean(words); read.Title != want {
			t.Fatalf("title %q comes back as %q", want, read.Title)
		}
	})
}

// clean is what XML can hold of s.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, s)
}

// A line meets a box if one of many points on it lies inside.
func TestMeets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) svg.Len { return svg.Len(rapid.IntRange(-20, 20).Draw(t, name)) }
		b := svg.Box{X: n("x"), Y: n("y"), W: 1 + max(0, n("w")), H: 1 + max(0, n("h"))}
		p, q := svg.Point{X: n("px"), Y: n("py")}, svg.Point{X: n("qx"), Y: n("qy")}
		const steps = 4000
		inside := false
		for i := range svg.Len(steps + 1) { // in units of 1/steps
			x, y := p.X*(steps-i)+q.X*i, p.Y*(steps-i)+q.Y*i
			inside = inside || x > b.X*steps && x < (b.X+b.W)*steps && y > b.Y*steps && y < (b.Y+b.H)*steps
		}
		got := b.Meets(p, q)
		if inside && !got {
			t.Fatalf("%v meets %v to %v", b, p, q)
		}
		if got && !inside {
			// Only what is shorter than a step may have been missed.
			if !b.Grown(-1).Meets(p, q) {
				return
			}
			t.Fatalf("%v does not meet %v to %v", b, p, q)
		}
	})
}

func TestThemes(t *testing.T) {
	t.Parallel()
	p := svg.New("title", "what it shows")
	p.Rect(10*px, 10*px, 50*px, 20*px, 4*px, svg.Fill(palette.Violated))
	p.Line(svg.Point{X: 10 * px, Y: 50 * px}, svg.Point{X: 190 * px, Y: 5050}, svg.Stroke(palette.Second, 240).Dashed("9 4"))
	p.Words(100*px, 80*px, svg.Middle, svg.Type{Size: 12 * px, Mono: true, Halo: true}, palette.Text, "a < b & c")
	var all strings.Builder
	for _, theme := range []svg.Theme{svg.Auto, svg.Light, svg.Dark} {
		data := written(t, p, theme)
		if _, err := svgtest.Check(data); err != nil {
			t.Error(err)
		}
		all.Write(data)
	}
	if *update {
		if err := os.WriteFile("testdata/themes.txt", []byte(all.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/themes.txt")
	if err != nil || all.String() != string(want) {
		t.Errorf("testdata/themes.txt differs (%v):\n%s", err, all.String())
	}
}

// The checks find what they are for.
func TestChecksFind(t *testing.T) {
	t.Parallel()
	text := func(x, y svg.Len, s string) func(*svg.Picture) {
		return func(p *svg.Picture) { p.Words(x, y, svg.Start, svg.Type{Size: 10 * px}, palette.Text, s) }
	}
	for _, tt := range []struct {
		name string
		draw func(*svg.Picture)
		want string
	}{
		{"nothing wrong", text(10*px, 20*px, "a"), ""},
		{"beyond", text(190*px, 20*px, "too long"), "beyond the page"},
		{"above", text(10*px, 5*px, "a"), "beyond the page"},
		{"over", func(p *svg.Picture) { text(10*px, 20*px, "aaa")(p); text(15*px, 22*px, "b")(p) }, "lies over"},
		{"circle", func(p *svg.Picture) { p.Circle(svg.Point{X: 2 * px, Y: 50 * px}, 3*px, svg.Fill(palette.Text)) }, "outside of the page"},
		{"line", func(p *svg.Picture) {
			p.Line(svg.Point{X: 2 * px, Y: 50 * px}, svg.Point{X: 201 * px, Y: 50 * px}, svg.Stroke(palette.Text, px))
		}, "outside of the page"},
		{"rects", func(p *svg.Picture) { p.Rects(svg.Fill(palette.Text), []svg.Box{{X: 0, Y: 90 * px, W: 5, H: 11 * px}}) }, "outside of the page"},
		{"nothing said", func(p *svg.Picture) { p.Desc = "" }, "without title or description"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := svg.New("title", "what it shows")
			tt.draw(p)
			_, err := svgtest.Check(written(t, p, svg.Light))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	for _, bad := range []string{"<svg", `<svg viewBox="0 0 1 1"><title>a</title><desc>b</desc><script/></svg>`, `<svg viewBox="0 0 1 1" onload="x"><title>a</title><desc>b</desc></svg>`} {
		if _, err := svgtest.Read([]byte(bad)); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

func ExamplePicture() {
	p := svg.New("One line", "A line from left to right.")
	p.Line(svg.Point{X: 1 * svg.Px, Y: 1 * svg.Px}, svg.Point{X: 9 * svg.Px, Y: 250}, svg.Stroke(palette.Axis, svg.Px))
	var b strings.Builder
	if err := p.Write(&b, 10*svg.Px, 5*svg.Px, svg.Dark); err != nil {
		fmt.Println(err)
	}
	fmt.Print(b.String())
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5" width="10" height="5" role="img" aria-labelledby="t d" font-family="'Liberation Sans',Arial,Helvetica,sans-serif">
	// <title id="t">One line</title>
	// <desc id="d">A line from left to right.</desc>
	// <style>.s-axis{stroke:#8D939C}.f-ground{fill:#11151C}</style>
	// <rect width="10" height="5" class="f-ground"/>
	// <path d="M1 1L9 2.5" class="s-axis" fill="none"/>
	// </svg>
}
