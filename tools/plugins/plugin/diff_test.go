package plugin

import (
	"context"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func diffOf(state, inputs map[string]property.Value, rules Rules) p.DiffResponse {
	ctx := withRequest(context.Background(), request{state: property.NewMap(state), inputs: property.NewMap(inputs)})
	return Diff(ctx, []string{"a", "b"}, rules)
}

func TestDiff(t *testing.T) {
	one, two := property.New("1"), property.New("2")
	values := func(a property.Value) map[string]property.Value { return map[string]property.Value{"a": a} }
	cases := map[string]struct {
		state, inputs map[string]property.Value
		rules         Rules
		want          map[string]p.DiffKind
	}{
		"equal":                   {values(one), values(one), Rules{}, nil},
		"changed":                 {values(one), values(two), Rules{}, map[string]p.DiffKind{"a": p.Update}},
		"changed, needs another":  {values(one), values(two), Rules{Replace: []string{"a"}}, map[string]p.DiffKind{"a": p.UpdateReplace}},
		"changed, means the same": {values(one), values(two), Rules{Same: []string{"a"}}, nil},
		"filled in":               {values(one), nil, Rules{Filled: []string{"a"}}, nil},
		"no longer declared":      {values(one), nil, Rules{}, map[string]p.DiffKind{"a": p.Delete}},
		"absent and false":        {values(property.New(false)), nil, Rules{}, nil},
		"an output":               {map[string]property.Value{"status": one}, nil, Rules{}, nil},
		"unknown":                 {values(one), values(property.New(property.Computed)), Rules{}, map[string]p.DiffKind{"a": p.Update}},
		"has become secret":       {values(one), values(one.WithSecret(true)), Rules{}, map[string]p.DiffKind{"a": p.Update}},
		"is no longer secret":     {values(one.WithSecret(true)), values(one), Rules{}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			resp := diffOf(c.state, c.inputs, c.rules)
			if resp.HasChanges != (len(c.want) > 0) || len(resp.DetailedDiff) != len(c.want) {
				t.Fatalf("got %v, want %v", resp.DetailedDiff, c.want)
			}
			for path, kind := range c.want {
				if resp.DetailedDiff[path].Kind != kind {
					t.Errorf("%s: got %v, want %v", path, resp.DetailedDiff[path].Kind, kind)
				}
			}
		})
	}
}
