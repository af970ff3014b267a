package nomad

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/hashicorp/nomad/api"

	"nary.local/tools/plugins/plugin"
)

// patched is the declared JSON with what someone has changed in Nomad since, so that a preview shows
// that and not all of Nomad's defaults.
func patched(ctx context.Context, client *api.Client, live *api.Job, state JobState, declared JobArgs) (JobArgs, bool) {
	if !plugin.Value(declared.Json) {
		return JobArgs{}, false
	}
	registered, ok := version(ctx, client, live, state.ModifyIndex)
	if !ok {
		return JobArgs{}, false
	}
	before, ok1 := tree(registered)
	after, ok2 := tree(live)
	var text any
	if json.Unmarshal([]byte(declared.Jobspec), &text) != nil || !ok1 || !ok2 {
		return JobArgs{}, false
	}
	changed, err := json.Marshal(patchJob(text, before, after))
	if err != nil {
		return JobArgs{}, false
	}
	declared.Jobspec = string(changed)
	return declared, true
}

// version finds the job as it was when the state was written; Nomad keeps the last few.
func version(ctx context.Context, client *api.Client, job *api.Job, index string) (*api.Job, bool) {
	versions, _, _, err := client.Jobs().Versions(*job.ID, false, queryOptions(ctx, *job.Namespace))
	if err != nil {
		return nil, false
	}
	for _, v := range versions {
		if strconv.FormatUint(plugin.Value(v.JobModifyIndex), 10) == index {
			return v, true
		}
	}
	return nil, false
}

func tree(job *api.Job) (any, bool) {
	part, err := declaredPart(job)
	if err != nil {
		return nil, false
	}
	var t any
	return t, json.Unmarshal(text(part), &t) == nil
}

func patchJob(declared, before, after any) any {
	if root, ok := declared.(map[string]any); ok {
		for _, name := range []string{"Job", "job"} {
			if inner, ok := root[name]; ok {
				root[name] = patch(inner, before, after)
				return root
			}
		}
	}
	return patch(declared, before, after)
}

// patch keeps the declared form of all that is the same before and after.
func patch(declared, before, after any) any {
	if reflect.DeepEqual(before, after) {
		return declared
	}
	switch d := declared.(type) {
	case map[string]any:
		b, ok1 := before.(map[string]any)
		a, ok2 := after.(map[string]any)
		if ok1 && ok2 {
			return patchObject(d, b, a)
		}
	case []any:
		b, ok1 := before.([]any)
		a, ok2 := after.([]any)
		if ok1 && ok2 && len(d) == len(b) && len(d) == len(a) {
			for i := range d {
				d[i] = patch(d[i], b[i], a[i])
			}
			return d
		}
	}
	return after
}

func patchObject(declared, before, after map[string]any) any {
	out := map[string]any{}
	known := map[string]bool{}
	for name, value := range declared {
		key := keyOf(after, name)
		known[key] = true
		if _, there := after[key]; there {
			out[name] = patch(value, before[key], after[key])
		}
	}
	for key, value := range after {
		if !known[key] && !reflect.DeepEqual(before[key], value) {
			out[key] = value
		}
	}
	return out
}

// keyOf finds a field's name as Nomad writes it: reading JSON, it does not mind the case.
func keyOf(m map[string]any, name string) string {
	for key := range m {
		if strings.EqualFold(key, name) {
			return key
		}
	}
	return name
}
