package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// Format writes the resolved scenario as a file that runs identically: every
// default is written out, so that it can be read without knowing them. Parsing
// the result gives an equal scenario, and formatting that the same bytes.
func Format(s *Scenario) []byte { return printTree(s.tree(true)) }

// Written returns the scenario as it was written, with the settings that With
// applied but without comments. Unlike what Format writes it leaves out what it
// left out, so that it has the same cells: what a grid varies may be the default
// of another value.
func Written(s *Scenario) []byte {
	origin, problems := s.origin()
	if len(problems) > 0 {
		panic(fmt.Sprintf("scenarios: what Format writes does not read back: %v", problems))
	}
	root := origin.root
	if root.child("name") == nil { // then it is that of the file
		named := mapOf().put("name", textNode(s.Name))
		for i, k := range root.keys {
			named.put(k.scalar, root.items[i])
		}
		root = named
	}
	return printTree(root)
}

// Hash names what the scenario says: the first 16 hex digits of the SHA-256 of
// its resolved form, without doc and seed, and of the files it reads. Comments, order of
// keys, spelling of values and defaults written out or not do not change it.
func Hash(s *Scenario) string {
	h := sha256.New()
	h.Write(printTree(s.tree(false)))
	if files := s.source.files; files != nil {
		for _, file := range s.fileNames() {
			fmt.Fprintf(h, "%q %x\n", file, files.sum(file))
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// fileNames lists the files that the scenario reads, sorted.
func (s *Scenario) fileNames() []string {
	var names []string
	if s.Network.Matrix != nil {
		names = append(names, s.Network.Matrix.File)
	}
	names = s.Clocks.files(names)
	var visit func(n *node)
	visit = func(n *node) {
		if n.child("kind") != nil && n.child("kind").scalar == string(latency.Empirical) {
			names = append(names, n.child("file").scalar)
		}
		for _, item := range n.items {
			visit(item)
		}
	}
	visit(s.tree(false))
	slices.Sort(names)
	return slices.Compact(names)
}

// The builders of trees. rawNode is a value that is not text: numbers, amounts,
// words, and axis values as written.

func rawNode(s string) *node { return &node{scalar: s, tag: "!raw"} }

func textNode(s string) *node { return &node{scalar: s, tag: "!!str"} }

func integerNode[T ~int | ~int32 | ~int64 | ~uint64](v T) *node {
	return rawNode(fmt.Sprint(uint64OrInt(v)))
}

func uint64OrInt[T ~int | ~int32 | ~int64 | ~uint64](v T) any {
	if v >= 0 {
		return uint64(v)
	}
	return int64(v)
}

func boolNode(v bool) *node { return rawNode(strconv.FormatBool(v)) }

func durationNode(d time.Duration) *node { return rawNode(durations.print(int64(d))) }

func ratioNode(r rng.Ratio) *node { return rawNode(r.String()) }

func messageNode(id peer.MessageID) *node { return textNode(id.String()) }

func mapOf() *node { return &node{kind: mapNode} }

func listOf[T any](items []T, each func(T) *node) *node {
	list := &node{kind: listNode}
	for _, item := range items {
		list.items = append(list.items, each(item))
	}
	return list
}

// put adds a key, in order.
func (n *node) put(key string, value *node) *node {
	n.keys = append(n.keys, textNode(key))
	n.items = append(n.items, value)
	return n
}

func peersNode(peers []peer.ID) *node {
	return listOf(peers, func(p peer.ID) *node { return integerNode(int(p)) })
}

// orWord is the amount, or a word for 0.
func orWord(v int64, q *quantity, word string) *node {
	if v == 0 {
		return rawNode(word)
	}
	return rawNode(q.print(v))
}

func choose(condition bool, yes, no string) *node {
	if condition {
		return rawNode(yes)
	}
	return rawNode(no)
}

func familyNode(f latency.Family, q *quantity) *node {
	if f.Kind == latency.Constant || f.Kind == "" {
		return rawNode(q.print(f.Value))
	}
	n := mapOf().put("kind", rawNode(string(f.Kind)))
	for _, p := range f.Kind.Params() {
		switch p.Type {
		case latency.Quantity:
			n.put(p.Name, rawNode(q.print(*f.Quantity(p.Name))))
		case latency.Number:
			n.put(p.Name, rawNode(f.Number(p.Name).String()))
		case latency.File:
			n.put(p.Name, textNode(f.File))
		}
	}
	return n
}

// FamilyText is a distribution of durations as a scenario writes it.
func FamilyText(f latency.Family) string { return flowText(familyNode(f, &durations)) }

// tree is the resolved scenario as a tree, in the order of the tables; not
// whole, it lacks doc and seed.
func (s *Scenario) tree(whole bool) *node {
	n := mapOf().put("version", integerNode(1)).put("name", textNode(s.Name))
	if whole && s.Doc != "" {
		n.put("doc", textNode(s.Doc))
	}
	if whole {
		n.put("seed", integerNode(s.Seed))
	}
	n.put("peers", integerNode(s.Peers))
	n.put("orderings", listOf(s.Orderings, orderingNode))
	n.put("phases", phasesNode(s.Phases))
	n.put("workload", s.Workload.tree())
	n.put("network", s.Network.tree())
	n.put("clocks", s.Clocks.tree())
	if len(s.Faults) > 0 {
		n.put("faults", listOf(s.Faults, faultNode))
	}
	if h := s.Heal; h != nil {
		n.put("heal_at", mapOf().put("at", durationNode(h.At)).put("since", choose(h.SinceData, "data", "start")).put("within", durationNode(h.Within)))
	}
	if s.Permuted { // like faults, said only where there is something to say
		n.put("ties", rawNode("permuted"))
	}
	limits := mapOf().put("until", durationNode(s.Limits.Until)).put("since", choose(s.Limits.SinceData, "data", "start"))
	if s.Limits.Events == 0 {
		limits.put("events", rawNode("none"))
	} else {
		limits.put("events", integerNode(s.Limits.Events))
	}
	n.put("limits", limits)
	if m := s.Measure; m != nil {
		until := rawNode("none")
		if m.Until != Forever {
			until = durationNode(m.Until)
		}
		n.put("measure", mapOf().put("from", durationNode(m.From)).put("until", until))
	}
	if len(s.Watch) > 0 {
		n.put("watch", listOf(s.Watch, func(w Watch) *node {
			return mapOf().put("peer", integerNode(int(w.Peer))).put("first", messageNode(w.First)).put("then", messageNode(w.Then))
		}))
	}
	if len(s.Expect) > 0 {
		expect := mapOf()
		for _, e := range s.Expect {
			expect.put(e.Ordering, expectationNode(e))
		}
		n.put("expect", expect)
	}
	if len(s.Swarm) > 0 {
		n.put("swarm", swarmNode(s.Swarm))
	}
	if s.Sweep != nil {
		n.put("sweep", sweepNode(s.Sweep))
	}
	return n
}

// OrderingText is an ordering with its parameters, as a scenario writes it.
func OrderingText(o Ordering) string { return flowText(orderingNode(o)) }

func orderingNode(o Ordering) *node {
	if o.Name == "" && len(o.Params) == 0 {
		return rawNode(o.Kind)
	}
	n := mapOf().put("kind", rawNode(o.Kind))
	if o.Name != "" {
		n.put("name", textNode(o.Name))
	}
	for _, p := range o.Params {
		n.put(p.Name, textNode(p.Value))
	}
	return n
}

func phasesNode(p peer.Phases) *node {
	n := mapOf().put("kind", rawNode(p.Protocol.String()))
	if p.Protocol == peer.Robust {
		n.put("retry", durationNode(p.Retry)).put("backoff", integerNode(p.Backoff)).put("give_up", durationNode(p.GiveUp))
	}
	if p.Protocol != peer.None {
		n.put("stop_gap", durationNode(p.StopGap))
	}
	return n.put("drain", durationNode(p.Drain))
}

func expectationNode(e Expectation) *node {
	n := mapOf()
	if e.Logs != "" {
		n.put("logs", rawNode(e.Logs))
	}
	if e.Complete != nil {
		n.put("complete", boolNode(*e.Complete))
	}
	for _, p := range e.Properties {
		n.put(p.Property, rawNode(p.Want))
	}
	if e.Limit != nil {
		n.put("limit", choose(*e.Limit == "", "none", *e.Limit))
	}
	if e.StuckGiven {
		n.put("stuck", peersNode(e.Stuck))
	}
	if e.FirstDifference != nil {
		n.put("first_difference", integerNode(*e.FirstDifference))
	}
	if e.Happened != nil {
		n.put("happened", listOf(e.Happened, boolNode))
	}
	return n
}

func sweepNode(s *Sweep) *node {
	grid := mapOf()
	for _, a := range s.Grid {
		grid.put(a.Path, listOf(a.Values, rawNode))
	}
	n := mapOf().put("runs", integerNode(s.Runs))
	if s.Precision != "" {
		n.put("precision", rawNode(s.Precision))
	}
	if len(grid.keys) > 0 {
		n.put("grid", grid)
	}
	return n
}
