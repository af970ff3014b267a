package plugin

import (
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

var (
	urn   = resource.NewURN("stack", "project", "", "p:index/thing:Thing", "name")
	thing = shapes{"p:index/thing:Thing": {
		InputProperties: map[string]schema.PropertySpec{"in": {TypeSpec: schema.TypeSpec{Ref: "#/types/x"}}},
		ObjectTypeSpec: schema.ObjectTypeSpec{
			Properties: map[string]schema.PropertySpec{
				"in":     {TypeSpec: schema.TypeSpec{Ref: "#/types/x"}},
				"count":  {TypeSpec: schema.TypeSpec{Type: "integer"}},
				"groups": {TypeSpec: schema.TypeSpec{Type: "array"}},
			},
			Required: []string{"count", "groups"},
		},
	}}
)

func TestStateOfAnotherProviderIsBroughtIntoShape(t *testing.T) {
	in := property.New(map[string]property.Value{"a": property.New("1"), "__defaults": property.New("x")})
	state := thing.state(urn, property.NewMap(map[string]property.Value{
		"__meta": property.New("{}"),
		"in":     in,
		"groups": property.New([]property.Value{property.New("unheard").WithSecret(true)}),
	}))
	if _, ok := state.GetOk("__meta"); ok {
		t.Error("__meta was kept")
	}
	if got := state.Get("in").AsMap(); got.Len() != 1 || got.Get("a").AsString() != "1" {
		t.Errorf("the input became %v", got)
	}
	if got := state.Get("count"); !got.IsNumber() {
		t.Errorf("the missing count became %v", got)
	}
	if got := state.Get("groups"); got.AsArray().Len() != 0 || !got.Secret() {
		t.Errorf("groups became %#v, want an empty secret list", got)
	}
}

func TestWhatTheSchemaCallsSecretIsMarked(t *testing.T) {
	known := shapes{"p:index/thing:Thing": {
		InputProperties: map[string]schema.PropertySpec{"token": {Secret: true}, "name": {}},
		ObjectTypeSpec:  schema.ObjectTypeSpec{Properties: map[string]schema.PropertySpec{"key": {Secret: true}, "name": {}}},
	}}
	read := property.NewMap(map[string]property.Value{
		"token": property.New("t"), "key": property.New("k"), "name": property.New("n"),
	})
	inputs, state := known.secretInputs(urn, read), known.secretState(urn, read)
	if !inputs.Get("token").Secret() || inputs.Get("key").Secret() || inputs.Get("name").Secret() {
		t.Errorf("the inputs became %#v", inputs)
	}
	if !state.Get("key").Secret() || state.Get("token").Secret() || state.Get("name").Secret() {
		t.Errorf("the state became %#v", state)
	}
}
