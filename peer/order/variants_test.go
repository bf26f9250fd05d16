package order_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// combinations are all choices of the words of enums, of "never", and of
// small numbers next to their defaults, the slow and obvious way.
func combinations(params []order.Param) []order.Values {
	if len(params) == 0 {
		return []order.Values{nil}
	}
	p := params[0]
	texts := append([]string{""}, p.Allowed...)
	if p.Never {
		texts = append(texts, "never")
	}
	if p.Type == order.Int {
		for k := p.Min; k <= min(p.Max, 9); k++ {
			if d := fmt.Sprint(k - 1); d == p.Default {
				texts = append(texts, fmt.Sprint(k))
			} else if d := fmt.Sprint(k + 1); d == p.Default {
				texts = append(texts, fmt.Sprint(k))
			}
		}
	}
	var all []order.Values
	for _, rest := range combinations(params[1:]) {
		for _, text := range texts {
			if text == "" {
				all = append(all, rest)
			} else {
				all = append(all, append(slices.Clone(rest), order.Value{Name: p.Name, Text: text}))
			}
		}
	}
	return all
}

// What the defaults and the variants say together is what every combination of
// values promises.
func TestVariantsSayEverything(t *testing.T) {
	t.Parallel()
	table := order.Builtin()
	for i := range table {
		checkVariants(t, &table[i])
	}
	crossed := order.Spec{
		Kind: "crossed", Guarantees: peer.FIFO | peer.Total, Needs: peer.NoLoss,
		Params: []order.Param{
			{Name: "a", Type: order.Enum, Default: "off", Allowed: []string{"off", "on"}},
			{Name: "b", Type: order.Enum, Default: "off", Allowed: []string{"off", "on"}},
			{Name: "c", Type: order.Enum, Default: "off", Allowed: []string{"off", "on"}},
			{Name: "d", Type: order.Int, Default: "1", Min: 0, Max: 7},
			{Name: "e", Type: order.Duration, Default: "1s", Never: true},
		},
		Refine: func(v order.Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			a, b := v.Enum("a") == "on", v.Enum("b") == "on"
			if a && b {
				g |= peer.Uniform // neither alone
			} else if a {
				g &^= peer.FIFO
			}
			if v.Int("d") == 0 {
				n |= peer.NoCrash
			}
			if v.Duration("e") == order.Never {
				n &^= peer.NoLoss
			}
			return g, n
		},
	}
	checkVariants(t, &crossed)
	if got, want := named(crossed.Variants()), "a=on | d=0 | e=never | a=on b=on | a=on b=on d=0 | a=on b=on e=never"; got != want {
		t.Errorf("variants %s, want %s", got, want)
	}
	merge, _ := table.Lookup("merge")
	if got, want := named(merge.Variants()), "stamp=lamport | stamp=hlc | gaps=detect"; got != want {
		t.Errorf("variants of merge %s, want %s", got, want)
	}
	naive, _ := table.Lookup("naive")
	if got := naive.Variants(); got != nil {
		t.Errorf("variants of naive: %s", named(got))
	}
}

func named(variants []order.Variant) string {
	var all []string
	for _, v := range variants {
		var words []string
		for _, value := range v.Values {
			words = append(words, value.Name+"="+value.Text)
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, " | ")
}

// checkVariants reads the variants as a reader does: those that apply to a
// combination, the largest of them, each with what it adds and what it takes.
func checkVariants(t *testing.T, s *order.Spec) {
	t.Helper()
	variants := s.Variants()
	baseG, baseN, err := s.Promises(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variants {
		g, n, err := s.Promises(v.Values)
		if err != nil || g != v.Guarantees || n != v.Needs {
			t.Errorf("%s %s: %v %v, want %v %v, %v", s.Kind, named([]order.Variant{v}), v.Guarantees, v.Needs, g, n, err)
		}
	}
	for _, c := range combinations(s.Params) {
		applies := slices.DeleteFunc(slices.Clone(variants), func(v order.Variant) bool {
			return slices.ContainsFunc(v.Values, func(x order.Value) bool { return !slices.Contains(c, x) })
		})
		largest := 0
		for _, v := range applies {
			largest = max(largest, len(v.Values))
		}
		g, n := baseG, baseN
		for _, v := range applies {
			if len(v.Values) == largest {
				g, n = g|v.Guarantees&^baseG, n|v.Needs&^baseN
			}
		}
		for _, v := range applies {
			if len(v.Values) == largest {
				g, n = g&^(baseG&^v.Guarantees), n&^(baseN&^v.Needs)
			}
		}
		if wantG, wantN, err := s.Promises(c); err != nil || g != wantG || n != wantN {
			t.Errorf("%s %v: the variants say %v %v, want %v %v, %v", s.Kind, c, g, n, wantG, wantN, err)
		}
	}
}
