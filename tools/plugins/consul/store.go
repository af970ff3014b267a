package consul

import (
	"context"
	"fmt"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// place is where a resource is, when that is not where the provider's settings say.
type place struct {
	datacenter *string
	namespace  *string
	partition  *string
	token      *string
}

// store reads and writes in one place.
type store struct {
	client     *api.Client
	query      *api.QueryOptions
	write      *api.WriteOptions
	datacenter string
}

func open(ctx context.Context, at place) store {
	config := infer.GetConfig[Config](ctx)
	datacenter := plugin.Setting(at.datacenter)
	if datacenter == "" {
		datacenter = plugin.Setting(config.Datacenter)
	}
	if datacenter == "" {
		// As output only: without it, requests go to the agent's own datacenter.
		self, err := config.client.Agent().Self()
		if err == nil {
			datacenter, _ = self["Config"]["Datacenter"].(string)
		}
	}
	query := &api.QueryOptions{
		Datacenter: datacenter,
		Namespace:  plugin.Value(at.namespace),
		Partition:  plugin.Value(at.partition),
		Token:      plugin.Value(at.token),
		// A stale answer would look like drift.
		RequireConsistent: true,
	}
	write := &api.WriteOptions{
		Datacenter: query.Datacenter,
		Namespace:  query.Namespace,
		Partition:  query.Partition,
		Token:      query.Token,
	}
	return store{
		client:     config.client,
		query:      query.WithContext(ctx),
		write:      write.WithContext(ctx),
		datacenter: datacenter,
	}
}

func (s store) get(path string) (*api.KVPair, error) {
	pair, _, err := s.client.KV().Get(path, s.query)
	if err != nil {
		return nil, fmt.Errorf("reading key %q: %w", path, err)
	}
	return pair, nil
}

func (s store) under(prefix string) (api.KVPairs, error) {
	pairs, _, err := s.client.KV().List(prefix, s.query)
	if err != nil {
		return nil, fmt.Errorf("listing the keys under %q: %w", prefix, err)
	}
	return pairs, nil
}

func (s store) put(path, value string, flags int) error {
	pair := &api.KVPair{Key: path, Value: []byte(value), Flags: uint64(flags)}
	if _, err := s.client.KV().Put(pair, s.write); err != nil {
		return fmt.Errorf("writing key %q: %w", path, err)
	}
	return nil
}

func (s store) remove(path string) error {
	if _, err := s.client.KV().Delete(path, s.write); err != nil {
		return fmt.Errorf("deleting key %q: %w", path, err)
	}
	return nil
}

func (s store) removeUnder(prefix string) error {
	if _, err := s.client.KV().DeleteTree(prefix, s.write); err != nil {
		return fmt.Errorf("deleting the keys under %q: %w", prefix, err)
	}
	return nil
}
