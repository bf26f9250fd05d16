package compare

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/stats"
	"mpcomm/sim"
)

// The twin measures everything from the definitions, pair by pair, with maps.
type twin struct {
	raw   [][]peer.MessageID // compared logs
	first [][]peer.MessageID // first occurrences
	in    map[peer.MessageID]bool
	sent  map[peer.MessageID]int // rank of broadcasting; strays after all
}

func newTwin(h *history.History, w *Window) twin {
	tw := twin{in: map[peer.MessageID]bool{}, sent: map[peer.MessageID]int{}}
	for i, b := range h.Broadcasts {
		tw.sent[b.ID] = i
		tw.in[b.ID] = w == nil || uint32(i) >= w.From && uint32(i) < w.Until
	}
	for p, log := range h.Logs {
		if !h.Correct(p) {
			continue
		}
		var raw, first []peer.MessageID
		for at, ref := range log.Refs {
			var id peer.MessageID
			if ref == history.NoRef {
				for _, s := range h.Strays {
					if int(s.Peer) == p && s.Position == at {
						id = s.ID
					}
				}
				if _, ok := tw.sent[id]; !ok {
					tw.sent[id] = len(tw.sent)
					tw.in[id] = w == nil
				}
			} else {
				id = h.Broadcasts[ref].ID
			}
			raw = append(raw, id)
			if !slices.Contains(first, id) {
				first = append(first, id)
			}
		}
		tw.raw, tw.first = append(tw.raw, raw), append(tw.first, first)
	}
	return tw
}

// kendall counts discordant pairs whose first-sent member is in the window.
func (tw twin) kendall(a, b []peer.MessageID) int {
	k := 0
	for i, x := range a {
		for _, y := range a[i+1:] {
			earlier := x
			if tw.sent[y] < tw.sent[x] {
				earlier = y
			}
			px, py := slices.Index(b, x), slices.Index(b, y)
			if px >= 0 && py >= 0 && py < px && tw.in[earlier] {
				k++
			}
		}
	}
	return k
}

func (tw twin) commonOf(a, b []peer.MessageID) (ab, ba []peer.MessageID) {
	for _, x := range a {
		if slices.Contains(b, x) {
			ab = append(ab, x)
		}
	}
	for _, x := range b {
		if slices.Contains(a, x) {
			ba = append(ba, x)
		}
	}
	return ab, ba
}

func (tw twin) footrule(a, b []peer.MessageID) int {
	ab, ba := tw.commonOf(a, b)
	f := 0
	for i, x := range ab {
		if tw.in[x] {
			f += int(math.Abs(float64(i - slices.Index(ba, x))))
		}
	}
	return f
}

// ulam is the common length less the longest common subsequence, by the
// textbook table.
func (tw twin) ulam(a, b []peer.MessageID) int {
	var x, y []peer.MessageID
	ab, ba := tw.commonOf(a, b)
	for _, m := range ab {
		if tw.in[m] {
			x = append(x, m)
		}
	}
	for _, m := range ba {
		if tw.in[m] {
			y = append(y, m)
		}
	}
	table := make([][]int, len(x)+1)
	for i := range table {
		table[i] = make([]int, len(y)+1)
	}
	for i, p := range x {
		for j, q := range y {
			table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			if p == q {
				table[i+1][j+1] = table[i][j] + 1
			}
		}
	}
	return len(x) - table[len(x)][len(y)]
}

func (tw twin) window(ids []peer.MessageID) int {
	n := 0
	for _, x := range ids {
		if tw.in[x] {
			n++
		}
	}
	return n
}

