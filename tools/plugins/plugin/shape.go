package plugin

import (
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// shapes knows each resource's properties. The official provider writes properties of its own into
// the state (__meta, __defaults, those of newer versions) and may lack some of ours; infer refuses
// both, so a state is brought into shape first.
type shapes map[tokens.Type]schema.ResourceSpec

func readShapes(name, version string, provider p.Provider) (shapes, error) {
	spec, err := Schema(name, version, provider)
	if err != nil {
		return nil, err
	}
	known := shapes{}
	for token, r := range spec.Resources {
		known[tokens.Type(token)] = r
	}
	return known, nil
}

func (s shapes) inputs(urn resource.URN, m property.Map) property.Map {
	return keep(m, s[urn.Type()].InputProperties)
}

func (s shapes) state(urn resource.URN, m property.Map) property.Map {
	spec := s[urn.Type()]
	m = keep(m, spec.Properties)
	for name, v := range m.All {
		_, declared := spec.InputProperties[name]
		// Nested outputs differ between versions and are never read back: only whether they are
		// secret has to survive.
		if !declared && !v.IsComputed() && (v.IsArray() || v.IsMap()) {
			m = m.Set(name, zero(spec.Properties[name]).WithSecret(v.HasSecrets()))
		}
	}
	for _, name := range spec.Required {
		if v, ok := m.GetOk(name); !ok || v.IsNull() {
			m = m.Set(name, zero(spec.Properties[name]))
		}
	}
	return m
}

// secretInputs and secretState mark what a schema says is secret. infer does so for declared inputs
// only: what is read from the server would be written to the state as plain text.
func (s shapes) secretInputs(urn resource.URN, m property.Map) property.Map {
	return secret(m, s[urn.Type()].InputProperties)
}

func (s shapes) secretState(urn resource.URN, m property.Map) property.Map {
	return secret(m, s[urn.Type()].Properties)
}

func secret(m property.Map, known map[string]schema.PropertySpec) property.Map {
	for name, v := range m.All {
		if known[name].Secret && !v.IsNull() {
			m = m.Set(name, v.WithSecret(true))
		}
	}
	return m
}

func keep(m property.Map, known map[string]schema.PropertySpec) property.Map {
	for name, v := range m.All {
		if _, ok := known[name]; !ok {
			m = m.Delete(name)
			continue
		}
		m = m.Set(name, withoutMarks(v))
	}
	return m
}

// withoutMarks drops nested bookkeeping such as __defaults.
func withoutMarks(v property.Value) property.Value {
	switch {
	case v.IsMap():
		clean := map[string]property.Value{}
		for name, item := range v.AsMap().All {
			if !strings.HasPrefix(name, "__") {
				clean[name] = withoutMarks(item)
			}
		}
		return property.New(clean).WithSecret(v.Secret())
	case v.IsArray():
		clean := []property.Value{}
		for _, item := range v.AsArray().All {
			clean = append(clean, withoutMarks(item))
		}
		return property.New(clean).WithSecret(v.Secret())
	default:
		return v
	}
}

func zero(spec schema.PropertySpec) property.Value {
	switch spec.Type {
	case "string":
		return property.New("")
	case "boolean":
		return property.New(false)
	case "integer", "number":
		return property.New(0.0)
	case "array":
		return property.New([]property.Value{})
	default:
		return property.New(map[string]property.Value{})
	}
}
