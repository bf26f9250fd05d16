package run

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/scenarios/standard"
)

func benchEngine(tb testing.TB, ordering, phases string, peers, messages int) *Engine {
	tb.Helper()
	s, err := standard.Broadcast(standard.Shape{Peers: peers, Messages: messages}, ordering, phases)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	e, err := NewEngine(p, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// BenchmarkRun is a whole run with robust phases, one op a run. It reports the
// cost of a delivery and of a packet handed to a link.
func BenchmarkRun(b *testing.B) {
	for _, spec := range order.Builtin() {
		for _, shape := range standard.Shapes() {
			if shape.Peers > 64 && slices.Contains([]string{"causal", "lamport", "merge", "skeen", "chandra-toueg", "paxos"}, spec.Kind) {
				continue // 10^7 vectors that wait, 10^10 acknowledgements, 10^7 nulls a second, 10^7 proposals and decisions
			}
			if shape.Peers > 64 && testing.Short() && spec.Kind != "naive" {
				continue // ten million deliveries each
			}
			b.Run(fmt.Sprintf("%s/peers=%d", spec.Kind, shape.Peers), func(b *testing.B) {
				benchmarkRun(b, spec.Kind, "robust", shape.Peers, shape.Messages)
			})
		}
	}
	b.Run("naive-without-phases/peers=1000", func(b *testing.B) { benchmarkRun(b, "naive", "none", 1000, 10) })
}

func benchmarkRun(b *testing.B, ordering, phases string, peers, messages int) {
	e := benchEngine(b, ordering, phases, peers, messages)
	if _, err := e.Run(1); err != nil { // grows the memory
		b.Fatal(err)
	}
	deliveries, packets := 0, uint64(0)
	b.ReportAllocs()
	seed := uint64(1)
	for b.Loop() {
		seed++
		o, err := e.Run(seed)
		if err != nil || o.Limit != LimitNone {
			b.Fatal(err, o.Limit)
		}
		deliveries += peers * len(o.History.Broadcasts)
		packets += o.Cost.Packets()
	}
	ns := float64(b.Elapsed().Nanoseconds())
	b.ReportMetric(ns/float64(deliveries), "ns/delivery")
	b.ReportMetric(ns/float64(packets), "ns/packet")
}
