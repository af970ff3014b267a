package nomad

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/nomad/api"

	"nary.local/tools/plugins/plugin"
)

const deploymentWait = 5 * time.Minute

// deployed waits until a deployment is successful, and says how it was last seen.
func deployed(ctx context.Context, client *api.Client, namespace, id string) (string, error) {
	limit := plugin.Timeout(ctx, deploymentWait)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("gave up after %v", limit))
	defer cancel()
	query := queryOptions(ctx, namespace)
	status := api.DeploymentStatusRunning
	for {
		deployment, meta, err := client.Deployments().Info(id, query)
		if err != nil {
			return status, fmt.Errorf("waiting for deployment %s, which is %s: %w", id, status, because(ctx, err))
		}
		status = deployment.Status
		switch status {
		case api.DeploymentStatusSuccessful:
			return status, nil
		case api.DeploymentStatusFailed, api.DeploymentStatusCancelled:
			return status, fmt.Errorf("deployment %s is %s: %s", id, status, deployment.StatusDescription)
		}
		query.WaitIndex = meta.LastIndex
	}
}

// evaluated follows the chain of evaluations to the deployment. There is none for batch and system
// jobs, and for a job that did not change.
func evaluated(ctx context.Context, client *api.Client, namespace, id string) (string, error) {
	limit := plugin.Timeout(ctx, deploymentWait)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("gave up after %v", limit))
	defer cancel()
	query := queryOptions(ctx, namespace)
	for {
		evaluation, meta, err := client.Evaluations().Info(id, query)
		if err != nil {
			return "", fmt.Errorf("waiting for evaluation %s: %w", id, because(ctx, err))
		}
		switch {
		case evaluation.Status == api.EvalStatusFailed, evaluation.Status == api.EvalStatusCancelled:
			return "", fmt.Errorf("evaluation %s is %s: %s", id, evaluation.Status, evaluation.StatusDescription)
		case evaluation.Status == api.EvalStatusComplete && evaluation.NextEval != "":
			id, query.WaitIndex = evaluation.NextEval, 0
		case evaluation.Status == api.EvalStatusComplete:
			return evaluation.DeploymentID, nil
		default:
			query.WaitIndex = meta.LastIndex
		}
	}
}

// because prefers the reason why we stopped waiting to the interrupted request's own error.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
