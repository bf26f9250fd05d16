//go:build race

package sweep

// The race detector slows runs down tenfold and looks for something else than
// a bias of a percent.
func init() { thin = 10 }
