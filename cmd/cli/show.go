package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"mpcomm/scenarios"
)

func (a *app) showCommand() *cobra.Command {
	var settings []string
	c := &cobra.Command{
		Use:               "show FILE|NAME",
		Short:             "A scenario with every default written out; the result runs identically",
		Args:              arguments(1, 1, "one scenario, by file or name"),
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.read(c, args, &choice{settings: settings})
			if err != nil {
				return err
			}
			a.warn(r)
			return a.answerBytes(scenarios.Format(r.scenario))
		},
	}
	c.Flags().StringArrayVar(&settings, "set", nil, "replace one value of the scenario; may be repeated (`PATH=VALUE`)")
	return c
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of scenario files, for editors",
		Args:  arguments(0, 0, "no arguments"),
		RunE:  func(*cobra.Command, []string) error { return a.answerBytes(scenarios.SchemaWith(a.table)) },
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of the program, of Go and of the platform",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			return a.answerBytes(fmt.Appendf(nil, "%s %s %s %s/%s\n", a.program, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
		},
	}
}

// version is that of the module, with its revision where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v == "(devel)" {
			v = "(devel " + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	return v
}

func (a *app) answerBytes(data []byte) error {
	return a.answer(func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
