// Command pulumi-resource-docker is a drop-in for the official plugin of that name.
package main

import (
	"nary.local/tools/plugins/docker"
	"nary.local/tools/plugins/plugin"
)

func main() { plugin.Main(docker.Name, docker.Version, docker.New) }
