// Command schema prints a provider's schema, from which its SDK is generated.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	"nary.local/tools/plugins/consul"
	"nary.local/tools/plugins/nomad"
	"nary.local/tools/plugins/plugin"
)

// The official tokens are "index/job:Job"; this says that all of it is the module "index".
const moduleFormat = "(.*)(?:/[^/]*)"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: schema %s|%s", nomad.Name, consul.Name)
	}
	spec, err := specOf(args[0])
	if err != nil {
		return err
	}
	spec.Meta = &schema.MetadataSpec{ModuleFormat: moduleFormat}
	for token, r := range spec.Resources {
		// For the static get(name, id, state) of the official package.
		r.StateInputs = &schema.ObjectTypeSpec{Type: "object", Properties: r.Properties}
		spec.Resources[token] = r
	}
	return json.NewEncoder(os.Stdout).Encode(spec)
}

func specOf(name string) (schema.PackageSpec, error) {
	switch name {
	case nomad.Name:
		return read(name, nomad.Version, nomad.New)
	case consul.Name:
		return read(name, consul.Version, consul.New)
	default:
		return schema.PackageSpec{}, fmt.Errorf("there is no provider %q", name)
	}
}

func read(name, version string, build func() (p.Provider, error)) (schema.PackageSpec, error) {
	provider, err := build()
	if err != nil {
		return schema.PackageSpec{}, err
	}
	return plugin.Schema(name, version, provider)
}
