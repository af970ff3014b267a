package nomad

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"

	"nary.local/tools/plugins/plugin"
)

const (
	clientToken     = "client"
	managementToken = "management"
)

// failures says in a preview, and of which input, what Nomad would say of the whole token when it is
// made.
func (t AclTokenArgs) failures(ctx context.Context) []p.CheckFailure {
	failures := []p.CheckFailure{}
	refuse := func(property, reason string) {
		failures = append(failures, p.CheckFailure{Property: property, Reason: reason})
	}
	if _, err := ttl(t.ExpirationTtl); err != nil {
		refuse("expirationTtl", err.Error())
	}
	if plugin.Unknown(ctx, "type", "policies", "roles") {
		return failures
	}
	may := len(t.Policies) > 0 || len(t.Roles) > 0
	switch {
	case t.Type != clientToken && t.Type != managementToken:
		refuse("type", "it must be client or management")
	case t.Type == clientToken && !may:
		refuse("policies", "a client token needs policies or roles")
	case t.Type == managementToken && may:
		refuse("policies", "a management token cannot have policies or roles")
	}
	return failures
}
