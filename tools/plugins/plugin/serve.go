package plugin

import (
	"context"
	"fmt"
	"os"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	pprovider "github.com/pulumi/pulumi/pkg/v3/resource/provider"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Main is a plugin's whole program: it builds the provider and answers the engine until it is done.
func Main(name, version string, build func() (p.Provider, error)) {
	provider, err := build()
	if err == nil {
		err = serve(name, version, provider)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(name, version string, provider p.Provider) error {
	return pprovider.MainContext(context.Background(), name, func(host *pprovider.HostClient) (rpc.ResourceProviderServer, error) {
		server, err := p.RawServer(name, version, provider)(host)
		return corrected{server}, err
	})
}

// corrected puts right what the framework answers and this engine does not expect.
type corrected struct{ rpc.ResourceProviderServer }

// CheckConfig drops the mark that the framework leaves in the provider's settings: the engine keeps
// that name to itself and warns of it in each run.
func (c corrected) CheckConfig(ctx context.Context, req *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	resp, err := c.ResourceProviderServer.CheckConfig(ctx, req)
	if err == nil {
		delete(resp.GetInputs().GetFields(), "__internal")
	}
	return resp, err
}

// Diff names whole properties where the engine wants them, not paths into them, which it would show
// as no change.
func (c corrected) Diff(ctx context.Context, req *rpc.DiffRequest) (*rpc.DiffResponse, error) {
	resp, err := c.ResourceProviderServer.Diff(ctx, req)
	if err == nil {
		resp.Diffs, resp.Replaces = roots(resp.GetDiffs()), roots(resp.GetReplaces())
	}
	return resp, err
}

func roots(paths []string) []string {
	names := []string{}
	for _, path := range paths {
		names = append(names, root(path))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
