package scenarios

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// decode resolves a whole tree.
func decode(root *node, table order.Table, files *fileCache) (*Scenario, Errors) {
	d := &decoder{table: table, files: files}
	s := d.scenario(root)
	s.source = source{root: root, table: table, files: files, warnings: d.warnings.sorted()}
	return s, d.problems.sorted()
}

func (d *decoder) scenario(root *node) *Scenario {
	r := d.record(root, "", &scenarioObject)
	s := &Scenario{}
	r.integer("version")
	s.Name = d.name(r, root.text.name)
	s.Doc = r.text("doc")
	s.Seed = r.seed("seed")
	before := len(d.problems)
	s.Peers = int(r.integer("peers"))
	d.peers = s.Peers
	if len(d.problems) > before {
		d.peers = peer.MaxPeers // so that one bad number does not make every peer a stranger
	}
	s.Orderings = d.orderings(r)
	s.Phases = d.phases(r)
	s.Workload = d.workload(r)
	s.Network = d.network(r, s)
	s.Clocks = d.clocks(r, s)
	s.Heal = d.heal(r)
	d.faultList(r, s)
	s.Permuted = r.word("ties") == "permuted"
	s.Limits = d.limits(r)
	d.checkPace(s)
	d.checkHeal(r, s)
	s.Measure = d.measure(r)
	r.items("watch", func(n *node, path string) { s.Watch = append(s.Watch, d.watch(n, path, s)) })
	s.Expect = d.expect(r, s)
	s.Sweep = d.sweep(r, root)
	s.Swarm = d.swarm(r, root, s)
	d.checkSwarm(s, root)
	d.checkCells(s, root)
	return s
}

// maxNameLength bounds names of scenarios, sites and orderings, which become
// names of folders and columns.
const maxNameLength = 64

// name is the scenario's name: written, or that of its file.
func (d *decoder) name(r record, file string) string {
	if !r.has("name") {
		base := filepath.Base(file)
		base = strings.TrimSuffix(base, filepath.Ext(base))
		kept := strings.TrimSpace(strings.Map(func(c rune) rune {
			if isNameRune(c) {
				return c
			}
			return '-'
		}, strings.ToValidUTF8(base, "-")))
		if len(kept) > maxNameLength {
			kept = strings.TrimSpace(strings.ToValidUTF8(kept[:maxNameLength], ""))
		}
		if strings.Trim(kept, "-. ") == "" {
			return "scenario"
		}
		return kept
	}
	n, path, f := r.value("name")
	return d.nameText(n, path, f)
}

// isNameRune keeps names fit for a folder, a terminal and the tokens of replays,
// in which @ and / separate.
func isNameRune(c rune) bool { return isPrintable(c) && c != '@' && c != '/' && c != '\\' }

func (d *decoder) nameText(n *node, path string, f *form) string {
	if !d.scalar(n, path, f) {
		return ""
	}
	if n.scalar == "" || len(n.scalar) > maxNameLength || strings.TrimSpace(n.scalar) != n.scalar ||
		strings.ContainsFunc(n.scalar, func(c rune) bool { return !isNameRune(c) }) {
		d.problem(n, path, "%q is no name; want 1..%d bytes of text without @ / \\ and without space at the ends",
			clip(n.scalar), maxNameLength)
	}
	return n.scalar
}

func (d *decoder) phases(r record) peer.Phases {
	n, path, f := r.value("phases")
	p := peer.DefaultPhases()
	if n == nil {
		return p
	}
	q := d.record(n, path, f.object)
	unused := map[peer.Protocol][]string{
		peer.Classic: {"retry", "backoff", "give_up"},
		peer.None:    {"retry", "backoff", "give_up", "stop_gap"},
	}
	for _, protocol := range []peer.Protocol{peer.Robust, peer.Classic, peer.None} {
		if q.word("kind") == protocol.String() {
			p.Protocol = protocol
		}
	}
	retry, backoff, giveUp, stopGap := q.amount("retry"), q.integer("backoff"), q.amount("give_up"), q.amount("stop_gap")
	if p.Protocol == peer.Robust {
		p.Retry, p.Backoff, p.GiveUp = time.Duration(retry), backoff, time.Duration(giveUp)
	}
	if p.Protocol != peer.None {
		p.StopGap = time.Duration(stopGap)
	}
	p.Drain = time.Duration(q.amount("drain"))
	for _, name := range unused[p.Protocol] {
		if c := q.n.child(name); c != nil {
			d.warn(c, joinPath(path, name), "has no effect with %s phases", p.Protocol)
		}
	}
	return p
}

func (d *decoder) limits(r record) Limits {
	n, path, f := r.value("limits")
	q := d.record(n, path, f.object)
	l := Limits{Until: time.Duration(q.amount("until")), SinceData: q.word("since") == "data"}
	if !q.is("events", "none") {
		l.Events = uint64(q.integer("events"))
	}
	return l
}