// divergence prints every metric, with means as exact rationals.
func (tw twin) divergence(m int, order []int) map[string]string {
	out := map[string]string{}
	union := map[peer.MessageID]int{}
	longest, shortest, dup, deliveries := 0, math.MaxInt, 0, 0
	distinct := map[string]bool{}
	for i, log := range tw.raw {
		longest, shortest = max(longest, len(log)), min(shortest, len(log))
		distinct[fmt.Sprint(log)] = true
		deliveries += tw.window(log)
		dup += tw.window(log) - tw.window(tw.first[i])
		for _, x := range tw.first[i] {
			union[x]++
		}
	}
	missing := 0
	var all []peer.MessageID
	for x, n := range union {
		if tw.in[x] {
			missing += len(tw.raw) - n
		}
		if n == len(tw.raw) {
			all = append(all, x)
		}
	}
	contested := 0
	for _, x := range all {
		if !tw.in[x] {
			continue
		}
		sets := map[string]bool{}
		for _, log := range tw.first {
			var before []string
			for _, y := range log[:slices.Index(log, x)] {
				if slices.Contains(all, y) {
					before = append(before, y.String())
				}
			}
			slices.Sort(before)
			sets[fmt.Sprint(before)] = true
		}
		if len(sets) > 1 {
			contested++
		}
	}
	prefix, differing, rounds := tw.positions(longest, m, order)
	c := tw.window(all)
	out["contested"] = ratio(big.NewRat(int64(contested), int64(max(c, 1))))
	out["ints"] = fmt.Sprint(len(distinct), len(distinct) <= 1, prefix, longest, differing, missing, dup, deliveries, rounds)
	tw.means(out)
	return out
}

// positions walks the raw logs position by position.
func (tw twin) positions(longest, m int, order []int) (prefix, differing, rounds int) {
	at := func(log []peer.MessageID, j int) string {
		if j < len(log) {
			return log[j].String()
		}
		return "ended"
	}
	for j := range longest {
		same := true
		for _, log := range tw.raw[1:] {
			same = same && at(log, j) == at(tw.raw[0], j)
		}
		if same && differing == 0 {
			prefix++
		}
		if !same {
			differing++
		}
	}
	for j := 0; j < m-1; j++ {
		for i := 1; i <= len(order)-2; i++ {
			a, b := at(tw.raw[order[0]], j), at(tw.raw[order[i]], j)
			if a != b || a == "ended" {
				rounds++
				break
			}
		}
	}
	return prefix, differing, rounds
}

func (tw twin) means(out map[string]string) {
	pairs, defined, kmax := int64(0), int64(0), 0
	k, f, u, per := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
	for i, a := range tw.first {
		for _, b := range tw.first[i+1:] {
			pairs++
			kk := tw.kendall(a, b)
			kmax = max(kmax, kk)
			k.Add(k, big.NewRat(int64(kk), 1))
			f.Add(f, big.NewRat(int64(tw.footrule(a, b)), 1))
			u.Add(u, big.NewRat(int64(tw.ulam(a, b)), 1))
			ab, _ := tw.commonOf(a, b)
			if c := tw.window(ab); c > 0 {
				defined++
				per.Add(per, big.NewRat(int64(kk), int64(c)))
			}
		}
	}
	mean := func(sum *big.Rat, n int64) string {
		if n == 0 {
			return "null"
		}
		return ratio(new(big.Rat).Quo(sum, big.NewRat(n, 1)))
	}
	out["kendall"] = mean(k, pairs)
	out["footrule"] = mean(f, pairs)
	out["ulam"] = mean(u, pairs)
	out["per message"] = mean(per, defined)
	out["max"] = fmt.Sprint(kmax)
	truth, logs := new(big.Rat), int64(0)
	var sent []peer.MessageID
	for x := range tw.sent {
		sent = append(sent, x)
	}
	slices.SortFunc(sent, func(a, b peer.MessageID) int { return tw.sent[a] - tw.sent[b] })
	for _, log := range tw.first {
		if n := tw.window(log); n > 0 {
			logs++
			truth.Add(truth, big.NewRat(int64(tw.kendall(sent, log)), int64(n)))
		}
	}
	out["truth"] = mean(truth, logs)
}

// ratio prints twelve digits: more than a mixed mean's rounding can touch.
func ratio(r *big.Rat) string { return r.FloatString(12) }

func known(r stats.Ratio) string {
	if !r.Known() {
		return "null"
	}
	return ratio(new(big.Rat).SetFrac(new(big.Int).SetUint64(r.Num), new(big.Int).SetUint64(r.Den)))
}

func printed(d *Divergence, truth stats.Ratio) map[string]string {
	return map[string]string{
		"contested": known(d.Contested),
		"ints": fmt.Sprint(d.DistinctLogs, d.Identical, d.CommonPrefix, d.Positions, d.PositionsDiffering,
			d.Missing, d.Duplicates, d.Deliveries, d.RoundsClassic),
		"kendall": known(d.KendallDistance), "footrule": known(d.Footrule), "ulam": known(d.Ulam),
		"per message": known(d.InversionsPerMessage), "max": fmt.Sprint(d.KendallMax.N), "truth": known(truth),
	}
}

