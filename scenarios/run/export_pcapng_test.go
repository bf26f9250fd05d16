package run_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"mpcomm/reports/export"
	"mpcomm/scenarios/run"
)

// frame is one packet of a capture.
type frame struct {
	at        int64
	port      string // name of the interface
	direction uint32 // 1 inbound, 2 outbound
	comment   string
	from, to  string
	id        uint16
	text      string
}

// options reads the options of a block; of each code the first.
func pcapngOptions(t tester, b []byte) map[uint16]string {
	t.Helper()
	all := map[uint16]string{}
	for len(b) > 0 {
		code, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if code == 0 {
			if n != 0 || len(b) != 4 {
				t.Errorf("pcapng: the end of options is not the end of the block")
			}
			return all
		}
		all[code] = string(b[4 : 4+n])
		b = b[4+(n+3)/4*4:]
	}
	t.Errorf("pcapng: options do not end")
	return all
}

// readPCAPNG reads a capture by the rules of the draft "PCAP Next Generation":
// a section header, then blocks of which length and length agree.
func readPCAPNG(t tester, data []byte) (frames []frame, ports []string, names map[string]string) {
	t.Helper()
	names = map[string]string{}
	for first := true; len(data) > 0; first = false {
		kind, n := binary.LittleEndian.Uint32(data), int(binary.LittleEndian.Uint32(data[4:]))
		if n%4 != 0 || n < 12 || n > len(data) || int(binary.LittleEndian.Uint32(data[n-4:])) != n {
			t.Fatalf("pcapng: a block of %d bytes", n)
		}
		body := data[8 : n-4]
		data = data[n:]
		switch kind {
		case 0x0a0d0d0a:
			if !first || binary.LittleEndian.Uint32(body) != 0x1a2b3c4d || binary.LittleEndian.Uint16(body[4:]) != 1 || binary.LittleEndian.Uint16(body[6:]) != 0 {
				t.Errorf("pcapng: section header %x", body)
			}
			pcapngOptions(t, body[16:])
		case 1:
			o := pcapngOptions(t, body[8:])
			if binary.LittleEndian.Uint16(body) != 101 || o[9] != "\x09" {
				t.Errorf("pcapng: interface %v of link type %d", o, binary.LittleEndian.Uint16(body))
			}
			ports = append(ports, o[2])
		case 4:
			for binary.LittleEndian.Uint16(body) != 0 {
				k := int(binary.LittleEndian.Uint16(body[2:]))
				names[ipv4(body[4:])] = strings.TrimSuffix(string(body[8:4+k]), "\x00")
				body = body[4+(k+3)/4*4:]
			}
		case 6:
			frames = append(frames, readFrame(t, body, ports))
		default:
			t.Errorf("pcapng: block of kind %d", kind)
		}
		if first != (kind == 0x0a0d0d0a) {
			t.Errorf("pcapng: the section header is not the first block")
		}
	}
	return frames, ports, names
}

func ipv4(b []byte) string { return fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3]) }

func readFrame(t tester, body []byte, ports []string) frame {
	t.Helper()
	port, n := int(binary.LittleEndian.Uint32(body)), int(binary.LittleEndian.Uint32(body[12:]))
	if port >= len(ports) || int(binary.LittleEndian.Uint32(body[16:])) != n {
		t.Fatalf("pcapng: packet of interface %d, of %d bytes", port, n)
	}
	f := frame{port: ports[port], at: int64(binary.LittleEndian.Uint32(body[4:]))<<32 | int64(binary.LittleEndian.Uint32(body[8:]))}
	ip := body[20 : 20+n]
	o := pcapngOptions(t, body[20+(n+3)/4*4:])
	f.comment, f.direction = o[1], binary.LittleEndian.Uint32([]byte(o[2]))
	udp := ip[20:]
	if ip[0] != 0x45 || int(binary.BigEndian.Uint16(ip[2:])) != n || ip[9] != 17 || int(binary.BigEndian.Uint16(udp[4:])) != len(udp) {
		t.Errorf("pcapng: headers of %x", ip)
	}
	pseudo := append(append([]byte{}, ip[12:20]...), 0, 17, udp[4], udp[5])
	if onesComplement(ip[:20]) != 0xffff || onesComplement(append(pseudo, udp...)) != 0xffff {
		t.Errorf("pcapng: checksums of %x", ip)
	}
	f.from, f.to, f.id, f.text = ipv4(ip[12:]), ipv4(ip[16:]), binary.BigEndian.Uint16(ip[4:]), string(udp[8:])
	return f
}

