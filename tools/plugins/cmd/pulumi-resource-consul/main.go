// Command pulumi-resource-consul is a drop-in for the official plugin of that name.
package main

import (
	"fmt"
	"os"

	"nary.local/tools/plugins/consul"
	"nary.local/tools/plugins/plugin"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := consul.New()
	if err != nil {
		return err
	}
	return plugin.Serve(consul.Name, consul.Version, provider)
}
