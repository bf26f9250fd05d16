// Package html writes the report: one HTML file that shows a run, or a sweep,
// and needs nothing else, neither a network nor another file.
//
// It owns the page: its plain part, which says the truth without any script;
// the script, kept as small modules in web and joined when the program is
// built; the style, made from the palette; and the form in which recorded runs
// travel in the file. Whatever comes from a run enters the page as text, never
// as markup, and the page forbids itself to load anything.
//
// It must never know how a run came about, and judges nothing: verdicts,
// findings and sentences are those of packages result and trace.
package html
