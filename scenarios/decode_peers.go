package scenarios

import (
	"fmt"
	"slices"

	"mpcomm/peer"
)

func (r record) peer(name string) peer.ID {
	n, path, f := r.value(name)
	return r.d.peer(n, path, f)
}

func (d *decoder) peer(n *node, path string, f *form) peer.ID {
	bounded := *f
	bounded.kind, bounded.max = formInteger, int64(max(d.peers, 1)-1)
	v, _ := d.integer(n, path, &bounded)
	return peer.ID(v)
}

// peersList reads a list of different peers; nil when absent.
func (r record) peersList(name string) []peer.ID {
	n, path, f := r.value(name)
	return r.d.peersList(n, path, f)
}

func (d *decoder) peersList(n *node, path string, f *form) []peer.ID {
	switch {
	case n == nil:
		return nil
	case n.kind == scalarNode && f.named && isName(n):
		return d.named(n, path)
	case n.kind == scalarNode && f.single && !isNull(n):
		return []peer.ID{d.peer(n, path, f)}
	case n.kind != listNode:
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
		return nil
	}
	peers, names := []peer.ID{}, []peer.ID{}
	seen := map[peer.ID]bool{}
	for i, item := range n.items {
		if f.named && isName(item) {
			names = append(names, d.named(item, fmt.Sprintf("%s.%d", path, i))...)
			continue
		}
		before := len(d.problems)
		p := d.peer(item, fmt.Sprintf("%s.%d", path, i), f)
		if len(d.problems) > before {
			continue
		}
		if seen[p] {
			d.problem(item, fmt.Sprintf("%s.%d", path, i), "peer %d is named twice; remove one", p)
			continue
		}
		seen[p] = true
		peers = append(peers, p)
	}
	if f.named {
		peers = append(peers, names...)
		slices.Sort(peers)
		peers = slices.Compact(peers)
	}
	return peers
}

// isName reports whether a scalar is none of the numbers that stand for peers.
func isName(n *node) bool { return n.kind == scalarNode && !isNull(n) && !isDecimal(n.scalar) }

func (r record) message(name string) peer.MessageID {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return peer.NoMessage
	}
	id, err := peer.ParseMessageID(n.scalar)
	if err != nil {
		r.d.problem(n, path, "%v", err)
		return peer.NoMessage
	}
	if int(id.Sender) >= max(r.d.peers, 1) {
		r.d.problem(n, path, "%s has no sender: peers are p0..p%d", id, max(r.d.peers, 1)-1)
		return peer.NoMessage
	}
	return id
}
