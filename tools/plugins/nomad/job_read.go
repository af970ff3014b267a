package nomad

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Read says what Nomad has now. The jobspec stays as declared as long as registering it would change
// nothing; otherwise it is that of the job which Nomad has.
func (Job) Read(ctx context.Context, req infer.ReadRequest[JobArgs, JobState]) (infer.ReadResponse[JobArgs, JobState], error) {
	client, state, args := clientOf(ctx), req.State, req.Inputs
	id, namespace := jobID(req.ID, state), state.Namespace
	if state.Jobspec == "" {
		id, namespace = importID(req.ID)
		args.fill()
	}
	job, _, err := client.Jobs().Info(id, queryOptions(ctx, namespace))
	// A stopped job keeps its record until it is collected, but it is gone.
	if err != nil && notFound(err) || err == nil && plugin.Value(job.Stop) {
		return infer.ReadResponse[JobArgs, JobState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[JobArgs, JobState]{}, fmt.Errorf("reading job %q: %w", id, err)
	}
	if args.Jobspec == "" {
		args.Jobspec, args.Json, args.Hcl2 = state.Jobspec, state.Json, state.Hcl2
	}
	args, err = current(ctx, client, job, state, args)
	if err != nil {
		return infer.ReadResponse[JobArgs, JobState]{}, err
	}
	state.JobArgs = args
	state.describe(job)
	err = state.readAllocations(ctx, client)
	return infer.ReadResponse[JobArgs, JobState]{ID: id, Inputs: args, State: state}, err
}

// importID reads "job" or "job@namespace".
func importID(id string) (job, namespace string) {
	if at := strings.LastIndex(id, "@"); at > 0 {
		return id[:at], id[at+1:]
	}
	return id, defaultNamespace
}

// current is the declared jobspec if the server's job is what it says, else the jobspec that was
// submitted for the server's job, else the declared one with what was changed, else that job itself.
func current(ctx context.Context, client *api.Client, job *api.Job, state JobState, declared JobArgs) (JobArgs, error) {
	if declared.Jobspec != "" && describes(ctx, client, job, declared) {
		return declared, nil
	}
	if source, ok := submitted(ctx, client, job, declared); ok && describes(ctx, client, job, source) {
		return source, nil
	}
	if drifted, ok := patched(ctx, client, job, state, declared); ok && describes(ctx, client, job, drifted) {
		return drifted, nil
	}
	part, err := declaredPart(job)
	if err != nil {
		return JobArgs{}, err
	}
	text, err := json.Marshal(part)
	if err != nil {
		return JobArgs{}, fmt.Errorf("writing job %q as JSON: %w", *job.ID, err)
	}
	yes := true
	declared.Jobspec, declared.Json, declared.Hcl2 = string(text), &yes, nil
	return declared, nil
}

// describes asks the server, which knows all its defaults, whether the jobspec is that of its job. A
// jobspec that it does not accept (any more) is not.
func describes(ctx context.Context, client *api.Client, live *api.Job, args JobArgs) bool {
	job, err := parse(client, args)
	if err != nil || *job.ID != *live.ID || *job.Namespace != *live.Namespace {
		return false
	}
	if plugin.Value(args.PreserveCounts) {
		keepCounts(job, live)
	}
	resp, err := plan(ctx, client, job, args)
	if refused(err) {
		// A token that may only read cannot plan, and must not see a change everywhere.
		equal, err := same(job, live)
		return err == nil && equal
	}
	return err == nil && unchanged(resp)
}

// keepCounts takes over what an autoscaler has set, as registering with preserveCounts would.
func keepCounts(job, live *api.Job) {
	for _, group := range job.TaskGroups {
		for _, now := range live.TaskGroups {
			if plugin.Value(group.Name) == plugin.Value(now.Name) {
				group.Count = now.Count
			}
		}
	}
}

func submitted(ctx context.Context, client *api.Client, job *api.Job, declared JobArgs) (JobArgs, bool) {
	s, _, err := client.Jobs().Submission(*job.ID, int(plugin.Value(job.Version)), queryOptions(ctx, *job.Namespace))
	// Not every job has one, and variables from a file have no place in the inputs.
	if err != nil || s == nil || s.Source == "" || s.Variables != "" {
		return JobArgs{}, false
	}
	declared.Jobspec = s.Source
	if isJSON := s.Format == "json"; isJSON != plugin.Value(declared.Json) {
		declared.Json = &isJSON
	}
	if !maps.Equal(s.VariableFlags, plugin.Value(declared.Hcl2).Vars) {
		declared.Hcl2 = &JobHcl2{Vars: s.VariableFlags}
	}
	return declared, true
}
