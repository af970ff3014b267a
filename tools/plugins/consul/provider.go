// Package consul is the provider of the package "consul".
package consul

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Name and Version are those of the official provider that this one stands in for.
const (
	Name    = "consul"
	Version = "3.15.1"
)

// New makes the provider.
func New() (p.Provider, error) {
	provider, err := plugin.Build(Name, Version, infer.NewProviderBuilder().
		WithDescription("Keys, config entries, access control and the catalog of a Consul cluster.").
		WithLicense("Apache-2.0").
		WithNamespace("pulumi").
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(KeyPrefix{}),
			infer.Resource(Keys{}),
			infer.Resource(ConfigEntry{}),
			infer.Resource(AclPolicy{}),
			infer.Resource(AclToken{}),
			infer.Resource(Node{}),
			infer.Resource(Service{}),
		).
		WithFunctions(infer.Function(&GetKeys{}), infer.Function(&GetAclTokenSecretId{})))
	if err != nil {
		return p.Provider{}, err
	}
	return withResults(provider), nil
}
