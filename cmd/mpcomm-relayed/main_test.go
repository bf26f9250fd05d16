package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mpcomm/scenarios/ordertest"
)

var update = flag.Bool("update", false, "write what the tests compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mpcomm-relayed": main})
}

// TestScripts runs the pages of testdata/script: the commands of a program with
// an ordering of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}

// The ordering keeps what it declares, inside what it needs.
func TestRelayed(t *testing.T) {
	t.Parallel()
	ordertest.TestSpec(t, relayedSpec)
}
