package peer

import (
	"testing"
	"unsafe"
)

// TestLayout: what most packets need is in the first three lines of a cache, and
// Machines side by side fill whole lines.
func TestLayout(t *testing.T) {
	t.Parallel()
	const line = 64
	var m Machine
	if size := unsafe.Sizeof(m); unsafe.Sizeof(uintptr(0)) == 8 && size%line != 0 {
		t.Errorf("a Machine has %d bytes; want whole lines of %d", size, line)
	}
	for name, end := range map[string]uintptr{
		"outstanding": unsafe.Offsetof(m.outstanding) + unsafe.Sizeof(m.outstanding),
		"protocol":    unsafe.Offsetof(m.c) + unsafe.Offsetof(m.c.Phases) + unsafe.Sizeof(m.c.Phases.Protocol),
		"transport":   unsafe.Offsetof(m.c) + unsafe.Offsetof(m.c.Transport) + unsafe.Sizeof(m.c.Transport),
	} {
		if end > 3*line {
			t.Errorf("%s ends at byte %d; want at most %d", name, end, 3*line)
		}
	}
}
