// Package nomad is the provider of the package "nomad".
package nomad

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Name and Version are those of the official provider that this one stands in for.
const (
	Name    = "nomad"
	Version = "2.6.1"
)

// New makes the provider.
func New() (p.Provider, error) {
	return plugin.Build(Name, Version, infer.NewProviderBuilder().
		WithDescription("Jobs, variables and access control of a Nomad cluster.").
		WithLicense("Apache-2.0").
		WithNamespace("pulumi").
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(Job{}),
			infer.Resource(Variable{}),
			infer.Resource(AclPolicy{}),
			infer.Resource(AclToken{}),
		))
}
