package figure

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mostPositions is the longest stretch of logs that a barcode shows.
const mostPositions = 240

// mostRows is how many rows, of peers under orderings, a barcode has at most.
const mostRows = 40

// Barcode is F11: for each ordering a row for each peer. A position at which
// peers hold different messages is yellow. A bar up is a message logged before
// its place in the order of sending, a bar down one logged behind it, so that
// rows are the same where logs agree, whatever their bars.
func Barcode(run RunFacts, all []Logs) (*Figure, error) {
	if err := checkLogs(all); err != nil {
		return nil, fmt.Errorf("F11 (where do the logs differ?): %w", err)
	}
	rows, positions := 0, 0
	for i := range all {
		rows += len(all[i].Peers)
		positions = max(positions, all[i].longest())
	}
	if rows > mostRows {
		return nil, fmt.Errorf("F11 (where do the logs differ?): %d peers under %d orderings are %d rows; want at most %d", run.Peers, len(all), rows, mostRows)
	}
	shown := min(positions, mostPositions)
	captions := []string{run.facts() + " Yellow: peers hold different messages at this position. A bar up: logged before its place in the order of sending;" +
		fmt.Sprintf(" down: behind it; at most %d places are drawn.", mostShift)}
	if shown < positions {
		captions[0] += fmt.Sprintf(" The first %d of %d positions are shown; the counts are of all.", shown, positions)
	}
	captions = append(captions, run.Command)
	f := &Figure{id: "F11", title: barcodeFinding(all), captions: captions}
	body := vg.Length(rows)*barRow + vg.Length(len(all)-1)*barGap + xAxisRoom + 4
	sh := newSheetAround(wide.width, body, f.title, "Column = log position, row = peer", captions)
	f.sheet = sh
	f.table = [][]string{{"ordering", "peer", "position", "message", "shift", "differs"}}
	left := sh.body.left + 92
	y := sh.body.top - 2
	for i := range all {
		l := &all[i]
		bottom := y - vg.Length(len(l.Peers))*barRow
		a := sh.panel(rect{left, bottom, sh.body.right - 8, y}, span{0, float64(shown)}, span{0, 1})
		a.bars(l, looksOfLogs(all)[i], shown)
		f.table = append(f.table, barTable(l, shown)...)
		y = bottom - barGap
	}
	axis := sh.panel(rect{left, y + barGap, sh.body.right - 8, y + barGap + 1}, span{0, float64(shown)}, span{0, 1})
	var ticks []Tick
	for _, t := range linearTicks(0, float64(shown), 8) {
		if t.Value == 0 {
			t = Tick{1, "1"}
		}
		ticks = append(ticks, Tick{t.Value - 0.5, t.Label})
	}
	axis.xAxis(ticks, "log position")
	return f, nil
}

const (
	barRow    = vg.Length(13.5) // height of a peer's row
	barGap    = vg.Length(9)    // between orderings
	mostShift = 4               // places a bar shows
)

// bars draws the rows of one ordering, with its name and count at the left.
func (a *area) bars(l *Logs, look look, shown int) {
	column := func(k int) (from, to vg.Length) { return a.at(float64(k), 0).X, a.at(float64(k)+1, 0).X }
	for k := 0; k < shown; k++ {
		if !l.differAt(k) {
			continue
		}
		last := k
		for last+1 < shown && l.differAt(last+1) {
			last++
		}
		from, _ := column(k)
		_, to := column(last)
		a.fillRect(rect{from, a.bottom, to, a.top}, inkViolation)
		k = last
	}
	const step = (barRow/2 - 1.2) / mostShift
	for p, log := range l.Peers {
		middle := a.top - (vg.Length(p)+0.5)*barRow
		a.rule(draw.LineStyle{Color: inkAxis, Width: 0.35}, vg.Point{X: a.left, Y: middle}, vg.Point{X: a.right, Y: middle})
		a.write(vg.Point{X: a.left - 4, Y: middle}, flushRight(words(captionSize, false, inkSoft)), "p"+strconv.Itoa(p))
		for k, d := range log[:min(shown, len(log))] {
			early := max(-mostShift, min(mostShift, d.Message-k))
			if early == 0 {
				continue
			}
			from, to := column(k)
			air := (to - from) * 0.08
			bar := rect{from + air, middle, to - air, middle + vg.Length(early)*step}
			if early < 0 {
				bar.bottom, bar.top = bar.top, bar.bottom
			}
			a.fillRect(bar, inkText)
		}
	}
	name := words(bodySize, true, look.text)
	x := a.sheet.body.left
	a.write(vg.Point{X: x, Y: a.top - 9}, name, fit(name, l.Ordering, a.left-x-16))
	small := words(captionSize, false, inkSoft)
	a.write(vg.Point{X: x, Y: a.top - 19}, small, fmt.Sprintf("%d of %d", l.differing(), l.longest()))
	a.write(vg.Point{X: x, Y: a.top - 28}, small, "positions differ")
}

func barTable(l *Logs, shown int) [][]string {
	var rows [][]string
	for p, log := range l.Peers {
		for k, d := range log[:min(shown, len(log))] {
			rows = append(rows, []string{
				l.Ordering, "p" + strconv.Itoa(p), strconv.Itoa(k + 1), l.Names[d.Message], strconv.Itoa(k - d.Message),
				strconv.FormatBool(l.differAt(k)),
			})
		}
	}
	return rows
}

func barcodeFinding(all []Logs) string {
	worst, none := -1, []string{}
	for i := range all {
		n := all[i].differing()
		if n == 0 {
			none = append(none, all[i].Ordering)
			continue
		}
		if worst < 0 || n > all[worst].differing() {
			worst = i
		}
	}
	if worst < 0 {
		return "All logs are the same, under every ordering"
	}
	w := &all[worst]
	plain := fmt.Sprintf("%s logs differ at %d of %d positions", w.Ordering, w.differing(), w.longest())
	tail := ""
	if len(none) > 0 {
		tail = "; " + none[0] + ": none"
	}
	return firstFitting(plain+tail, plain, fmt.Sprintf("Logs differ at %d of %d positions", w.differing(), w.longest()))
}
