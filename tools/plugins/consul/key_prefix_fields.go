package consul

import (
	"maps"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// KeyPrefixArgs is what is declared of them.
type KeyPrefixArgs struct {
	Datacenter       *string           `pulumi:"datacenter,optional"`
	Namespace        *string           `pulumi:"namespace,optional"`
	Partition        *string           `pulumi:"partition,optional"`
	PathPrefix       string            `pulumi:"pathPrefix"`
	SubkeyCollection []Subkey          `pulumi:"subkeyCollection,optional"`
	Subkeys          map[string]string `pulumi:"subkeys,optional"`
	Token            *string           `pulumi:"token,optional" provider:"secret"`
}

// KeyPrefixState is what is known of them.
type KeyPrefixState = KeyPrefixArgs

// Subkey is a key with flags.
type Subkey struct {
	Flags *int   `pulumi:"flags,optional"`
	Path  string `pulumi:"path"`
	Value string `pulumi:"value"`
}

// Annotate names the type.
func (k *Subkey) Annotate(a infer.Annotator) {
	a.SetToken("index/KeyPrefixSubkeyCollection", "KeyPrefixSubkeyCollection")
}

var declaredOfKeyPrefix = []string{
	"datacenter", "namespace", "partition", "pathPrefix", "subkeyCollection", "subkeys", "token",
}

func (k KeyPrefixArgs) place() place {
	return place{k.Datacenter, k.Namespace, k.Partition, k.Token}
}

type entry struct {
	value string
	flags int
}

func (k KeyPrefixArgs) entries() map[string]entry {
	all := map[string]entry{}
	for path, value := range k.Subkeys {
		all[path] = entry{value: value}
	}
	for _, key := range k.SubkeyCollection {
		all[key.Path] = entry{key.Value, plugin.Value(key.Flags)}
	}
	return all
}

// sameSubkeys compares collections as sets.
func sameSubkeys(a, b []Subkey) bool {
	return maps.Equal(KeyPrefixArgs{SubkeyCollection: a}.entries(), KeyPrefixArgs{SubkeyCollection: b}.entries())
}
