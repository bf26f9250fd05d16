package cli

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios/sweep"
)

// TestTableThatCannotGrow: an error of a file that grows during a sweep, as of a
// full disk, names the file as the reader knows it.
func TestTableThatCannotGrow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hidden := filepath.Join(dir, ".mpcomm-1-runs.csv")
	if err := os.WriteFile(hidden, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(hidden) // to read: every write fails
	if err != nil {
		t.Fatal(err)
	}
	w := &campaign{runs: 100, rows: &pending{folder: &folder{dir: dir}, name: "runs.csv", file: file, sum: sha256.New()}}
	defer w.rows.abandon()
	if w.table, err = dataset.NewRuns(w.rows, nil, nil, []string{"events"}); err != nil {
		t.Fatal(err)
	}
	row := sweep.Row{Ordering: "naive", Values: []string{strings.Repeat("1", 1<<20)}} // more than is held back
	err = w.take(row)
	if want := filepath.Join(dir, "runs.csv") + " could not be written: "; err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), ".mpcomm-") {
		t.Errorf("%v; want %s...", err, want)
	}
}
