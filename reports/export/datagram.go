package export

import (
	"encoding/binary"
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/journal"
)

// Port is the UDP port of every peer in a capture, one that nobody has
// registered.
const Port = 60000

const (
	sizeIP  = 20
	sizeUDP = 8
)

// address is the IPv4 address of a peer: 10 and its number.
func address(p peer.ID) []byte { return []byte{10, byte(p >> 16), byte(p >> 8), byte(p)} }

// datagram is a packet as bytes: the header of IPv4 (RFC 791), that of UDP (RFC
// 768), and a line of text.
func datagram(x name, identification uint16) []byte {
	text := payload(x)
	b := make([]byte, 0, sizeIP+sizeUDP+len(text))
	b = append(b, 0x45, 0) // version 4, five words of header; no service asked for
	b = binary.BigEndian.AppendUint16(b, uint16(cap(b)))
	b = binary.BigEndian.AppendUint16(b, identification)
	b = append(b, 0, 0, 64, 17, 0, 0) // no fragment, 64 hops, UDP, room for the checksum
	b = append(append(b, address(x.from)...), address(x.to)...)
	binary.BigEndian.PutUint16(b[10:], checksum(0, b))

	length := uint16(sizeUDP + len(text))
	b = binary.BigEndian.AppendUint16(b, Port)
	b = binary.BigEndian.AppendUint16(b, Port)
	b = binary.BigEndian.AppendUint16(b, length)
	b = append(b, 0, 0)
	b = append(b, text...)
	// Over the addresses, the protocol and the length as well; 0 would say that
	// there is no checksum.
	sum := checksum(17+uint32(length)+addresses(b), b[sizeIP:])
	if sum == 0 {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(b[sizeIP+6:], sum)
	return b
}

// addresses sums the words of the two addresses of a header.
func addresses(b []byte) uint32 {
	sum := uint32(0)
	for i := 12; i < sizeIP; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	return sum
}

// checksum is the complement of the sum in ones' complement of words of sixteen
// bits (RFC 1071), given a sum to begin with.
func checksum(sum uint32, b []byte) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) > 0 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// payload is what a packet says, such as "data p1#0" or "token round=7".
func payload(x name) string {
	text := journal.PacketName(x.packet)
	if x.message != peer.NoMessage {
		text += " " + x.message.String()
	}
	for _, part := range [...]struct {
		name  string
		value int64
	}{{"round", int64(x.round)}, {"attempt", int64(x.attempt)}, {"copy", int64(x.copy)}} {
		if part.value != 0 {
			text += fmt.Sprintf(" %s=%d", part.name, part.value)
		}
	}
	return text
}
