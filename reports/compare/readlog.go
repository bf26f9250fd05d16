package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/sim"
)

// MaxFile is the largest log file that is read, in bytes.
const MaxFile = 1 << 30

const forms = "want the form of mpcomm (first line \"# mpcomm log 1 …\"), JSON lines ({\"message\":\"p2#0\"}), or one list [(2, 0), (1, 0)]"

// ReadLog reads a log in any of its forms. name stands in errors, which say
// file:line:column, what is wrong and what is wanted.
func ReadLog(name string, r io.Reader) (File, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > MaxFile {
		return File{}, fmt.Errorf("%s: longer than %d bytes, the most that is read", name, MaxFile)
	}
	in := &input{name: name, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	start := bytes.TrimLeft(in.data, " \t\r\n")
	f := File{Name: name, Peer: -1}
	switch {
	case len(start) == 0:
		return File{}, in.wrong(1, 1, "the file is empty; %s", forms)
	case start[0] == '#':
		f.Form = FormLog
		err = in.readOwn(&f)
	case start[0] == '{':
		f.Form = FormJSONL
		err = in.readJSONL(&f)
	case start[0] == '[':
		f.Form = FormLab
		err = in.readLab(&f)
	default:
		line, column := in.place(len(in.data) - len(start))
		err = in.wrong(line, column, "no log begins with %q; %s", start[0], forms)
	}
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// input is a file being read.
type input struct {
	name string
	data []byte
}

func (in *input) wrong(line, column int, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", in.name, line, column, fmt.Sprintf(format, args...))
}

// place returns the line and column, from 1, of a byte of the file.
func (in *input) place(offset int) (line, column int) {
	before := in.data[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}

// lines calls yield with each line and its number, without its end.
func (in *input) lines(yield func(number int, text string) error) error {
	rest := in.data
	for number := 1; len(rest) > 0; number++ {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		if err := yield(number, strings.TrimSuffix(string(line), "\r")); err != nil {
			return err
		}
	}
	return nil
}

// readOwn reads this program's form.
func (in *input) readOwn(f *File) error {
	began, ended, last := false, false, 0
	err := in.lines(func(number int, text string) error {
		last = number
		switch {
		case ended && text != "":
			return in.wrong(number, 1, "a line after the end line; want nothing there")
		case ended:
			return nil
		case !began && text == "":
			return nil
		case !began:
			began = true
			return in.header(f, number, text)
		case strings.HasPrefix(text, "#"):
			ended = true
			if want := "# end " + strconv.Itoa(len(f.Entries)); text != want {
				return in.wrong(number, 1, "%q; want %q after %d entries", text, want, len(f.Entries))
			}
			return nil
		}
		e, err := in.entry(number, text, len(f.Entries)+1)
		f.Entries = append(f.Entries, e)
		return err
	})
	if err != nil && !ended && last == bytes.Count(in.data, []byte("\n"))+1 {
		return in.wrong(last, 1, "the log was cut in the middle of this line, after %d entries; write the file again", max(0, len(f.Entries)-1))
	}
	if err == nil && !ended {
		err = in.wrong(last+1, 1, "the log was cut: the last line \"# end %d\" is missing after %d entries; write the file again",
			len(f.Entries), len(f.Entries))
	}
	return err
}

// header reads "# mpcomm log 1 peer=0 ordering=LABEL seed=1"; a label may hold
// spaces.
func (in *input) header(f *File, number int, text string) error {
	const form = "# mpcomm log 1 peer=PEER ordering=LABEL seed=SEED"
	rest, ok := strings.CutPrefix(text, "# mpcomm log 1 peer=")
	who, rest, okPeer := strings.Cut(rest, " ordering=")
	at := strings.LastIndex(rest, " seed=")
	if !ok || !okPeer || at < 0 {
		return in.wrong(number, 1, "%q; want %q", text, form)
	}
	p, err := strconv.ParseInt(who, 10, 32)
	if err != nil || p < -1 || p >= peer.MaxPeers {
		return in.wrong(number, strings.Index(text, "peer=")+1, "peer=%s; want 0..%d, or -1 when it is not known", who, peer.MaxPeers-1)
	}
	seed, err := strconv.ParseUint(rest[at+len(" seed="):], 10, 64)
	if err != nil {
		return in.wrong(number, strings.LastIndex(text, "seed=")+1, "seed=%s; want 0..%d", rest[at+len(" seed="):], uint64(math.MaxUint64))
	}
	f.Peer, f.Ordering, f.Seed = peer.ID(p), rest[:at], seed
	return nil
}

// entry reads "POSITION MESSAGE delivered=MS arrived=MS sent=MS"; times may be
// left out.
func (in *input) entry(number int, text string, position int) (Entry, error) {
	column := 1
	rest := text
	next := func() (field string, at int) {
		at = column
		field, rest, _ = strings.Cut(rest, " ")
		column += len(field) + 1
		return field, at
	}
	field, at := next()
	if field != strconv.Itoa(position) {
		return Entry{}, in.wrong(number, at, "position %q; want %d, each position once and in order", field, position)
	}
	field, at = next()
	id, err := peer.ParseMessageID(field)
	if err != nil {
		return Entry{}, in.wrong(number, at, "%v", err)
	}
	e := untimed(id)
	for rest != "" {
		field, at = next()
		name, value, _ := strings.Cut(field, "=")
		into := map[string]*sim.Time{"delivered": &e.Delivered, "arrived": &e.Arrived, "sent": &e.Sent}[name]
		if into == nil || *into != sim.Never {
			return Entry{}, in.wrong(number, at, "%q; want delivered=MS arrived=MS sent=MS, each at most once", field)
		}
		if *into, err = parseMS(value); err != nil {
			return Entry{}, in.wrong(number, at, "%q: %v", field, err)
		}
	}
	return e, nil
}

// parseMS reads decimal milliseconds exactly, to the nanosecond.
func parseMS(s string) (sim.Time, error) {
	wrong := fmt.Errorf("want decimal milliseconds with at most 6 decimals, from -9223372036854.775807 to 9223372036854.775806")
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || point && fraction == "" || len(fraction) > 6 || len(whole) > 13 {
		return 0, wrong
	}
	digits = whole + fraction + "000000"[len(fraction):]
	if strings.Trim(digits, "0123456789") != "" {
		return 0, wrong
	}
	ns, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || ns == math.MaxInt64 { // the last one means never
		return 0, wrong
	}
	if negative {
		ns = -ns
	}
	return sim.Time(ns), nil
}

// record is what a JSON line may say; other keys are passed over.
type record struct {
	Message   *string      `json:"message"`
	Delivered *json.Number `json:"delivered_ms"`
	Arrived   *json.Number `json:"arrived_ms"`
	Sent      *json.Number `json:"sent_ms"`
}

func (in *input) readJSONL(f *File) error {
	return in.lines(func(number int, text string) error {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		var r record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			column := 1
			var syntax *json.SyntaxError
			var kind *json.UnmarshalTypeError
			switch {
			case errors.As(err, &syntax):
				column = max(1, int(syntax.Offset))
			case errors.As(err, &kind):
				column = max(1, int(kind.Offset))
			}
			return in.wrong(number, column, "%v; want an object a line, such as {\"message\":\"p2#0\"}", err)
		}
		if r.Message == nil {
			return in.wrong(number, 1, "no \"message\"; want an object a line, such as {\"message\":\"p2#0\"}")
		}
		id, err := peer.ParseMessageID(*r.Message)
		if err != nil {
			return in.wrong(number, 1, "%v", err)
		}
		e := untimed(id)
		for _, field := range []struct {
			name string
			from *json.Number
			into *sim.Time
		}{{"delivered_ms", r.Delivered, &e.Delivered}, {"arrived_ms", r.Arrived, &e.Arrived}, {"sent_ms", r.Sent, &e.Sent}} {
			if field.from == nil {
				continue
			}
			if *field.into, err = parseMS(field.from.String()); err != nil {
				return in.wrong(number, 1, "%s %s: %v", field.name, field.from, err)
			}
		}
		f.Entries = append(f.Entries, e)
		return nil
	})
}

// readLab reads the lab's one-line form: a list of (sender, number) pairs.
func (in *input) readLab(f *File) error {
	s := scanner{in: in}
	if !s.take('[') {
		return s.wrong("want a list of (sender, number) pairs")
	}
	for first := true; !s.take(']'); first = false {
		if !first && !s.take(',') {
			return s.wrong("want , or ]")
		}
		if !first && s.take(']') { // a comma may end the list
			break
		}
		if !s.take('(') {
			return s.wrong("want (sender, number)")
		}
		sender, ok := s.number(peer.MaxPeers - 1)
		if !ok {
			return s.wrong(fmt.Sprintf("want a sender 0..%d", peer.MaxPeers-1))
		}
		if !s.take(',') {
			return s.wrong("want , between sender and number")
		}
		number, ok := s.number(peer.MaxNumber)
		if !ok {
			return s.wrong(fmt.Sprintf("want a number 0..%d", peer.MaxNumber))
		}
		if !s.take(')') {
			return s.wrong("want )")
		}
		f.Entries = append(f.Entries, untimed(peer.MessageID{Sender: peer.ID(sender), Number: int32(number)}))
	}
	if s.space(); s.at < len(in.data) {
		return s.wrong("want nothing after the list")
	}
	return nil
}

// scanner walks the lab's form byte by byte.
type scanner struct {
	in *input
	at int
}

func (s *scanner) space() {
	for s.at < len(s.in.data) && strings.IndexByte(" \t\r\n", s.in.data[s.at]) >= 0 {
		s.at++
	}
}

func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.in.data) && s.in.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) number(limit int) (int, bool) {
	s.space()
	from, n := s.at, 0
	for s.at < len(s.in.data) && s.in.data[s.at] >= '0' && s.in.data[s.at] <= '9' {
		if n = 10*n + int(s.in.data[s.at]-'0'); n > limit {
			s.at = from
			return 0, false
		}
		s.at++
	}
	return n, s.at > from
}

func (s *scanner) wrong(want string) error {
	line, column := s.in.place(s.at)
	if s.at == len(s.in.data) {
		return s.in.wrong(line, column, "the list was cut; %s", want)
	}
	return s.in.wrong(line, column, "%q stands here; %s", s.in.data[s.at], want)
}
