// Command pulumi-resource-nomad is a drop-in for the official plugin of that name.
package main

import (
	"nary.local/tools/plugins/nomad"
	"nary.local/tools/plugins/plugin"
)

func main() { plugin.Main(nomad.Name, nomad.Version, nomad.New) }
