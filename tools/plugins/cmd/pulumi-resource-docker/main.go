// Command pulumi-resource-docker is a drop-in for the official plugin of that name.
package main

import (
	"fmt"
	"os"

	"nary.local/tools/plugins/docker"
	"nary.local/tools/plugins/plugin"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := docker.New()
	if err != nil {
		return err
	}
	return plugin.Serve(docker.Name, docker.Version, provider)
}
