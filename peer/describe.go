package peer

import (
	"fmt"
	"strings"
	"time"
)

var stageNames = [...]string{"phases", "transport", "ordering", "unknown stage"}

// Describe says in one line what e asks for, in words that stay the same from
// version to version: traces and tests compare them.
func (e *Effects) Describe(effect Effect) string {
	switch effect.Kind {
	case 0:
		return "nothing"
	case EffectSend:
		return fmt.Sprintf("send to %v: %s", effect.To, e.DescribeMessage(&e.Messages[effect.Index]))
	case EffectOthers:
		return "send to others: " + e.DescribeMessage(&e.Messages[effect.Index])
	case EffectAll:
		return "send to all: " + e.DescribeMessage(&e.Messages[effect.Index])
	case EffectDeliver:
		return "deliver " + effect.ID.String()
	case EffectDiscard:
		return "discard " + effect.ID.String()
	case EffectTimer:
		name := fmt.Sprintf("timer %s/%d", stageNames[effect.Timer>>30], effect.Timer.Number())
		if effect.At == Distant {
			return name + " off"
		}
		return fmt.Sprintf("%s at %v", name, time.Duration(effect.At))
	case EffectPhase:
		return "phase " + effect.Phase.String()
	case EffectGiveUp:
		return "give up " + effect.To.String()
	case EffectPark:
		return "park"
	case EffectTooEarly:
		return "too early"
	case EffectTooLate:
		return "too late"
	case EffectRepeated:
		return "repeated"
	case EffectGap:
		return "gap"
	case EffectImpatient:
		return "impatient"
	case EffectSubmit:
		return "submit"
	}
	return fmt.Sprintf("effect %d", effect.Kind)
}

// DescribeMessage says what a packet is, leaving out what is zero.
func (e *Effects) DescribeMessage(m *Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v from %v", m.Kind, m.From)
	if m.ID != NoMessage {
		fmt.Fprintf(&b, " of %v", m.ID)
	}
	for _, field := range [...]struct {
		name  string
		value int64
	}{
		{"round", int64(m.Round)}, {"attempt", int64(m.Attempt)}, {"link", int64(m.Link)}, {"stamp", m.Stamp}, {"aux", m.Aux},
	} {
		if field.value != 0 {
			fmt.Fprintf(&b, " %s=%d", field.name, field.value)
		}
	}
	if m.Words.Len > 0 {
		fmt.Fprintf(&b, " words=%v", e.Words(m.Words))
	}
	return b.String()
}
