package scenarios

import (
	"mpcomm/network/latency"
	"mpcomm/peer"
)

func (w *Workload) tree() *node {
	n := mapOf()
	if w.Sends == nil {
		n.put("messages", integerNode(w.Messages))
		n.put("gap", familyNode(w.Gap, &durations)).put("start", familyNode(w.Start, &durations))
		if w.Senders != nil {
			n.put("senders", peersNode(w.Senders))
		}
	} else {
		place := map[peer.ID]int32{}
		n.put("sends", listOf(w.Sends, func(s Send) *node {
			entry := sendNode(s, s.Number != place[s.From])
			place[s.From]++
			return entry
		}))
	}
	if r := w.Replies; r != nil {
		n.put("replies", mapOf().put("probability", ratioNode(r.Probability)).put("delay", familyNode(r.Delay, &durations)).
			put("on", triggerNode(r.OnArrival)).put("depth", integerNode(r.Depth)))
	}
	return n.put("size", familyNode(w.Size, &sizes))
}

func triggerNode(onArrival bool) *node { return choose(onArrival, "arrival", "delivery") }

func sendNode(s Send, numbered bool) *node {
	n := mapOf()
	if s.After == peer.NoMessage {
		n.put("at", familyNode(s.At, &durations)).put("from", integerNode(int(s.From)))
	} else {
		n.put("after", messageNode(s.After)).put("from", integerNode(int(s.From))).
			put("delay", familyNode(s.Delay, &durations)).put("on", triggerNode(s.OnArrival))
	}
	if numbered {
		n.put("number", integerNode(s.Number))
	}
	return n
}

// tree writes out what links do. What a preset or a measured jitter says stands
// there by that alone, so that a sweep over presets is printed as it runs.
func (net *Network) tree() *node {
	n := mapOf()
	omitted := net.omitted()
	named := net.Preset != "" || net.Matrix != nil && net.Matrix.Jitter != nil
	put := func(key string, value func(*Network) *node) {
		if text := value(net); !named || flowText(text) != flowText(value(&omitted)) {
			n.put(key, text)
		}
	}
	put("latency", func(net *Network) *node { return familyNode(net.Latency, &durations) })
	if net.Preset != "" {
		n.put("preset", rawNode(net.Preset))
	}
	if net.Sites != nil {
		n.put("sites", listOf(net.Sites, textNode))
	}
	if net.Sites != nil && net.Matrix == nil || net.Inflation != latency.DefaultInflation() {
		n.put("inflation", rawNode(net.Inflation.String()))
	}
	if m := net.Matrix; m != nil {
		file := mapOf().put("file", textNode(m.File)).put("unit", rawNode(durations.print(int64(m.Unit))[1:]))
		if m.Jitter != nil {
			file.put("jitter", familyNode(*m.Jitter, &durations))
		}
		n.put("matrix", file)
	}
	if net.Server != "" {
		n.put("server", textNode(net.Server))
	}
	n.put("self", selfNode(net)).put("link", choose(net.Datagram, "datagram", "fifo"))
	put("reorder", func(net *Network) *node { return reorderNode(net.Reorder) })
	put("loss", func(net *Network) *node { return lossNode(net.Loss) })
	put("duplicate", func(net *Network) *node { return ratioNode(net.Duplicate) })
	n.put("overhead", rawNode(sizes.print(net.Overhead)))
	n.put("bandwidth", orWord(net.Bandwidth, &bandwidths, "none")).put("queue", orWord(net.Queue, &sizes, "none"))
	n.put("correlation", correlationNode(net.Correlation)).put("stalls", stallsNode(net.Stalls))
	n.put("mtu", orWord(net.MTU, &sizes, "none")).put("corrupt", ratioNode(net.Corrupt))
	n.put("transport", transportNode(net.Transport))
	if len(net.Links) > 0 {
		n.put("links", listOf(net.Links, func(o LinkOverride) *node { return linkNode(mapOf(), o) }))
	}
	if len(net.Changes) > 0 {
		n.put("changes", listOf(net.Changes, changeNode))
	}
	if len(net.Delays) > 0 {
		n.put("delays", listOf(net.Delays, delayNode))
	}
	return n
}