// onesComplement adds words with their carry, one by one.
func onesComplement(b []byte) int {
	sum := 0
	for i, x := range b {
		if i%2 == 0 {
			sum += int(x) << 8
		} else {
			sum += int(x)
		}
		if sum > 0xffff {
			sum -= 0xffff
		}
	}
	return sum
}

// wantedFrames are the packets that a capture has to hold, made from the lines
// of JSON: what is sent, once and for all, and what arrives.
func wantedFrames(t tester, lines []line) (want []frame) {
	t.Helper()
	held := map[string]bool{}
	for _, l := range lines {
		if l["kind"] != "fate" && l["kind"] != "arrival" {
			continue
		}
		f := frame{at: l.at(t), port: l["peer"], text: l["packet"]}
		if l["message"] != "" {
			f.text += " " + l["message"]
		}
		for _, name := range []string{"round", "attempt", "copy"} {
			if l[name] != "" {
				f.text += " " + name + "=" + l[name]
			}
		}
		from, to := l["peer"], l["other"]
		f.direction = 2
		if l["kind"] == "arrival" {
			from, to, f.direction = to, from, 1
		}
		f.from, f.to = "10.0.0."+from[1:], "10.0.0."+to[1:]
		name := fmt.Sprint(f.from, f.to, f.text)
		again := held[name]
		if l["kind"] == "fate" {
			held[name] = l["verdict"] == "held"
		}
		switch {
		case l["kind"] == "fate" && (again || l["copy"] != ""): // let go, or a duplicate: not sent again
		case l["kind"] == "arrival" && l["verdict"] != "":
		default:
			want = append(want, f)
		}
	}
	return want
}

// checkPCAPNG holds a capture to the run: packets, times, addresses, and what
// comments say of losses.
func checkPCAPNG(t tester, data []byte, lines []line, r *export.Run, o *run.Outcome) {
	t.Helper()
	frames, ports, names := readPCAPNG(t, data)
	for p := range r.History.Peers {
		if name := fmt.Sprint("p", p); p >= len(ports) || ports[p] != name || names["10.0.0."+name[1:]] != name {
			t.Errorf("pcapng: interfaces %v, names %v", ports, names)
		}
	}
	want := wantedFrames(t, lines)
	if len(want) != len(frames) {
		t.Fatalf("pcapng: %d packets, want %d", len(frames), len(want))
	}
	checkComments(t, frames, lines)
	sent, lost := uint64(0), 0
	ids := map[uint16]frame{}
	for i, f := range frames {
		plain := f
		plain.comment, plain.id = "", 0
		if plain != want[i] {
			t.Errorf("pcapng: packet %d is %+v, want %+v", i, f, want[i])
		}
		if f.direction == 1 {
			text, _, _ := strings.Cut(f.text, " copy=")
			if s, known := ids[f.id]; !known || s.text != text || s.from != f.from || s.to != f.to {
				t.Errorf("pcapng: %+v arrives and was sent as %+v", f, s)
			}
			continue
		}
		ids[f.id] = f
		if f.from != f.to {
			sent++
		}
		if strings.Contains(f.comment, "lost") || strings.Contains(f.comment, "corrupted") {
			lost++
		}
		if f.comment == "" {
			t.Errorf("pcapng: %+v says nothing of what becomes of it", f)
		}
	}
	if sent != o.Cost.Packets() {
		t.Errorf("pcapng: %d packets leave, the run counts %d", sent, o.Cost.Packets())
	}
	if lost == 0 != (countLost(lines) == 0) {
		t.Errorf("pcapng: %d comments on losses, the journal has %d", lost, countLost(lines))
	}
}

