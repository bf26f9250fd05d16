// Package screen is what people see in a terminal: the verdict table, the
// barcode of where logs disagree, the first difference and its reason, notes,
// and what to do next; the tables of a comparison and of a sweep; and the line
// of progress. The screen of a run is also a picture of its very lines.
//
// It owns the words, columns, widths and colours of a terminal. Nothing rests
// on colour or on glyphs: every screen reads the same in plain ASCII. It must
// never know how a result was computed, nor whether it writes to a terminal:
// the caller says what the terminal can show.
package screen
