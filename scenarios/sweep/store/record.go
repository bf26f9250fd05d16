package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"math"
)

// FileName is the name of the file in a sweep's folder.
const FileName = "chunks.log"

// firstLine names the format; its number changes with anything that an older
// program would read wrongly.
const firstLine = "mpcomm chunks 1\n"

// mark begins a record. The first byte is no text, so that neither a scenario
// nor a row can look like it by chance.
var mark = [4]byte{0x9d, 'm', 'p', 'c'}

const (
	frameBytes = 12 // mark, length, checksum
	mostBody   = 1<<31 - 1

	kindHeader = 'h'
	kindChunk  = 'c'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Header is what stands at the beginning of a file.
type Header struct {
	Identity []byte // decides what every chunk holds
	Notes    []byte // decides nothing; of this file alone
}

// sweepID is what a record keeps of the identity.
func (h *Header) sweepID() [8]byte {
	sum := sha256.Sum256(h.Identity)
	return [8]byte(sum[:8])
}

func (h *Header) body() []byte {
	b := binary.AppendUvarint([]byte{kindHeader}, uint64(len(h.Identity)))
	return append(append(b, h.Identity...), h.Notes...)
}

func parseHeader(body []byte) (Header, bool) {
	if len(body) == 0 || body[0] != kindHeader {
		return Header{}, false
	}
	length, n := binary.Uvarint(body[1:])
	if n <= 0 || length > uint64(len(body)-1-n) {
		return Header{}, false
	}
	rest := body[1+n:]
	return Header{Identity: bytes.Clone(rest[:length]), Notes: bytes.Clone(rest[length:])}, true
}

// chunkHead is what stands before the bytes of a chunk in the body of its record.
func chunkHead(id [8]byte, index int) []byte {
	b := append([]byte{kindChunk}, id[:]...)
	return binary.AppendUvarint(b, uint64(index))
}

// parseChunk splits the body of a chunk's record. It takes what it gets, also
// of a damaged record, whose number may be all that is left of it.
func parseChunk(body []byte) (id [8]byte, index int, skip int, ok bool) {
	if len(body) < 10 || body[0] != kindChunk {
		return id, 0, 0, false
	}
	id = [8]byte(body[1:9])
	u, n := binary.Uvarint(body[9:])
	if n <= 0 || u > math.MaxInt {
		return id, 0, 0, false
	}
	return id, int(u), 9 + n, true
}

// appendFrame appends a record: mark, length, checksum and the parts of its body.
func appendFrame(b []byte, parts ...[]byte) []byte {
	start := len(b)
	b = append(b, mark[:]...)
	b = append(b, make([]byte, 8)...)
	for _, part := range parts {
		b = append(b, part...)
	}
	frame := b[start:]
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-frameBytes))
	binary.LittleEndian.PutUint32(frame[8:], checksum(frame))
	return b
}

// checksum covers the length and the body of a whole frame.
func checksum(frame []byte) uint32 {
	return crc32.Update(crc32.Checksum(frame[4:8], castagnoli), castagnoli, frame[frameBytes:])
}
