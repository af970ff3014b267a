package nomad

import (
	"context"
	"fmt"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclPolicy is a policy of Nomad. Its ID is its name.
type AclPolicy struct{}

// Annotate names and documents the resource.
func (r *AclPolicy) Annotate(a infer.Annotator) {
	a.SetToken("index/aclPolicy", "AclPolicy")
	a.Describe(&r, "Manages an ACL policy registered in Nomad.")
}

// Check fills in the defaults.
func (AclPolicy) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AclPolicyArgs], error) {
	args, failures, err := infer.DefaultCheck[AclPolicyArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[AclPolicyArgs]{}, fmt.Errorf("checking the policy's inputs: %w", err)
	}
	if args.JobAcl != nil {
		plugin.Fill(&args.JobAcl.Namespace, defaultNamespace)
	}
	err = plugin.Autoname(ctx, req, &args.Name)
	return infer.CheckResponse[AclPolicyArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces a policy of another name.
func (AclPolicy) Diff(ctx context.Context, req infer.DiffRequest[AclPolicyArgs, AclPolicyState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{Replace: []string{"name"}, Filled: []string{"name"}}
	if !plugin.Unknown(ctx, "jobAcl") && req.State.JobAcl.api() == req.Inputs.JobAcl.api() {
		rules.Same = []string{"jobAcl"}
	}
	return plugin.Diff(ctx, declaredOfAclPolicy, rules), nil
}

// Create writes the policy, also over one of the same name, as the official provider does.
func (AclPolicy) Create(ctx context.Context, req infer.CreateRequest[AclPolicyArgs]) (infer.CreateResponse[AclPolicyState], error) {
	state := req.Inputs.state()
	if req.DryRun {
		return infer.CreateResponse[AclPolicyState]{Output: state}, nil
	}
	return infer.CreateResponse[AclPolicyState]{ID: state.Name, Output: state}, state.upsert(ctx)
}

// Update writes the policy. Tokens that have it get the new rules at once.
func (AclPolicy) Update(ctx context.Context, req infer.UpdateRequest[AclPolicyArgs, AclPolicyState]) (infer.UpdateResponse[AclPolicyState], error) {
	state := req.Inputs.state()
	if req.DryRun {
		return infer.UpdateResponse[AclPolicyState]{Output: state}, nil
	}
	return infer.UpdateResponse[AclPolicyState]{Output: state}, state.upsert(ctx)
}

// Read says what the policy is now.
func (AclPolicy) Read(ctx context.Context, req infer.ReadRequest[AclPolicyArgs, AclPolicyState]) (infer.ReadResponse[AclPolicyArgs, AclPolicyState], error) {
	policy, _, err := clientOf(ctx).ACLPolicies().Info(req.ID, queryOptions(ctx, ""))
	if err != nil && notFound(err) {
		return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{}, fmt.Errorf("reading policy %q: %w", req.ID, err)
	}
	state := policyState(policy)
	return infer.ReadResponse[AclPolicyArgs, AclPolicyState]{ID: req.ID, Inputs: state.args(), State: state}, nil
}

// Delete removes the policy, unless someone else has.
func (AclPolicy) Delete(ctx context.Context, req infer.DeleteRequest[AclPolicyState]) (infer.DeleteResponse, error) {
	policies := clientOf(ctx).ACLPolicies()
	_, err := policies.Delete(req.ID, writeOptions(ctx, ""))
	if err == nil {
		return infer.DeleteResponse{}, nil
	}
	if _, _, gone := policies.Info(req.ID, queryOptions(ctx, "")); gone != nil && notFound(gone) {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, fmt.Errorf("deleting policy %q: %w", req.ID, err)
}

func (s AclPolicyState) upsert(ctx context.Context) error {
	policy := &api.ACLPolicy{Name: s.Name, Description: plugin.Value(s.Description), Rules: s.RulesHcl}
	if job := s.JobAcl.api(); job != (api.JobACL{}) {
		policy.JobACL = &job
	}
	if _, err := clientOf(ctx).ACLPolicies().Upsert(policy, writeOptions(ctx, "")); err != nil {
		return fmt.Errorf("rulesHcl: Nomad does not accept policy %q: %w", s.Name, err)
	}
	return nil
}
