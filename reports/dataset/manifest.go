package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"

	"mpcomm/reports/result"
)

// Manifest is manifest.json: what made a folder, and the command that makes it
// again. It holds no time of day, so that the same sweep on the same platform
// leaves the same bytes.
type Manifest struct {
	Tool         Tool                  `json:"tool"`
	Platform     Platform              `json:"platform"`
	Scenario     string                `json:"scenario"`
	ScenarioHash string                `json:"scenario_hash"`
	Seeds        Seeds                 `json:"seeds"`
	Orderings    result.List[string]   `json:"orderings"`
	Cells        int                   `json:"cells"`
	Complete     bool                  `json:"complete"` // every run that was asked for is in
	Command      string                `json:"command"`  // repeats everything here
	Request      *Request              `json:"request,omitempty"`
	Continue     string                `json:"continue,omitempty"`
	Ratios       []CellRatio           `json:"ratios,omitempty"` // of a sweep of delays or gaps, in order of cells
	Digests      result.List[Digest]   `json:"digests"`
	Files        result.List[Produced] `json:"files"` // all but those that are drawn again later, and the manifest
}

// Tool is the program that made the folder.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Platform is where it ran. Results do not depend on it.
type Platform struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
}

// Seeds are those of every cell and ordering: First to First+Runs-1, or of
// those the ones of one shard.
type Seeds struct {
	First uint64 `json:"first"`
	Runs  int    `json:"runs"`
	Shard string `json:"shard,omitempty"` // k/m
}

// Request is how the sweep was asked for, beyond its scenario, seeds and labels
// of orderings: what the words of Command say, for programs to read. Manifests of
// old have only the words.
type Request struct {
	Verb      string              `json:"verb"`      // sweep, figures or lab
	Argument  string              `json:"argument"`  // the file or name of the scenario
	Settings  result.List[string] `json:"settings"`  // PATH=VALUE of each --set
	Selection result.List[string] `json:"selection"` // of --ordering, in the order of the scenario; empty = all of its own
	Versus    string              `json:"versus"`    // label that the others are compared with; empty = the first of each cell
	Why       bool                `json:"why"`       // mechanisms are counted
	PerRun    bool                `json:"per_run"`   // there is a table of runs
	Parquet   bool                `json:"parquet"`   // tables are there as Parquet, too
}

// Digest covers the runs of one line of the sweep.
type Digest struct {
	Cell     Settings `json:"cell"`
	Ordering string   `json:"ordering"`
	Runs     uint64   `json:"runs"`
	Digest   string   `json:"digest"`
}

// CellRatio says how the delays of a cell compare with the gaps between a
// peer's sends.
type CellRatio struct {
	Cell  Settings `json:"cell"`
	Ratio float64  `json:"ratio"` // spread of the delays over the gap, > 0
}

// Settings print as an object from paths to values, in their order.
type Settings []result.Setting

// MarshalJSON prints {"network.latency.mean":"20ms"}.
func (s Settings) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, setting := range s {
		if i > 0 {
			b = append(b, ',')
		}
		path, err := json.Marshal(setting.Path)
		if err != nil {
			return nil, fmt.Errorf("dataset: path %q: %w", setting.Path, err)
		}
		b = append(append(append(b, path...), ':'), result.AsWritten(setting.Value)...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON prints.
func (s *Settings) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("dataset: settings of a cell: %w", err)
	}
	*s = nil
	for d.More() {
		path, err := d.Token()
		if err != nil {
			return fmt.Errorf("dataset: settings of a cell: %w", err)
		}
		name, ok := path.(string)
		if !ok {
			return fmt.Errorf("dataset: settings of a cell: %v; want an object of paths and values", path)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return fmt.Errorf("dataset: setting %s of a cell: %w", name, err)
		}
		value := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &value); err != nil {
				return fmt.Errorf("dataset: setting %s of a cell: %w", name, err)
			}
		}
		*s = append(*s, result.Setting{Path: name, Value: value})
	}
	return nil
}

// Produced is a file of the folder.
type Produced struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Describe returns the entry of a file.
func Describe(name string, content []byte) Produced {
	sum := sha256.Sum256(content)
	return Produced{Name: name, Bytes: len(content), SHA256: hex.EncodeToString(sum[:])}
}

// Mismatch is a file of a folder that is not as its manifest says.
type Mismatch struct {
	Name    string
	Missing bool // it is not there; else its bytes are others
}

// Mismatches compares every file that the manifest lists with its checksum. An
// error names the file that could not be read.
func (m *Manifest) Mismatches(folder fs.FS) ([]Mismatch, error) {
	var list []Mismatch
	for _, p := range m.Files {
		sum, err := sumOf(folder, p.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			list = append(list, Mismatch{p.Name, true})
		case err != nil:
			return nil, fmt.Errorf("%s: %w", p.Name, reasonOf(err))
		case sum != p.SHA256:
			list = append(list, Mismatch{p.Name, false})
		}
	}
	return list, nil
}

// NewManifest starts a manifest from the lines of a sweep: scenario, seeds,
// orderings and digests. runs is how many were asked for in each line.
func NewManifest(version, command string, runs int, cells []result.Cell) Manifest {
	m := Manifest{
		Tool:     Tool{Name: "mpcomm", Version: version, Go: runtime.Version()},
		Platform: Platform{OS: runtime.GOOS, Arch: runtime.GOARCH},
		Command:  command, Complete: true,
	}
	seenOrdering, seenCell := map[string]bool{}, map[string]bool{}
	for i := range cells {
		c := &cells[i]
		if i == 0 {
			m.Scenario, m.ScenarioHash = c.Scenario, c.ScenarioHash
			m.Seeds = Seeds{First: c.Seed, Runs: runs}
		}
		if !seenOrdering[c.Ordering] {
			seenOrdering[c.Ordering] = true
			m.Orderings = append(m.Orderings, c.Ordering)
		}
		seenCell[fmt.Sprint(c.Cell)] = true
		m.Complete = m.Complete && c.Runs == uint64(runs)
		m.Digests = append(m.Digests, Digest{Cell: Settings(c.Cell), Ordering: c.Ordering, Runs: c.Runs, Digest: c.Digest})
	}
	m.Cells = len(seenCell)
	return m
}

// ReadManifest reads the manifest of a folder. Fields of other versions, that it
// does not know or that are not there, are no error.
func ReadManifest(folder fs.FS) (*Manifest, error) {
	data, err := ReadFile(folder, manifestName)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, reasonOf(err))
	}
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", manifestName, ErrNoManifest, err)
	}
	return m, nil
}

const manifestName = "manifest.json"

// ErrNoManifest is of a file that is called like one.
var ErrNoManifest = errors.New("it is no manifest of a sweep")

// Write writes the manifest, indented for reading.
func (m Manifest) Write(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(m); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	return nil
}