func (d *decoder) measure(r record) *Window {
	n, path, f := r.value("measure")
	if n == nil {
		return nil
	}
	q := d.record(n, path, f.object)
	w := &Window{From: time.Duration(q.amount("from")), Until: Forever}
	if !q.is("until", "none") {
		w.Until = time.Duration(q.amount("until"))
	}
	if w.Until <= w.From {
		d.problem(n, path, "the window ends at %s, not after its beginning %s; want from < until",
			durations.print(int64(w.Until)), durations.print(int64(w.From)))
	}
	return w
}

func (d *decoder) watch(n *node, path string, s *Scenario) Watch {
	q := d.record(n, path, &watchObject)
	w := Watch{Peer: q.peer("peer"), First: q.message("first"), Then: q.message("then")}
	d.known(q, "first", w.First, s)
	d.known(q, "then", w.Then, s)
	if w.First == w.Then && w.First != peer.NoMessage {
		d.problem(n, path, "first and then are both %s; want two different messages", w.First)
	}
	return w
}

// known checks that a message the file names is one that the workload sends.
// Replies are numbered as they happen, so with replies any number may exist.
func (d *decoder) known(r record, name string, id peer.MessageID, s *Scenario) {
	if id == peer.NoMessage || d.sent[id] || s.Workload.Sends == nil && s.Workload.Has(id) || s.Workload.Replies != nil {
		return
	}
	n, path, _ := r.value(name)
	d.problem(n, path, "%s is never sent; %s", id, s.Workload.sendsOf(id.Sender))
}

func (d *decoder) expect(r record, s *Scenario) []Expectation {
	n, path, _ := r.value("expect")
	if n == nil {
		return nil
	}
	if n.kind != mapNode {
		d.problem(n, path, "got %s; want a map from ordering to expectation, such as {lamport: {logs: identical}}", n.describe())
		return nil
	}
	var all []Expectation
	for i, k := range n.keys {
		at := joinPath(path, k.scalar)
		o, err := s.Ordering(k.scalar)
		if err != nil && !d.orderingsBad {
			d.problem(k, at, "%v", err)
		}
		e := d.expectation(n.items[i], at, s)
		e.Ordering, e.written = Label(o), k.scalar
		for _, other := range all {
			if err == nil && other.Ordering == e.Ordering {
				d.problem(k, at, "%q and %q are the same ordering; put both expectations under one", other.written, k.scalar)
			}
		}
		all = append(all, e)
	}
	return all
}

func (d *decoder) expectation(n *node, path string, s *Scenario) Expectation {
	q := d.record(n, path, &expectObject)
	for i := range expectObject.keys {
		name := expectObject.keys[i].name
		if q.is(name, "unknown") {
			d.problem(q.n.child(name), joinPath(path, name), "unknown cannot be expected: it says that a run ended too early to tell")
			return Expectation{}
		}
	}
	e := Expectation{Logs: q.word("logs")}
	if q.has("complete") {
		complete := q.bool("complete")
		e.Complete = &complete
	}
	for _, name := range propertyNames {
		if want := q.word(name); want != "" {
			e.Properties = append(e.Properties, PropertyExpectation{Property: name, Want: want})
		}
	}
	if limit := q.word("limit"); limit != "" {
		limit = strings.TrimSuffix(limit, "none")
		e.Limit = &limit
	}
	if q.has("stuck") {
		e.Stuck, e.StuckGiven = q.peersList("stuck"), true
	}
	if q.has("first_difference") {
		first := int(q.integer("first_difference"))
		e.FirstDifference = &first
	}
	if q.has("happened") {
		e.Happened = []bool{}
		q.items("happened", func(n *node, path string) { e.Happened = append(e.Happened, d.bool(n, path, &boolForm)) })
		if len(e.Happened) != len(s.Watch) {
			n, path, _ := q.value("happened")
			d.problem(n, path, "has %d answers for %d entries of watch; want one for each", len(e.Happened), len(s.Watch))
		}
	}
	if q.has("liveness") && s.Heal == nil {
		n, path, _ := q.value("liveness")
		d.problem(n, path, "liveness is demanded only after a heal; want heal_at: TIME in this file")
	}
	d.contradiction(q, e)
	return e
}

// contradiction reports expectations that no run can meet.
func (d *decoder) contradiction(r record, e Expectation) {
	if e.Logs == "identical" && e.FirstDifference != nil {
		n, path, _ := r.value("first_difference")
		d.problem(n, path, "identical logs have no first difference; remove one of the two")
	}
	if e.Logs == "identical" {
		for _, p := range e.Properties {
			if p.Property == "total" && p.Want == "violated" {
				n, path, _ := r.value("total")
				d.problem(n, path, "identical logs cannot violate total order; remove one of the two")
			}
		}
	}
}

// describeList names things in an error: "a, b and c".
func describeList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s and %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
