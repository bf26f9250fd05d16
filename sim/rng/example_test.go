package rng_test

import (
	"fmt"
	"time"

	"mpcomm/sim/rng"
)

// The draws of a broadcast: one key for the message, one word for each receiver.
func Example() {
	const ms = int64(time.Millisecond)
	root := rng.Root(1)
	loss, delay := root.Name("loss"), root.Name("delay")
	rare, _ := rng.ParseRatio("25%")
	lost := rare.Chance()
	latency := rng.Exponential(5*ms, 20*ms)

	const sender, number = 2, 0
	lossOf, delayOf := loss.With(sender).With(number), delay.With(sender).With(number)
	for receiver := range uint64(6) {
		if lost.Hit(lossOf.Word(receiver)) {
			fmt.Printf("to p%d: lost\n", receiver)
			continue
		}
		fmt.Printf("to p%d: %v\n", receiver, time.Duration(latency.Sample(delayOf.Word(receiver))))
	}
	// Output:
	// to p0: lost
	// to p1: lost
	// to p2: 63.378472ms
	// to p3: 22.918254ms
	// to p4: 26.894284ms
	// to p5: 6.523599ms
}

// A draw has a name, not a place in a sequence: asking for others first, or
// never, changes nothing.
func ExampleKey_Word() {
	k := rng.Root(7).Name("delay")
	later := k.With(9).Word(3)
	others := uint64(0)
	for v := range uint64(100) {
		others |= k.With(8).Word(v)
	}
	fmt.Println(others != 0, k.With(9).Word(3) == later)
	fmt.Println(k.With(9).Word(3) == k.With(3).Word(9))
	// Output:
	// true true
	// false
}

func ExampleParseRatio() {
	for _, text := range []string{"2/1000", "0.1%", "3%", "0.25", "0", "1", "1.5"} {
		r, err := rng.ParseRatio(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(text, "is", r)
	}
	// Output:
	// 2/1000 is 1/500
	// 0.1% is 1/1000
	// 3% is 3/100
	// 0.25 is 1/4
	// 0 is 0
	// 1 is 1
	// probability "1.5": want 0..1 (0%..100%)
}

// Under one word, delays of different means rise and fall together.
func ExampleDist_Sample() {
	slow, fast := rng.Exponential(0, 40_000), rng.Exponential(0, 20_000)
	k := rng.Root(1).Name("delay")
	for v := range uint64(3) {
		word := k.Word(v)
		fmt.Println(fast.Sample(word), slow.Sample(word))
	}
	// Output:
	// 74705 149410
	// 3672 7345
	// 9980 19959
}

func ExampleParseFixed() {
	sigma, err := rng.ParseFixed("0.35")
	fmt.Println(sigma, err)
	d := rng.LogNormal(2_000_000, 20_000_000, sigma)
	fmt.Println(d.Sample(1 << 63)) // the median of the whole
	// Output:
	// 0.35 <nil>
	// 22000000
}
