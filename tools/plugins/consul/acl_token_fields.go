package consul

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// AclTokenArgs is what is declared of a token.
type AclTokenArgs struct {
	AccessorId        *string                   `pulumi:"accessorId,optional"`
	Description       *string                   `pulumi:"description,optional"`
	ExpirationTime    *string                   `pulumi:"expirationTime,optional"`
	Local             *bool                     `pulumi:"local,optional"`
	Namespace         *string                   `pulumi:"namespace,optional"`
	NodeIdentities    []AclTokenNodeIdentity    `pulumi:"nodeIdentities,optional"`
	Partition         *string                   `pulumi:"partition,optional"`
	Policies          []string                  `pulumi:"policies,optional"`
	Roles             []string                  `pulumi:"roles,optional"`
	ServiceIdentities []AclTokenServiceIdentity `pulumi:"serviceIdentities,optional"`
	TemplatedPolicies []AclTokenTemplatedPolicy `pulumi:"templatedPolicies,optional"`
}

// AclTokenState is what is known of it. Its secret is not: getAclTokenSecretId asks for that.
type AclTokenState = AclTokenArgs

// AclTokenNodeIdentity gives the token what a node's agent may do.
type AclTokenNodeIdentity struct {
	Datacenter string `pulumi:"datacenter"`
	NodeName   string `pulumi:"nodeName"`
}

// AclTokenServiceIdentity gives the token what a service may do.
type AclTokenServiceIdentity struct {
	Datacenters []string `pulumi:"datacenters,optional"`
	ServiceName string   `pulumi:"serviceName"`
}

// AclTokenTemplatedPolicy gives the token what a template of Consul's says.
type AclTokenTemplatedPolicy struct {
	Datacenters       []string                                  `pulumi:"datacenters,optional"`
	TemplateName      string                                    `pulumi:"templateName"`
	TemplateVariables *AclTokenTemplatedPolicyTemplateVariables `pulumi:"templateVariables,optional"`
}

// AclTokenTemplatedPolicyTemplateVariables is for whom a template is filled in.
type AclTokenTemplatedPolicyTemplateVariables struct {
	Name *string `pulumi:"name,optional"`
}

var declaredOfAclToken = []string{
	"accessorId", "description", "expirationTime", "local", "namespace", "nodeIdentities", "partition",
	"policies", "roles", "serviceIdentities", "templatedPolicies",
}

// Annotate names the type.
func (i *AclTokenNodeIdentity) Annotate(a infer.Annotator) {
	a.SetToken("index/AclTokenNodeIdentity", "AclTokenNodeIdentity")
}

// Annotate names the type.
func (i *AclTokenServiceIdentity) Annotate(a infer.Annotator) {
	a.SetToken("index/AclTokenServiceIdentity", "AclTokenServiceIdentity")
}

// Annotate names the type.
func (p *AclTokenTemplatedPolicy) Annotate(a infer.Annotator) {
	a.SetToken("index/AclTokenTemplatedPolicy", "AclTokenTemplatedPolicy")
}

// Annotate names the type.
func (v *AclTokenTemplatedPolicyTemplateVariables) Annotate(a infer.Annotator) {
	a.SetToken("index/AclTokenTemplatedPolicyTemplateVariables", "AclTokenTemplatedPolicyTemplateVariables")
}

func (t AclTokenArgs) place() place { return place{namespace: t.Namespace, partition: t.Partition} }

// expiry reads the declared time; none is nil.
func (t AclTokenArgs) expiry() (*time.Time, error) {
	if plugin.Value(t.ExpirationTime) == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, *t.ExpirationTime)
	if err != nil {
		return nil, fmt.Errorf("it is not a time such as 2030-01-31T12:00:00Z: %w", err)
	}
	return &at, nil
}

