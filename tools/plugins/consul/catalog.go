package consul

import (
	"fmt"

	"github.com/hashicorp/consul/api"
)

// node finds a node with its services, or nil.
func (s store) node(name string) (*api.CatalogNode, error) {
	found, _, err := s.client.Catalog().Node(name, s.query)
	if err != nil {
		return nil, fmt.Errorf("reading node %q: %w", name, err)
	}
	return found, nil
}

func (s store) register(what *api.CatalogRegistration) error {
	what.Datacenter, what.Partition = s.datacenter, s.write.Partition
	if _, err := s.client.Catalog().Register(what, s.write); err != nil {
		return fmt.Errorf("registering %s: %w", named(what.Node, what.Service), err)
	}
	return nil
}

func (s store) deregister(what *api.CatalogDeregistration) error {
	what.Datacenter, what.Namespace, what.Partition = s.datacenter, s.write.Namespace, s.write.Partition
	if _, err := s.client.Catalog().Deregister(what, s.write); err != nil {
		return fmt.Errorf("deregistering %q of node %q: %w", what.ServiceID+what.CheckID, what.Node, err)
	}
	return nil
}

func named(node string, service *api.AgentService) string {
	if service == nil {
		return fmt.Sprintf("node %q", node)
	}
	return fmt.Sprintf("service %q on node %q", service.ID, node)
}
