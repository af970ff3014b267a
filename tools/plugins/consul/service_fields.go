package consul

import (
	"maps"

	"github.com/hashicorp/consul/api"

	"nary.local/tools/plugins/plugin"
)

// ServiceArgs is what is declared of a service.
type ServiceArgs struct {
	Address           *string           `pulumi:"address,optional"`
	Checks            []ServiceCheck    `pulumi:"checks,optional"`
	Datacenter        *string           `pulumi:"datacenter,optional"`
	EnableTagOverride *bool             `pulumi:"enableTagOverride,optional"`
	External          *bool             `pulumi:"external,optional"`
	Meta              map[string]string `pulumi:"meta,optional"`
	Name              *string           `pulumi:"name,optional"`
	Namespace         *string           `pulumi:"namespace,optional"`
	Node              string            `pulumi:"node"`
	Partition         *string           `pulumi:"partition,optional"`
	Port              *int              `pulumi:"port,optional"`
	ServiceId         *string           `pulumi:"serviceId,optional"`
	Tags              []string          `pulumi:"tags,optional"`
	Weights           map[string]int    `pulumi:"weights,optional"`
}

// ServiceState is what is known of it.
type ServiceState = ServiceArgs

var declaredOfService = []string{
	"address", "checks", "datacenter", "enableTagOverride", "external", "meta", "name", "namespace", "node",
	"partition", "port", "serviceId", "tags", "weights",
}

func (s ServiceArgs) place() place { return place{s.Datacenter, s.Namespace, s.Partition, nil} }

// id is what the service is called on its node: by its name, unless told otherwise.
func (s ServiceArgs) id() string {
	if id := plugin.Value(s.ServiceId); id != "" {
		return id
	}
	return plugin.Value(s.Name)
}

// Consul's own weights, which it writes when none are declared.
var evenWeights = map[string]int{"passing": 1, "warning": 1}

func (s ServiceArgs) weights() map[string]int {
	all := maps.Clone(evenWeights)
	maps.Copy(all, s.Weights)
	return all
}

func (s ServiceArgs) api() *api.AgentService {
	weights := s.weights()
	return &api.AgentService{
		ID:                s.id(),
		Service:           plugin.Value(s.Name),
		Address:           plugin.Value(s.Address),
		Port:              plugin.Value(s.Port),
		Tags:              s.Tags,
		Meta:              s.Meta,
		EnableTagOverride: plugin.Value(s.EnableTagOverride),
		Weights:           api.AgentWeights{Passing: weights["passing"], Warning: weights["warning"]},
		Namespace:         plugin.Value(s.Namespace),
		Partition:         plugin.Value(s.Partition),
	}
}

// describe fills in what the catalog has, as it was declared where that means the same.
func (s *ServiceState) describe(found *api.AgentService, checks []*api.HealthCheck) {
	s.ServiceId, s.Name, s.Address = &found.ID, &found.Service, &found.Address
	s.Port = plugin.Optional(found.Port)
	s.Tags, s.Meta, s.EnableTagOverride = found.Tags, found.Meta, &found.EnableTagOverride
	weights := map[string]int{"passing": found.Weights.Passing, "warning": found.Weights.Warning}
	if !maps.Equal(s.weights(), weights) {
		s.Weights = weights
	}
	all := []ServiceCheck{}
	for _, check := range checks {
		all = append(all, foundCheck(check))
	}
	if !sameChecks(s.Checks, all) {
		s.Checks = all
	}
}
