package scenarios

import (
	"fmt"
	"math"
	"strings"

	"mpcomm/sim/rng"
)

// wantOf says what a form takes, for errors and for the schema's descriptions.
func wantOf(f *form) string {
	text := "want " + shapeOf(f)
	if len(f.words) > 0 && f.kind != formWord {
		text += ", or " + strings.Join(f.words, " or ")
	}
	return text
}

func shapeOf(f *form) string {
	switch f.kind {
	case formText:
		return "text"
	case formName:
		return `a name without @ / \`
	case formWord:
		return "one of " + strings.Join(f.words, " ")
	case formInteger:
		return fmt.Sprintf("a whole number %d..%d", f.min, f.max)
	case formSeed:
		return fmt.Sprintf("a whole number 0..%d", uint64(math.MaxUint64))
	case formBool:
		return "true or false"
	case formAmount:
		text := strings.TrimPrefix(f.quantity.want(), "want ")
		if f.object != nil {
			text += ", or {" + f.object.lone + ": ..., ...}"
		}
		return text
	case formRatio:
		if f.object != nil {
			return "a probability such as 1/1000 or 0.1%, or {kind: gilbert-elliott, ...}"
		}
		return "a probability such as 1/1000 or 0.1%"
	case formFixed:
		return fmt.Sprintf("a number %s..%s", rng.Fixed(f.min), rng.Fixed(f.max))
	case formFamily:
		return fmt.Sprintf("a %s such as %s, or a distribution such as {kind: uniform, ...}", f.quantity.name, f.quantity.example)
	case formPeer:
		return "the number of a peer"
	case formPeers:
		if f.named {
			return "peers, sites or groups, such as 0, paris or [0, paris]"
		}
		return "a list of peers, such as [0, 2]"
	case formMessage:
		return `a message such as "p2#0"`
	case formTrigger:
		return `an event such as "2nd ack of p0#7 leaves p1"`
	case formObject:
		return "a map with keys among " + strings.Join(f.object.names(), " ")
	case formList:
		return "a list"
	case formTable:
		return "a map from " + f.label + " to value"
	case formOrdering:
		return "an ordering such as lamport or {kind: timestamp, wait: 80ms}"
	case formValue:
		return "any value"
	case formPrecision:
		return "METRIC=WIDTH such as identical=2%, or {METRIC: WIDTH}"
	}
	panic(fmt.Sprintf("scenarios: form %d has no description", f.kind))
}
