package consul

import (
	"context"
	"fmt"

	"github.com/hashicorp/consul/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclToken is a token of Consul. Its ID is its accessor ID.
type AclToken struct{}

// Annotate names the resource.
func (r *AclToken) Annotate(a infer.Annotator) { a.SetToken("index/aclToken", "AclToken") }

// Check refuses a time that is none.
func (AclToken) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AclTokenArgs], error) {
	args, failures, err := infer.DefaultCheck[AclTokenArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[AclTokenArgs]{}, fmt.Errorf("checking the token's inputs: %w", err)
	}
	if _, err := args.expiry(); err != nil && !plugin.Unknown(ctx, "expirationTime") {
		failures = append(failures, p.CheckFailure{Property: "expirationTime", Reason: err.Error()})
	}
	return infer.CheckResponse[AclTokenArgs]{Inputs: args, Failures: failures}, nil
}

// Diff replaces a token that is to be known elsewhere, by another ID or for another time.
func (AclToken) Diff(ctx context.Context, req infer.DiffRequest[AclTokenArgs, AclTokenState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{
		Replace: []string{"accessorId", "expirationTime", "local", "namespace", "partition"},
		Filled:  []string{"accessorId"},
		// A declared accessor ID can be that of one token only.
		DeleteFirst: plugin.Value(req.Inputs.AccessorId) != "",
	}
	for name, same := range sameGrants(req.State, req.Inputs) {
		if same && !plugin.Unknown(ctx, name) {
			rules.Same = append(rules.Same, name)
		}
	}
	before, _ := req.State.expiry()
	after, err := req.Inputs.expiry()
	if err == nil && before != nil && after != nil && before.Equal(*after) && !plugin.Unknown(ctx, "expirationTime") {
		rules.Same = append(rules.Same, "expirationTime")
	}
	return plugin.Diff(ctx, declaredOfAclToken, rules), nil
}

// WireDependencies says what an update leaves as it is.
func (AclToken) WireDependencies(f infer.FieldSelector, _ *AclTokenArgs, state *AclTokenState) {
	if plugin.Value(state.AccessorId) != "" {
		f.OutputField(&state.AccessorId).AlwaysKnown()
	}
}

// Create makes a token; Consul chooses its secret.
func (AclToken) Create(ctx context.Context, req infer.CreateRequest[AclTokenArgs]) (infer.CreateResponse[AclTokenState], error) {
	state := req.Inputs
	if req.DryRun {
		return infer.CreateResponse[AclTokenState]{Output: state}, nil
	}
	s := open(ctx, state.place())
	expiry, err := state.expiry()
	if err != nil {
		return infer.CreateResponse[AclTokenState]{}, fmt.Errorf("expirationTime: %w", err)
	}
	token := &api.ACLToken{
		AccessorID:     plugin.Value(state.AccessorId),
		ExpirationTime: expiry,
		Local:          plugin.Value(state.Local),
		Namespace:      plugin.Value(state.Namespace),
		Partition:      plugin.Value(state.Partition),
	}
	state.apply(token)
	made, _, err := s.client.ACL().TokenCreate(token, s.write)
	if err != nil {
		return infer.CreateResponse[AclTokenState]{}, fmt.Errorf("creating token %q: %w", token.Description, err)
	}
	state.describe(made)
	return infer.CreateResponse[AclTokenState]{ID: made.AccessorID, Output: state}, nil
}

// Update changes what the token may do; its secret stays.
func (AclToken) Update(ctx context.Context, req infer.UpdateRequest[AclTokenArgs, AclTokenState]) (infer.UpdateResponse[AclTokenState], error) {
	state := req.Inputs
	state.AccessorId = &req.ID
	if req.DryRun {
		return infer.UpdateResponse[AclTokenState]{Output: state}, nil
	}
	s := open(ctx, state.place())
	token, _, err := s.client.ACL().TokenRead(req.ID, s.query)
	if err != nil {
		return infer.UpdateResponse[AclTokenState]{}, fmt.Errorf("reading token %s: %w", req.ID, err)
	}
	state.apply(token)
	changed, _, err := s.client.ACL().TokenUpdate(token, s.write)
	if err != nil {
		return infer.UpdateResponse[AclTokenState]{}, fmt.Errorf("updating token %s: %w", req.ID, err)
	}
	state.describe(changed)
	return infer.UpdateResponse[AclTokenState]{Output: state}, nil
}

// Read says what the token may do now.
func (AclToken) Read(ctx context.Context, req infer.ReadRequest[AclTokenArgs, AclTokenState]) (infer.ReadResponse[AclTokenArgs, AclTokenState], error) {
	state := req.State
	s := open(ctx, state.place())
	token, _, err := s.client.ACL().TokenRead(req.ID, s.query)
	if err != nil && notFound(err) {
		return infer.ReadResponse[AclTokenArgs, AclTokenState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[AclTokenArgs, AclTokenState]{}, fmt.Errorf("reading token %s: %w", req.ID, err)
	}
	state.describe(token)
	return infer.ReadResponse[AclTokenArgs, AclTokenState]{ID: token.AccessorID, Inputs: state, State: state}, nil
}

// Delete revokes the token; Consul has nothing against revoking one that is gone.
func (AclToken) Delete(ctx context.Context, req infer.DeleteRequest[AclTokenState]) (infer.DeleteResponse, error) {
	s := open(ctx, req.State.place())
	if _, err := s.client.ACL().TokenDelete(req.ID, s.write); err != nil && !notFound(err) {
		return infer.DeleteResponse{}, fmt.Errorf("deleting token %s: %w", req.ID, err)
	}
	return infer.DeleteResponse{}, nil
}
