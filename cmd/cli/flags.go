package cli

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
)

// whole is a flag that takes a whole number of a range.
type whole struct {
	value       *uint64
	least, most uint64
}

// String is the value as help shows a default; a flag that was not given has none.
func (w *whole) String() string {
	if w.value == nil || *w.value == 0 {
		return ""
	}
	return decimal(*w.value)
}

// Set reads the value.
func (w *whole) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < w.least || n > w.most {
		return fmt.Errorf("want a whole number %d..%d", w.least, w.most)
	}
	*w.value = n
	return nil
}

// Type is how help calls the value.
func (w *whole) Type() string { return "N" }

// givenFolder refuses an output folder that was given but has no name, such as
// a variable of the shell that is not set.
func givenFolder(c *cobra.Command, dir string) error {
	if dir == "" && c.Flags().Changed("output") {
		return &usageError{c, errors.New("-o: the folder's name is empty; want the folder to write to")}
	}
	return nil
}
