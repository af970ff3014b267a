package nomad

import (
	"context"

	"github.com/hashicorp/nomad/api"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Config is how the cluster is reached.
type Config struct {
	plugin.Connection
	AuthJwt       *AuthJwt        `pulumi:"authJwt,optional"`
	IgnoreEnvVars map[string]bool `pulumi:"ignoreEnvVars,optional"`
	Region        *string         `pulumi:"region,optional"`
	SecretId      *string         `pulumi:"secretId,optional" provider:"secret"`
	SkipVerify    *bool           `pulumi:"skipVerify,optional"`

	client *api.Client
}

// AuthJwt exchanges a token of another issuer for one of Nomad.
type AuthJwt struct {
	AuthMethod string `pulumi:"authMethod"`
	LoginToken string `pulumi:"loginToken" provider:"secret"`
}

// Annotate documents the settings.
func (c *Config) Annotate(a infer.Annotator) {
	a.Describe(&c.Address, "URL of the root of the target Nomad agent. Falls back to NOMAD_ADDR.")
	a.Describe(&c.AuthJwt, "Authenticates to Nomad using a JWT authentication method.")
	a.Describe(&c.CaFile, "A path to a PEM-encoded certificate authority used to verify the remote agent's certificate. Falls back to NOMAD_CACERT.")
	a.Describe(&c.CaPem, "PEM-encoded certificate authority used to verify the remote agent's certificate.")
	a.Describe(&c.CertFile, "A path to a PEM-encoded certificate provided to the remote agent; requires use of keyFile or keyPem. Falls back to NOMAD_CLIENT_CERT.")
	a.Describe(&c.CertPem, "PEM-encoded certificate provided to the remote agent; requires use of keyFile or keyPem.")
	a.Describe(&c.Headers, "The headers to send with each Nomad request.")
	a.Describe(&c.HttpAuth, "HTTP basic auth configuration, \"user:password\". Falls back to NOMAD_HTTP_AUTH.")
	a.Describe(&c.IgnoreEnvVars, "A set of environment variables that are ignored by the provider when configuring the Nomad API client.")
	a.Describe(&c.KeyFile, "A path to a PEM-encoded private key, required if certFile or certPem is specified. Falls back to NOMAD_CLIENT_KEY.")
	a.Describe(&c.KeyPem, "PEM-encoded private key, required if certFile or certPem is specified.")
	a.Describe(&c.Region, "Region of the target Nomad agent. Falls back to NOMAD_REGION.")
	a.Describe(&c.SecretId, "ACL token secret for API requests. Falls back to NOMAD_TOKEN.")
	a.Describe(&c.SkipVerify, "Skip TLS verification on client side. Falls back to NOMAD_SKIP_VERIFY.")
}

// Annotate names the type.
func (j *AuthJwt) Annotate(a infer.Annotator) {
	a.SetToken("index/ProviderAuthJwt", "ProviderAuthJwt")
	a.Describe(&j.AuthMethod, "The name of the auth method to use for login.")
	a.Describe(&j.LoginToken, "The externally issued authentication token to be exchanged for a Nomad ACL Token.")
}

// Configure makes the client that all resources share.
func (c *Config) Configure(context.Context) error {
	client, err := connect(c)
	if err != nil {
		return err
	}
	c.client = client
	return nil
}

func clientOf(ctx context.Context) *api.Client {
	return infer.GetConfig[Config](ctx).client
}
