package order_test

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

var (
	factors   = regexp.MustCompile(`([0-9n)])([n(])`)
	formula   = regexp.MustCompile(`^[0-9n()+-]+$`)
	twoCounts = regexp.MustCompile(`^[0-9]+/[0-9]+$`)
)

// evaluate gives the value of a formula as the table writes it, such as 3(n-1).
func evaluate(t *testing.T, text string, n int) int {
	t.Helper()
	text = factors.ReplaceAllString(factors.ReplaceAllString(text, "$1*$2"), "$1*$2")
	v, err := types.Eval(token.NewFileSet(), nil, token.NoPos, strings.ReplaceAll(text, "n", fmt.Sprint(n)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	got, _ := constant.Int64Val(v.Value)
	return int(got)
}

// clause finds what a column says of a sender that is special or not, with the
// default word of the parameter that the clauses go by, if they do.
func clause(s *order.Spec, text string, special bool) (string, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	for _, part := range parts {
		if words := strings.Fields(part); words[0] == "of" {
			if special {
				return words[len(words)-1], true
			}
		} else if !special && len(words) == 2 && slices.ContainsFunc(s.Params, func(p order.Param) bool { return p.Default == words[0] }) {
			return words[1], true
		}
	}
	return strings.Fields(parts[0])[0], !special
}

// inWords are the steps that are no two numbers; their costs are in TestCosts,
// TestOtherCosts and the tests of the ordering.
var inWords = []string{
	"wait/wait", "max(2·epsilon, epsilon+wait)/max(2·epsilon+1, epsilon+wait)", "offline", "1 and the longest wait for a stamp",
	"0..n at the sender, 1 more elsewhere; safe n and n+i more at the i-th peer after it",
}

// TestColumns holds the columns of the table to the cost that the Spec states,
// for the parameters' defaults: what readers see is what tests measure.
func TestColumns(t *testing.T) {
	t.Parallel()
	for _, s := range order.Builtin() {
		for _, n := range []int{3, 5, 8} {
			for _, special := range []bool{false, true} {
				from := peer.ID(n - 1)
				if special {
					from = 0
				}
				text, said := clause(&s, s.Packets, special)
				if !said {
					continue
				}
				c := stated(t, s.Kind, nil, n, from)
				if !formula.MatchString(text) {
					t.Errorf("%s: packets %q: %q is no formula of n", s.Kind, s.Packets, text)
				} else if want := evaluate(t, text, n); c.Packets != want {
					t.Errorf("%s, %d peers: packets %q are %d, but its cost says %d", s.Kind, n, text, want, c.Packets)
				}
				steps, said := clause(&s, s.Steps, special)
				switch {
				case slices.Contains(inWords, s.Steps):
				case !said || !twoCounts.MatchString(steps):
					t.Errorf("%s: steps %q say nothing in numbers of a sender (special: %t)", s.Kind, s.Steps, special)
				default:
					most := 0
					for p, d := range c.Delays {
						if peer.ID(p) != from {
							most = max(most, d.Steps)
						}
					}
					if got := fmt.Sprintf("%d/%d", c.Delays[from].Steps, most); got != steps {
						t.Errorf("%s, %d peers: steps %q, but its cost says %s", s.Kind, n, steps, got)
					}
				}
			}
		}
	}
}
