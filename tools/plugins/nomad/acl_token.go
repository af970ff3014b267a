package nomad

import (
	"context"
	"fmt"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclToken is a token of Nomad. Its ID is its accessor ID.
type AclToken struct{}

// Annotate names and documents the resource.
func (r *AclToken) Annotate(a infer.Annotator) {
	a.SetToken("index/aclToken", "AclToken")
	a.Describe(&r, "Manages an ACL token in Nomad.")
}

// Check fills in the defaults and refuses what Nomad would refuse.
func (AclToken) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AclTokenArgs], error) {
	args, failures, err := infer.DefaultCheck[AclTokenArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[AclTokenArgs]{}, fmt.Errorf("checking the token's inputs: %w", err)
	}
	if len(failures) == 0 {
		failures = args.failures(ctx)
	}
	plugin.Fill(&args.Global, false)
	err = plugin.Autoname(ctx, req, &args.Name)
	return infer.CheckResponse[AclTokenArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces a token that is to reach other regions or to live longer: Nomad changes neither.
func (AclToken) Diff(ctx context.Context, req infer.DiffRequest[AclTokenArgs, AclTokenState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{Replace: []string{"expirationTtl", "global"}, Filled: []string{"name"}}
	same := func(name string, equal bool) {
		if equal && !plugin.Unknown(ctx, name) {
			rules.Same = append(rules.Same, name)
		}
	}
	before, _ := ttl(req.State.ExpirationTtl)
	after, _ := ttl(req.Inputs.ExpirationTtl)
	same("expirationTtl", before == after)
	same("policies", plugin.SameSet(req.State.Policies, req.Inputs.Policies))
	same("roles", plugin.SameSet(roleIDs(req.State.Roles), roleIDs(req.Inputs.Roles)))
	return plugin.Diff(ctx, declaredOfAclToken, rules), nil
}

// WireDependencies says what an update leaves as it is.
func (AclToken) WireDependencies(f infer.FieldSelector, _ *AclTokenArgs, state *AclTokenState) {
	if state.AccessorId == "" {
		return
	}
	f.OutputField(&state.AccessorId).AlwaysKnown()
	f.OutputField(&state.SecretId).AlwaysKnown()
	f.OutputField(&state.CreateTime).AlwaysKnown()
	f.OutputField(&state.ExpirationTime).AlwaysKnown()
}

// Create makes a token; Nomad chooses its secret.
func (AclToken) Create(ctx context.Context, req infer.CreateRequest[AclTokenArgs]) (infer.CreateResponse[AclTokenState], error) {
	state := AclTokenState{}
	state.declare(req.Inputs)
	if req.DryRun {
		return infer.CreateResponse[AclTokenState]{Output: state}, nil
	}
	token := &api.ACLToken{Global: plugin.Value(state.Global)}
	token.ExpirationTTL, _ = ttl(state.ExpirationTtl)
	state.apply(token)
	made, _, err := clientOf(ctx).ACLTokens().Create(token, writeOptions(ctx, ""))
	if err != nil {
		return infer.CreateResponse[AclTokenState]{}, fmt.Errorf("creating token %q: %w", state.Name, err)
	}
	state.describe(made)
	return infer.CreateResponse[AclTokenState]{ID: made.AccessorID, Output: state}, nil
}

// Update changes what the token may do; its secret stays.
func (AclToken) Update(ctx context.Context, req infer.UpdateRequest[AclTokenArgs, AclTokenState]) (infer.UpdateResponse[AclTokenState], error) {
	state := req.State
	state.declare(req.Inputs)
	if req.DryRun {
		return infer.UpdateResponse[AclTokenState]{Output: state}, nil
	}
	tokens := clientOf(ctx).ACLTokens()
	token, _, err := tokens.Info(req.ID, queryOptions(ctx, ""))
	if err != nil {
		return infer.UpdateResponse[AclTokenState]{}, fmt.Errorf("reading token %q (%s): %w", state.Name, req.ID, err)
	}
	state.apply(token)
	changed, _, err := tokens.Update(token, writeOptions(ctx, ""))
	if err != nil {
		return infer.UpdateResponse[AclTokenState]{}, fmt.Errorf("updating token %q (%s): %w", state.Name, req.ID, err)
	}
	state.describe(changed)
	return infer.UpdateResponse[AclTokenState]{Output: state}, nil
}

// Read says what the token may do now.
func (AclToken) Read(ctx context.Context, req infer.ReadRequest[AclTokenArgs, AclTokenState]) (infer.ReadResponse[AclTokenArgs, AclTokenState], error) {
	token, _, err := clientOf(ctx).ACLTokens().Info(req.ID, queryOptions(ctx, ""))
	if err != nil && notFound(err) {
		return infer.ReadResponse[AclTokenArgs, AclTokenState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[AclTokenArgs, AclTokenState]{}, fmt.Errorf("reading token %s: %w", req.ID, err)
	}
	state := req.State
	state.describe(token)
	return infer.ReadResponse[AclTokenArgs, AclTokenState]{ID: req.ID, Inputs: state.args(), State: state}, nil
}

// Delete revokes the token, unless someone else has.
func (AclToken) Delete(ctx context.Context, req infer.DeleteRequest[AclTokenState]) (infer.DeleteResponse, error) {
	tokens := clientOf(ctx).ACLTokens()
	_, err := tokens.Delete(req.ID, writeOptions(ctx, ""))
	if err == nil {
		return infer.DeleteResponse{}, nil
	}
	if _, _, gone := tokens.Info(req.ID, queryOptions(ctx, "")); gone != nil && notFound(gone) {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, fmt.Errorf("deleting token %q (%s): %w", req.State.Name, req.ID, err)
}

// apply writes what can be changed of a token.
func (t AclTokenState) apply(token *api.ACLToken) {
	token.Name, token.Type, token.Policies, token.Roles = t.Name, t.Type, t.Policies, nil
	for _, id := range roleIDs(t.Roles) {
		token.Roles = append(token.Roles, &api.ACLTokenRoleLink{ID: id})
	}
}
