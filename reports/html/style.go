package html

import (
	"fmt"
	"strings"
	"sync"

	"mpcomm/reports/palette"
)

// style returns the style sheet: the palette as custom properties, then
// web/style.css. Light is the default, and what paper gets; dark is what a
// reader's system or the switch of the page asks for.
var style = sync.OnceValue(func() string {
	rest, err := web.ReadFile("web/style.css")
	if err != nil {
		panic(fmt.Sprintf("html: %v", err))
	}
	var b strings.Builder
	fmt.Fprintf(&b, ":root, :root.on-paper { %s }\n", properties(func(i palette.Ink) palette.RGB { return i.Light }))
	dark := properties(func(i palette.Ink) palette.RGB { return i.Dark })
	b.Write(rest)
	fmt.Fprintf(&b, "@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"], .on-paper) { %s --scheme: dark; color-scheme: dark; } }\n", dark)
	fmt.Fprintf(&b, "@media screen { :root[data-theme=\"dark\"]:not(.on-paper) { %s --scheme: dark; color-scheme: dark; } }\n", dark)
	for _, f := range families {
		fmt.Fprintf(&b, ":root[data-hue=\"hue-%s\"] { --ordering: var(--%s); }\n", f.name, f.hue.Mark.Name)
	}
	return b.String()
})

// families are the hues by the names that the style sheet calls them.
var families = []struct {
	name string
	hue  palette.Hue
}{
	{"naive", palette.Naive},
	{"timestamp", palette.Timestamp},
	{"logical", palette.Logical},
	{"other", palette.Other},
	{"reference", palette.Reference},
}

// hueOf is the class of the hue of a kind of ordering.
func hueOf(kind string) string {
	for _, f := range families {
		if palette.Of(kind) == f.hue {
			return "hue-" + f.name
		}
	}
	return "hue-other"
}

// properties lists the inks as custom properties.
func properties(side func(palette.Ink) palette.RGB) string {
	inks := []palette.Ink{
		palette.Ground, palette.Card, palette.CardEdge, palette.Text, palette.Soft, palette.Axis, palette.Grid, palette.Good,
		palette.Bad, palette.Violated, palette.First, palette.Second, palette.Band, palette.OnFirst,
	}
	for _, f := range families {
		inks = append(inks, f.hue.Mark, f.hue.Text)
	}
	var b strings.Builder
	for _, i := range inks {
		fmt.Fprintf(&b, "--%s: %v; ", i.Name, side(i))
	}
	return strings.TrimSpace(b.String())
}
