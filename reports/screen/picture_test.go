package screen

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mpcomm/reports/svg"
	"mpcomm/reports/svg/svgtest"
)

// TestPictureIsTheScreen: the picture holds the words of every line of the
// screen at their columns, and nothing else but the command.
func TestPictureIsTheScreen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		view  *View
		width int
	}{{"lab", labView(), 0}, {"lab", labView(), 60}, {"trouble", troubledView(), 80}, {"minimal", minimalView(), 100}} {
		for _, theme := range []svg.Theme{svg.Auto, svg.Dark} {
			var b, text bytes.Buffer
			p := &Picture{View: tt.view, Command: "mpcomm run <" + tt.name + ">", Width: tt.width}
			if err := p.WriteSVG(&b, theme); err != nil {
				t.Fatal(err)
			}
			read, err := svgtest.Check(b.Bytes())
			if err != nil {
				t.Errorf("%s, width %d: %v", tt.name, tt.width, err)
				continue
			}
			if err := Write(&text, tt.view, Options{Width: tt.width}); err != nil {
				t.Fatal(err)
			}
			want := append([]string{"$ " + p.Command}, strings.Split(strings.TrimRight(text.String(), "\n"), "\n")...)
			if got := putBack(read); !slices.Equal(got, want) {
				t.Errorf("%s, width %d: the picture reads\n%s\nwant\n%s", tt.name, tt.width, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if tt.width == 0 && theme == svg.Auto {
				golden(t, tt.name+".svg", b.Bytes())
			}
		}
	}
}

// putBack puts the words of a picture back at their columns.
func putBack(p *svgtest.Picture) []string {
	first := p.Texts[0].Box.Y
	var lines []string
	for _, t := range p.Texts {
		at := int((t.Box.Y - first) / lineHeight)
		for len(lines) <= at {
			lines = append(lines, "")
		}
		column := int((t.Box.X - frame) / cell)
		lines[at] = pad(lines[at], column) + t.Words
	}
	return lines
}

func ExamplePicture() {
	p := &Picture{View: minimalView(), Command: "mpcomm run minimal"}
	var b bytes.Buffer
	if err := p.WriteSVG(&b, svg.Auto); err != nil {
		fmt.Println(err)
	}
	fmt.Println(p.Title())
	// Output: naive: logs differ, cause does not come first; timestamp: logs agree, cause does not come first; lamport: logs agree, cause comes first
}
