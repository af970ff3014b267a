package consul

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// withResults adds what the official functions return besides, and infer does not let a result have:
// an ID, and the mark of a secret.
func withResults(provider p.Provider) p.Provider {
	inner := provider.Invoke
	provider.Invoke = func(ctx context.Context, req p.InvokeRequest) (p.InvokeResponse, error) {
		resp, err := inner(ctx, req)
		if err != nil || len(resp.Failures) > 0 {
			return resp, err
		}
		resp.Return = resp.Return.Set("id", property.New("-"))
		if secret, ok := resp.Return.GetOk("secretId"); ok {
			resp.Return = resp.Return.Set("secretId", secret.WithSecret(true))
		}
		return resp, nil
	}
	return provider
}
