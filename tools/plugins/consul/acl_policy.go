package consul

import (
	"context"
	"fmt"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclPolicy is a policy of Consul. Its ID is the one that Consul gives it.
type AclPolicy struct{}

// AclPolicyArgs is what is declared of it.
type AclPolicyArgs struct {
	Datacenters []string `pulumi:"datacenters,optional"`
	Description *string  `pulumi:"description,optional"`
	Name        *string  `pulumi:"name,optional"`
	Namespace   *string  `pulumi:"namespace,optional"`
	Partition   *string  `pulumi:"partition,optional"`
	Rules       string   `pulumi:"rules"`
}

// AclPolicyState is what is known of it.
type AclPolicyState = AclPolicyArgs

var declaredOfAclPolicy = []string{"datacenters", "description", "name", "namespace", "partition", "rules"}

// Annotate names the resource.
func (r *AclPolicy) Annotate(a infer.Annotator) { a.SetToken("index/aclPolicy", "AclPolicy") }

// Check fills in the name.
func (AclPolicy) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AclPolicyArgs], error) {
	args, failures, err := infer.DefaultCheck[AclPolicyArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[AclPolicyArgs]{}, fmt.Errorf("checking the policy's inputs: %w", err)
	}
	err = plugin.Autoname(ctx, req, &args.Name)
	return infer.CheckResponse[AclPolicyArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces a policy that is to be elsewhere; another name is the same policy renamed.
func (AclPolicy) Diff(ctx context.Context, req infer.DiffRequest[AclPolicyArgs, AclPolicyState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{Replace: []string{"namespace", "partition"}}
	if !plugin.Unknown(ctx, "datacenters") && plugin.SameSet(req.State.Datacenters, req.Inputs.Datacenters) {
		rules.Same = []string{"datacenters"}
	}
	return plugin.Diff(ctx, declaredOfAclPolicy, rules), nil
}

// Create makes the policy; Consul refuses a second one of the same name.
func (AclPolicy) Create(ctx context.Context, req infer.CreateRequest[AclPolicyArgs]) (infer.CreateResponse[AclPolicyState], error) {
	if req.DryRun {
		return infer.CreateResponse[AclPolicyState]{Output: req.Inputs}, nil
	}
	s := open(ctx, req.Inputs.place())
	made, _, err := s.client.ACL().PolicyCreate(req.Inputs.api(""), s.write)
	if err != nil {
		return infer.CreateResponse[AclPolicyState]{}, req.Inputs.refused(err)
	}
	return infer.CreateResponse[AclPolicyState]{ID: made.ID, Output: req.Inputs}, nil
}

// Update changes the policy. Tokens that have it get the new rules at once.
func (AclPolicy) Update(ctx context.Context, req infer.UpdateRequest[AclPolicyArgs, AclPolicyState]) (infer.UpdateResponse[AclPolicyState], error) {
	if req.DryRun {
		return infer.UpdateResponse[AclPolicyState]{Output: req.Inputs}, nil
	}
	s := open(ctx, req.Inputs.place())
	if _, _, err := s.client.ACL().PolicyUpdate(req.Inputs.api(req.ID), s.write); err != nil {
		return infer.UpdateResponse[AclPolicyState]{}, req.Inputs.refused(err)
	}
	return infer.UpdateResponse[AclPolicyState]{Output: req.Inputs}, nil
}

// Read says what the policy is now.
func (AclPolicy) Read(ctx context.Context, req infer.ReadRequest[AclPolicyArgs, AclPolicyState]) (infer.ReadResponse[AclPolicyArgs, AclPolicyState], error) {
	state := req.State
	s := open(ctx, state.place())
	policy, _, err := s.client.ACL().PolicyRead(req.ID, s.query)
	if err != nil && notFound(err) {
		return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{}, fmt.Errorf("reading policy %s: %w", req.ID, err)
	}
	state.Name, state.Rules, state.Description = &policy.Name, policy.Rules, plugin.Optional(policy.Description)
	state.Datacenters = plugin.InOrder(state.Datacenters, policy.Datacenters)
	return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{ID: policy.ID, Inputs: state, State: state}, nil
}

// Delete removes the policy; Consul has nothing against removing one that is gone.
func (AclPolicy) Delete(ctx context.Context, req infer.DeleteRequest[AclPolicyState]) (infer.DeleteResponse, error) {
	s := open(ctx, req.State.place())
	if _, err := s.client.ACL().PolicyDelete(req.ID, s.write); err != nil && !notFound(err) {
		return infer.DeleteResponse{}, fmt.Errorf("deleting policy %q: %w", plugin.Value(req.State.Name), err)
	}
	return infer.DeleteResponse{}, nil
}

func (p AclPolicyArgs) place() place { return place{namespace: p.Namespace, partition: p.Partition} }

func (p AclPolicyArgs) api(id string) *api.ACLPolicy {
	return &api.ACLPolicy{
		ID:          id,
		Name:        plugin.Value(p.Name),
		Description: plugin.Value(p.Description),
		Rules:       p.Rules,
		Datacenters: p.Datacenters,
		Namespace:   plugin.Value(p.Namespace),
		Partition:   plugin.Value(p.Partition),
	}
}

func (p AclPolicyArgs) refused(err error) error {
	return fmt.Errorf("rules: Consul does not accept policy %q: %w", plugin.Value(p.Name), err)
}
