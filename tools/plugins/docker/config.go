package docker

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Config is how Docker and the registries are reached.
type Config struct {
	CaMaterial               *string        `pulumi:"caMaterial,optional"`
	CertMaterial             *string        `pulumi:"certMaterial,optional"`
	CertPath                 *string        `pulumi:"certPath,optional"`
	Context                  *string        `pulumi:"context,optional"`
	DisableDockerDaemonCheck *bool          `pulumi:"disableDockerDaemonCheck,optional"`
	Host                     *string        `pulumi:"host,optional"`
	KeyMaterial              *string        `pulumi:"keyMaterial,optional" provider:"secret"`
	RegistryAuth             []RegistryAuth `pulumi:"registryAuth,optional" provider:"secret"`
	SshOpts                  []string       `pulumi:"sshOpts,optional"`

	client client
}

// RegistryAuth is who we are at a registry.
type RegistryAuth struct {
	Address           string  `pulumi:"address"`
	AuthDisabled      *bool   `pulumi:"authDisabled,optional"`
	ConfigFile        *string `pulumi:"configFile,optional"`
	ConfigFileContent *string `pulumi:"configFileContent,optional" provider:"secret"`
	Password          *string `pulumi:"password,optional" provider:"secret"`
	Username          *string `pulumi:"username,optional"`
}

// Annotate documents the settings.
func (c *Config) Annotate(a infer.Annotator) {
	a.Describe(&c.CaMaterial, "PEM-encoded content of Docker host CA certificate")
	a.Describe(&c.CertMaterial, "PEM-encoded content of Docker client certificate")
	a.Describe(&c.CertPath, "Path to directory with Docker TLS config. Falls back to DOCKER_CERT_PATH.")
	a.Describe(&c.Context, "The name of the Docker context to use. Overrides the host if set. Falls back to DOCKER_CONTEXT.")
	a.Describe(&c.DisableDockerDaemonCheck, "Has no effect: Docker is reached only when a resource needs it.")
	a.Describe(&c.Host, "The Docker daemon address. Falls back to DOCKER_HOST.")
	a.Describe(&c.KeyMaterial, "PEM-encoded content of Docker client private key")
	a.Describe(&c.RegistryAuth, "Who to be at each registry, beside those that the user is logged in to.")
	a.Describe(&c.SshOpts, "Not supported: give the options in ~/.ssh/config.")
}

// Annotate names the type and documents it.
func (r *RegistryAuth) Annotate(a infer.Annotator) {
	a.SetToken("index/ProviderRegistryAuth", "ProviderRegistryAuth")
	a.Describe(&r.Address, "Address of the registry")
	a.Describe(&r.AuthDisabled, "Setting this to true will tell the provider that this registry does not need authentication. Default: false.")
	a.Describe(&r.ConfigFile, "Path to docker json file for registry auth.")
	a.Describe(&r.ConfigFileContent, "Plain content of the docker json file for registry auth. Has precedence over configFile, and both over username and password.")
	a.Describe(&r.Password, "Password for the registry. Falls back to DOCKER_REGISTRY_PASS.")
	a.Describe(&r.Username, "Username for the registry. Falls back to DOCKER_REGISTRY_USER.")
}

// Configure checks the settings.
func (c *Config) Configure(context.Context) error {
	if len(c.SshOpts) > 0 {
		return errors.New("sshOpts: not supported here, give the options for the host in ~/.ssh/config instead")
	}
	client, err := newClient(c)
	if err != nil {
		return err
	}
	c.client = client
	return nil
}

func clientOf(ctx context.Context) client {
	return infer.GetConfig[Config](ctx).client
}
