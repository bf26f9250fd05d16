package run

import (
	"fmt"
	"time"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
)

// faultResult words a fault as the scenario does.
func faultResult(f *scenarios.Fault, struck uint64) result.Fault {
	out := result.Fault{Name: f.Name, Struck: struck, For: lasting(f.For)}
	switch {
	case f.After != nil:
		out.After, out.Delay = f.After.String(), lasting(f.Delay)
	case f.AtDelivery != peer.NoMessage:
		out.AtDelivery, out.Sent = f.AtDelivery.String(), &f.Sent
	default:
		out.At = f.At.String()
	}
	if f.SinceData {
		out.Since = "data"
	}
	if f.Chance != nil {
		out.Chance = f.Chance.String()
	}
	if f.Every != nil {
		out.Every = scenarios.FamilyText(*f.Every)
	}
	if f.Kind.Cuts() {
		cutResult(f, &out)
		return out
	}
	who := &f.Peer
	switch f.Kind {
	case scenarios.FaultCrash:
		out.Crash, out.Restart = who, lasting(f.Restart)
		if f.State != scenarios.StateKept {
			out.State = f.State.String()
		}
		if f.State == scenarios.StateSaved {
			out.Save = lasting(f.Save)
			if f.SaveDeliveries > 0 {
				out.SaveDeliveries = &f.SaveDeliveries
			}
		}
	case scenarios.FaultPause:
		out.Pause = who
	case scenarios.FaultSlow:
		out.Slow, out.Service = who, f.Service.String()
	case scenarios.FaultJoin:
		out.Join = who
	case scenarios.FaultLeave:
		out.Leave = who
	case scenarios.FaultClock:
		out.Clock, out.By = who, f.By.String()
	}
	return out
}

// lasting is a duration, or nothing for 0.
func lasting(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// cutResult words a fault of links.
func cutResult(f *scenarios.Fault, out *result.Fault) {
	out.Down, out.Up = lasting(f.Down), lasting(f.Up)
	switch f.Kind {
	case scenarios.FaultPartition:
		out.Partition, out.OneWay = f.Groups, f.OneWay
	case scenarios.FaultRing:
		out.Ring = f.Ring
	case scenarios.FaultIsolate:
		out.Isolate = f.Alone
	case scenarios.FaultBridge:
		out.Bridge = &f.Peer
	case scenarios.FaultClog:
		out.Clog = &result.Clog{From: f.From, To: f.To}
		return
	}
	out.Mode = "drop"
	if f.Hold {
		out.Mode = "hold"
	}
	if f.DropInFlight {
		out.InFlight = "drop"
	}
}

// idle says what of a fault that touched nothing was empty.
func idle(f *scenarios.Fault, came Coming) string {
	plain := f.Name == "" && f.After == nil && f.Every == nil
	switch {
	case came == Omitted:
		return fmt.Sprintf("%s was left out by chance", f.Title())
	case f.Kind == scenarios.FaultPartition && plain:
		return fmt.Sprintf("partition at %v struck no packet", f.At)
	case f.Kind == scenarios.FaultCrash && plain && f.AtDelivery != peer.NoMessage:
		return fmt.Sprintf("crash of %v at the delivery of %v never came", f.Peer, f.AtDelivery)
	case f.Kind == scenarios.FaultCrash && plain:
		return fmt.Sprintf("crash of %v at %v struck nothing", f.Peer, f.At)
	case came == Missed:
		return fmt.Sprintf("%s %s never came", f.Title(), f.When())
	case f.Kind.Cuts():
		return fmt.Sprintf("%s %s struck no packet", f.Title(), f.When())
	}
	return fmt.Sprintf("%s %s struck nothing", f.Title(), f.When())
}
