package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer/order"
)

// Label is what reports call an ordering: its name, else its kind and the
// parameters as written, in the file's order: "timestamp wait=80ms".
func Label(o Ordering) string {
	if o.Name != "" {
		return o.Name
	}
	label := o.Kind
	for _, p := range o.Params {
		label += " " + p.Name + "=" + p.Value
	}
	return label
}

// FolderName is the label with every character other than letters, digits, '-',
// '.' and '=' as '_'.
func FolderName(label string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '=' {
			return c
		}
		return '_'
	}, label)
}

// Values are the ordering's parameters in the form its table takes.
func (o Ordering) Values() order.Values {
	var given []order.Value
	for _, p := range o.Params {
		given = append(given, order.Value{Name: p.Name, Text: p.Value})
	}
	values, err := order.NewValues(given...)
	if err != nil {
		panic(fmt.Sprintf("scenarios: ordering %s was not checked: %v", Label(o), err))
	}
	return values
}

// Ordering finds an ordering of the scenario by its label, or by its kind if
// only one has it. A selection "kind:param=value:param=value" makes one that the
// file does not have.
func (s *Scenario) Ordering(selection string) (Ordering, error) {
	var sameKind []Ordering
	for _, o := range s.Orderings {
		if Label(o) == selection {
			return o, nil
		}
		if o.Kind == selection {
			sameKind = append(sameKind, o)
		}
	}
	switch {
	case len(sameKind) == 1:
		return sameKind[0], nil
	case len(sameKind) > 1:
		return Ordering{}, fmt.Errorf("%d orderings are of kind %s; want one of the labels %s",
			len(sameKind), selection, quoteAll(labels(sameKind)))
	}
	kind, rest, _ := strings.Cut(selection, ":")
	if _, known := s.source.table.Lookup(kind); !known || !strings.Contains(selection, ":") {
		all := labels(s.Orderings)
		return Ordering{}, fmt.Errorf("no ordering %q%s; want one of %s", clip(selection), didYouMean(selection, all), quoteAll(all))
	}
	o := Ordering{Kind: kind}
	for _, p := range strings.Split(rest, ":") {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return Ordering{}, fmt.Errorf("ordering %q: %q is no parameter; want %s:PARAMETER=VALUE", clip(selection), clip(p), kind)
		}
		o.Params = append(o.Params, Param{Name: name, Value: value})
	}
	if err := checkOrdering(o, s.source.table, s.Peers); err != nil {
		return Ordering{}, fmt.Errorf("ordering %q: %w", clip(selection), err)
	}
	return o, nil
}

// Add returns the selection's ordering, even one of a kind that the file does
// not have at all: "lamport" or "timestamp:wait=20ms".
func (s *Scenario) Add(selection string) (Ordering, error) {
	o, err := s.Ordering(selection)
	if err == nil {
		return o, nil
	}
	if _, known := s.source.table.Lookup(selection); known && !slices.ContainsFunc(s.Orderings, func(o Ordering) bool {
		return o.Kind == selection
	}) {
		return Ordering{Kind: selection}, nil
	}
	kind, _, _ := strings.Cut(selection, ":")
	if _, known := s.source.table.Lookup(kind); !known {
		err = fmt.Errorf("%w, or a kind of %s", err, strings.Join(s.source.table.Kinds(), " "))
	}
	return o, err
}

func labels(orderings []Ordering) []string {
	var all []string
	for _, o := range orderings {
		all = append(all, Label(o))
	}
	return all
}

func quoteAll(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, fmt.Sprintf("%q", w))
	}
	return strings.Join(quoted, ", ")
}

// orderings reads the list of orderings.
func (d *decoder) orderings(r record) []Ordering {
	var all []Ordering
	seen := map[string]string{} // folder to label
	before := len(d.problems)
	r.items("orderings", func(n *node, path string) {
		o, ok := d.ordering(n, path)
		if !ok {
			return
		}
		label := Label(o)
		folder := FolderName(label)
		switch other, taken := seen[folder]; {
		case taken && other == label:
			d.problem(n, path, "a second ordering is labelled %q; give one of them a name", label)
		case taken:
			d.problem(n, path, "%q and %q would share the folder %s; give one of them another name", other, label, folder)
		}
		seen[folder] = label
		all = append(all, o)
	})
	d.orderingsBad = len(d.problems) > before
	if len(all) == 0 && !d.orderingsBad {
		n, path, _ := r.value("orderings")
		d.problem(n, path, "the list is empty; want at least one of %s", strings.Join(d.table.Kinds(), " "))
		d.orderingsBad = true
	}
	return all
}

