package nomad

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/nomad/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Job is a job on Nomad. Its ID is that of the job.
type Job struct{}

// Annotate names and documents the resource.
func (j *Job) Annotate(a infer.Annotator) {
	a.SetToken("index/job", "Job")
	a.Describe(&j, "Manages a job registered in Nomad.")
}

// The inputs that decide what the job is; the others say how it is treated.
var jobInputs = []string{"jobspec", "json", "hcl2"}

// Check fills in the defaults.
func (Job) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[JobArgs], error) {
	args, failures, err := infer.DefaultCheck[JobArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[JobArgs]{}, fmt.Errorf("checking the job's inputs: %w", err)
	}
	if len(failures) == 0 && args.Jobspec == "" && !req.NewInputs.Get("jobspec").HasComputed() {
		failures = append(failures, p.CheckFailure{Property: "jobspec", Reason: "it is empty"})
	}
	if plugin.Value(plugin.Value(args.Hcl2).AllowFs) {
		failures = append(failures, p.CheckFailure{
			Property: "hcl2.allowFs",
			Reason:   "HCL is parsed by Nomad's server here, which has no access to this machine's files",
		})
	}
	args.fill()
	return infer.CheckResponse[JobArgs]{Inputs: args, Failures: failures}, nil
}

func (j *JobArgs) fill() {
	plugin.Fill(&j.DeregisterOnDestroy, true)
	plugin.Fill(&j.DeregisterOnIdChange, true)
	plugin.Fill(&j.Detach, true)
	plugin.Fill(&j.PreserveCounts, false)
	plugin.Fill(&j.ReadAllocationIds, false)
	plugin.Fill(&j.RerunIfDead, false)
}

// WireDependencies says which outputs are known before the job is registered, and which ones carry
// the jobspec's secrets.
func (Job) WireDependencies(f infer.FieldSelector, args *JobArgs, state *JobState) {
	if state.Name != "" {
		f.OutputField(&state.Name).AlwaysKnown()
		f.OutputField(&state.Namespace).AlwaysKnown()
		f.OutputField(&state.Type).AlwaysKnown()
		f.OutputField(&state.Priority).AlwaysKnown()
	}
	for _, field := range []any{&state.TaskGroups, &state.Constraints} {
		f.OutputField(field).DependsOn(f.InputField(&args.Jobspec).Secret(), f.InputField(&args.Hcl2).Secret())
	}
}

// Create registers the job, also over one of the same ID: a job that was stopped is still there.
func (Job) Create(ctx context.Context, req infer.CreateRequest[JobArgs]) (infer.CreateResponse[JobState], error) {
	state := JobState{JobArgs: req.Inputs}
	if plugin.Unknown(ctx, jobInputs...) {
		return infer.CreateResponse[JobState]{Output: state}, nil
	}
	client := clientOf(ctx)
	job, err := parse(client, req.Inputs)
	if err != nil {
		return infer.CreateResponse[JobState]{}, err
	}
	if req.DryRun {
		resp, err := plan(ctx, client, job, req.Inputs)
		if err != nil {
			return infer.CreateResponse[JobState]{}, err
		}
		warn(ctx, job, resp)
		err = state.expect(job)
		return infer.CreateResponse[JobState]{Output: state}, err
	}
	err = register(ctx, client, job, &state, nil)
	return infer.CreateResponse[JobState]{ID: *job.ID, Output: state}, err
}

// Update registers the new job, provided that nobody else has changed the one we know.
func (Job) Update(ctx context.Context, req infer.UpdateRequest[JobArgs, JobState]) (infer.UpdateResponse[JobState], error) {
	state := req.State
	state.JobArgs = req.Inputs
	if plugin.Unknown(ctx, jobInputs...) {
		state.Name = ""
		return infer.UpdateResponse[JobState]{Output: state}, nil
	}
	client := clientOf(ctx)
	job, err := parse(client, req.Inputs)
	if err != nil {
		return infer.UpdateResponse[JobState]{}, err
	}
	if req.DryRun {
		err = state.expect(job)
		return infer.UpdateResponse[JobState]{Output: state}, err
	}
	change, err := compare(client, req.State, job)
	if err == nil && !change.job && !req.State.rerun(req.Inputs) && !req.State.recounts(req.Inputs) {
		err = state.resume(ctx, client)
		return infer.UpdateResponse[JobState]{Output: state}, err
	}
	if err != nil {
		return infer.UpdateResponse[JobState]{}, err
	}
	var known *uint64
	if !change.identity {
		index, err := req.State.index()
		if err != nil {
			return infer.UpdateResponse[JobState]{}, err
		}
		known = &index
	}
	err = register(ctx, client, job, &state, known)
	return infer.UpdateResponse[JobState]{Output: state}, err
}

// Delete deregisters the job.
func (Job) Delete(ctx context.Context, req infer.DeleteRequest[JobState]) (infer.DeleteResponse, error) {
	state := req.State
	if state.DeregisterOnDestroy != nil && !*state.DeregisterOnDestroy {
		p.GetLogger(ctx).Infof("job %q stays: deregisterOnDestroy is false", req.ID)
		return infer.DeleteResponse{}, nil
	}
	id := jobID(req.ID, state)
	_, _, err := clientOf(ctx).Jobs().Deregister(id, plugin.Value(state.PurgeOnDestroy), writeOptions(ctx, state.Namespace))
	if err != nil && !notFound(err) {
		return infer.DeleteResponse{}, fmt.Errorf("deregistering job %q: %w", id, err)
	}
	return infer.DeleteResponse{}, nil
}

// jobID is what the job is called now: an update that keeps the old job cannot change the resource's
// ID, so the state's own name wins.
func jobID(id string, state JobState) string {
	if state.Name != "" {
		return state.Name
	}
	return id
}

func (s JobState) index() (uint64, error) {
	index, err := strconv.ParseUint(s.ModifyIndex, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("modifyIndex: the state does not say which version of the job is known: %w", err)
	}
	return index, nil
}

func (s JobState) rerun(args JobArgs) bool {
	return s.Status == "dead" && plugin.Value(args.RerunIfDead)
}

// recounts is true where the counts begin or cease to be Nomad's own: only registering the job says so.
func (s JobState) recounts(args JobArgs) bool {
	return plugin.Value(s.PreserveCounts) != plugin.Value(args.PreserveCounts)
}

// expect fills in what is known of a job that is not registered yet.
func (s *JobState) expect(job *api.Job) error {
	full, err := declaredPart(job)
	if err != nil {
		return err
	}
	full.Canonicalize()
	s.Name, s.Namespace, s.Type, s.Priority = *full.ID, *full.Namespace, *full.Type, *full.Priority
	return nil
}
