package peer

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ID names a peer of the group: p0 to p(n-1).
type ID int32

// String returns the name of the peer, such as "p3".
func (p ID) String() string { return "p" + strconv.Itoa(int(p)) }

// MaxPeers is the largest group: a peer's number fits sixteen bits.
const MaxPeers = 65536

// MaxNumber is the largest number of a message, both bounds included: 0..MaxNumber.
const MaxNumber = 1<<28 - 1

// Instant is a reading of a peer's own clock in nanoseconds. It is signed: a
// clock may show less than zero. True time is another type, so that no
// protocol can use it by mistake.
type Instant int64

// Distant is an Instant that no clock reaches.
const Distant Instant = math.MaxInt64

// MessageID names an application message: p2#0 is the one that p2's plan calls
// number 0. Numbers are names, not ranks: the order in which a peer broadcasts
// need not be that of its numbers.
type MessageID struct {
	Sender ID
	Number int32
}

// NoMessage is the ID of a packet that concerns no message.
var NoMessage = MessageID{Sender: -1, Number: -1}

// Valid reports whether id names a message of a group of n peers.
func (id MessageID) Valid(n int) bool {
	return id.Sender >= 0 && int(id.Sender) < n && id.Number >= 0 && id.Number <= MaxNumber
}

// String returns the name of the message, such as "p2#0".
func (id MessageID) String() string {
	return "p" + strconv.Itoa(int(id.Sender)) + "#" + strconv.Itoa(int(id.Number))
}

// Compare orders message names by sender, then by number.
func (id MessageID) Compare(other MessageID) int {
	if id.Sender != other.Sender {
		return int(id.Sender) - int(other.Sender)
	}
	return int(id.Number) - int(other.Number)
}

// ParseMessageID reads a name such as "p2#0".
func ParseMessageID(s string) (MessageID, error) {
	sender, number, ok := strings.Cut(s, "#")
	if ok && strings.HasPrefix(sender, "p") {
		p, errP := parseIndex(sender[1:], MaxPeers-1)
		k, errK := parseIndex(number, MaxNumber)
		if errP == nil && errK == nil {
			return MessageID{Sender: ID(p), Number: int32(k)}, nil
		}
	}
	return NoMessage, fmt.Errorf("message %q: want pSENDER#NUMBER, such as p2#0, with sender 0..%d and number 0..%d",
		s, MaxPeers-1, MaxNumber)
}

func parseIndex(s string, limit int) (int, error) {
	if s == "" || len(s) > 1 && s[0] == '0' || s[0] == '+' || s[0] == '-' {
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.Atoi(s)
	if err != nil || v > limit {
		return 0, strconv.ErrRange
	}
	return v, nil
}
