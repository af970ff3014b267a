package consul

import (
	"context"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Config is how the cluster is reached.
type Config struct {
	plugin.Connection
	AuthJwt       *AuthJwt          `pulumi:"authJwt,optional"`
	AuthLoginAws  map[string]string `pulumi:"authLoginAws,optional"`
	CaPath        *string           `pulumi:"caPath,optional"`
	Datacenter    *string           `pulumi:"datacenter,optional"`
	InsecureHttps *bool             `pulumi:"insecureHttps,optional"`
	Namespace     *string           `pulumi:"namespace,optional"`
	Scheme        *string           `pulumi:"scheme,optional"`
	Token         *string           `pulumi:"token,optional" provider:"secret"`

	client *api.Client
}

// AuthJwt exchanges a token of another issuer for one of Consul.
type AuthJwt struct {
	AuthMethod                        string            `pulumi:"authMethod"`
	BearerToken                       *string           `pulumi:"bearerToken,optional" provider:"secret"`
	Meta                              map[string]string `pulumi:"meta,optional"`
	UseTerraformCloudWorkloadIdentity *bool             `pulumi:"useTerraformCloudWorkloadIdentity,optional"`
}

// Annotate names the type.
func (j *AuthJwt) Annotate(a infer.Annotator) { a.SetToken("index/ProviderAuthJwt", "ProviderAuthJwt") }

// Configure makes the client that all resources share.
func (c *Config) Configure(context.Context) error {
	client, err := connect(c)
	if err != nil {
		return err
	}
	c.client = client
	return nil
}
