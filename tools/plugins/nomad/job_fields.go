package nomad

import "github.com/pulumi/pulumi-go-provider/infer"

// JobArgs is what is declared of a job.
type JobArgs struct {
	DeregisterOnDestroy  *bool    `pulumi:"deregisterOnDestroy,optional"`
	DeregisterOnIdChange *bool    `pulumi:"deregisterOnIdChange,optional"`
	Detach               *bool    `pulumi:"detach,optional"`
	Hcl2                 *JobHcl2 `pulumi:"hcl2,optional"`
	Jobspec              string   `pulumi:"jobspec"`
	Json                 *bool    `pulumi:"json,optional"`
	PolicyOverride       *bool    `pulumi:"policyOverride,optional"`
	PreserveCounts       *bool    `pulumi:"preserveCounts,optional"`
	PurgeOnDestroy       *bool    `pulumi:"purgeOnDestroy,optional"`
	ReadAllocationIds    *bool    `pulumi:"readAllocationIds,optional"`
	RerunIfDead          *bool    `pulumi:"rerunIfDead,optional"`
}

// JobState is what is known of a job: what was declared and what Nomad says of it.
type JobState struct {
	JobArgs
	AllAtOnce         bool                `pulumi:"allAtOnce"`
	AllocationIds     []string            `pulumi:"allocationIds"`
	Constraints       []JobConstraint     `pulumi:"constraints"`
	CreateIndex       int                 `pulumi:"createIndex"`
	Datacenters       []string            `pulumi:"datacenters"`
	DeploymentId      string              `pulumi:"deploymentId"`
	DeploymentStatus  string              `pulumi:"deploymentStatus"`
	ModifyIndex       string              `pulumi:"modifyIndex"`
	Name              string              `pulumi:"name"`
	Namespace         string              `pulumi:"namespace"`
	ParentId          string              `pulumi:"parentId"`
	PeriodicConfigs   []JobPeriodicConfig `pulumi:"periodicConfigs"`
	Priority          int                 `pulumi:"priority"`
	Region            string              `pulumi:"region"`
	Stable            bool                `pulumi:"stable"`
	Status            string              `pulumi:"status"`
	StatusDescription string              `pulumi:"statusDescription"`
	Stop              bool                `pulumi:"stop"`
	SubmitTime        string              `pulumi:"submitTime"`
	TaskGroups        []JobTaskGroup      `pulumi:"taskGroups"`
	Type              string              `pulumi:"type"`
	UpdateStrategies  []JobUpdateStrategy `pulumi:"updateStrategies"`
	Version           int                 `pulumi:"version"`
}

// Annotate documents the inputs.
func (j *JobArgs) Annotate(a infer.Annotator) {
	a.Describe(&j.DeregisterOnDestroy, "Whether the job is deregistered when this resource is destroyed. Default: true.")
	a.Describe(&j.DeregisterOnIdChange, "Whether the job is deregistered when the ID in the jobspec changes. Default: true.")
	a.Describe(&j.Detach, "If true, creating and updating return immediately, instead of waiting up to 5 minutes for the deployment to be successful. Default: true.")
	a.Describe(&j.Hcl2, "Options for the HCL2 jobspec parser.")
	a.Describe(&j.Jobspec, "The contents of the jobspec to register.")
	a.Describe(&j.Json, "Set this to true if the jobspec is JSON instead of HCL. Default: false.")
	a.Describe(&j.PolicyOverride, "Whether the job is registered even if soft-mandatory Sentinel policies fail. Default: false.")
	a.Describe(&j.PreserveCounts, "If true, the counts that Nomad has for the task groups are kept instead of those of the jobspec. Default: false.")
	a.Describe(&j.PurgeOnDestroy, "Whether the job is purged when it is deregistered. Default: false.")
	a.Describe(&j.ReadAllocationIds, "Whether allocationIds is read. Default: false.")
	a.Deprecate(&j.ReadAllocationIds, readAllocationIds)
	a.Describe(&j.RerunIfDead, "Whether the job is run again if its status is dead. Default: false.")
}

const readAllocationIds = "Retrieving allocation IDs from the job resource is deprecated and will be removed in a future release. Use the nomad.getAllocations data source instead."

// Annotate documents the outputs.
func (j *JobState) Annotate(a infer.Annotator) {
	a.Describe(&j.AllAtOnce, "Whether the scheduler can make partial placements on oversubscribed nodes.")
	a.Describe(&j.AllocationIds, "Allocation IDs associated with the job when readAllocationIds is true.")
	a.Deprecate(&j.AllocationIds, readAllocationIds)
	a.Describe(&j.Constraints, "Job constraints.")
	a.Describe(&j.CreateIndex, "The job creation index.")
	a.Describe(&j.Datacenters, "The target datacenters for the job.")
	a.Describe(&j.DeploymentId, "If detach is false, the deployment of the last create or update, if there was one.")
	a.Describe(&j.DeploymentStatus, "If detach is false, the status of the deployment of the last create or update, if there was one.")
	a.Describe(&j.ModifyIndex, "Integer that increments for each change. Used to detect changes by others.")
	a.Describe(&j.Name, "The ID of the job, as derived from the jobspec.")
	a.Describe(&j.Namespace, "The namespace of the job, as derived from the jobspec.")
	a.Describe(&j.ParentId, "The parent job ID, if applicable.")
	a.Describe(&j.PeriodicConfigs, "The job's periodic configuration.")
	a.Describe(&j.Priority, "The job priority for scheduling and resource access.")
	a.Describe(&j.Region, "The target region for the job.")
	a.Describe(&j.Stable, "Whether the job is stable.")
	a.Describe(&j.Status, "The current status of the job.")
	a.Describe(&j.StatusDescription, "Additional status information returned by Nomad.")
	a.Describe(&j.Stop, "Whether the job is stopped.")
	a.Describe(&j.SubmitTime, "The Unix timestamp when the job was submitted.")
	a.Describe(&j.TaskGroups, "A list of the job's task groups.")
	a.Describe(&j.Type, "The type of the job.")
	a.Describe(&j.UpdateStrategies, "The job's update strategy.")
	a.Describe(&j.Version, "The current job version.")
}
