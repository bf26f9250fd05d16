package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"mpcomm/reports/result"
)

// modules are the scripts of the page by name.
func modules(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(web, "web/*.js")
	if err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	all := map[string]string{}
	for _, name := range names {
		text, err := web.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[path.Base(name)] = string(text)
	}
	return all
}

// Whatever comes from a run enters the page as text: no module may parse
// markup or code, and none may load anything.
func TestNothingIsParsed(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|setHTML|` +
		`\beval\b|new Function|javascript:|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\(|new Worker|localStorage|document\.cookie`)
	if !forbidden.MatchString("x.innerHTML = y") || !forbidden.MatchString("await fetch(u)") {
		t.Fatal("the check finds nothing")
	}
	for name, text := range modules(t) {
		for i, line := range strings.Split(text, "\n") {
			if found := forbidden.FindString(line); found != "" {
				t.Errorf("web/%s:%d: %s", name, i+1, found)
			}
		}
	}
}

// Joined modules share one scope, so every name at their top is there once;
// and every module is joined.
func TestModulesJoin(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`(?m)^(?:export )?(?:async )?(?:function|const|let|class) (\w+)`)
	owner := map[string]string{}
	for name, text := range modules(t) {
		for _, m := range names.FindAllStringSubmatch(text, -1) {
			if other, taken := owner[m[1]]; taken {
				t.Errorf("web/%s and web/%s both have a %s", name, other, m[1])
			}
			owner[m[1]] = name
		}
		first := names.FindStringSubmatch(text)
		if first != nil && !strings.Contains(script(), " "+first[1]) {
			t.Errorf("web/%s is not a part of the page", name)
		}
	}
	if strings.Contains(script(), "</") || strings.Contains(script(), "<!--") {
		t.Error("the script holds what would end its element")
	}
	for _, bad := range []string{"import * as x from \"./y.js\";\n", "export default 1;\n"} {
		if !otherwise.MatchString(exportWord.ReplaceAllString(importLine.ReplaceAllString(bad, ""), "$1 ")) {
			t.Errorf("%q would be joined wrongly", bad)
		}
	}
}

// TestModuleSizes holds scripts and styles to the length of any other file.
func TestModuleSizes(t *testing.T) {
	t.Parallel()
	style, err := web.ReadFile("web/style.css")
	if err != nil {
		t.Fatal(err)
	}
	all := modules(t)
	all["style.css"] = string(style)
	begin := regexp.MustCompile(`^( {0,2})(?:export )?(?:async )?(?:function )?[\w$]+\(.*\) \{$`)
	for name, text := range all {
		lines := strings.Split(text, "\n")
		if len(lines) > 400 {
			t.Errorf("web/%s has %d lines; want at most 400", name, len(lines))
		}
		for i, line := range lines {
			m := begin.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			end := i + 1
			for end < len(lines) && !strings.HasPrefix(lines[end], m[1]+"}") {
				end++
			}
			if end-i+1 > 70 {
				t.Errorf("web/%s:%d: %d lines; want at most 70", name, i+1, end-i+1)
			}
		}
	}
}

// Names from a scenario cannot leave the place they are put in.
func TestNothingBreaksOut(t *testing.T) {
	t.Parallel()
	const evil = `</script><img src=x onerror=alert(1)><!--"'&`
	r := &Run{
		Source: Source{Program: evil, Version: evil, Command: evil, Facts: []string{evil}},
		Result: &result.Run{Scenario: evil, Runs: result.List[result.Ordering]{{
			Ordering: evil, Kind: evil, OutsideAssumptions: []string{evil},
			FirstDifference: &result.Difference{Position: 1, Why: evil, Text: evil},
			Witnesses:       []result.Witness{{Property: "causal", Text: evil}},
		}}},
	}
	var b bytes.Buffer
	if err := WriteRun(&b, r); err != nil {
		t.Fatal(err)
	}
	file := fileData{Program: evil, Scenario: evil, Orderings: []orderingData{{Label: evil, Block: 0}}}
	if err := write(&b, "run", evil, file, runView{Source: r.Source, Result: r.Result}, []string{"AAAA"}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Contains(page, "<img") || strings.Contains(page, "<!--\"") {
		t.Error("a name became markup")
	}
	if n := strings.Count(page, "<script"); n != strings.Count(page, "</script>") || n != 3 {
		t.Errorf("%d scripts begin, %d end; want 3", n, strings.Count(page, "</script>"))
	}
	if !strings.Contains(page, `\u003c/script\u003e`) || !strings.Contains(page, "&lt;/script&gt;") {
		t.Error("the name is not there at all")
	}
}

// TestPolicy: nothing may be loaded, and only this script may run.
func TestPolicy(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := write(&b, "run", "x", fileData{}, runView{Result: &result.Run{}}, []string{"AAAA"}); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`content="default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"`).Match(b.Bytes()) {
		t.Errorf("the policy of the page is another one: %s", regexp.MustCompile(`content="default[^>]*`).Find(b.Bytes()))
	}
	for _, foreign := range []string{"http://", "https://", "url(", "@import", "src="} {
		for rest := b.String(); ; {
			_, after, found := strings.Cut(rest, foreign)
			if !found {
				break
			}
			if !strings.HasPrefix(after, "www.w3.org/2000/svg") && !strings.HasPrefix(after, "#") {
				t.Errorf("the page holds %s%.40s", foreign, after)
			}
			rest = after
		}
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	first := []column{{Name: "a", values: []int64{1<<51 - 1, -(1 << 52), 0, 5}}}
	columns := []column{
		{Name: "a", values: []int64{1 << 51, -(1 << 52), 0, 5}}, {Name: "b", Delta: true, values: []int64{7, 7, 8, -9}}, {Name: "c"},
	}
	text, err := block(map[string]any{"x": 1}, columns, first)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	zipper, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(zipper)
	if err != nil {
		t.Fatal(err)
	}
	length := binary.LittleEndian.Uint32(raw)
	const head = `{"columns":[{"name":"a","count":4,"base":true},{"name":"b","count":4,"delta":true},{"name":"c","count":0}],"x":1}`
	if got := string(raw[4 : 4+length]); got != head {
		t.Errorf("head %s\nwant %s", got, head)
	}
	body := bytes.NewReader(raw[4+length:])
	for i, want := range []int64{1, 0, 0, 0, 7, 0, 1, -17} {
		if got, err := binary.ReadVarint(body); err != nil || got != want {
			t.Errorf("value %d: %d %v, want %d", i, got, err, want)
		}
	}
	if body.Len() > 0 {
		t.Errorf("%d bytes are left", body.Len())
	}
	if _, err := block(map[string]any{}, []column{{Name: "big", values: []int64{1<<52 + 1}}}, nil); err == nil {
		t.Error("a number that the page cannot hold was written")
	}
}
