package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/reports/screen"
)

// notion is a promise or an assumption, as JSON and as people call it.
type notion struct {
	bit       uint
	key, text string
}

var guarantees = []notion{
	{uint(peer.FIFO), "fifo", "FIFO"},
	{uint(peer.Causal), "causal", "causal"},
	{uint(peer.Total), "total", "total"},
	{uint(peer.Agreement), "agreement", "agreement"},
	{uint(peer.Uniform), "uniform", "uniform"},
}

var needs = []notion{
	{uint(peer.FIFOLinks), "fifo_links", "FIFO links"},
	{uint(peer.NoLoss), "no_loss", "no loss"},
	{uint(peer.NoDuplicates), "no_duplicates", "no duplicates"},
	{uint(peer.BoundedDelay), "bounded_delay", "delay and skew within the wait"},
	{uint(peer.BoundedSkew), "bounded_skew", "bounded skew"},
	{uint(peer.NoCrash), "no_crash", "no crash"},
	{uint(peer.MinorityCrash), "minority_crash", "a minority crashes"},
	{uint(peer.MonotoneClock), "monotone_clock", "clocks never step back"},
	{uint(peer.RepliesOnDelivery), "replies_on_delivery", "replies on delivery"},
	{uint(peer.RepliesOnReceipt), "replies_on_receipt", "replies to nothing a transport holds back"},
}

// notionsIn are the notions of a set. Bits that no notion is for, as an ordering of
// one's own may have them, are shown as they are.
func notionsIn(set uint, known []notion) (all []notion) {
	for _, t := range known {
		if set&t.bit != 0 {
			all = append(all, t)
			set &^= t.bit
		}
	}
	if set != 0 {
		rest := fmt.Sprintf("%#x", set)
		all = append(all, notion{set, rest, rest})
	}
	return all
}

// needWords are assumptions in words.
func needWords(set peer.Need) string {
	var all []string
	for _, t := range notionsIn(uint(set), needs) {
		all = append(all, t.text)
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

// marks says which of the guarantees are kept, one word each.
func marks(set peer.Guarantee, kept, not string) []string {
	var all []string
	for _, t := range guarantees {
		if uint(set)&t.bit != 0 {
			all = append(all, kept)
		} else {
			all = append(all, not)
		}
	}
	return all
}

// choiceWords are values as scenarios write them.
func choiceWords(values order.Values) string {
	var all []string
	for _, v := range values {
		all = append(all, v.Name+"="+v.Text)
	}
	return strings.Join(all, " ")
}

// costPeers is the group for which a cost is given in numbers.
const costPeers = 5

// costIn is a cost in numbers, of the last peer: special peers come first.
func costIn(s *order.Spec, values order.Values) (order.Cost, bool) {
	cost, stated, err := s.CostOf(values, costPeers, costPeers-1)
	return cost, stated && err == nil
}

// costWords are the packets of a broadcast and the delays until its delivery,
// at the sender and at the last of the others, in numbers.
func costWords(s *order.Spec, values order.Values) []string {
	cost, stated := costIn(s, values)
	if !stated {
		return []string{"-", "-"}
	}
	packets := strconv.Itoa(cost.Packets)
	if cost.Idle.Packets > 0 {
		packets += "+"
	}
	if cost.Basis == order.Open {
		return []string{packets, "open"}
	}
	last := cost.Delays[0]
	for _, d := range cost.Delays[:costPeers-1] {
		if d.At(time.Second) > last.At(time.Second) {
			last = d
		}
	}
	delays := delayWords(cost.Delays[costPeers-1]) + "/" + delayWords(last)
	if cost.Basis == order.Mean {
		delays = "~" + delays
	}
	return []string{packets, delays}
}

// delayWords is a delay with its steps as a plain number.
func delayWords(d order.Delay) string {
	if d.Steps == 0 {
		return durationWords(d.At(0))
	}
	words := strconv.Itoa(d.Steps)
	if d.Over > 1 {
		words += "/" + strconv.Itoa(d.Over)
	}
	if d.Fixed != 0 {
		words += "+" + durationWords(d.Fixed)
	}
	if d.AtLeast != 0 {
		words = "max(" + words + "," + durationWords(d.AtLeast) + ")"
	}
	return words
}

func durationWords(d time.Duration) string {
	switch d {
	case 0:
		return "0"
	case order.Never:
		return "never"
	}
	return d.String()
}

// orderingsCatalogue is the table of orderings for a terminal.
func orderingsCatalogue(table order.Table) *screen.Catalogue {
	c := &screen.Catalogue{
		Title: "ordering", Columns: []string{"CLASS", "FIFO", "CAUSAL", "TOTAL", "AGREE", "UNIFORM", "PACKETS", "STEPS"}, Spare: 2,
		Texts: []screen.Text{
			{Title: "does", Least: 20, Lead: true},
			{Title: "packets", Least: 14},
			{Title: "steps", Least: 14},
			{Title: "needs", Least: 20},
			{Title: "takes", Least: 20},
			{Title: "paper", Least: 20},
		},
		Notes: []string{
			"Inside what it needs an ordering keeps, where marked: FIFO, a sender's messages in the order of their broadcasts; CAUSAL, causes before effects; TOTAL, no two logs order two messages differently; AGREE, what one correct peer delivers, all do; UNIFORM, so even if the one crashes. A run outside the needs is legal, and its verdict says which was not met.",
			"PACKETS are those on the network for one isolated broadcast among n peers, as a number among five and with the parameters as they are if not set; a + says that packets also flow without any broadcast. STEPS are one-way delays from broadcast to delivery, at the sender/at the others; a ~ says that they are means, and open that the delivery waits for something else. CLASS is that of Défago, Schiper and Urbán, ACM CSUR 36(4), 2004.",
		},
	}
	for i := range table {
		s := &table[i]
		var takes []string
		for _, p := range s.Params {
			takes = append(takes, paramWords(&p)+": "+p.Doc)
		}
		c.Items = append(c.Items, screen.Item{
			Name: s.Kind, Cells: orderingCells(s, s.Class, s.Guarantees, nil),
			Texts: []string{s.Doc, s.Packets, s.Steps, needWords(s.Needs), strings.Join(takes, "\n"), s.Paper},
		})
		for _, v := range s.Variants() {
			item := screen.Item{Name: choiceWords(v.Values), Variant: true, Texts: make([]string, len(c.Texts))}
			if v.Guarantees != s.Guarantees {
				item.Cells = orderingCells(s, "", v.Guarantees, v.Values)
			}
			if v.Needs != s.Needs {
				item.Texts[3] = needWords(v.Needs)
			}
			c.Items = append(c.Items, item)
		}
	}
	return c
}

func orderingCells(s *order.Spec, class string, kept peer.Guarantee, values order.Values) []string {
	return slices.Concat([]string{class}, marks(kept, "yes", "-"), costWords(s, values))
}

func paramWords(p *order.Param) string {
	if p.Default == "" {
		return p.Name
	}
	return p.Name + "=" + p.Default
}
