package consul

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// KeysArgs is what is declared of them.
type KeysArgs struct {
	Datacenter *string `pulumi:"datacenter,optional"`
	Keys       []Key   `pulumi:"keys,optional"`
	Namespace  *string `pulumi:"namespace,optional"`
	Partition  *string `pulumi:"partition,optional"`
	Token      *string `pulumi:"token,optional" provider:"secret"`
}

// KeysState is what is known of them.
type KeysState struct {
	KeysArgs
	Var map[string]string `pulumi:"var"`
}

// Key is one key, written or (if it has a name and no value) read.
type Key struct {
	Default *string `pulumi:"default,optional"`
	Delete  *bool   `pulumi:"delete,optional"`
	Flags   *int    `pulumi:"flags,optional"`
	Name    *string `pulumi:"name,optional"`
	Path    string  `pulumi:"path"`
	Value   *string `pulumi:"value,optional"`
}

// Annotate names the type.
func (k *Key) Annotate(a infer.Annotator) { a.SetToken("index/KeysKey", "KeysKey") }

var declaredOfKeys = []string{"datacenter", "keys", "namespace", "partition", "token"}

func (k KeysArgs) place() place {
	return place{k.Datacenter, k.Namespace, k.Partition, k.Token}
}

// readOnly is true of a key whose value is only looked up.
func (k Key) readOnly() bool {
	return plugin.Value(k.Name) != "" && plugin.Value(k.Value) == ""
}

// flat is the key's content, to compare keys however they are written.
func (k Key) flat() flatKey {
	return flatKey{
		k.Path, plugin.Value(k.Name), plugin.Value(k.Value), plugin.Value(k.Default),
		plugin.Value(k.Flags), plugin.Value(k.Delete),
	}
}

type flatKey struct {
	path, name, value, otherwise string
	flags                        int
	remove                       bool
}

func flatKeys(keys []Key) []flatKey {
	out := []flatKey{}
	for _, key := range keys {
		out = append(out, key.flat())
	}
	slices.SortFunc(out, func(a, b flatKey) int {
		return strings.Compare(a.path+"\x00"+a.name, b.path+"\x00"+b.name)
	})
	return out
}
