package peer

import "fmt"

// InputKind says what happened to a peer.
type InputKind uint8

// The inputs of a Machine.
const (
	InputStart     InputKind = iota + 1 // power on, once, before any other input
	InputArrival                        // the packet Message has arrived
	InputTimer                          // the local clock has reached what was set for Timer
	InputBroadcast                      // the application broadcasts message ID
	InputFinished                       // the application will broadcast no more
	InputAnnounce                       // protocol None only: From broadcasts no more after Count messages
	InputWaiting                        // the application will broadcast only upon messages that are still to come
	InputAbandon                        // it waits for them no longer and will broadcast no more
	InputRestart                        // back from a crash with the state kept; all timers are gone
)

// Input is one thing that happens to a peer. Which fields matter depends on Kind.
type Input struct {
	Kind    InputKind
	Timer   TimerID
	From    ID
	Count   int32
	ID      MessageID
	Message *Message // borrowed until Step returns
}

// Step handles one input at local time now and appends what it wants done to
// out. An error means input that no correct host or peer gives: nothing was
// done, and the error says what is wrong. Step never panics on its input.
func (m *Machine) Step(now Instant, in Input, out *Effects) error {
	if in.Kind == InputArrival {
		return m.Arrive(now, in.Message, out)
	}
	if m.phase == Idle && in.Kind != InputStart && in.Kind != InputAnnounce {
		return m.reject("input %d before the start", in.Kind)
	}
	switch in.Kind {
	case InputStart:
		return m.Start(now, out)
	case InputTimer:
		return m.expire(now, in.Timer, out)
	case InputBroadcast:
		return m.Broadcast(now, in.ID, out)
	case InputFinished:
		return m.Finish(now, out)
	case InputWaiting:
		return m.wait(now, out)
	case InputAbandon:
		return m.Abandon(now, out)
	case InputAnnounce:
		return m.Announce(now, in.From, in.Count, out)
	case InputRestart:
		m.restart(now, out)
	default:
		return m.reject("unknown input %d", in.Kind)
	}
	return nil
}

func (m *Machine) reject(format string, args ...any) error {
	return fmt.Errorf("%v in %v: %s", m.c.Self, m.phase, fmt.Sprintf(format, args...))
}