// checkComments holds what comments say of an arrival, a delivery or a partition
// to the lines of JSON.
func checkComments(t tester, frames []frame, lines []line) {
	t.Helper()
	comes, held, delivered := map[string][]string{}, map[string]int{}, map[string]string{}
	logged := map[string]int{}
	for _, l := range lines {
		name := fmt.Sprint(l["peer"], l["other"], l["packet"], l["message"], l["round"], l["attempt"], "#", l["copy"])
		switch l["kind"] {
		case "fate":
			if l["verdict"] == "held" {
				held[name]++
			}
		case "arrival":
			name = fmt.Sprint(l["other"], l["peer"], l["packet"], l["message"], l["round"], l["attempt"], "#", l["copy"])
			if l["verdict"] == "" {
				comes[name] = append(comes[name], "arrives at "+l["at_ms"]+" ms")
			}
		case "delivery":
			logged[l["peer"]]++
			if key := l["peer"] + " " + l["message"]; delivered[key] == "" {
				delivered[key] = fmt.Sprintf("delivered at %s ms, position %d", l["at_ms"], logged[l["peer"]])
			}
		}
	}
	for _, f := range frames {
		words := map[string]string{}
		parts := strings.Fields(f.text)
		for _, part := range parts[1:] {
			if key, value, ok := strings.Cut(part, "="); ok {
				words[key] = value
			} else {
				words["message"] = part
			}
		}
		peerOf := func(address string) string { return "p" + strings.TrimPrefix(address, "10.0.0.") }
		name := fmt.Sprint(peerOf(f.from), peerOf(f.to), parts[0], words["message"], words["round"], words["attempt"], "#", words["copy"])
		key := f.port + " " + words["message"]
		switch body := parts[0] == "data" || parts[0] == "relay"; {
		case f.direction == 2:
			// Several may have one name, those of two lives of a peer: each arrival
			// is that of one of them.
			if strings.Contains(f.comment, "held by a partition until") {
				held[name]--
			}
			if k := slices.IndexFunc(comes[name], func(words string) bool { return strings.Contains(f.comment, words) }); k >= 0 {
				comes[name] = slices.Delete(comes[name], k, k+1)
			} else if strings.Contains(f.comment, "arrives at") && !strings.Contains(f.comment, "lost") && !strings.Contains(f.comment, "after the end") {
				t.Errorf("pcapng: %+v, but arrivals are %q", f, comes[name])
			}
		case f.direction == 1 && body && (!strings.Contains(f.comment, delivered[key]) || delivered[key] == "" && strings.Contains(f.comment, "delivered")):
			t.Errorf("pcapng: %+v, want %q", f, delivered[key])
		case f.direction == 1 && body:
			delete(delivered, key) // by the first to come
		}
	}
	for name, left := range held {
		if left < 0 || left > 0 && strings.HasSuffix(name, "#") {
			t.Errorf("pcapng: of the packets %s that a partition held %d more are to be said so", name, left)
		}
	}
	for name, left := range comes {
		if len(left) > 0 && strings.HasSuffix(name, "#") { // the arrival of a duplicate is not foretold
			t.Errorf("pcapng: no packet %s is said to %q", name, left)
		}
	}
}

// countLost counts the packets, duplicates apart, that are lost for good.
func countLost(lines []line) int {
	n := 0
	for _, l := range lines {
		loss := l["kind"] == "fate" && l["verdict"] != "arrives" && l["verdict"] != "held" || l["kind"] == "arrival" && l["verdict"] != ""
		if loss && l["copy"] == "" {
			n++
		}
	}
	return n
}