func (d *decoder) ordering(n *node, path string) (Ordering, bool) {
	kind, at := n, path
	if n.kind == mapNode {
		kind, at = n.child("kind"), joinPath(path, "kind")
	}
	if kind == nil {
		d.problem(n, path, "kind is missing; want one of %s", strings.Join(d.table.Kinds(), " "))
		return Ordering{}, false
	}
	if kind.kind != scalarNode || isNull(kind) {
		d.problem(kind, at, "got %s; want an ordering such as lamport or {kind: timestamp, wait: 80ms}", kind.describe())
		return Ordering{}, false
	}
	spec, known := d.table.Lookup(kind.scalar)
	if !known {
		d.problem(kind, at, "unknown ordering %q%s; want one of %s", clip(kind.scalar),
			didYouMean(kind.scalar, d.table.Kinds()), strings.Join(d.table.Kinds(), " "))
		return Ordering{}, false
	}
	o := Ordering{Kind: kind.scalar}
	if n.kind != mapNode {
		return o, true
	}
	return o, d.orderingKeys(n, path, spec, &o)
}

// orderingKeys reads name and parameters in the order of the file.
func (d *decoder) orderingKeys(n *node, path string, spec *order.Spec, o *Ordering) bool {
	before := len(d.problems)
	known := []string{"kind", "name"}
	for i := range spec.Params {
		known = append(known, spec.Params[i].Name)
	}
	for i, k := range n.keys {
		value, at := n.items[i], joinPath(path, k.scalar)
		switch {
		case k.scalar == "kind":
		case !slices.Contains(known, k.scalar):
			d.problem(k, at, "unknown key%s; the keys of %s are %s", didYouMean(k.scalar, known), spec.Kind, strings.Join(known, " "))
		case value.kind != scalarNode || isNull(value):
			d.problem(value, at, "got %s; want one value", value.describe())
		case k.scalar == "name":
			o.Name = value.scalar
			if err := checkLabel(o.Name); err != nil {
				d.problem(value, at, "%v", err)
			}
		default:
			p := Param{Name: k.scalar, Value: value.scalar}
			if err := checkParam(p, spec, d.peers); err != nil {
				d.problem(value, at, "%v", err)
			}
			o.Params = append(o.Params, p)
		}
	}
	if len(d.problems) == before {
		if err := checkOrdering(*o, d.table, d.peers); err != nil {
			d.problem(n, path, "%v", err)
		}
	}
	return len(d.problems) == before
}

// checkLabel refuses names that a comma list of orderings or a terminal could
// not show.
func checkLabel(name string) error {
	bad := func(c rune) bool { return !isPrintable(c) || c == ',' }
	if name == "" || len(name) > maxNameLength || strings.ContainsFunc(name, bad) || strings.TrimSpace(name) != name {
		return fmt.Errorf("%q is no name of an ordering; want 1..%d bytes of text without commas and without space at the ends",
			clip(name), maxNameLength)
	}
	return nil
}

// checkParam checks one parameter as written. Durations are held to the
// language's own grammar first: exact, and never without a unit.
func checkParam(p Param, spec *order.Spec, peers int) error {
	i := slices.IndexFunc(spec.Params, func(q order.Param) bool { return q.Name == p.Name })
	if i < 0 {
		_, err := spec.Resolve(order.Values{{Name: p.Name, Text: p.Value}})
		return err
	}
	param := &spec.Params[i]
	never := param.Never && (p.Value == "never" || p.Value == "none")
	if param.Type == order.Duration && !never {
		if v, err := durations.parse(p.Value); err != nil {
			return err
		} else if v < 0 {
			return fmt.Errorf("%s is negative; want at least 0ms", p.Value)
		}
	}
	values, err := spec.Resolve(order.Values{{Name: p.Name, Text: p.Value}})
	if err != nil {
		return fmt.Errorf("got %q; want %s", clip(p.Value), param.Want())
	}
	if param.Type == order.PeerID && peers > 0 && values.Int(p.Name) >= int64(peers) {
		return fmt.Errorf("peer %s is out of range; want 0..%d", p.Value, peers-1)
	}
	return nil
}

// checkOrdering checks an ordering as a whole, by making one.
func checkOrdering(o Ordering, table order.Table, peers int) error {
	spec, known := table.Lookup(o.Kind)
	if !known {
		return fmt.Errorf("unknown ordering %q%s; want one of %s", clip(o.Kind),
			didYouMean(o.Kind, table.Kinds()), strings.Join(table.Kinds(), " "))
	}
	var given []order.Value
	for _, p := range o.Params {
		if err := checkParam(p, spec, peers); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		given = append(given, order.Value{Name: p.Name, Text: p.Value})
	}
	values, err := order.NewValues(given...)
	if err != nil {
		return err
	}
	_, err = spec.Build(values)
	return err
}