// apply writes what can be changed of a token.
func (t AclTokenArgs) apply(token *api.ACLToken) {
	token.Description = plugin.Value(t.Description)
	token.Policies, token.Roles = nil, nil
	for _, name := range t.Policies {
		token.Policies = append(token.Policies, &api.ACLTokenPolicyLink{Name: name})
	}
	for _, name := range t.Roles {
		token.Roles = append(token.Roles, &api.ACLTokenRoleLink{Name: name})
	}
	token.NodeIdentities, token.ServiceIdentities, token.TemplatedPolicies = nil, nil, nil
	for _, one := range t.NodeIdentities {
		token.NodeIdentities = append(token.NodeIdentities, &api.ACLNodeIdentity{
			NodeName: one.NodeName, Datacenter: one.Datacenter,
		})
	}
	for _, one := range t.ServiceIdentities {
		token.ServiceIdentities = append(token.ServiceIdentities, &api.ACLServiceIdentity{
			ServiceName: one.ServiceName, Datacenters: one.Datacenters,
		})
	}
	for _, one := range t.TemplatedPolicies {
		policy := &api.ACLTemplatedPolicy{TemplateName: one.TemplateName, Datacenters: one.Datacenters}
		if name := plugin.Value(plugin.Value(one.TemplateVariables).Name); name != "" {
			policy.TemplateVariables = &api.ACLTemplatedPolicyVariables{Name: name}
		}
		token.TemplatedPolicies = append(token.TemplatedPolicies, policy)
	}
}

// describe fills in what Consul says of the token, as it was declared where that means the same.
func (t *AclTokenState) describe(token *api.ACLToken) {
	known := *t
	t.AccessorId, t.Local = &token.AccessorID, &token.Local
	t.Description = plugin.Optional(token.Description)
	if at, _ := known.expiry(); token.ExpirationTime != nil && (at == nil || !at.Equal(*token.ExpirationTime)) {
		t.ExpirationTime = plugin.Optional(token.ExpirationTime.Format(time.RFC3339))
	}
	t.NodeIdentities, t.ServiceIdentities, t.TemplatedPolicies = nil, nil, nil
	policies, roles := []string{}, []string{}
	for _, one := range token.Policies {
		policies = append(policies, one.Name)
	}
	for _, one := range token.Roles {
		roles = append(roles, one.Name)
	}
	t.Policies, t.Roles = plugin.InOrder(known.Policies, policies), plugin.InOrder(known.Roles, roles)
	for _, one := range token.NodeIdentities {
		t.NodeIdentities = append(t.NodeIdentities, AclTokenNodeIdentity{one.Datacenter, one.NodeName})
	}
	for _, one := range token.ServiceIdentities {
		t.ServiceIdentities = append(t.ServiceIdentities, AclTokenServiceIdentity{one.Datacenters, one.ServiceName})
	}
	for _, one := range token.TemplatedPolicies {
		policy := AclTokenTemplatedPolicy{Datacenters: one.Datacenters, TemplateName: one.TemplateName}
		if one.TemplateVariables != nil {
			policy.TemplateVariables = &AclTokenTemplatedPolicyTemplateVariables{&one.TemplateVariables.Name}
		}
		t.TemplatedPolicies = append(t.TemplatedPolicies, policy)
	}
	same := sameGrants(known, *t)
	if same["nodeIdentities"] {
		t.NodeIdentities = known.NodeIdentities
	}
	if same["serviceIdentities"] {
		t.ServiceIdentities = known.ServiceIdentities
	}
	if same["templatedPolicies"] {
		t.TemplatedPolicies = known.TemplatedPolicies
	}
}

// sameGrants says which inputs give the same rights, however they are written.
func sameGrants(a, b AclTokenArgs) map[string]bool {
	before, after := &api.ACLToken{}, &api.ACLToken{}
	a.apply(before)
	b.apply(after)
	return map[string]bool{
		"policies":          plugin.SameSet(a.Policies, b.Policies),
		"roles":             plugin.SameSet(a.Roles, b.Roles),
		"nodeIdentities":    sameJSON(before.NodeIdentities, after.NodeIdentities),
		"serviceIdentities": sameJSON(before.ServiceIdentities, after.ServiceIdentities),
		"templatedPolicies": sameJSON(before.TemplatedPolicies, after.TemplatedPolicies),
	}
}

func sameJSON(a, b any) bool {
	before, err1 := json.Marshal(a)
	after, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(before) == string(after)
}
