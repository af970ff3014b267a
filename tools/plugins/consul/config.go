package consul

import (
	"context"

	"github.com/hashicorp/consul/api"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Config is how the cluster is reached.
type Config struct {
	Address       *string           `pulumi:"address,optional"`
	AuthJwt       *AuthJwt          `pulumi:"authJwt,optional"`
	AuthLoginAws  map[string]string `pulumi:"authLoginAws,optional"`
	CaFile        *string           `pulumi:"caFile,optional"`
	CaPath        *string           `pulumi:"caPath,optional"`
	CaPem         *string           `pulumi:"caPem,optional"`
	CertFile      *string           `pulumi:"certFile,optional"`
	CertPem       *string           `pulumi:"certPem,optional"`
	Datacenter    *string           `pulumi:"datacenter,optional"`
	Headers       []Header          `pulumi:"headers,optional" provider:"secret"`
	HttpAuth      *string           `pulumi:"httpAuth,optional"`
	InsecureHttps *bool             `pulumi:"insecureHttps,optional"`
	KeyFile       *string           `pulumi:"keyFile,optional"`
	KeyPem        *string           `pulumi:"keyPem,optional"`
	Namespace     *string           `pulumi:"namespace,optional"`
	Scheme        *string           `pulumi:"scheme,optional"`
	Token         *string           `pulumi:"token,optional" provider:"secret"`

	client *api.Client
}

// Header is sent with each request.
type Header struct {
	Name  string `pulumi:"name"`
	Value string `pulumi:"value"`
}

// AuthJwt exchanges a token of another issuer for one of Consul.
type AuthJwt struct {
	AuthMethod                        string            `pulumi:"authMethod"`
	BearerToken                       *string           `pulumi:"bearerToken,optional"`
	Meta                              map[string]string `pulumi:"meta,optional"`
	UseTerraformCloudWorkloadIdentity *bool             `pulumi:"useTerraformCloudWorkloadIdentity,optional"`
}

// Annotate names the type.
func (h *Header) Annotate(a infer.Annotator) { a.SetToken("index/ProviderHeader", "ProviderHeader") }

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
