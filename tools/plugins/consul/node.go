package consul

import (
	"context"
	"fmt"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Node is a node of the catalog that runs no agent. Its ID is "name-address"; it is imported by name.
type Node struct{}

// NodeArgs is what is declared of it.
type NodeArgs struct {
	Address    string            `pulumi:"address"`
	Datacenter *string           `pulumi:"datacenter,optional"`
	Meta       map[string]string `pulumi:"meta,optional"`
	Name       *string           `pulumi:"name,optional"`
	Partition  *string           `pulumi:"partition,optional"`
	Token      *string           `pulumi:"token,optional" provider:"secret"`
}

// NodeState is what is known of it.
type NodeState = NodeArgs

var declaredOfNode = []string{"address", "datacenter", "meta", "name", "partition", "token"}

// Annotate names the resource.
func (n *Node) Annotate(a infer.Annotator) { a.SetToken("index/node", "Node") }

// Check fills in the name.
func (Node) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[NodeArgs], error) {
	args, failures, err := infer.DefaultCheck[NodeArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[NodeArgs]{}, fmt.Errorf("checking the node's inputs: %w", err)
	}
	err = plugin.Autoname(ctx, req, &args.Name)
	return infer.CheckResponse[NodeArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces a node that is to be elsewhere, the old one first if the name stays: there can be only
// one of it.
func (Node) Diff(ctx context.Context, req infer.DiffRequest[NodeArgs, NodeState]) (infer.DiffResponse, error) {
	return plugin.Diff(ctx, declaredOfNode, plugin.Rules{
		Replace:     []string{"address", "datacenter", "name", "partition"},
		Filled:      []string{"datacenter"},
		DeleteFirst: plugin.Value(req.State.Name) == plugin.Value(req.Inputs.Name),
	}), nil
}

// Create registers the node, also over one of the same name, as the official provider does.
func (Node) Create(ctx context.Context, req infer.CreateRequest[NodeArgs]) (infer.CreateResponse[NodeState], error) {
	state := req.Inputs
	if req.DryRun {
		return infer.CreateResponse[NodeState]{Output: state}, nil
	}
	err := state.register(ctx)
	return infer.CreateResponse[NodeState]{ID: state.id(), Output: state}, err
}

// Update registers the node with its new metadata.
func (Node) Update(ctx context.Context, req infer.UpdateRequest[NodeArgs, NodeState]) (infer.UpdateResponse[NodeState], error) {
	state := req.Inputs
	if req.DryRun {
		state.Datacenter = req.State.Datacenter
		return infer.UpdateResponse[NodeState]{Output: state}, nil
	}
	err := state.register(ctx)
	return infer.UpdateResponse[NodeState]{Output: state}, err
}

// Read says what the catalog has of the node.
func (Node) Read(ctx context.Context, req infer.ReadRequest[NodeArgs, NodeState]) (infer.ReadResponse[NodeArgs, NodeState], error) {
	state := req.State
	if plugin.Value(state.Name) == "" {
		state.Name = &req.ID
	}
	s := open(ctx, state.place())
	found, err := s.node(*state.Name)
	if err != nil || found == nil {
		return infer.ReadResponse[NodeArgs, NodeState]{}, err
	}
	state.Address, state.Meta, state.Datacenter = found.Node.Address, found.Node.Meta, &found.Node.Datacenter
	return infer.ReadResponse[NodeArgs, NodeState]{ID: state.id(), Inputs: state, State: state}, nil
}

// Delete removes the node and what is on it; Consul has nothing against removing one that is gone.
func (Node) Delete(ctx context.Context, req infer.DeleteRequest[NodeState]) (infer.DeleteResponse, error) {
	s, name := open(ctx, req.State.place()), plugin.Value(req.State.Name)
	return infer.DeleteResponse{}, s.deregister(&api.CatalogDeregistration{Node: name})
}

func (n NodeArgs) id() string { return plugin.Value(n.Name) + "-" + n.Address }

func (n NodeArgs) place() place { return place{n.Datacenter, nil, n.Partition, n.Token} }

func (n *NodeState) register(ctx context.Context) error {
	s := open(ctx, n.place())
	n.Datacenter = &s.datacenter
	return s.register(&api.CatalogRegistration{Node: plugin.Value(n.Name), Address: n.Address, NodeMeta: n.Meta})
}
