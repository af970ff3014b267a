package nomad

import (
	"time"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclTokenArgs is what is declared of a token.
type AclTokenArgs struct {
	ExpirationTtl *string        `pulumi:"expirationTtl,optional"`
	Global        *bool          `pulumi:"global,optional"`
	Name          *string        `pulumi:"name,optional"`
	Policies      []string       `pulumi:"policies,optional"`
	Roles         []AclTokenRole `pulumi:"roles,optional"`
	Type          string         `pulumi:"type"`
}

// AclTokenState is what is known of it.
type AclTokenState struct {
	AccessorId     string         `pulumi:"accessorId"`
	CreateTime     string         `pulumi:"createTime"`
	ExpirationTime string         `pulumi:"expirationTime"`
	ExpirationTtl  *string        `pulumi:"expirationTtl,optional"`
	Global         *bool          `pulumi:"global,optional"`
	Name           string         `pulumi:"name"`
	Policies       []string       `pulumi:"policies,optional"`
	Roles          []AclTokenRole `pulumi:"roles,optional"`
	SecretId       string         `pulumi:"secretId" provider:"secret"`
	Type           string         `pulumi:"type"`
}

// AclTokenRole is a role that the token has.
type AclTokenRole struct {
	Id   string  `pulumi:"id"`
	Name *string `pulumi:"name,optional"`
}

var declaredOfAclToken = []string{"expirationTtl", "global", "name", "policies", "roles", "type"}

// Annotate documents the inputs.
func (t *AclTokenArgs) Annotate(a infer.Annotator) {
	a.Describe(&t.ExpirationTtl, "Provides a TTL for the token in the form of a time duration such as \"5m\" or \"1h\".")
	a.Describe(&t.Global, "Whether the token should be replicated to all regions, or if it will only be used in the region it was created in. Default: false.")
	a.Describe(&t.Name, "A human-friendly name for this token.")
	a.Describe(&t.Policies, "A set of policy names to associate with this token. Policies do not need to exist before being used here.")
	a.Describe(&t.Roles, "The roles that are applied to the token.")
	a.Describe(&t.Type, "The type of token this is: client for tokens that have policies or roles, management for tokens that can perform any action.")
}

// Annotate documents the outputs.
func (t *AclTokenState) Annotate(a infer.Annotator) {
	a.Describe(&t.AccessorId, "A non-sensitive identifier for this token that can be logged and shared safely without granting any access to the cluster.")
	a.Describe(&t.CreateTime, "The timestamp the token was created.")
	a.Describe(&t.ExpirationTime, "The timestamp after which the token is considered expired and eligible for destruction.")
	a.Describe(&t.ExpirationTtl, "Provides a TTL for the token in the form of a time duration such as \"5m\" or \"1h\".")
	a.Describe(&t.Global, "Whether the token should be replicated to all regions, or if it will only be used in the region it was created in.")
	a.Describe(&t.Name, "A human-friendly name for this token.")
	a.Describe(&t.Policies, "A set of policy names to associate with this token.")
	a.Describe(&t.Roles, "The roles that are applied to the token.")
	a.Describe(&t.SecretId, "The token value itself, which is presented for access to the cluster.")
	a.Describe(&t.Type, "The type of token this is: client or management.")
}

// Annotate names the type and documents it.
func (r *AclTokenRole) Annotate(a infer.Annotator) {
	a.SetToken("index/AclTokenRole", "AclTokenRole")
	a.Describe(&r.Id, "The ID of the ACL role to link.")
	a.Describe(&r.Name, "The name of the role, as Nomad says it.")
}

// declare takes over what is declared.
func (t *AclTokenState) declare(args AclTokenArgs) {
	t.ExpirationTtl, t.Global, t.Name = args.ExpirationTtl, args.Global, plugin.Value(args.Name)
	t.Policies, t.Roles, t.Type = args.Policies, args.Roles, args.Type
}

func (t AclTokenState) args() AclTokenArgs {
	return AclTokenArgs{t.ExpirationTtl, t.Global, &t.Name, t.Policies, t.Roles, t.Type}
}

// describe fills in what Nomad says of the token, as it was declared where that means the same.
func (t *AclTokenState) describe(token *api.ACLToken) {
	t.AccessorId, t.SecretId, t.Name, t.Type = token.AccessorID, token.SecretID, token.Name, token.Type
	t.CreateTime, t.ExpirationTime = token.CreateTime.UTC().String(), ""
	if token.ExpirationTime != nil {
		t.ExpirationTime = token.ExpirationTime.UTC().Format(time.RFC3339)
	}
	if duration, _ := ttl(t.ExpirationTtl); duration != token.ExpirationTTL {
		t.ExpirationTtl = plugin.Optional(token.ExpirationTTL.String())
	}
	t.Global = &token.Global
	t.Policies = plugin.InOrder(t.Policies, token.Policies)
	found := []AclTokenRole{}
	for _, link := range token.Roles {
		found = append(found, AclTokenRole{Id: link.ID, Name: plugin.Optional(link.Name)})
	}
	if !plugin.SameSet(roleIDs(t.Roles), roleIDs(found)) {
		t.Roles = found
	}
}

// ttl reads a declared time to live; none is 0.
func ttl(declared *string) (time.Duration, error) {
	if plugin.Value(declared) == "" {
		return 0, nil
	}
	return time.ParseDuration(*declared)
}

func roleIDs(roles []AclTokenRole) []string {
	ids := []string{}
	for _, role := range roles {
		ids = append(ids, role.Id)
	}
	return ids
}
