package nomad

import (
	"context"
	"fmt"

	"github.com/hashicorp/nomad/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

var declaredOfJob = []string{
	"deregisterOnDestroy", "deregisterOnIdChange", "detach", "hcl2", "jobspec", "json",
	"policyOverride", "preserveCounts", "purgeOnDestroy", "readAllocationIds", "rerunIfDead",
}

// Diff compares jobs, not their text, and has the server check a job that would be changed.
func (Job) Diff(ctx context.Context, req infer.DiffRequest[JobArgs, JobState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{}
	if !plugin.Unknown(ctx, jobInputs...) && written(req.State.JobArgs) != written(req.Inputs) {
		change, err := compareWithServer(ctx, clientOf(ctx), req.State, req.Inputs)
		if err != nil {
			return infer.DiffResponse{}, err
		}
		if !change.job {
			rules.Same = append(rules.Same, "jobspec")
		}
		if change.replaces(req.Inputs) {
			rules.Replace = append(rules.Replace, "jobspec", "hcl2")
		}
	}
	resp := plugin.Diff(ctx, declaredOfJob, rules)
	if req.State.rerun(req.Inputs) {
		resp.HasChanges = true
		resp.DetailedDiff["status"] = p.PropertyDiff{Kind: p.Update}
	}
	return resp, nil
}

// written is all that decides what the job is, as text: equal texts need no parsing.
func written(args JobArgs) string {
	hcl := plugin.Value(args.Hcl2)
	return fmt.Sprint(plugin.Value(args.Json), variables(hcl.Vars, quote), args.Jobspec)
}

// change is how a newly declared job differs from the known one.
type change struct {
	job       bool
	identity  bool
	namespace bool
}

// A job of another namespace is always another resource; one of another ID is, unless the old job is
// to be kept.
func (c change) replaces(args JobArgs) bool {
	return c.namespace || c.identity && (args.DeregisterOnIdChange == nil || *args.DeregisterOnIdChange)
}

func compare(client *api.Client, state JobState, job *api.Job) (change, error) {
	namespace := state.Namespace != "" && state.Namespace != *job.Namespace
	c := change{
		job:       true,
		namespace: namespace,
		identity:  namespace || state.Name != "" && state.Name != *job.ID,
	}
	// A state that cannot be parsed (a refresh found another kind of jobspec) is another job.
	if old, err := parse(client, state.JobArgs); err == nil {
		equal, err := same(old, job)
		if err != nil {
			return change{}, err
		}
		c.job = !equal
	}
	return c, nil
}

func compareWithServer(ctx context.Context, client *api.Client, state JobState, args JobArgs) (change, error) {
	job, err := parse(client, args)
	if err != nil {
		return change{}, err
	}
	c, err := compare(client, state, job)
	if err != nil || !c.job {
		return c, err
	}
	resp, err := plan(ctx, client, job, args)
	if err != nil {
		return change{}, err
	}
	warn(ctx, job, resp)
	if c.identity || resp == nil {
		return c, nil
	}
	known, err := state.index()
	if err != nil {
		return change{}, err
	}
	if resp.JobModifyIndex != known {
		return change{}, changedBy(*job.ID, fmt.Errorf("it is at %d, the state knows %d", resp.JobModifyIndex, known))
	}
	// Written differently, but the server would not change anything.
	c.job = !unchanged(resp)
	return c, nil
}
