// Package svg writes pictures as SVG: shapes and lines of text in inks of the
// palette, on light ground, on dark ground, or on whichever the reader has.
//
// It owns the writing, the measuring of text and the style sheet. It must
// never know what a picture shows. Lengths are integers, so that a picture is
// the same bytes on every machine; every text is escaped; nothing is loaded
// from anywhere.
package svg
