// Package store keeps the finished chunks of a sweep in an append-only file, so
// that a sweep can be killed and go on, or be made in parts that are joined.
//
// The file chunks.log is a line of text that names its format, then records:
// four bytes that mark its beginning, four of length, four of CRC-32C over
// length and body, and the body. The first record is the header: an identity,
// which says all that decides what a chunk holds, and notes, which decide
// nothing. Each of the others is a chunk: eight bytes of the identity's SHA-256,
// the chunk's number, and its bytes.
//
// # What survives what
//
// A record is handed to the system in one write as soon as its chunk is
// finished. From then on it survives the end of the program, kill -9 too. The
// system is told to bring the file to the disk (fsync) when it is made, then at
// most every two seconds, and when it is closed: a machine that loses its power
// loses the chunks of the last seconds. A write that fails is taken back, so
// that what was there before stays whole.
//
// # What reading makes of it
//
// A last record that ends too early is the mark of a program that was killed
// while it wrote: it is cut off, and its chunk is made again. Anything else that
// is not as it was written is a [Damage]: nothing of it is used, every whole
// record behind it is found again by its mark, and the file is not written to
// until [Repair] has moved the damaged one aside. The same chunk twice with the
// same bytes counts once; with different bytes it is a damage, too.
//
// One process at a time writes a file. The lock is the system's (flock, or
// LockFileEx), so it ends with the process however that ends; where the system
// has none, see [Log.Locked].
//
// It owns the file. It must never know what a chunk or an identity says.
package store
