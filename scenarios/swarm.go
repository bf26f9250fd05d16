package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer/order"
	"mpcomm/sim/rng"
)

// Draw is one entry of a swarm: what the seed draws for the value at Path
// (A. Groce, C. Zhang, E. Eide, Y. Chen, J. Regehr, "Swarm testing", ISSTA
// 2012). Either Values or Kind is given, or Off alone, which switches what the
// file has at Path.
type Draw struct {
	Path     string
	Off      rng.Ratio // share of the runs in which the value is zero, none or absent
	Values   []string  // one of these, each as likely; as written
	Kind     string    // uniform or log-uniform between Min and Max, both included
	Min, Max string    // as written

	at     *node   // the entry in the file
	form   *form   // of the value at Path
	values []*node // of Values
	scale  scale
	low    int64 // Min and Max in units of scale
	high   int64
}

// swarmBans are what the seed cannot draw, with the reason.
var swarmBans = map[string]string{
	"version": "it is the language's", "name": "it names all runs", "doc": "it describes all runs",
	"seed": "it is what draws", "orderings": "each is run on the same draws; list several instead",
	"expect": "it judges all runs", "sweep": "it speaks of all runs", "swarm": "it draws the others",
	"watch": "it questions all runs",
}

// checkedDraws bounds the combinations of extremes that are checked when a file
// is read.
const checkedDraws = 256

// swarm reads what the seed draws. Extremes are checked by checkSwarm.
func (d *decoder) swarm(r record, root *node, s *Scenario) []Draw {
	n, path, _ := r.value("swarm")
	if n == nil {
		return nil
	}
	if n.kind != mapNode {
		d.problem(n, path, "got %s; want a map from path to values, such as {network.loss: {off: 1/2, min: 0.1%%, max: 5%%}}", n.describe())
		return nil
	}
	var all []Draw
	for i, k := range n.keys {
		if x, ok := d.draw(k, n.items[i], joinPath(path, k.scalar), root, s); ok {
			all = append(all, x)
		}
	}
	for i := range all {
		for j := range all {
			switched := all[i].Values == nil && all[i].Kind == ""
			if strings.HasPrefix(all[j].Path, all[i].Path+".") && !switched {
				at := slices.IndexFunc(n.keys, func(k *node) bool { return k.scalar == all[j].Path })
				d.problem(n.keys[at], joinPath(path, all[j].Path), "lies within %s, which is drawn as a whole; remove one of them", all[i].Path)
			}
		}
	}
	return all
}

func (d *decoder) draw(k, n *node, path string, root *node, s *Scenario) (Draw, bool) {
	x := Draw{Path: k.scalar, Off: zeroRatio, at: n}
	before := len(d.problems)
	if why, banned := swarmBans[firstElement(k.scalar)]; banned {
		d.problem(k, path, "the seed cannot draw %s: %s", firstElement(k.scalar), why)
		return x, false
	}
	if s.Sweep != nil && slices.ContainsFunc(s.Sweep.Grid, func(a Axis) bool {
		return a.Path == x.Path || strings.HasPrefix(a.Path, x.Path+".") || strings.HasPrefix(x.Path, a.Path+".")
	}) {
		d.problem(k, path, "is varied by the grid of the sweep as well; remove one of them")
		return x, false
	}
	var err error
	if x.form, err = formAt(k.scalar, d.table); err != nil {
		d.problem(k, path, "%v", err)
		return x, false
	}
	if n.kind == listNode {
		d.choices(&x, n, path)
	} else {
		d.drawObject(&x, n, path, root)
	}
	if len(d.problems) > before {
		return x, false
	}
	if len(x.values) > 0 || x.Kind != "" {
		if _, err := applySetting(root, x.Path, x.sample(), d.table); err != nil {
			d.problem(k, path, "%v", err)
			return x, false
		}
	}
	return x, true
}

// sample is some value of a drawn entry.
func (x *Draw) sample() *node {
	if len(x.values) > 0 {
		return x.values[0]
	}
	return x.raw(x.scale.print(x.low)).node
}

