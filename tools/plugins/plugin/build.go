// Package plugin holds what every provider here shares: how a provider is put together, how it reads
// a state that the official provider of the same name may have written, and how declared inputs are
// compared with it.
package plugin

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Build makes the provider out of its parts.
func Build(name, version string, builder *infer.ProviderBuilder) (p.Provider, error) {
	provider, err := builder.Build()
	if err != nil {
		return p.Provider{}, fmt.Errorf("building provider %s: %w", name, err)
	}
	shapes, err := readShapes(name, version, provider)
	if err != nil {
		return p.Provider{}, err
	}
	return wrap(provider, shapes), nil
}

func wrap(provider p.Provider, shapes shapes) p.Provider {
	inner := provider
	provider.DiffConfig = diffConfig
	provider.Configure = func(ctx context.Context, req p.ConfigureRequest) error {
		return Explained(inner.Configure(ctx, req))
	}
	provider.Check = func(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
		return inner.Check(withRequest(ctx, request{inputs: req.Inputs, seed: req.RandomSeed}), req)
	}
	provider.Create = func(ctx context.Context, req p.CreateRequest) (p.CreateResponse, error) {
		resp, err := inner.Create(withRequest(ctx, request{inputs: req.Properties, timeout: req.Timeout}), req)
		resp.Properties = shapes.secretState(req.Urn, resp.Properties)
		return resp, Explained(err)
	}
	provider.Diff = func(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
		req.State = shapes.state(req.Urn, req.State)
		// For a refresh, the engine compares with inputs out of the state.
		req.Inputs = ignoreChanges(shapes.inputs(req.Urn, req.Inputs), req.State, req.IgnoreChanges)
		resp, err := inner.Diff(withRequest(ctx, request{state: req.State, inputs: req.Inputs}), req)
		return resp, Explained(err)
	}
	provider.Update = func(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
		req.State = shapes.state(req.Urn, req.State)
		req.Inputs = ignoreChanges(req.Inputs, req.State, req.IgnoreChanges)
		resp, err := inner.Update(withRequest(ctx, request{state: req.State, inputs: req.Inputs, timeout: req.Timeout}), req)
		resp.Properties = shapes.secretState(req.Urn, resp.Properties)
		return resp, Explained(err)
	}
	provider.Read = func(ctx context.Context, req p.ReadRequest) (p.ReadResponse, error) {
		// An import has no state; filling it in would make it look like one.
		if req.Properties.Len() > 0 {
			req.Properties = shapes.state(req.Urn, req.Properties)
		}
		req.Inputs = shapes.inputs(req.Urn, req.Inputs)
		resp, err := inner.Read(withRequest(ctx, request{state: req.Properties, inputs: req.Inputs}), req)
		resp.Properties = shapes.secretState(req.Urn, resp.Properties)
		resp.Inputs = shapes.secretInputs(req.Urn, resp.Inputs)
		return resp, Explained(err)
	}
	provider.Delete = func(ctx context.Context, req p.DeleteRequest) error {
		req.Properties = shapes.state(req.Urn, req.Properties)
		return Explained(inner.Delete(withRequest(ctx, request{state: req.Properties, timeout: req.Timeout}), req))
	}
	return provider
}
