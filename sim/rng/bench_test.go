package rng

import (
	"testing"
)

// sink keeps the compiler from dropping what a benchmark computes.
var sink uint64

func BenchmarkWord(b *testing.B) {
	k := Root(1).Name("delay").With(7)
	var sum uint64
	for i := range uint64(b.N) {
		sum += k.Word(i)
	}
	sink = sum
}

func BenchmarkWith(b *testing.B) {
	k := Root(1).Name("delay")
	var sum uint64
	for i := range uint64(b.N) {
		sum += uint64(k.With(i))
	}
	sink = sum
}

// BenchmarkWithChain measures the latency of one With on another.
func BenchmarkWithChain(b *testing.B) {
	k := Root(1).Name("delay")
	for i := range uint64(b.N) {
		k = k.With(i)
	}
	sink = uint64(k)
}

func BenchmarkHit(b *testing.B) {
	k := Root(1).Name("loss").With(7)
	c := Ratio{1, 1000}.Chance()
	var hits uint64
	for i := range uint64(b.N) {
		if c.Hit(k.Word(i)) {
			hits++
		}
	}
	sink = hits
}

// BenchmarkSample includes the making of the word.
func BenchmarkSample(b *testing.B) {
	for _, f := range families() {
		b.Run(f.name, func(b *testing.B) {
			k := Root(1).Name("delay").With(7)
			var sum uint64
			for i := range uint64(b.N) {
				sum += uint64(f.dist.Sample(k.Word(i)))
			}
			sink = sum
		})
	}
}

func BenchmarkScore(b *testing.B) {
	k := Root(1).Name("score")
	var sum uint64
	for i := range uint64(b.N) {
		sum += ScoreOf(k.Word(i)).Word()
	}
	sink = sum
}