// choices reads a list of values.
func (d *decoder) choices(x *Draw, n *node, path string) {
	if n.kind != listNode || len(n.items) == 0 {
		d.problem(n, path, "got %s; want a list of one or more values", n.describe())
		return
	}
	for _, v := range n.items {
		value := flowText(v)
		if slices.Contains(x.Values, value) {
			d.problem(v, path, "the value %s stands twice; remove one", clip(value))
		}
		x.Values, x.values = append(x.Values, value), append(x.values, v)
	}
}

// drawObject reads {off, kind, min, max} or {off, values}.
func (d *decoder) drawObject(x *Draw, n *node, path string, root *node) {
	q := d.record(n, path, &drawObject)
	if q.n == nil {
		return
	}
	x.Off = q.ratio("off")
	bounded := q.has("min") || q.has("max")
	switch {
	case q.has("values"):
		q.exclude("beside values", "kind", "min", "max")
		values, valuesPath, _ := q.value("values")
		if values != nil {
			d.choices(x, values, valuesPath)
		}
	case bounded:
		x.Kind = q.word("kind")
		d.bounds(x, q)
	case q.has("kind"):
		d.problem(n, path, "has a kind but no bounds; want min and max")
	case !q.has("off"):
		d.problem(n, path, "draws nothing; want values, min and max, or off")
	case !root.has(x.Path):
		d.problem(n, path, "has nothing to switch off: the file gives no %s; want it there, or values, or min and max", x.Path)
	}
}

// bounds reads min and max in the unit of the path.
func (d *decoder) bounds(x *Draw, q record) {
	var ok bool
	if x.scale, ok = scaleOf(x.form); !ok {
		d.problem(q.n, q.path, "has no range: %s takes no amount; want values", x.Path)
		return
	}
	bound := func(name string) (string, int64) {
		n, path, _ := q.value(name)
		if n == nil {
			d.problem(q.n, joinPath(q.path, name), "missing; want min and max")
			return "", 0
		}
		if n.kind != scalarNode || isNull(n) {
			d.problem(n, path, "got %s; %s", n.describe(), wantOf(x.form))
			return "", 0
		}
		v, err := x.scale.parse(n.scalar)
		if err != nil {
			d.problem(n, path, "%v", err)
		}
		return n.scalar, v
	}
	before := len(d.problems)
	x.Min, x.low = bound("min")
	x.Max, x.high = bound("max")
	switch {
	case len(d.problems) > before:
	case x.low >= x.high:
		d.problem(q.n, q.path, "the range ends at %s, not above its beginning %s; want min < max", x.Max, x.Min)
	case x.Kind == logUniform && x.low <= 0:
		d.problem(q.n, joinPath(q.path, "min"), "%s has no logarithm; want a min above 0, and off for runs with 0", x.Min)
	}
}

// has reports whether the tree has a value at path.
func (n *node) has(path string) bool {
	for path != "" && n != nil {
		n, path = n.step(path)
	}
	return n != nil
}

// formAt is the form of the value at a path.
func formAt(path string, table order.Table) (*form, error) {
	f := &form{kind: formObject, object: &scenarioObject}
	p := patch{table: table}
	at := ""
	for _, element := range strings.Split(path, ".") {
		if element == "" {
			return nil, fmt.Errorf("path %q has an empty element; want keys and list indexes joined by dots", clip(path))
		}
		child, _, err := p.child(f, element, at)
		if err != nil {
			return nil, err
		}
		f, at = child, joinPath(at, element)
	}
	return f, nil
}

// checkSwarm decodes what the extremes of the draws make of the file, so that a
// combination that cannot be is known before the first run: all combinations of
// extremes where these are few, else each extreme beside the first of the others.
func (d *decoder) checkSwarm(s *Scenario, root *node) {
	if len(s.Swarm) == 0 || len(d.problems) > 0 {
		return
	}
	made, err := s.extremes(root, d.table, d.files)
	var problems Errors
	if errors.As(err, &problems) {
		d.problems = append(d.problems, problems.sorted().once("")...)
	}
	s.extreme = made
}

