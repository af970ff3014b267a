// Package docker is the provider of the package "docker".
package docker

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Name and Version are those of the official provider that this one stands in for.
const (
	Name    = "docker"
	Version = "5.2.0"
)

// New makes the provider.
func New() (p.Provider, error) {
	return plugin.Build(Name, Version, infer.NewProviderBuilder().
		WithDescription("Images: built, pushed and pulled by Docker.").
		WithLicense("Apache-2.0").
		WithNamespace("pulumi").
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(Image{}),
			infer.Resource(RemoteImage{}),
		))
}
