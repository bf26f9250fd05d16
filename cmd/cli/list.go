package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/network/latency"
	"mpcomm/peer/order"
	"mpcomm/reports/screen"
	"mpcomm/scenarios"
)

// entry is one thing that a list names.
type entry struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// section is one list of things.
type section struct {
	name    string
	entries []entry
	full    []*screen.Catalogue // what is shown of a section alone; nil = the entries
	object  any                 // what JSON has; nil = the entries
}

// sectionNames are what `list` takes, in the order in which it prints them.
var sectionNames = []string{"scenarios", "orderings", "presets", "sites"}

func (a *app) listCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "list [scenarios|orderings|presets|sites]",
		Short: "What there is: built-in scenarios, orderings, presets, sites",
		Long: "list names what there is. Of orderings alone it shows what each keeps and needs, and what\n" +
			"it costs; of presets alone, their figures and how each is known.",
		Args:      arguments(0, 1, "at most one of "+strings.Join(sectionNames, " ")),
		ValidArgs: sectionNames,
		RunE: func(c *cobra.Command, args []string) error {
			names := sectionNames
			if len(args) > 0 {
				if names = args; !slices.Contains(sectionNames, args[0]) {
					return &usageError{c, fmt.Errorf("list: unknown %q; want one of %s", args[0], strings.Join(sectionNames, " "))}
				}
			}
			sections, err := a.listed(names)
			if err != nil {
				return err
			}
			return a.answer(func(w io.Writer) error {
				if asJSON {
					return writeListJSON(w, sections)
				}
				if len(sections) == 1 && sections[0].full != nil {
					return writeCatalogues(w, sections[0].full, a.screen(look{}))
				}
				return writeList(w, sections, a.screen(look{}).Width)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func (a *app) listed(names []string) ([]section, error) {
	var all []section
	for _, name := range names {
		s := section{name: name}
		switch name {
		case "scenarios":
			for _, n := range scenarios.Names() {
				built, err := scenarios.BuiltinWith(n, a.table)
				if err != nil {
					return nil, err
				}
				s.entries = append(s.entries, entry{n, firstSentence(built.Doc)})
			}
		case "orderings":
			var objects []orderingEntry
			for _, o := range a.table {
				s.entries = append(s.entries, entry{o.Kind, orderingDoc(&o)})
				objects = append(objects, orderingEntryOf(&o))
			}
			s.full, s.object = []*screen.Catalogue{orderingsCatalogue(a.table)}, objects
		case "presets":
			var objects []any
			for _, p := range latency.Presets() {
				e := presetEntryOf(&p)
				s.entries, objects = append(s.entries, e.entry), append(objects, e)
			}
			for _, p := range scenarios.ClockPresets() {
				e := clockPresetEntryOf(&p)
				s.entries, objects = append(s.entries, entry{e.Name, "clocks: " + e.Doc}), append(objects, e)
			}
			s.full, s.object = []*screen.Catalogue{presetsCatalogue(), clockPresetsCatalogue()}, objects
		case "sites":
			for _, c := range latency.Cities() {
				s.entries = append(s.entries, entry{c.Name, siteDoc(&c)})
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// siteDoc says where a site lies, to a hundredth of a degree.
func siteDoc(c *latency.City) string {
	side := func(v int32, positive, negative byte) string {
		if v < 0 {
			v, positive = -v, negative
		}
		return fmt.Sprintf("%d.%02d%c", v/10_000, v%10_000/100, positive)
	}
	doc := c.Country + " " + side(c.Lat, 'N', 'S') + " " + side(c.Lon, 'E', 'W')
	if c.Note != "" {
		doc += ", " + c.Note
	}
	return doc
}

// orderingDoc says what an ordering does and what can be set.
func orderingDoc(o *order.Spec) string {
	var params []string
	for _, p := range o.Params {
		params = append(params, paramWords(&p))
	}
	if len(params) == 0 {
		return o.Doc
	}
	return o.Doc + " (" + strings.Join(params, " ") + ")"
}

func writeCatalogues(w io.Writer, all []*screen.Catalogue, o screen.Options) error {
	for i, c := range all {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := screen.WriteCatalogue(w, c, o); err != nil {
			return err
		}
	}
	return nil
}

// leastDoc is how wide a column of words is however narrow the terminal.
const leastDoc = 20

func writeListJSON(w io.Writer, sections []section) error {
	object := map[string]any{}
	for _, s := range sections {
		if object[s.name] = s.object; s.object == nil {
			object[s.name] = s.entries
		}
	}
	return writeJSON(w, object)
}

// writeList writes the names, and beside them in lines of at most so many
// columns what they are.
func writeList(w io.Writer, sections []section, width int) error {
	var b strings.Builder
	for i, s := range sections {
		indent := ""
		if len(sections) > 1 {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(s.name + "\n")
			indent = "  "
		}
		widest := 0
		for _, e := range s.entries {
			widest = max(widest, len(e.Name))
		}
		for _, e := range s.entries {
			head := fmt.Sprintf("%s%-*s  ", indent, widest, e.Name)
			for _, line := range screen.Folded(e.Doc, max(width-len(head), leastDoc)) {
				b.WriteString(head + line + "\n")
				head = strings.Repeat(" ", len(head))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
