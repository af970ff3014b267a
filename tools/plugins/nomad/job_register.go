package nomad

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// The words are the official provider's, so that whoever looks for them finds the same advice.
const changedOutside = "job modify index has changed since last refresh"

func changedBy(job string, why error) error {
	const advice = "someone else has changed job %q; look at it, then run `pulumi refresh` or `pulumi up --refresh`: %w"
	return fmt.Errorf(changedOutside+": "+advice, job, why)
}

// register registers the job and describes it in the state. With a known index, it refuses a job
// that was changed since.
func register(ctx context.Context, client *api.Client, job *api.Job, state *JobState, known *uint64) error {
	options := &api.RegisterOptions{
		PolicyOverride: plugin.Value(state.PolicyOverride),
		PreserveCounts: plugin.Value(state.PreserveCounts),
		Submission:     submission(state.JobArgs),
	}
	if known != nil {
		options.EnforceIndex, options.ModifyIndex = true, *known
	}
	resp, _, err := client.Jobs().RegisterOpts(job, options, writeOptions(ctx, *job.Namespace))
	if err != nil && strings.Contains(err.Error(), api.RegisterEnforceIndexErrPrefix) {
		return changedBy(*job.ID, err)
	}
	if err != nil {
		return fmt.Errorf("jobspec: registering job %q: %w", *job.ID, err)
	}
	// From here on the job exists: whatever fails, the state has to know of it.
	job.JobModifyIndex = &resp.JobModifyIndex
	state.describe(job)
	state.DeploymentId, state.DeploymentStatus = "", ""
	if !plugin.Value(state.Detach) && resp.EvalID != "" {
		id, err := evaluated(ctx, client, *job.Namespace, resp.EvalID)
		if err != nil {
			return failed(fmt.Errorf("job %q is registered, but was not deployed: %w", *job.ID, err))
		}
		state.DeploymentId = id
		if err := state.resume(ctx, client); err != nil {
			return err
		}
	}
	live, _, err := client.Jobs().Info(*job.ID, queryOptions(ctx, *job.Namespace))
	if err != nil {
		return failed(fmt.Errorf("job %q is registered, but cannot be read: %w", *job.ID, err))
	}
	state.describe(live)
	return state.readAllocations(ctx, client)
}

// resume waits for the deployment, also for one that an earlier run did not see to its end: a run
// that changes nothing must not pass for a deployment that was successful.
func (s *JobState) resume(ctx context.Context, client *api.Client) error {
	if plugin.Value(s.Detach) || s.DeploymentId == "" || s.DeploymentStatus == api.DeploymentStatusSuccessful {
		return nil
	}
	status, err := deployed(ctx, client, s.Namespace, s.DeploymentId)
	s.DeploymentStatus = status
	if err != nil {
		return failed(fmt.Errorf("job %q is registered, but was not deployed: %w", s.Name, err))
	}
	return nil
}

// failed keeps the resource in the state: it is there, though not as wanted.
func failed(err error) error {
	return infer.ResourceInitFailedError{Reasons: []string{err.Error()}}
}

func (s *JobState) readAllocations(ctx context.Context, client *api.Client) error {
	s.AllocationIds = []string{}
	if !plugin.Value(s.ReadAllocationIds) {
		return nil
	}
	stubs, _, err := client.Jobs().Allocations(s.Name, false, queryOptions(ctx, s.Namespace))
	if err != nil {
		return failed(fmt.Errorf("allocationIds: listing the allocations of job %q: %w", s.Name, err))
	}
	for _, stub := range stubs {
		s.AllocationIds = append(s.AllocationIds, stub.ID)
	}
	return nil
}

// submission lets Nomad's UI show the jobspec as it was written, and a refresh read it back.
func submission(args JobArgs) *api.JobSubmission {
	s := &api.JobSubmission{Source: args.Jobspec, Format: "hcl2", VariableFlags: plugin.Value(args.Hcl2).Vars}
	if plugin.Value(args.Json) {
		s.Format = "json"
	}
	return s
}

func notFound(err error) bool { return answered(err, http.StatusNotFound) }

func refused(err error) bool { return answered(err, http.StatusForbidden) }

func answered(err error, status int) bool {
	var unexpected api.UnexpectedResponseError
	return errors.As(err, &unexpected) && unexpected.StatusCode() == status
}
