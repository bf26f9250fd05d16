package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/sim"
)

// MaxLine bounds the length of a line of JSON in bytes.
const MaxLine = 1 << 16

// WriteJSONL writes one JSON object a line for each event. Names of fields are
// stable; times are decimal milliseconds, exact to the nanosecond. A field is
// left out where it says nothing: no peer, no message, no packet, zero; of a
// fate that does not arrive, when it would.
func WriteJSONL(w io.Writer, events []Event) error {
	b := make([]byte, 0, 256)
	for i := range events {
		b = append(appendJSON(b[:0], &events[i]), '\n')
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("journal: event %d: %w", i, err)
		}
	}
	return nil
}

func appendJSON(b []byte, e *Event) []byte {
	b = append(b, `{"at_ms":`...)
	b = e.At.AppendMS(b)
	b = appendWord(b, "kind", e.Kind.String())
	if e.Peer != NoPeer {
		b = appendWord(b, "peer", e.Peer.String())
	}
	if e.Other != NoPeer {
		b = appendWord(b, "other", e.Other.String())
	}
	if e.Message != peer.NoMessage {
		b = appendWord(b, "message", e.Message.String())
	}
	if e.Packet != peer.KindNone {
		b = appendWord(b, "packet", PacketName(e.Packet))
	}
	b = appendNumber(b, "round", int64(e.Round))
	b = appendNumber(b, "attempt", int64(e.Attempt))
	b = appendNumber(b, "copy", int64(e.Copy))
	b = appendNumber(b, "size", int64(e.Size))
	if e.Kind == Fate || e.Verdict != 0 {
		b = appendWord(b, "verdict", VerdictName(e.Verdict))
	}
	if e.Kind == Fate && e.Arrival != sim.Never || e.Kind != Fate && e.Arrival != 0 {
		b = append(b, `,"arrival_ms":`...)
		b = e.Arrival.AppendMS(b)
	}
	switch {
	case e.Kind == Timer:
		b = append(b, `,"local_ms":`...)
		b = sim.Time(e.Value).AppendMS(b)
	case e.Kind == Phase && knownPhase(e.Value):
		b = appendWord(b, "phase", phaseName(e.Value))
	default:
		b = appendNumber(b, "value", e.Value)
	}
	if e.Ends {
		b = append(b, `,"ends":true`...)
	}
	return append(b, '}')
}

// appendWord appends a field whose value needs no escapes: names are made of
// letters, digits, # and -.
func appendWord(b []byte, name, value string) []byte {
	b = append(append(append(b, `,"`...), name...), `":"`...)
	return append(append(b, value...), '"')
}

func appendNumber(b []byte, name string, value int64) []byte {
	if value == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return strconv.AppendInt(b, value, 10)
}

// line is an event as read, before its words are understood.
type line struct {
	At      json.Number `json:"at_ms"`
	Kind    string      `json:"kind"`
	Peer    string      `json:"peer"`
	Other   string      `json:"other"`
	Message string      `json:"message"`
	Packet  string      `json:"packet"`
	Round   int32       `json:"round"`
	Attempt uint16      `json:"attempt"`
	Copy    uint8       `json:"copy"`
	Size    int32       `json:"size"`
	Verdict string      `json:"verdict"`
	Arrival json.Number `json:"arrival_ms"`
	Local   json.Number `json:"local_ms"`
	Phase   string      `json:"phase"`
	Value   int64       `json:"value"`
	Ends    bool        `json:"ends"`
}

// ReadJSONL reads what WriteJSONL wrote. An error names the line; events
// before it are returned. Empty lines are skipped.
func ReadJSONL(r io.Reader) ([]Event, error) {
	var events []Event
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 4096), MaxLine)
	number := 0
	for scanner.Scan() {
		number++
		if len(bytes.TrimSpace(scanner.Bytes())) == 0 {
			continue
		}
		e, err := parse(scanner.Bytes())
		if err != nil {
			return events, fmt.Errorf("journal: line %d: %w", number, err)
		}
		events = append(events, e)
	}
	if err := scanner.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d bytes", MaxLine)
		}
		return events, fmt.Errorf("journal: line %d: %w", number+1, err)
	}
	return events, nil
}

