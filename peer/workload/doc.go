// Package workload says when applications ask their peers to broadcast: at
// random gaps, by an explicit schedule, after another message, or in reply.
//
// A [Plan] is what a scenario asks for; a [Source] carries it out in one run,
// without input or output of its own: the host tells it what happened (a peer
// opened, data began everywhere, a message was delivered) and asks it when
// which peer broadcasts next. It owns the numbers, references, labels and sizes
// of messages. It must never know the network, an ordering, a phase protocol or
// a local clock: it lives in true time, which peers do not see.
//
// # Identity
//
// A planned message is named by its sender and its number in the plan, a reply
// by its replier and the message it answers. These names, not ranks, are hashed
// into [Source.Label] and go into the names of all random draws about the
// message, so removing one message leaves the draws of all others as they are.
//
// # When a peer is done
//
// A peer is done when all its planned sends are made and no reply of its own
// can still fire. Whether p answers a message is a draw named by the reply,
// known before the message exists, so the source counts for each peer the
// replies it will owe: one for every message, planned or itself a possible
// reply, that the peer's own draw answers. Delivery turns the debt into a
// broadcast that is due; a discard cancels it, together with all that could
// only have followed from it. Each possible reply is counted once and settled
// once, so the question [Source.Done] takes constant time.
package workload