// Extremes are scenarios that draws at their extremes make of s: what holds for
// all of them is likely to hold for every run. None without a swarm.
func (s *Scenario) Extremes() []*Scenario { return s.extreme }

func (s *Scenario) extremes(root *node, table order.Table, files *fileCache) ([]*Scenario, error) {
	var made []*Scenario
	var problems Errors
	picks := combinations(s.Swarm)
	for _, pick := range picks {
		values := make([]drawn, len(s.Swarm))
		for i := range s.Swarm {
			values[i] = s.Swarm[i].extremes()[pick[i]]
		}
		t, bad := s.apply(root.without("swarm", "sweep"), values, table, files)
		problems = append(problems, bad...)
		made = append(made, t)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if problems = s.sameDraws(picks, made); len(problems) > 0 {
		return nil, problems
	}
	return made, nil
}

// sameDraws finds values of a path that make the same scenario beside the first
// values of the others, so that the seed would draw it more often than meant.
func (s *Scenario) sameDraws(picks [][]int, made []*Scenario) Errors {
	var problems Errors
	for i := range s.Swarm {
		x := &s.Swarm[i]
		seen := map[string]*node{}
		for k, pick := range picks {
			others := slices.Clone(pick)
			others[i] = 0
			if pick[i] >= len(x.values) || slices.ContainsFunc(others, func(at int) bool { return at != 0 }) {
				continue
			}
			name, value := Hash(made[k]), x.values[pick[i]]
			if other := seen[name]; other != nil {
				problems = append(problems, sameValue(value, other, "swarm."+x.Path))
				continue
			}
			seen[name] = value
		}
	}
	return problems
}

// combinations are indexes into the extremes of each draw.
func combinations(draws []Draw) [][]int {
	total := 1
	for i := range draws {
		total = min(total*len(draws[i].extremes()), checkedDraws+1)
	}
	first := make([]int, len(draws))
	all := [][]int{first}
	if total > checkedDraws {
		for i := range draws {
			for k := 1; k < len(draws[i].extremes()); k++ {
				one := slices.Clone(first)
				one[i] = k
				all = append(all, one)
			}
		}
		return all
	}
	for i := range draws {
		for _, base := range slices.Clone(all) {
			for k := 1; k < len(draws[i].extremes()); k++ {
				one := slices.Clone(base)
				one[i] = k
				all = append(all, one)
			}
		}
	}
	slices.SortFunc(all, slices.Compare[[]int])
	return all
}

// extremes are a draw's values at its ends: each of a list, both bounds, and off.
func (x *Draw) extremes() []drawn {
	var all []drawn
	switch {
	case x.Kind != "":
		all = []drawn{x.amount(x.low), x.amount(x.high)}
	case x.Values != nil:
		for i := range x.Values {
			all = append(all, drawn{text: x.Values[i], node: x.values[i]})
		}
	default:
		all = []drawn{{text: "on"}}
	}
	if x.Off.Num > 0 {
		all = append(all, x.off())
	}
	if x.Off.Num > 0 && cmp.Compare(x.Off.Num, x.Off.Den) == 0 {
		return all[len(all)-1:] // always off
	}
	return all
}

func swarmNode(draws []Draw) *node {
	n := mapOf()
	for i := range draws {
		x := &draws[i]
		switch {
		case x.Kind != "":
			n.put(x.Path, offNode(x).put("kind", rawNode(x.Kind)).put("min", rawNode(x.Min)).put("max", rawNode(x.Max)))
		case x.Values == nil:
			n.put(x.Path, offNode(x))
		case x.Off.Num == 0:
			n.put(x.Path, listOf(x.Values, rawNode))
		default:
			n.put(x.Path, offNode(x).put("values", listOf(x.Values, rawNode)))
		}
	}
	return n
}

func offNode(x *Draw) *node {
	if x.Off.Num == 0 && (x.Kind != "" || x.Values != nil) {
		return mapOf()
	}
	return mapOf().put("off", ratioNode(x.Off))
}
