package nomad

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"

	"nary.local/tools/plugins/plugin"
)

// describe fills in what Nomad says of a job, leaving what was declared.
func (s *JobState) describe(job *api.Job) {
	s.AllAtOnce = plugin.Value(job.AllAtOnce)
	s.Constraints = constraints(job.Constraints)
	s.CreateIndex = int(plugin.Value(job.CreateIndex))
	s.Datacenters = list(job.Datacenters)
	s.ModifyIndex = strconv.FormatUint(plugin.Value(job.JobModifyIndex), 10)
	s.Name = plugin.Value(job.ID)
	s.Namespace = plugin.Value(job.Namespace)
	s.ParentId = plugin.Value(job.ParentID)
	s.PeriodicConfigs = periodic(job.Periodic)
	s.Priority = plugin.Value(job.Priority)
	s.Region = plugin.Value(job.Region)
	s.Stable = plugin.Value(job.Stable)
	s.Status = plugin.Value(job.Status)
	s.StatusDescription = plugin.Value(job.StatusDescription)
	s.Stop = plugin.Value(job.Stop)
	s.SubmitTime = submitTime(job.SubmitTime)
	s.TaskGroups = taskGroups(job.TaskGroups)
	s.Type = plugin.Value(job.Type)
	s.UpdateStrategies = updateStrategies(job.Update)
	s.Version = int(plugin.Value(job.Version))
	s.AllocationIds = list(s.AllocationIds)
}

func submitTime(t *int64) string {
	if t == nil {
		return ""
	}
	return strconv.FormatInt(*t, 10)
}

// list is never nil, since an output has to be there even if it is empty.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func table(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func constraints(all []*api.Constraint) []JobConstraint {
	out := []JobConstraint{}
	for _, c := range all {
		out = append(out, JobConstraint{Ltarget: c.LTarget, Operand: c.Operand, Rtarget: c.RTarget})
	}
	return out
}

func periodic(p *api.PeriodicConfig) []JobPeriodicConfig {
	if p == nil {
		return []JobPeriodicConfig{}
	}
	return []JobPeriodicConfig{{
		Enabled:         plugin.Value(p.Enabled),
		ProhibitOverlap: plugin.Value(p.ProhibitOverlap),
		Spec:            plugin.Value(p.Spec),
		SpecType:        plugin.Value(p.SpecType),
		Timezone:        plugin.Value(p.TimeZone),
	}}
}

func updateStrategies(u *api.UpdateStrategy) []JobUpdateStrategy {
	if u == nil {
		return []JobUpdateStrategy{}
	}
	return []JobUpdateStrategy{{
		AutoRevert:      plugin.Value(u.AutoRevert),
		Canary:          plugin.Value(u.Canary),
		HealthCheck:     plugin.Value(u.HealthCheck),
		HealthyDeadline: duration(u.HealthyDeadline),
		MaxParallel:     plugin.Value(u.MaxParallel),
		MinHealthyTime:  duration(u.MinHealthyTime),
		Stagger:         duration(u.Stagger),
	}}
}

func duration(d *time.Duration) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func taskGroups(all []*api.TaskGroup) []JobTaskGroup {
	out := []JobTaskGroup{}
	for _, g := range all {
		group := JobTaskGroup{
			Count:            1,
			Meta:             table(g.Meta),
			Name:             plugin.Value(g.Name),
			Tasks:            tasks(g.Tasks),
			UpdateStrategies: []JobTaskGroupUpdateStrategy{},
			Volumes:          volumes(g.Volumes),
		}
		if g.Count != nil {
			group.Count = *g.Count
		}
		for _, s := range updateStrategies(g.Update) {
			group.UpdateStrategies = append(group.UpdateStrategies, JobTaskGroupUpdateStrategy(s))
		}
		out = append(out, group)
	}
	return out
}

func tasks(all []*api.Task) []JobTaskGroupTask {
	out := []JobTaskGroupTask{}
	for _, t := range all {
		mounts := []JobTaskGroupTaskVolumeMount{}
		for _, m := range t.VolumeMounts {
			mounts = append(mounts, JobTaskGroupTaskVolumeMount{
				Destination: plugin.Value(m.Destination),
				ReadOnly:    plugin.Value(m.ReadOnly),
				Volume:      plugin.Value(m.Volume),
			})
		}
		out = append(out, JobTaskGroupTask{Driver: t.Driver, Meta: table(t.Meta), Name: t.Name, VolumeMounts: mounts})
	}
	return out
}

func volumes(all map[string]*api.VolumeRequest) []JobTaskGroupVolume {
	out := []JobTaskGroupVolume{}
	for _, v := range all {
		out = append(out, JobTaskGroupVolume{Name: v.Name, ReadOnly: v.ReadOnly, Source: v.Source, Type: v.Type})
	}
	slices.SortFunc(out, func(a, b JobTaskGroupVolume) int { return strings.Compare(a.Name, b.Name) })
	return out
}