// drawHistory draws logs near each other, with losses, repeats and strays.
func drawHistory(t *rapid.T, maxLogs int) *history.History {
	n := rapid.IntRange(1, maxLogs).Draw(t, "logs")
	m := rapid.IntRange(0, 14).Draw(t, "messages")
	h := of(m)
	h.Peers = n
	for i := range h.Broadcasts {
		h.Broadcasts[i].At = sim.Time(i)
	}
	for p := range n {
		log := upTo(m)
		if p > 0 && rapid.Bool().Draw(t, "copy") {
			log = slices.Clone(h.Logs[rapid.IntRange(0, p-1).Draw(t, "of")].Refs)
			log = slices.DeleteFunc(log, func(x uint32) bool { return x == history.NoRef })
		}
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			if len(log) == 0 {
				break
			}
			i, j := rapid.IntRange(0, len(log)-1).Draw(t, "i"), rapid.IntRange(0, len(log)-1).Draw(t, "j")
			switch rapid.IntRange(0, 3).Draw(t, "edit") {
			case 0:
				log[i], log[j] = log[j], log[i]
			case 1:
				log = slices.Delete(log, i, i+1)
			case 2:
				log = slices.Insert(log, j, log[i])
			case 3:
				x := log[i]
				log = slices.Insert(slices.Delete(log, i, i+1), min(j, len(log)-1), x)
			}
		}
		if rapid.IntRange(0, 5).Draw(t, "stray") == 0 {
			at := rapid.IntRange(0, len(log)).Draw(t, "at")
			log = slices.Insert(log, at, history.NoRef)
			h.Strays = append(h.Strays, history.Stray{
				Peer: peer.ID(p), Position: at,
				ID: peer.MessageID{Sender: 0, Number: int32(900 + rapid.IntRange(0, 1).Draw(t, "which"))},
			})
		}
		h.Logs = append(h.Logs, history.Log{Refs: log})
	}
	return h
}

func TestAgainstTwin(t *testing.T) {
	t.Parallel()
	var c Comparer // reused: what one comparison leaves behind must not reach the next
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 11)
		var order []int
		for _, p := range rapid.Permutation(upTo(len(h.Logs))).Draw(t, "submitted") {
			h.Submitted = append(h.Submitted, peer.ID(p))
			order = append(order, int(p))
		}
		var w *Window
		if rapid.Bool().Draw(t, "windowed") {
			from := rapid.IntRange(0, len(h.Broadcasts)).Draw(t, "from")
			w = &Window{From: uint32(from), Until: uint32(rapid.IntRange(from, len(h.Broadcasts)).Draw(t, "until"))}
		}
		m := rapid.IntRange(0, 16).Draw(t, "M")
		d := c.Compare(h, Options{Window: w, MessagesPerPeer: m})
		got, want := printed(&d, c.Truth()), newTwin(h, w).divergence(m, order)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s = %s, want %s\nlogs %v strays %v window %v", name, got[name], want[name], h.Logs, h.Strays, w)
			}
		}
		checkLaws(t, &d, w)
	})
}

// checkLaws holds what is true of any comparison: Diaconis and Graham's
// K <= F <= 2K, Ulam <= K, and no message contested exactly when no pair of
// complete logs is inverted.
func checkLaws(t *rapid.T, d *Divergence, w *Window) {
	k, f, u := d.KendallDistance, d.Footrule, d.Ulam
	if w == nil && d.Pairs.N > 0 && (f.Cmp(k) < 0 || f.Cmp(stats.Ratio{Num: 2 * k.Num, Den: k.Den}) > 0 || u.Cmp(k) > 0) {
		t.Errorf("K %v, F %v, Ulam %v: want K <= F <= 2K and Ulam <= K", k, f, u)
	}
	if w == nil && d.Missing == 0 && d.Pairs.N > 0 && (d.Contested.Num == 0) != (d.KendallMax.N == 0) {
		t.Errorf("contested %v but largest Kendall distance %d", d.Contested, d.KendallMax.N)
	}
	if d.Identical && (d.Contested.Num != 0 || k.Num != 0 || f.Num != 0 || u.Num != 0) {
		t.Errorf("identical logs diverge: %+v", d)
	}
}
