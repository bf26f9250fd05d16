package run_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mpcomm/reports/export"
	"mpcomm/scenarios"
)

// stormy is a run in which packets are lost, doubled, damaged, held, sent again,
// and find their host down.
const stormy = `version: 1
name: stormy
peers: 3
orderings: [lamport]
phases: {kind: robust, retry: 20ms, drain: 200ms}
workload: {messages: 5, gap: {kind: exponential, mean: 10ms}}
network:
  latency: {kind: exponential, mean: 8ms}
  link: datagram
  loss: 1/8
  duplicate: 1/8
  corrupt: 1/20
  transport: {kind: reliable, rto: 30ms}
faults:
  - {at: 40ms, partition: [[0], [1, 2]], mode: hold, for: 30ms}
  - {at: 80ms, crash: 1, for: 30ms}
limits: {until: 1s}
`

// readable are the runs that programs of others read: the smallest, and stormy.
func readable(t *testing.T) map[string]*export.Run {
	t.Helper()
	minimal, err := scenarios.Open("minimal")
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]*export.Run{}
	for _, s := range []*scenarios.Scenario{minimal, parse(t, stormy)} {
		runs[s.Name], _ = exportable(t, s, s.Orderings[len(s.Orderings)-1], s.Seed)
	}
	return runs
}

// TestTsharkReadsExports: the reader of Wireshark finds in a capture the packets
// of the run, at their times and addresses, with good checksums.
func TestTsharkReadsExports(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed, the package of that name in Debian: captures are read by our own reader alone")
	}
	fields := []string{
		"frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction", "ip.src", "ip.dst", "ip.id", "data.text",
		"frame.protocols", "ip.checksum.status", "udp.checksum.status", "frame.comment",
	}
	args := []string{"-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "data.show_as_text:TRUE", "-T", "fields"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	words := map[string]bool{}
	for name, r := range readable(t) {
		data := exported(t, "pcapng", r)
		file := filepath.Join(t.TempDir(), name+".pcapng")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("tshark", append([]string{"-r", file}, args...)...)
		var problems bytes.Buffer
		c.Stderr = &problems
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, problems.Bytes())
		}
		frames, _, _ := readPCAPNG(t, data)
		var want []string
		for i, w := range wantedFrames(t, checkJSONL(t, exported(t, "jsonl", r), r)) {
			want = append(want, fmt.Sprintf("%d.%09d\t%s\t0x%08x\t%s\t%s\t0x%04x\t%s\traw:ip:udp:data\t1\t1\t%s",
				w.at/1e9, w.at%1e9, w.port, w.direction, w.from, w.to, frames[i].id, w.text, frames[i].comment))
			for _, word := range []string{"lost", "held", "corrupted", "duplicate", "delivered", "host is down"} {
				words[word] = words[word] || strings.Contains(frames[i].comment, word)
			}
		}
		got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if len(got) != len(want) {
			t.Errorf("%s: tshark reads %d packets, want %d", name, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("%s: packet %d\n got %s\nwant %s", name, i, got[i], want[i])
			}
		}
	}
	if len(words) < 6 {
		t.Errorf("only %v befell packets", words)
	}
}

// parseMermaid has Mermaid itself parse diagrams, in the order of the arguments.
const parseMermaid = `
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import fs from 'node:fs'
const [folder, ...files] = process.argv.slice(2)
const require = createRequire(folder + '/')
const { JSDOM } = require('jsdom')
const page = new JSDOM('')
globalThis.window = page.window
globalThis.document = page.window.document
const mermaid = (await import(pathToFileURL(folder + '/node_modules/mermaid/dist/mermaid.core.mjs'))).default
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8')
  await mermaid.parse(text) // which loads what is needed
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text)
  console.log(diagram.type, [...diagram.db.getActors().keys()].length, diagram.db.getMessages().length)
}
`

// TestMermaidReadsExports: Mermaid finds in a diagram as many participants and
// lines as were written.
func TestMermaidReadsExports(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("MPCOMM_MERMAID")
	if folder == "" {
		t.Skip("MPCOMM_MERMAID names no folder in which `npm install mermaid jsdom` was run: diagrams are read by our own grammar alone")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "parse.mjs")
	if err := os.WriteFile(script, []byte(parseMermaid), 0o666); err != nil {
		t.Fatal(err)
	}
	args, want := []string{script, folder}, ""
	for name, r := range readable(t) {
		data := exported(t, "mermaid", r)
		file := filepath.Join(dir, name+".mmd")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
		lines := bytes.Count(data, []byte("\n")) - 2 - r.History.Peers // the head and the comment are none
		want += fmt.Sprintf("sequence %d %d\n", r.History.Peers, lines)
	}
	c := exec.Command("node", args...)
	var problems bytes.Buffer
	c.Stderr = &problems
	if out, err := c.Output(); err != nil || string(out) != want {
		t.Errorf("Mermaid reads\n%swant\n%s%v %s", out, want, err, problems.Bytes())
	}
}
