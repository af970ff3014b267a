package nomad

import "github.com/pulumi/pulumi-go-provider/infer"

// JobHcl2 is how an HCL jobspec is parsed.
type JobHcl2 struct {
	AllowFs *bool             `pulumi:"allowFs,optional"`
	Vars    map[string]string `pulumi:"vars,optional"`
}

// JobConstraint is a constraint of the whole job.
type JobConstraint struct {
	Ltarget string `pulumi:"ltarget"`
	Operand string `pulumi:"operand"`
	Rtarget string `pulumi:"rtarget"`
}

// JobPeriodicConfig says when a periodic job is launched.
type JobPeriodicConfig struct {
	Enabled         bool   `pulumi:"enabled"`
	ProhibitOverlap bool   `pulumi:"prohibitOverlap"`
	Spec            string `pulumi:"spec"`
	SpecType        string `pulumi:"specType"`
	Timezone        string `pulumi:"timezone"`
}

// JobUpdateStrategy says how a job's instances are replaced.
type JobUpdateStrategy struct {
	AutoRevert      bool   `pulumi:"autoRevert"`
	Canary          int    `pulumi:"canary"`
	HealthCheck     string `pulumi:"healthCheck"`
	HealthyDeadline string `pulumi:"healthyDeadline"`
	MaxParallel     int    `pulumi:"maxParallel"`
	MinHealthyTime  string `pulumi:"minHealthyTime"`
	Stagger         string `pulumi:"stagger"`
}

// JobTaskGroupUpdateStrategy is JobUpdateStrategy for one group; the official package has both names.
type JobTaskGroupUpdateStrategy JobUpdateStrategy

// JobTaskGroup is a group of tasks that run together.
type JobTaskGroup struct {
	Count            int                          `pulumi:"count"`
	Meta             map[string]string            `pulumi:"meta"`
	Name             string                       `pulumi:"name"`
	Tasks            []JobTaskGroupTask           `pulumi:"tasks"`
	UpdateStrategies []JobTaskGroupUpdateStrategy `pulumi:"updateStrategies"`
	Volumes          []JobTaskGroupVolume         `pulumi:"volumes"`
}

// JobTaskGroupTask is one task.
type JobTaskGroupTask struct {
	Driver       string                        `pulumi:"driver"`
	Meta         map[string]string             `pulumi:"meta"`
	Name         string                        `pulumi:"name"`
	VolumeMounts []JobTaskGroupTaskVolumeMount `pulumi:"volumeMounts"`
}

// JobTaskGroupTaskVolumeMount is where a task sees a volume.
type JobTaskGroupTaskVolumeMount struct {
	Destination string `pulumi:"destination"`
	ReadOnly    bool   `pulumi:"readOnly"`
	Volume      string `pulumi:"volume"`
}

// JobTaskGroupVolume is a volume that a group asks for.
type JobTaskGroupVolume struct {
	Name     string `pulumi:"name"`
	ReadOnly bool   `pulumi:"readOnly"`
	Source   string `pulumi:"source"`
	Type     string `pulumi:"type"`
}

// Annotate names the type and documents it.
func (h *JobHcl2) Annotate(a infer.Annotator) {
	a.SetToken("index/JobHcl2", "JobHcl2")
	a.Describe(&h.AllowFs, "Whether HCL2 file system functions may be used. They would read the server's files; not supported by this provider.")
	a.Describe(&h.Vars, "Additional variables to use when templating the job with HCL2")
}

// Annotate names the type.
func (c *JobConstraint) Annotate(a infer.Annotator) {
	a.SetToken("index/JobConstraint", "JobConstraint")
	a.Describe(&c.Ltarget, "Attribute being constrained.")
	a.Describe(&c.Operand, "Operator used to compare the attribute to the constraint.")
	a.Describe(&c.Rtarget, "Constraint value.")
}

// Annotate names the type.
func (c *JobPeriodicConfig) Annotate(a infer.Annotator) {
	a.SetToken("index/JobPeriodicConfig", "JobPeriodicConfig")
}

// Annotate names the type.
func (s *JobUpdateStrategy) Annotate(a infer.Annotator) {
	a.SetToken("index/JobUpdateStrategy", "JobUpdateStrategy")
}

// Annotate names the type.
func (s *JobTaskGroupUpdateStrategy) Annotate(a infer.Annotator) {
	a.SetToken("index/JobTaskGroupUpdateStrategy", "JobTaskGroupUpdateStrategy")
}

// Annotate names the type.
func (g *JobTaskGroup) Annotate(a infer.Annotator) {
	a.SetToken("index/JobTaskGroup", "JobTaskGroup")
}

// Annotate names the type.
func (t *JobTaskGroupTask) Annotate(a infer.Annotator) {
	a.SetToken("index/JobTaskGroupTask", "JobTaskGroupTask")
}

// Annotate names the type.
func (m *JobTaskGroupTaskVolumeMount) Annotate(a infer.Annotator) {
	a.SetToken("index/JobTaskGroupTaskVolumeMount", "JobTaskGroupTaskVolumeMount")
}

// Annotate names the type.
func (v *JobTaskGroupVolume) Annotate(a infer.Annotator) {
	a.SetToken("index/JobTaskGroupVolume", "JobTaskGroupVolume")
}