func selfNode(net *Network) *node {
	switch net.Self {
	case SelfLoopback:
		return rawNode("loopback")
	case SelfOrdered:
		return rawNode("ordered")
	case SelfFamily:
		return familyNode(net.SelfDelay, &durations)
	}
	return rawNode("immediate")
}

func reorderNode(r *Reorder) *node {
	if r == nil {
		return rawNode("none")
	}
	return mapOf().put("share", ratioNode(r.Share)).put("extra", familyNode(r.Extra, &durations))
}

func lossNode(l Loss) *node {
	b := l.Bursts
	if b == nil {
		return ratioNode(l.Ratio)
	}
	return mapOf().put("kind", rawNode("gilbert-elliott")).put("p", ratioNode(b.P)).put("r", ratioNode(b.R)).
		put("every", durationNode(b.Every)).put("good", ratioNode(b.Good)).put("bad", ratioNode(b.Bad))
}

func correlationNode(c *Correlation) *node {
	if c == nil {
		return rawNode("none")
	}
	return mapOf().put("share", ratioNode(c.Share)).put("span", durationNode(c.Span)).put("every", durationNode(c.Every))
}

func stallsNode(s *Stalls) *node {
	if s == nil {
		return rawNode("none")
	}
	return mapOf().put("every", familyNode(s.Every, &durations)).put("for", familyNode(s.For, &durations)).
		put("stragglers", ratioNode(s.Stragglers)).put("later", familyNode(s.Later, &durations))
}

func transportNode(t Transport) *node {
	n := mapOf().put("kind", rawNode(t.Kind))
	if t.Kind == "reliable" {
		n.put("rto", durationNode(t.RTO)).put("backoff", integerNode(t.Backoff)).put("nack", boolNode(t.NACK))
	}
	return n
}

func changeNode(c LinkChange) *node {
	n := mapOf().put("at", durationNode(c.At)).put("since", choose(c.SinceData, "data", "start")).
		put("for", orWord(int64(c.For), &durations, "none"))
	return linkNode(n, c.Links)
}

// linkNode adds the keys of an entry about links.
func linkNode(n *node, o LinkOverride) *node {
	if o.From != nil {
		n.put("from", peersNode(o.From))
	}
	if o.To != nil {
		n.put("to", peersNode(o.To))
	}
	if o.Down != nil {
		n.put("down", boolNode(*o.Down))
	}
	if o.Latency != nil {
		n.put("latency", familyNode(*o.Latency, &durations))
	}
	if o.Datagram != nil {
		n.put("link", choose(*o.Datagram, "datagram", "fifo"))
	}
	if o.Reorder != nil && o.Reorder.Share.Num == 0 {
		n.put("reorder", rawNode("none"))
	} else if o.Reorder != nil {
		n.put("reorder", reorderNode(o.Reorder))
	}
	if o.Loss != nil {
		n.put("loss", lossNode(*o.Loss))
	}
	if o.Duplicate != nil {
		n.put("duplicate", ratioNode(*o.Duplicate))
	}
	if o.Bandwidth != nil {
		n.put("bandwidth", orWord(*o.Bandwidth, &bandwidths, "none"))
	}
	if o.Queue != nil {
		n.put("queue", orWord(*o.Queue, &sizes, "none"))
	}
	if o.Correlation != nil {
		n.put("correlation", correlationNode(o.Correlation.orNone()))
	}
	if o.Stalls != nil {
		n.put("stalls", stallsNode(o.Stalls.orNone()))
	}
	if o.MTU != nil {
		n.put("mtu", orWord(*o.MTU, &sizes, "none"))
	}
	if o.Corrupt != nil {
		n.put("corrupt", ratioNode(*o.Corrupt))
	}
	return n
}

func delayNode(x Delay) *node {
	n := mapOf().put("message", messageNode(x.Message))
	if x.From != x.Message.Sender {
		n.put("from", integerNode(int(x.From)))
	}
	n.put("to", integerNode(int(x.To)))
	if x.Lost {
		return n.put("lost", boolNode(true))
	}
	return n.put("delay", durationNode(x.Delay))
}
