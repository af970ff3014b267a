package nomad

import (
	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclPolicyArgs is what is declared of a policy.
type AclPolicyArgs struct {
	Description *string          `pulumi:"description,optional"`
	JobAcl      *AclPolicyJobAcl `pulumi:"jobAcl,optional"`
	Name        *string          `pulumi:"name,optional"`
	RulesHcl    string           `pulumi:"rulesHcl"`
}

// AclPolicyState is what is known of it: the same, but it always has a name.
type AclPolicyState struct {
	Description *string          `pulumi:"description,optional"`
	JobAcl      *AclPolicyJobAcl `pulumi:"jobAcl,optional"`
	Name        string           `pulumi:"name"`
	RulesHcl    string           `pulumi:"rulesHcl"`
}

// AclPolicyJobAcl says which workload has the policy by itself.
type AclPolicyJobAcl struct {
	Group     *string `pulumi:"group,optional"`
	JobId     string  `pulumi:"jobId"`
	Namespace *string `pulumi:"namespace,optional"`
	Task      *string `pulumi:"task,optional"`
}

var declaredOfAclPolicy = []string{"description", "jobAcl", "name", "rulesHcl"}

// Annotate documents the inputs.
func (p *AclPolicyArgs) Annotate(a infer.Annotator) {
	a.Describe(&p.Description, "A description of the policy.")
	a.Describe(&p.JobAcl, "Options for assigning the ACL rules to a job, group, or task.")
	a.Describe(&p.Name, "A unique name for the policy.")
	a.Describe(&p.RulesHcl, "The contents of the policy to register, as HCL or JSON.")
}

// Annotate documents the outputs.
func (p *AclPolicyState) Annotate(a infer.Annotator) {
	a.Describe(&p.Description, "A description of the policy.")
	a.Describe(&p.JobAcl, "Options for assigning the ACL rules to a job, group, or task.")
	a.Describe(&p.Name, "A unique name for the policy.")
	a.Describe(&p.RulesHcl, "The contents of the policy to register, as HCL or JSON.")
}

// Annotate names the type and documents it.
func (j *AclPolicyJobAcl) Annotate(a infer.Annotator) {
	a.SetToken("index/AclPolicyJobAcl", "AclPolicyJobAcl")
	a.Describe(&j.Group, "Group")
	a.Describe(&j.JobId, "Job")
	a.Describe(&j.Namespace, "Namespace")
	a.Describe(&j.Task, "Task")
}

func (p AclPolicyArgs) state() AclPolicyState {
	return AclPolicyState{p.Description, p.JobAcl, plugin.Value(p.Name), p.RulesHcl}
}

func (p AclPolicyState) args() AclPolicyArgs {
	return AclPolicyArgs{p.Description, p.JobAcl, &p.Name, p.RulesHcl}
}

// api is the workload as Nomad writes it; none is an empty one.
func (j *AclPolicyJobAcl) api() api.JobACL {
	if j == nil {
		return api.JobACL{}
	}
	return api.JobACL{
		Namespace: plugin.Value(j.Namespace),
		JobID:     j.JobId,
		Group:     plugin.Value(j.Group),
		Task:      plugin.Value(j.Task),
	}
}

func policyState(policy *api.ACLPolicy) AclPolicyState {
	state := AclPolicyState{Name: policy.Name, RulesHcl: policy.Rules, Description: plugin.Optional(policy.Description)}
	if job := policy.JobACL; job != nil && job.JobID != "" {
		state.JobAcl = &AclPolicyJobAcl{
			Group:     plugin.Optional(job.Group),
			JobId:     job.JobID,
			Namespace: plugin.Optional(job.Namespace),
			Task:      plugin.Optional(job.Task),
		}
	}
	return state
}
