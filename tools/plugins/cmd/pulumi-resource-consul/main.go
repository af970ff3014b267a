// Command pulumi-resource-consul is a drop-in for the official plugin of that name.
package main

import (
	"nary.local/tools/plugins/consul"
	"nary.local/tools/plugins/plugin"
)

func main() { plugin.Main(consul.Name, consul.Version, consul.New) }
