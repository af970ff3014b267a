package plugin

import (
	"context"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Rules says how a resource's declared inputs are compared with its state.
type Rules struct {
	// Replace names the inputs whose change needs a new resource.
	Replace []string
	// Same names the inputs that mean the same although they are written differently.
	Same []string
	// Filled names the inputs that the provider fills in when they are not declared.
	Filled []string
	// DeleteFirst deletes the old resource before the new one is made.
	DeleteFirst bool
}

// Diff compares what is declared with what is known, property by property. Outputs take no part:
// they change by themselves (a job's status), and that is no reason to update anything.
func Diff(ctx context.Context, declared []string, rules Rules) p.DiffResponse {
	req := requestOf(ctx)
	olds, news := resource.PropertyMap{}, resource.PropertyMap{}
	for _, name := range declared {
		before, after := req.state.Get(name), req.inputs.Get(name)
		if after.IsNull() && slices.Contains(rules.Filled, name) || slices.Contains(rules.Same, name) {
			continue
		}
		if empty(before) && empty(after) {
			continue
		}
		set(olds, name, before)
		set(news, name, after)
	}
	detailed := map[string]p.PropertyDiff{}
	for path, change := range plugin.NewDetailedDiffFromObjectDiff(olds.Diff(news), false) {
		kind := change.Kind
		if slices.Contains(rules.Replace, root(path)) {
			kind = kind.AsReplace()
		}
		detailed[path] = p.PropertyDiff{Kind: kinds[kind]}
	}
	for _, name := range declared {
		// A value that has become secret must become so in the state, too.
		if req.inputs.Get(name).HasSecrets() && !req.state.Get(name).HasSecrets() && len(detailed) == 0 {
			detailed[name] = p.PropertyDiff{Kind: p.Update}
		}
	}
	return p.DiffResponse{
		HasChanges:          len(detailed) > 0,
		DetailedDiff:        detailed,
		DeleteBeforeReplace: rules.DeleteFirst,
	}
}

var kinds = map[plugin.DiffKind]p.DiffKind{
	plugin.DiffAdd:           p.Add,
	plugin.DiffAddReplace:    p.AddReplace,
	plugin.DiffDelete:        p.Delete,
	plugin.DiffDeleteReplace: p.DeleteReplace,
	plugin.DiffUpdate:        p.Update,
	plugin.DiffUpdateReplace: p.UpdateReplace,
}

func set(m resource.PropertyMap, name string, v property.Value) {
	if !v.IsNull() {
		m[resource.PropertyKey(name)] = withoutSecrets(resource.ToResourcePropertyValue(v))
	}
}

// empty is true of what providers write for an input that is not declared.
func empty(v property.Value) bool {
	switch {
	case v.IsBool():
		return !v.AsBool()
	case v.IsString():
		return v.AsString() == ""
	case v.IsMap():
		return v.AsMap().Len() == 0
	case v.IsArray():
		return v.AsArray().Len() == 0
	default:
		return v.IsNull()
	}
}

// withoutSecrets compares values by what they are.
func withoutSecrets(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return withoutSecrets(v.SecretValue().Element)
	case v.IsOutput() && v.OutputValue().Known:
		return withoutSecrets(v.OutputValue().Element)
	case v.IsOutput():
		return resource.MakeComputed(resource.NewProperty(""))
	case v.IsArray():
		items := []resource.PropertyValue{}
		for _, item := range v.ArrayValue() {
			items = append(items, withoutSecrets(item))
		}
		return resource.NewProperty(items)
	case v.IsObject():
		items := resource.PropertyMap{}
		for name, item := range v.ObjectValue() {
			items[name] = withoutSecrets(item)
		}
		return resource.NewProperty(items)
	default:
		return v
	}
}

func root(path string) string {
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return path
	}
	return path[:end]
}

func ignoreChanges(inputs, state property.Map, names []string) property.Map {
	for _, name := range names {
		if v, ok := state.GetOk(name); ok {
			inputs = inputs.Set(name, v)
		}
	}
	return inputs
}

// diffConfig never asks for a new provider: replacing one replaces all its resources, and another
// address or token of the same cluster is no reason to take a running job down.
func diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	olds := resource.ToResourcePropertyValue(property.New(req.State)).ObjectValue()
	news := resource.ToResourcePropertyValue(property.New(req.Inputs)).ObjectValue()
	detailed := map[string]p.PropertyDiff{}
	for path, change := range plugin.NewDetailedDiffFromObjectDiff(olds.Diff(news), false) {
		detailed[path] = p.PropertyDiff{Kind: kinds[change.Kind], InputDiff: true}
	}
	return p.DiffResponse{HasChanges: len(detailed) > 0, DetailedDiff: detailed}, nil
}
