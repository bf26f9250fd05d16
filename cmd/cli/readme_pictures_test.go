package cli

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/svg"
)

//go:generate go test . -run README -update

const picturesPath = "../../.github/pictures"

// mostBytes is how large a picture of the README may be.
const mostBytes = 60_000

// readmePicture is one picture of the README, on light ground and on dark. What
// it says in words is made from what the picture itself says.
type readmePicture struct {
	name string
	draw func(t *testing.T) (light, dark []byte)
	alt  func(p said) string
}

// said is what a picture says in words.
type said struct {
	Title string `xml:"title"`
	Desc  string `xml:"desc"`
}

var readmePictures = []readmePicture{
	{"minimal", drawCommand("minimal"), func(p said) string {
		return p.Title + ". " + strings.Join(bySentences.FindAllString(p.Desc, -1), " ")
	}},
	{"screen", drawCommand("lab", "--as", "screen"), func(p said) string {
		return "The screen of mpcomm run lab. " + p.Title + "."
	}},
	{"barcode", drawCommand("lab", "--as", "barcode"), func(p said) string {
		_, strips, _ := strings.Cut(p.Desc, ". ")
		return p.Title + ". " + strips
	}},
	{"price", drawPrice, func(p said) string {
		return p.Title + ". Log positions that differ, against the wait that an ordering adds."
	}},
}

// bySentences are the verdicts in the description of a space-time diagram.
var bySentences = regexp.MustCompile(`By [^.]* the logs [^.]*\.`)

// command makes a command of the program, which must succeed.
func command(t *testing.T, args ...string) {
	t.Helper()
	talk, err := os.Create(filepath.Join(t.TempDir(), "talk"))
	if err != nil {
		t.Fatal(err)
	}
	defer talk.Close()
	a := &app{program: "mpcomm", name: "mpcomm", table: order.Builtin(), out: talk, talk: talk}
	if status := a.execute(args); status != statusHolds {
		t.Fatalf("mpcomm %s: exit status %d\n%s", strings.Join(args, " "), status, readText(t, talk.Name()))
	}
}

func drawCommand(args ...string) func(*testing.T) (light, dark []byte) {
	return func(t *testing.T) (light, dark []byte) {
		t.Helper()
		draw := func(theme string) []byte {
			file := filepath.Join(t.TempDir(), "picture.svg")
			command(t, slices.Concat([]string{"draw"}, args, []string{"--theme", theme, "-o", file})...)
			return []byte(readText(t, file))
		}
		return draw("light"), draw("dark")
	}
}

// drawPrice draws the figure of the price of order.
func drawPrice(t *testing.T) (light, dark []byte) {
	t.Helper()
	dir := t.TempDir()
	command(t, "figures", "--figure", "F5", "--dark", "-q", "-o", dir)
	return []byte(readText(t, filepath.Join(dir, "f5.svg"))), []byte(readText(t, filepath.Join(dir, "f5-dark.svg")))
}

// files are the names of a picture's files: on light ground and on dark.
func (p *readmePicture) files() (light, dark string) { return p.name + ".svg", p.name + "-dark.svg" }

// block is how the README shows a picture.
func (p *readmePicture) block(alt string) string {
	light, dark := p.files()
	return fmt.Sprintf("<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\".github/pictures/%s\">\n"+
		"  <img src=\".github/pictures/%s\" alt=\"%s\">\n</picture>", dark, light, svg.Escape(alt))
}

// The pictures of the README are what the program draws today, on both grounds,
// and their words for those who do not see them are those of the data.
func TestREADMEPictures(t *testing.T) {
	if !*update { // then the other test of the README writes it, too
		t.Parallel()
	}
	readme := readText(t, readmePath)
	var names []string
	for i := range readmePictures {
		p := &readmePictures[i]
		light, dark := p.files()
		names = append(names, light, dark)
		t.Run(p.name, func(t *testing.T) {
			data, onDark := p.draw(t)
			p.current(t, light, data)
			p.current(t, dark, onDark)
			var read said
			if err := xml.Unmarshal(data, &read); err != nil || read.Title == "" || read.Desc == "" {
				t.Fatalf("the picture says %q, %q: %v", read.Title, read.Desc, err)
			}
			before, shown, after := between(t, readme, "<!-- picture: "+p.name+" -->\n", "\n<!-- end -->")
			if want := p.block(p.alt(read)); shown != want {
				if !*update {
					t.Errorf("README.md shows %s as\n%s\nwant\n%s\n-run README -update mends it", p.name, shown, want)
				}
				readme = before + want + after
			}
		})
	}
	if *update {
		if err := os.WriteFile(readmePath, []byte(readme), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	held, err := filepath.Glob(picturesPath + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range held {
		if !slices.Contains(names, filepath.Base(path)) {
			t.Errorf("%s is shown nowhere", path)
		}
	}
}

// current holds a file of the folder to what is drawn today.
func (p *readmePicture) current(t *testing.T, name string, data []byte) {
	t.Helper()
	if len(data) > mostBytes {
		t.Errorf("%s has %d bytes, want at most %d", name, len(data), mostBytes)
	}
	path := filepath.Join(picturesPath, name)
	if *update {
		if err := os.MkdirAll(picturesPath, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, data) {
		t.Errorf("%s is stale (%v); go generate ./cmd/cli draws it again", path, err)
	}
}
