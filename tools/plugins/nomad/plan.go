package nomad

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/nomad/api"
	p "github.com/pulumi/pulumi-go-provider"

	"nary.local/tools/plugins/plugin"
)

// What the same program may be about to create is no mistake of the jobspec.
var createdLater = regexp.MustCompile(`nonexistent (namespace|node pool)`)

// plan asks the server what registering the job would do. The result is nil when the server cannot
// say yet, because the job's namespace or node pool does not exist.
func plan(ctx context.Context, client *api.Client, job *api.Job, args JobArgs) (*api.JobPlanResponse, error) {
	options := &api.PlanOptions{Diff: true, PolicyOverride: plugin.Value(args.PolicyOverride)}
	resp, _, err := client.Jobs().PlanOpts(job, options, writeOptions(ctx, *job.Namespace))
	if err != nil && createdLater.MatchString(err.Error()) {
		p.GetLogger(ctx).Warningf("job %q cannot be checked in advance: %v", *job.ID, err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("jobspec: Nomad does not accept job %q: %w", *job.ID, err)
	}
	return resp, nil
}

// unchanged says whether registering the planned job would leave the server's job as it is.
func unchanged(resp *api.JobPlanResponse) bool {
	return resp != nil && resp.Diff != nil && resp.Diff.Type == "None"
}

// warn tells what the plan says of a job that is accepted but may not run.
func warn(ctx context.Context, job *api.Job, resp *api.JobPlanResponse) {
	if resp == nil {
		return
	}
	if resp.Warnings != "" {
		p.GetLogger(ctx).Warningf("job %q: %s", *job.ID, strings.TrimSpace(resp.Warnings))
	}
	for _, group := range slices.Sorted(maps.Keys(resp.FailedTGAllocs)) {
		failed := resp.FailedTGAllocs[group]
		p.GetLogger(ctx).Warningf("job %q: %d instances of group %q cannot be placed now: %s",
			*job.ID, failed.CoalescedFailures+1, group, strings.Join(reasons(failed), "; "))
	}
}

func reasons(m *api.AllocationMetric) []string {
	if m.NodesEvaluated == 0 {
		return []string{"no node is eligible"}
	}
	out := []string{}
	for _, why := range []map[string]int{m.ConstraintFiltered, m.DimensionExhausted} {
		for _, name := range slices.Sorted(maps.Keys(why)) {
			out = append(out, fmt.Sprintf("%s (%d nodes)", name, why[name]))
		}
	}
	return out
}

func writeOptions(ctx context.Context, namespace string) *api.WriteOptions {
	return (&api.WriteOptions{Namespace: namespace}).WithContext(ctx)
}

func queryOptions(ctx context.Context, namespace string) *api.QueryOptions {
	return (&api.QueryOptions{Namespace: namespace}).WithContext(ctx)
}
