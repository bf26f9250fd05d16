package scenarios

import "testing"

func BenchmarkParse(b *testing.B) {
	data, err := library.ReadFile("library/two-senders.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("x.yaml", data, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// One op is one cell of a grid.
func BenchmarkCells(b *testing.B) {
	s, err := Builtin("lab")
	if err != nil {
		b.Fatal(err)
	}
	cells, err := s.Cells()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; i < b.N; i += len(cells) {
		if _, err := s.Cells(); err != nil {
			b.Fatal(err)
		}
	}
}
