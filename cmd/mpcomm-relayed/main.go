// Command mpcomm-relayed is mpcomm with one ordering more: an example of how a
// program registers an ordering of its own. It has every command of mpcomm, and
// scenarios name relayed as they name a built-in ordering:
//
//	go run ./cmd/mpcomm-relayed run my.yaml
//	go run ./cmd/mpcomm-relayed sweep lab --ordering naive,relayed
//
// This package owns the ordering and its entry in the table; it must know
// nothing of the commands but how to start them.
package main

import (
	"fmt"
	"os"

	"mpcomm/cmd/cli"
	"mpcomm/peer/order"
)

func main() {
	table, err := order.Builtin().With(relayedSpec)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(64)
	}
	os.Exit(cli.Main("mpcomm-relayed", table))
}
