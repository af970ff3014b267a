// Command sdkgen writes a Node.js SDK, as `pulumi package add` would, from a schema on standard input.
// It is a module of its own because it takes the code generator of the pinned Pulumi, of which the
// plugins need an older part only.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1:], os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader) error {
	if len(args) != 1 {
		return errors.New("usage: sdkgen FOLDER < SCHEMA")
	}
	spec := schema.PackageSpec{}
	if err := json.NewDecoder(in).Decode(&spec); err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	files, err := generate(spec)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(args[0], name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder of %s: %w", name, err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

func generate(spec schema.PackageSpec) (map[string][]byte, error) {
	language, err := json.Marshal(nodejs.NodePackageInfo{
		// The official package's settings: they decide what the generated types are called.
		Compatibility:           "tfbridge20",
		DisableUnionOutputTypes: true,
		RespectSchemaVersion:    true,
		PackageDescription:      spec.Description,
		Dependencies:            map[string]string{"@pulumi/pulumi": "^3.142.0"},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the language's settings: %w", err)
	}
	spec.Language = map[string]schema.RawMessage{"nodejs": language}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	if diagnostics.HasErrors() {
		return nil, fmt.Errorf("the schema is wrong: %w", diagnostics)
	}
	files, err := nodejs.GeneratePackage("sdkgen", pkg, nil, nil, false, nil)
	if err != nil {
		return nil, fmt.Errorf("generating the SDK: %w", err)
	}
	return files, adapt(files)
}
