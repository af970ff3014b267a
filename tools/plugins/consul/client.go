package consul

import (
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/consul/api"

	"nary.local/tools/plugins/plugin"
)

func connect(c *Config) (*api.Client, error) {
	if len(c.AuthLoginAws) > 0 {
		return nil, errors.New("authLoginAws: this provider cannot log in with AWS; use token or authJwt")
	}
	conf := api.DefaultConfig()
	prefer(&conf.Address, plugin.Setting(c.Address, "CONSUL_ADDRESS", "CONSUL_HTTP_ADDR"))
	prefer(&conf.Scheme, plugin.Setting(c.Scheme, "CONSUL_SCHEME", "CONSUL_HTTP_SCHEME"))
	prefer(&conf.Datacenter, plugin.Setting(c.Datacenter))
	prefer(&conf.Namespace, plugin.Setting(c.Namespace))
	prefer(&conf.Token, plugin.Setting(c.Token, "CONSUL_TOKEN", "CONSUL_HTTP_TOKEN"))
	if user, password, ok := c.Credentials("CONSUL_HTTP_AUTH"); ok {
		conf.HttpAuth = &api.HttpBasicAuth{Username: user, Password: password}
	}
	if err := secure(conf, c); err != nil {
		return nil, err
	}
	client, err := newClient(conf, c)
	if err != nil || c.AuthJwt == nil {
		return client, err
	}
	if conf.Token, err = login(client, *c.AuthJwt); err != nil {
		return nil, err
	}
	return newClient(conf, c)
}

func newClient(conf *api.Config, c *Config) (*api.Client, error) {
	client, err := api.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("connecting to Consul at %s: %w", conf.Address, err)
	}
	client.SetHeaders(c.Header())
	return client, nil
}

func secure(conf *api.Config, c *Config) error {
	variables := plugin.Variables{
		CA:   []string{"CONSUL_CA_FILE", "CONSUL_CACERT"},
		Cert: []string{"CONSUL_CERT_FILE", "CONSUL_CLIENT_CERT"},
		Key:  []string{"CONSUL_KEY_FILE", "CONSUL_CLIENT_KEY"},
	}
	tls := &conf.TLSConfig
	prefer(&tls.CAPath, plugin.Setting(c.CaPath, "CONSUL_CAPATH"))
	if plugin.Value(c.CaPath) != "" {
		variables.CA = nil
	}
	pem, err := c.PEM(variables)
	if err != nil {
		return err
	}
	tls.CAFile, tls.CertFile, tls.KeyFile = "", "", ""
	tls.CAPem, tls.CertPEM, tls.KeyPEM = pem.CA, pem.Cert, pem.Key
	if plugin.Value(c.InsecureHttps) {
		if conf.Scheme != "https" {
			return errors.New("insecureHttps: it is meant for scheme https; set scheme to https")
		}
		tls.InsecureSkipVerify = true
	}
	// Left to itself, the API's client would take the environment's files after all.
	if conf.HttpClient, err = api.NewHttpClient(conf.Transport, *tls); err != nil {
		return fmt.Errorf("reading the certificates: %w", err)
	}
	return nil
}

func prefer(target *string, value string) {
	if value != "" {
		*target = value
	}
}

// login says which token it got.
func login(client *api.Client, jwt AuthJwt) (string, error) {
	bearer := plugin.Value(jwt.BearerToken)
	if plugin.Value(jwt.UseTerraformCloudWorkloadIdentity) {
		bearer = os.Getenv("TFC_WORKLOAD_IDENTITY_TOKEN")
	}
	if bearer == "" {
		return "", errors.New(
			"authJwt: there is no token to log in with: set bearerToken, or useTerraformCloudWorkloadIdentity and TFC_WORKLOAD_IDENTITY_TOKEN")
	}
	token, _, err := client.ACL().Login(&api.ACLLoginParams{
		AuthMethod:  jwt.AuthMethod,
		BearerToken: bearer,
		Meta:        jwt.Meta,
	}, nil)
	if err != nil {
		return "", fmt.Errorf("authJwt: logging in with auth method %q: %w", jwt.AuthMethod, err)
	}
	return token.SecretID, nil
}
