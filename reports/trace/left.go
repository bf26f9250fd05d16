package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// LeftOut counts what limits turned away. Whoever shows a run has to say it.
type LeftOut struct {
	Events   int64  // of the journal: packets, arrivals, phases and bands may be lacking
	Vectors  bool   // the vector clocks, which would not have fit in memory
	Findings uint64 // that are not listed one by one
	Around   bool   // those that are listed are the nearest to a moment
}

// String says what is left out, as a sentence; empty when nothing is.
func (l LeftOut) String() string {
	var all []string
	if l.Events > 0 {
		all = append(all, fmt.Sprintf("%s that came after the limit of events, with the packets, arrivals and faults among them", counted(uint64(l.Events), "event")))
	}
	if l.Vectors {
		all = append(all, "the vector clocks, which are too many")
	}
	if l.Findings > 0 {
		listed := "begin first"
		if l.Around {
			listed = "are nearest to the moment"
		}
		all = append(all, fmt.Sprintf("%s beyond those that %s", counted(l.Findings, "difference"), listed))
	}
	if all == nil {
		return ""
	}
	return "Left out: " + strings.Join(all, "; ") + "."
}

func counted(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", grouped(n), noun)
}

// grouped sets commas between thousands, as the screen does.
func grouped(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
