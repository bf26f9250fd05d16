package order

import (
	"cmp"
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// gathering is the half of an offline ordering that receives: it keeps all
// messages until the log closes, and delivers them in the order of their
// stamps, ties by sender. A sender's stamps differ.
type gathering struct {
	peer.Base
	list []gathered
	seen peer.MessageSet // by number
}

type gathered struct {
	stamp   int64
	logical uint32
	id      peer.MessageID
}

func (g gathered) compare(o gathered) int {
	return cmp.Or(cmp.Compare(g.stamp, o.stamp), cmp.Compare(g.logical, o.logical), g.id.Compare(o.id))
}

// fresh reports whether m is a body that has not come before.
func (o *gathering) fresh(m *peer.Message) bool {
	return m.Kind == peer.KindData && o.seen.Add(m.ID.Sender, m.ID.Number)
}

func (o *gathering) Held() int { return len(o.list) }

func (o *gathering) Close(_ peer.Instant, out *peer.Effects) {
	slices.SortFunc(o.list, gathered.compare)
	for i := range o.list {
		out.Deliver(o.list[i].id)
	}
	o.list = o.list[:0]
}

func (o *gathering) reset(peers int) {
	o.list = o.list[:0]
	o.seen.Reset(peers)
}

func (o *gathering) clone() gathering {
	return gathering{list: slices.Clone(o.list), seen: o.seen.Clone()}
}

// appendState appends the messages in the order in which they will be delivered.
func (o *gathering) appendState(b []byte, zero int64) []byte {
	sorted := slices.Clone(o.list)
	slices.SortFunc(sorted, gathered.compare)
	for _, g := range sorted {
		b = binary.AppendVarint(b, g.stamp-zero)
		b = binary.AppendUvarint(b, uint64(g.logical))
		b = binary.AppendVarint(b, int64(g.id.Sender))
		b = binary.AppendVarint(b, int64(g.id.Number))
	}
	return o.seen.AppendState(b)
}
