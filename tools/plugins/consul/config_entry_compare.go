package consul

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/hashicorp/consul/api"
)

// sameEntry compares entries as the server would read them.
func sameEntry(a, b ConfigEntryArgs) bool {
	before, err := meaning(a)
	if err != nil {
		return false
	}
	after, err := meaning(b)
	return err == nil && reflect.DeepEqual(before, after)
}

func meaning(c ConfigEntryArgs) (any, error) {
	payload, err := c.payload()
	if err != nil {
		return nil, err
	}
	entry, err := api.DecodeConfigEntry(payload)
	if err != nil {
		return nil, err
	}
	return essence(entry)
}

// entryText is an entry of Consul as one would declare it.
func entryText(entry api.ConfigEntry) (string, error) {
	content, err := essence(entry)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("writing %s %q as JSON: %w", entry.GetKind(), entry.GetName(), err)
	}
	return string(text), nil
}

// essence is an entry's content without what says which entry it is and what Consul keeps of it.
func essence(entry api.ConfigEntry) (any, error) {
	text, err := json.Marshal(entry)
	if err != nil {
		return nil, fmt.Errorf("writing %s %q as JSON: %w", entry.GetKind(), entry.GetName(), err)
	}
	content := map[string]any{}
	if err := json.Unmarshal(text, &content); err != nil {
		return nil, fmt.Errorf("reading %s %q: %w", entry.GetKind(), entry.GetName(), err)
	}
	for _, name := range []string{"Kind", "Name", "Namespace", "Partition", "CreateIndex", "ModifyIndex", "Hash"} {
		delete(content, name)
	}
	return declarable(content), nil
}

// Consul writes these into the parts of an entry when they are not declared.
var filledByConsul = map[string]any{"Type": "consul", "Protocol": "tcp"}

// Consul counts these itself.
var countedByConsul = map[string]bool{"Precedence": true, "LegacyID": true}

// declarable drops all that says the same as nothing. Numbers and booleans stay: where absence means
// something else than zero, the client writes only what is there.
func declarable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			item = declarable(item)
			if item == nil || countedByConsul[name] || filledByConsul[name] == item {
				continue
			}
			out[name] = item
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, declarable(item))
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case string:
		if v == "" {
			return nil
		}
	}
	return v
}
