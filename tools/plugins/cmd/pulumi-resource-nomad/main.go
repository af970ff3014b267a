// Command pulumi-resource-nomad is a drop-in for the official plugin of that name.
package main

import (
	"fmt"
	"os"

	"nary.local/tools/plugins/nomad"
	"nary.local/tools/plugins/plugin"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := nomad.New()
	if err != nil {
		return err
	}
	return plugin.Serve(nomad.Name, nomad.Version, provider)
}
