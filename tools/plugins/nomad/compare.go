package nomad

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/nomad/api"
)

// same says whether two jobs mean the same, however they are written.
func same(a, b *api.Job) (bool, error) {
	before, err := normalForm(a)
	if err != nil {
		return false, err
	}
	after, err := normalForm(b)
	if err != nil {
		return false, err
	}
	return bytes.Equal(before, after), nil
}

// normalForm is the job with Nomad's defaults filled in and everything in one order.
func normalForm(job *api.Job) ([]byte, error) {
	full, err := declaredPart(job)
	if err != nil {
		return nil, err
	}
	full.Canonicalize()
	text, err := json.Marshal(full)
	if err != nil {
		return nil, fmt.Errorf("comparing jobs: %w", err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("comparing jobs: %w", err)
	}
	ordered, err := json.Marshal(order("", tree))
	if err != nil {
		return nil, fmt.Errorf("comparing jobs: %w", err)
	}
	return ordered, nil
}

// declaredPart is a copy of the job without what only the server writes.
func declaredPart(job *api.Job) (*api.Job, error) {
	text, err := json.Marshal(job)
	if err != nil {
		return nil, fmt.Errorf("copying the job: %w", err)
	}
	part := &api.Job{}
	if err := json.Unmarshal(text, part); err != nil {
		return nil, fmt.Errorf("copying the job: %w", err)
	}
	part.Status, part.StatusDescription = nil, nil
	part.Stable, part.Version, part.SubmitTime, part.Stop = nil, nil, nil, nil
	part.CreateIndex, part.ModifyIndex, part.JobModifyIndex = nil, nil, nil
	part.NomadTokenID, part.VersionTag = nil, nil
	part.Dispatched = false
	return part, nil
}

// Lists of words in which the order means nothing; in all others (a command's arguments) it does.
var wordSets = []string{"Datacenters", "Tags", "CanaryTags"}

// order sorts what Nomad treats as a set and drops what is empty. A driver's Config is left alone:
// what order means there is the driver's business.
func order(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if name == "Config" {
			return v
		}
		tree := map[string]any{}
		for key, item := range v {
			if item = order(key, item); item != nil {
				tree[key] = item
			}
		}
		return tree
	case []any:
		if len(v) == 0 {
			return nil
		}
		items := []any{}
		objects := true
		for _, item := range v {
			_, isObject := item.(map[string]any)
			objects = objects && isObject
			items = append(items, order("", item))
		}
		if objects || slices.Contains(wordSets, name) {
			slices.SortStableFunc(items, func(a, b any) int { return bytes.Compare(text(a), text(b)) })
		}
		return items
	default:
		return v
	}
}

func text(v any) []byte {
	// What came out of json.Unmarshal can always be written again.
	b, _ := json.Marshal(v)
	return b
}
