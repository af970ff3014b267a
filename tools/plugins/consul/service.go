package consul

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Service is a service of the catalog that no agent has registered. Its ID is the service's; it is
// imported by "node/serviceId".
type Service struct{}

// Annotate names the resource.
func (s *Service) Annotate(a infer.Annotator) { a.SetToken("index/service", "Service") }

// Check fills in the defaults.
func (Service) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ServiceArgs], error) {
	args, failures, err := infer.DefaultCheck[ServiceArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[ServiceArgs]{}, fmt.Errorf("checking the service's inputs: %w", err)
	}
	for i := range args.Checks {
		args.Checks[i].fill()
		if len(failures) == 0 && !plugin.Unknown(ctx, "checks") {
			failures = append(failures, args.Checks[i].failures(checkPath(i))...)
		}
	}
	plugin.Fill(&args.EnableTagOverride, false)
	err = plugin.Autoname(ctx, req, &args.Name)
	return infer.CheckResponse[ServiceArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces a service that is to be elsewhere or called otherwise, the old one first if its ID on
// the node stays: there can be only one of it.
func (Service) Diff(ctx context.Context, req infer.DiffRequest[ServiceArgs, ServiceState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{
		Replace:     []string{"datacenter", "name", "namespace", "node", "partition", "serviceId"},
		Filled:      []string{"address", "datacenter", "serviceId"},
		DeleteFirst: req.State.Node == req.Inputs.Node && req.State.id() == req.Inputs.id(),
	}
	if !plugin.Unknown(ctx, "checks") && sameChecks(req.State.Checks, req.Inputs.Checks) {
		rules.Same = append(rules.Same, "checks")
	}
	if !plugin.Unknown(ctx, "weights") && maps.Equal(req.State.weights(), req.Inputs.weights()) {
		rules.Same = append(rules.Same, "weights")
	}
	return plugin.Diff(ctx, declaredOfService, rules), nil
}

// Create registers the service on a node that has to be there: Consul would make one that nobody
// removes.
func (Service) Create(ctx context.Context, req infer.CreateRequest[ServiceArgs]) (infer.CreateResponse[ServiceState], error) {
	state := req.Inputs
	if req.DryRun {
		return infer.CreateResponse[ServiceState]{Output: state}, nil
	}
	err := state.register(ctx)
	return infer.CreateResponse[ServiceState]{ID: state.id(), Output: state}, err
}

// Update registers the service as it is to be, and removes the checks that it no longer has.
func (Service) Update(ctx context.Context, req infer.UpdateRequest[ServiceArgs, ServiceState]) (infer.UpdateResponse[ServiceState], error) {
	state := req.Inputs
	plugin.Fill(&state.ServiceId, req.ID)
	if req.DryRun {
		plugin.Fill(&state.Address, plugin.Value(req.State.Address))
		plugin.Fill(&state.Datacenter, plugin.Value(req.State.Datacenter))
		return infer.UpdateResponse[ServiceState]{Output: state}, nil
	}
	err := state.register(ctx)
	return infer.UpdateResponse[ServiceState]{Output: state}, err
}

// Read says what the catalog has of the service.
func (Service) Read(ctx context.Context, req infer.ReadRequest[ServiceArgs, ServiceState]) (infer.ReadResponse[ServiceArgs, ServiceState], error) {
	state, id := req.State, req.ID
	if state.Node == "" {
		node, service, ok := strings.Cut(req.ID, "/")
		if !ok {
			return infer.ReadResponse[ServiceArgs, ServiceState]{}, fmt.Errorf("the ID %q is not node/serviceId", id)
		}
		state.Node, id = node, service
	}
	s := open(ctx, state.place())
	node, err := s.node(state.Node)
	if err != nil || node == nil || node.Services[id] == nil {
		return infer.ReadResponse[ServiceArgs, ServiceState]{}, err
	}
	checks, err := s.checks(state.Node, id)
	if err != nil {
		return infer.ReadResponse[ServiceArgs, ServiceState]{}, err
	}
	state.describe(node.Services[id], checks)
	state.Datacenter = &s.datacenter
	return infer.ReadResponse[ServiceArgs, ServiceState]{ID: id, Inputs: state, State: state}, nil
}

// Delete removes the service with its checks; Consul has nothing against removing one that is gone.
func (Service) Delete(ctx context.Context, req infer.DeleteRequest[ServiceState]) (infer.DeleteResponse, error) {
	s := open(ctx, req.State.place())
	return infer.DeleteResponse{}, s.deregister(&api.CatalogDeregistration{Node: req.State.Node, ServiceID: req.ID})
}

func (s *ServiceState) register(ctx context.Context) error {
	at := open(ctx, s.place())
	node, err := at.node(s.Node)
	if err != nil {
		return err
	}
	if node == nil {
		return fmt.Errorf("node: there is no node %q", s.Node)
	}
	plugin.Fill(&s.Address, node.Node.Address)
	id := s.id()
	s.ServiceId, s.Datacenter = &id, &at.datacenter
	before, err := at.checks(s.Node, id)
	if err != nil {
		return err
	}
	checks, gone := s.declaredChecks(before)
	if err := at.register(&api.CatalogRegistration{
		Node:           s.Node,
		Address:        node.Node.Address,
		SkipNodeUpdate: true,
		Service:        s.api(),
		Checks:         checks,
	}); err != nil {
		return err
	}
	for _, check := range gone {
		if err := at.deregister(&api.CatalogDeregistration{Node: s.Node, CheckID: check}); err != nil {
			return err
		}
	}
	return nil
}

// declaredChecks are the declared checks, in the status that they have by now, and the IDs of those
// that are no longer declared.
func (s ServiceArgs) declaredChecks(before []*api.HealthCheck) (api.HealthChecks, []string) {
	now := map[string]string{}
	for _, check := range before {
		now[check.CheckID] = check.Status
	}
	checks := api.HealthChecks{}
	for _, declared := range s.Checks {
		check := declared.api()
		check.Node, check.ServiceID, check.ServiceName = s.Node, s.id(), plugin.Value(s.Name)
		if status, known := now[check.CheckID]; known {
			check.Status = status
		}
		delete(now, check.CheckID)
		checks = append(checks, check)
	}
	gone := []string{}
	for id := range now {
		gone = append(gone, id)
	}
	return checks, gone
}

// checks finds the checks of one service on a node.
func (s store) checks(node, service string) ([]*api.HealthCheck, error) {
	all, _, err := s.client.Health().Node(node, s.query)
	if err != nil {
		return nil, fmt.Errorf("reading the checks of node %q: %w", node, err)
	}
	found := []*api.HealthCheck{}
	for _, check := range all {
		if check.ServiceID == service {
			found = append(found, check)
		}
	}
	return found, nil
}
