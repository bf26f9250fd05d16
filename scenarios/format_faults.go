package scenarios

import "mpcomm/peer"

func faultNode(f Fault) *node {
	n := mapOf()
	if f.Name != "" {
		n.put("name", textNode(f.Name))
	}
	since := choose(f.SinceData, "data", "start")
	switch {
	case f.After != nil:
		n.put("after", textNode(f.After.String())).put("delay", durationNode(f.Delay))
	case f.AtDelivery == peer.NoMessage:
		n.put("at", durationNode(f.At)).put("since", since)
	}
	if f.Every != nil {
		n.put("every", familyNode(*f.Every, &durations))
	}
	if f.Chance != nil {
		n.put("chance", ratioNode(*f.Chance))
	}
	if f.Kind.Cuts() {
		return cutNode(n, &f)
	}
	n.put(f.Kind.String(), integerNode(int(f.Peer)))
	switch f.Kind {
	case FaultCrash:
		return crashNode(n, &f)
	case FaultPause:
		n.put("for", orWord(int64(f.For), &durations, "none"))
	case FaultSlow:
		n.put("service", durationNode(f.Service)).put("for", orWord(int64(f.For), &durations, "none"))
	case FaultClock:
		n.put("by", durationNode(f.By))
	}
	return n
}

// cutNode adds the keys of a fault of links.
func cutNode(n *node, f *Fault) *node {
	switch f.Kind {
	case FaultPartition:
		n.put("partition", listOf(f.Groups, peersNode))
		if f.OneWay {
			n.put("one_way", boolNode(true))
		}
	case FaultRing:
		n.put("ring", peersNode(f.Ring))
	case FaultIsolate:
		n.put("isolate", peersNode(f.Alone))
	case FaultBridge:
		n.put("bridge", integerNode(int(f.Peer)))
	case FaultClog:
		links := mapOf()
		if f.From != nil {
			links.put("from", peersNode(f.From))
		}
		if f.To != nil {
			links.put("to", peersNode(f.To))
		}
		n.put("clog", links)
	}
	n.put("for", orWord(int64(f.For), &durations, "none"))
	if f.Down > 0 {
		n.put("down", durationNode(f.Down)).put("up", durationNode(f.Up))
	}
	if f.Kind == FaultClog {
		return n
	}
	return n.put("mode", choose(f.Hold, "hold", "drop")).put("in_flight", choose(f.DropInFlight, "drop", "pass"))
}

// crashNode adds the keys of a crash.
func crashNode(n *node, f *Fault) *node {
	if f.AtDelivery != peer.NoMessage {
		n.put("since", choose(f.SinceData, "data", "start")).put("at_delivery", messageNode(f.AtDelivery)).put("sent", integerNode(f.Sent))
	}
	switch {
	case f.For > 0:
		n.put("for", durationNode(f.For))
	case f.Restart > 0:
		n.put("restart", durationNode(f.Restart))
	case f.State == StateKept:
		return n
	}
	n.put("state", rawNode(f.State.String()))
	if f.Save > 0 {
		n.put("save", durationNode(f.Save))
	}
	if f.SaveDeliveries > 0 {
		n.put("save_deliveries", integerNode(f.SaveDeliveries))
	}
	return n
}
