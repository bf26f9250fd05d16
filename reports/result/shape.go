package result

import "strconv"

// Shape says which columns beyond Columns the rows of a table of runs have.
// Runs of several cells or orderings share a table under the union of their
// shapes.
type Shape struct {
	Peers    int
	Counters []string
	Faults   int
	Watch    int
	Heals    bool
	Why      bool // mechanisms were counted
}

// Grow makes the shape hold o's columns too.
func (s *Shape) Grow(o *Ordering) {
	s.Peers = max(s.Peers, len(o.Phases.Opened), len(o.Phases.Closed))
	for _, c := range o.Counters {
		s.Counters = unite(s.Counters, []string{c.Name})
	}
	s.Faults = max(s.Faults, len(o.Faults))
	s.Watch = max(s.Watch, len(o.Watch))
	s.Heals = s.Heals || o.Heal != nil
	s.Why = s.Why || o.Mechanisms != nil
}

// Columns returns the paths of all numbers of a run: those of Columns, then
// counters, times by peer, faults and watches.
func (s *Shape) Columns() []string {
	paths := Columns()
	for _, name := range s.Counters {
		paths = append(paths, "counters."+name)
	}
	for _, list := range [...]struct {
		before, after string
		n             int
	}{
		{"phases.opened_ms.", "", s.Peers},
		{"phases.closed_ms.", "", s.Peers},
		{"faults.", ".struck", s.Faults},
		{"watch.", ".happened", s.Watch},
	} {
		for i := range list.n {
			paths = append(paths, list.before+strconv.Itoa(i)+list.after)
		}
	}
	if s.Heals {
		paths = append(paths, "properties.liveness", "properties.liveness_unknown", "heal.unrecoverable")
	}
	if s.Why {
		paths = append(paths, mechanismPaths[:]...)
	}
	return paths
}

// Values returns the numbers of one run in the order of s.Columns; empty where
// a number is null or the run has none.
func (s *Shape) Values(o *Ordering) []string {
	values := Values(o)
	for _, name := range s.Counters {
		text := ""
		for _, c := range o.Counters {
			if c.Name == name && c.Value.Known() {
				text = c.Value.String()
			}
		}
		values = append(values, text)
	}
	for _, list := range [][]NullMS{o.Phases.Opened, o.Phases.Closed} {
		for i := range s.Peers {
			text := ""
			if i < len(list) && list[i].Known {
				text = string(list[i].MS.append(nil))
			}
			values = append(values, text)
		}
	}
	for i := range s.Faults {
		text := ""
		if i < len(o.Faults) {
			text = strconv.FormatUint(o.Faults[i].Struck, 10)
		}
		values = append(values, text)
	}
	for i := range s.Watch {
		text := ""
		if i < len(o.Watch) {
			num, _ := yesno(o.Watch[i].Happened)
			text = strconv.FormatInt(num, 10)
		}
		values = append(values, text)
	}
	if s.Heals {
		values = append(values, o.liveness()...)
	}
	if s.Why {
		values = append(values, o.mechanisms()...)
	}
	return values
}

// mechanisms is the numbers of a run whose mechanisms were counted; empty where
// they were not.
func (o *Ordering) mechanisms() []string {
	texts := make([]string, len(mechanismPaths))
	if o.Mechanisms != nil {
		for i, n := range o.Mechanisms.values() {
			texts[i] = strconv.FormatUint(n, 10)
		}
	}
	return texts
}

// liveness is the numbers of a run that is healed; empty where it is not.
func (o *Ordering) liveness() []string {
	if o.Heal == nil {
		return []string{"", "", ""}
	}
	holds, _ := verdict(*o.Properties.Liveness, Holds)
	unknown, _ := verdict(*o.Properties.Liveness, Unknown)
	return []string{strconv.FormatInt(holds, 10), strconv.FormatInt(unknown, 10), strconv.Itoa(len(o.Heal.Unrecoverable))}
}
