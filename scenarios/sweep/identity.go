package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"mpcomm/reports/result"
	"mpcomm/scenarios"
)

// Identity says everything that decides what the chunks of a sweep hold. Chunks
// of equal identities may be mixed; the shard is no part of it.
type Identity struct {
	Tool         string   `json:"tool"`   // program and version
	Format       string   `json:"format"` // of a chunk's bytes
	Scenario     string   `json:"scenario"`
	ScenarioHash string   `json:"scenario_hash"`
	Cells        string   `json:"cells"` // their number, and a digest of the scenarios they make
	Seed         uint64   `json:"seed"`
	Runs         int      `json:"runs"`
	Orderings    []string `json:"orderings"` // kinds and parameters of the first cell
	Versus       string   `json:"versus"`
	Chunk        int      `json:"chunk"`  // runs of each ordering
	Chunks       int      `json:"chunks"` // of all cells
	Rows         bool     `json:"rows"`   // single runs are kept, too
	Why          bool     `json:"why"`    // mechanisms are counted
}

// Identity returns the identity of the sweep as the tool makes it.
func (w *Sweep) Identity(tool string) Identity {
	h := sha256.New()
	for i := range w.cells {
		_, _ = io.WriteString(h, scenarios.Hash(w.cells[i].scenario)+"\n") // never fails
	}
	id := Identity{
		Tool:         tool,
		Format:       fmt.Sprintf("chunk %d, tally %d", chunkFormat, result.TallyFormat),
		Scenario:     w.scenario.Name,
		ScenarioHash: scenarios.Hash(w.scenario),
		Cells:        fmt.Sprintf("%d, %s", len(w.cells), hex.EncodeToString(h.Sum(nil))[:16]),
		Seed:         w.options.Seed,
		Runs:         w.options.Runs,
		Versus:       w.options.Versus,
		Chunk:        w.chunkSize,
		Chunks:       w.Chunks(),
		Rows:         w.options.PerRun != nil,
		Why:          w.options.Why,
	}
	for _, u := range w.cells[0].units {
		id.Orderings = append(id.Orderings, scenarios.OrderingText(u.ordering))
	}
	return id
}

// Differences lists what differs between two identities but for the scenario
// itself, of which it says only whether it does: what there is, and what there
// is not.
func (i Identity) Differences(other Identity) []scenarios.Difference {
	var list []scenarios.Difference
	note := func(path string, old, now any) {
		if a, b := fmt.Sprint(old), fmt.Sprint(now); a != b {
			list = append(list, scenarios.Difference{Path: path, Old: a, New: b})
		}
	}
	rows := map[bool]string{true: "kept", false: "not kept"}
	note("tool", i.Tool, other.Tool)
	note("format", i.Format, other.Format)
	note("scenario", i.Scenario, other.Scenario)
	note("scenario hash", i.ScenarioHash, other.ScenarioHash)
	note("cells", i.Cells, other.Cells)
	note("seed", i.Seed, other.Seed)
	note("runs", i.Runs, other.Runs)
	if !slices.Equal(i.Orderings, other.Orderings) {
		note("orderings", strings.Join(i.Orderings, ", "), strings.Join(other.Orderings, ", "))
	}
	note("versus", i.Versus, other.Versus)
	note("runs of a chunk", i.Chunk, other.Chunk)
	note("rows of single runs", rows[i.Rows], rows[other.Rows])
	counted := map[bool]string{true: "counted", false: "not counted"}
	note("mechanisms", counted[i.Why], counted[other.Why])
	return list
}
