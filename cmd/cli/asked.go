package cli

import (
	"fmt"
	"strings"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios"
)

// asked is how the sweep of a manifest was asked for. A manifest of old says it
// only in the words of its command.
func asked(m *dataset.Manifest) *dataset.Request {
	if m.Request != nil {
		return m.Request
	}
	return requestIn(m.Command)
}

// requestBehind is the request of the sweep of a manifest, from which commands on the
// same scenario are made; the scenario itself is not read.
func requestBehind(program string, m *dataset.Manifest) (*request, error) {
	was := asked(m)
	r := &request{program: program, argument: was.Argument, selection: was.Selection}
	for _, text := range was.Settings {
		setting, err := scenarios.ParseSetting(text)
		if err != nil {
			return nil, fmt.Errorf("manifest.json: request: settings: %w", err)
		}
		r.settings = append(r.settings, setting)
	}
	return r, nil
}

// asked is what a manifest keeps of how the campaign was asked for.
func (w *campaign) asked() *dataset.Request {
	r := w.request
	was := &dataset.Request{
		Verb: w.verb, Argument: r.argument, Selection: r.selection,
		Versus: r.versus, Why: r.why, PerRun: w.plan.perRun, Parquet: w.plan.parquet,
	}
	if w.lab {
		was.Verb = "lab"
	}
	for _, s := range r.settings {
		was.Settings = append(was.Settings, s.String())
	}
	return was
}

// requestIn reads a command as manifests have it.
func requestIn(command string) *dataset.Request {
	words := shellWords(command)
	r := &dataset.Request{Argument: defaultScenario}
	if len(words) > 1 {
		r.Verb, words = words[1], words[2:]
	}
	for i := 0; i < len(words); i++ {
		value := ""
		if i+1 < len(words) {
			value = words[i+1]
		}
		switch word := words[i]; word {
		case "--why":
			r.Why = true
		case "--per-run":
			r.PerRun = true
		case "--parquet":
			r.Parquet = true
		case "--set":
			r.Settings = append(r.Settings, value)
			i++
		case "--ordering":
			r.Selection = strings.Split(value, ",")
			i++
		case "--versus":
			r.Versus = value
			i++
		case "--figure":
			r.Why = r.Why || value == "F9" // which counts mechanisms
			i++
		case "--runs", "--seed", "--precision", "--shard", "-o":
			i++
		default:
			r.Argument = word
		}
	}
	r.PerRun = r.PerRun || r.Verb == "figures"
	return r
}

// shellWords cuts a command into words as a shell does that knows single quotes,
// and the backslash outside of them: all that quoteShell writes.
func shellWords(command string) []string {
	var words []string
	var word strings.Builder
	in, quoted, escaped := false, false, false
	for _, c := range command + " " {
		switch {
		case escaped || quoted && c != '\'':
			word.WriteRune(c)
			escaped = false
		case c == '\'':
			quoted, in = !quoted, true
		case c == '\\':
			escaped, in = true, true
		case c == ' ':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(c)
			in = true
		}
	}
	return words
}
