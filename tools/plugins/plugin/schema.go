package plugin

import (
	"context"
	"encoding/json"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Schema asks a provider for its schema the way the engine does.
func Schema(name, version string, provider p.Provider) (schema.PackageSpec, error) {
	server, err := p.RawServer(name, version, provider)(nil)
	if err != nil {
		return schema.PackageSpec{}, fmt.Errorf("starting provider %s: %w", name, err)
	}
	resp, err := server.GetSchema(context.Background(), &rpc.GetSchemaRequest{})
	if err != nil {
		return schema.PackageSpec{}, fmt.Errorf("asking provider %s for its schema: %w", name, err)
	}
	spec := schema.PackageSpec{}
	if err := json.Unmarshal([]byte(resp.GetSchema()), &spec); err != nil {
		return schema.PackageSpec{}, fmt.Errorf("reading the schema of provider %s: %w", name, err)
	}
	return spec, nil
}
