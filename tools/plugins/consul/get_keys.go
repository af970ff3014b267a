package consul

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// GetKeys reads keys.
type GetKeys struct{}

// GetKeysArgs names them.
type GetKeysArgs struct {
	Datacenter         *string     `pulumi:"datacenter,optional"`
	ErrorOnMissingKeys *bool       `pulumi:"errorOnMissingKeys,optional"`
	Keys               []WantedKey `pulumi:"keys,optional"`
	Namespace          *string     `pulumi:"namespace,optional"`
	Partition          *string     `pulumi:"partition,optional"`
	Token              *string     `pulumi:"token,optional" provider:"secret"`
}

// GetKeysResult has their values in Var, by name.
type GetKeysResult struct {
	Datacenter         string            `pulumi:"datacenter"`
	ErrorOnMissingKeys *bool             `pulumi:"errorOnMissingKeys,optional"`
	Keys               []WantedKey       `pulumi:"keys,optional"`
	Namespace          *string           `pulumi:"namespace,optional"`
	Partition          *string           `pulumi:"partition,optional"`
	Token              *string           `pulumi:"token,optional" provider:"secret"`
	Var                map[string]string `pulumi:"var"`
}

// WantedKey is one key to read.
type WantedKey struct {
	Default *string `pulumi:"default,optional"`
	Name    string  `pulumi:"name"`
	Path    string  `pulumi:"path"`
}

// Annotate names the function.
func (g *GetKeys) Annotate(a infer.Annotator) { a.SetToken("index/getKeys", "getKeys") }

// Annotate names the type.
func (k *WantedKey) Annotate(a infer.Annotator) { a.SetToken("index/getKeysKey", "getKeysKey") }

// Invoke reads the keys. A missing one, or one that is empty, has its default.
func (*GetKeys) Invoke(ctx context.Context, req infer.FunctionRequest[GetKeysArgs]) (infer.FunctionResponse[GetKeysResult], error) {
	in := req.Input
	s := open(ctx, place{in.Datacenter, in.Namespace, in.Partition, in.Token})
	values := map[string]string{}
	for _, key := range in.Keys {
		pair, err := s.get(key.Path)
		if err != nil {
			return infer.FunctionResponse[GetKeysResult]{}, err
		}
		values[key.Name] = plugin.Value(key.Default)
		if pair != nil && len(pair.Value) > 0 {
			values[key.Name] = string(pair.Value)
		}
		if pair == nil && values[key.Name] == "" && plugin.Value(in.ErrorOnMissingKeys) {
			return infer.FunctionResponse[GetKeysResult]{}, fmt.Errorf("keys: key %q does not exist", key.Path)
		}
	}
	return infer.FunctionResponse[GetKeysResult]{Output: GetKeysResult{
		Datacenter:         s.datacenter,
		ErrorOnMissingKeys: in.ErrorOnMissingKeys,
		Keys:               in.Keys,
		Namespace:          in.Namespace,
		Partition:          in.Partition,
		Token:              in.Token,
		Var:                values,
	}}, nil
}
