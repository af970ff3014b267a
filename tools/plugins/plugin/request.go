package plugin

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

type requestKey struct{}

// request is what the engine sent. infer hands decoded structs to a resource, in which an unknown
// value is an empty one and an absent value a zero one; both differences matter here.
type request struct {
	state   property.Map
	inputs  property.Map
	timeout float64
	// seed is the same for the preview and the run after it.
	seed []byte
}

func withRequest(ctx context.Context, r request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

func requestOf(ctx context.Context) request {
	r, _ := ctx.Value(requestKey{}).(request)
	return r
}

// Unknown says whether one of the named inputs is not (wholly) known yet.
func Unknown(ctx context.Context, names ...string) bool {
	inputs := requestOf(ctx).inputs
	for _, name := range names {
		if v, ok := inputs.GetOk(name); ok && v.HasComputed() {
			return true
		}
	}
	return false
}

// Timeout is the resource's customTimeouts value for this operation, or the given default.
func Timeout(ctx context.Context, otherwise time.Duration) time.Duration {
	if seconds := requestOf(ctx).timeout; seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	return otherwise
}

// Secrets are the texts that are secret in one of the inputs, for what must not show them.
func Secrets(ctx context.Context, name string) []string {
	return secretsIn(requestOf(ctx).inputs.Get(name), false)
}

func secretsIn(v property.Value, within bool) []string {
	within = within || v.Secret()
	found := []string{}
	switch {
	case v.IsString() && within:
		found = append(found, v.AsString())
	case v.IsArray():
		for _, item := range v.AsArray().All {
			found = append(found, secretsIn(item, within)...)
		}
	case v.IsMap():
		for _, item := range v.AsMap().All {
			found = append(found, secretsIn(item, within)...)
		}
	}
	return found
}