func parse(text []byte) (Event, error) {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return Event{}, err
	}
	if decoder.InputOffset() < int64(len(bytes.TrimRight(text, " \t\r"))) {
		return Event{}, errors.New("more than one JSON value")
	}
	e := Event{
		Round: l.Round, Attempt: l.Attempt, Copy: l.Copy, Size: l.Size, Value: l.Value, Ends: l.Ends,
		Peer: NoPeer, Other: NoPeer, Message: peer.NoMessage,
	}
	if l.At == "" {
		return Event{}, errors.New("at_ms: missing; want milliseconds")
	}
	var errs [9]error
	e.At, errs[0] = parseMS("at_ms", l.At)
	if l.Kind == Fate.String() && l.Arrival == "" {
		e.Arrival = sim.Never
	} else {
		e.Arrival, errs[1] = parseMS("arrival_ms", l.Arrival)
	}
	e.Peer, errs[2] = parsePeer("peer", l.Peer)
	e.Other, errs[3] = parsePeer("other", l.Other)
	kind, err := parseWord("kind", l.Kind, kindNames[:], "kind")
	e.Kind, errs[4] = Kind(kind), err
	verdict, err := parseWord("verdict", l.Verdict, verdictNames[:], "verdict")
	e.Verdict, errs[5] = verdict, err
	packet, err := parsePacket(l.Packet)
	e.Packet, errs[6] = packet, err
	if l.Message != "" {
		e.Message, errs[7] = peer.ParseMessageID(l.Message)
	}
	errs[8] = l.value(&e)
	return e, errors.Join(errs[:]...)
}

// value fills in the value of an event, which goes by different names: a
// timer's is a local time, a phase's a word.
func (l *line) value(e *Event) error {
	if e.Kind != Timer && l.Local != "" || e.Kind != Phase && l.Phase != "" {
		return fmt.Errorf("local_ms or phase of a %s: want local_ms for timers, phase for phases", e.Kind)
	}
	if e.Kind == Timer {
		if l.Value != 0 {
			return errors.New("value: a timer has none: want local_ms")
		}
		local, err := parseMS("local_ms", l.Local)
		e.Value = int64(local)
		return err
	}
	if l.Phase == "" {
		return nil
	}
	for phase := peer.Idle; phase <= peer.Stopped; phase++ {
		if phase.String() == l.Phase && l.Value == 0 {
			e.Value = int64(phase)
			return nil
		}
	}
	return fmt.Errorf("phase: %q: want the name of a phase, and no value beside it", l.Phase)
}

// parseMS reads decimal milliseconds, exactly.
func parseMS(field string, text json.Number) (sim.Time, error) {
	if text == "" {
		return 0, nil
	}
	s, negative := strings.CutPrefix(string(text), "-")
	whole, frac, _ := strings.Cut(s, ".")
	wrong := fmt.Errorf("%s: %q: want decimal milliseconds with at most six decimals, below 2^63 ns", field, text)
	if len(frac) > 6 {
		return 0, wrong
	}
	ns, err := strconv.ParseUint(whole+frac+strings.Repeat("0", 6-len(frac)), 10, 64)
	limit := uint64(1<<63 - 1)
	if negative {
		limit++
	}
	if err != nil || ns > limit {
		return 0, wrong
	}
	if negative {
		return sim.Time(-ns), nil
	}
	return sim.Time(ns), nil
}

func parsePeer(field, text string) (peer.ID, error) {
	if text == "" {
		return NoPeer, nil
	}
	// A message's name is a peer's with a number: one parser for both.
	id, err := peer.ParseMessageID(text + "#0")
	if err != nil {
		return NoPeer, fmt.Errorf("%s: %q: want a peer such as p2, 0..%d", field, text, peer.MaxPeers-1)
	}
	return id.Sender, nil
}

// parseWord finds a word in a table, or reads a number behind a prefix for the
// values that have no word.
func parseWord(field, text string, names []string, prefix string) (uint8, error) {
	if text == "" {
		return 0, nil
	}
	for i, name := range names {
		if name == text {
			return uint8(i), nil
		}
	}
	if digits, ok := strings.CutPrefix(text, prefix); ok {
		n, err := strconv.ParseUint(digits, 10, 8)
		if err == nil && int(n) >= len(names) && strconv.FormatUint(n, 10) == digits {
			return uint8(n), nil
		}
	}
	return 0, fmt.Errorf("%s: %q: want one of %s", field, text, strings.Join(names, " "))
}

var packetNames = func() []string {
	names := make([]string, peer.KindUser)
	for k := range names {
		names[k] = peer.Kind(k).String()
	}
	return names
}()

func parsePacket(text string) (peer.Kind, error) {
	if digits, ok := strings.CutPrefix(text, "user"); ok {
		n, err := strconv.ParseUint(digits, 10, 8)
		if err == nil && n <= uint64(255-peer.KindUser) && strconv.FormatUint(n, 10) == digits {
			return peer.KindUser + peer.Kind(n), nil
		}
	}
	k, err := parseWord("packet", text, packetNames, "kind")
	if err != nil || int(k) >= len(packetNames) {
		return 0, fmt.Errorf("packet: %q: want one of %s user0..user%d", text, strings.Join(packetNames, " "), 255-peer.KindUser)
	}
	return peer.Kind(k), nil
}
