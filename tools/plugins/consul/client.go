package consul

import (
	"errors"
	"fmt"
	"net/http"
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
	if auth := plugin.Setting(c.HttpAuth, "CONSUL_HTTP_AUTH"); auth != "" {
		user, password := plugin.Credentials(auth)
		conf.HttpAuth = &api.HttpBasicAuth{Username: user, Password: password}
	}
	if err := secure(conf, c); err != nil {
		return nil, err
	}
	client, err := api.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("connecting to Consul at %s: %w", conf.Address, err)
	}
	headers := http.Header{}
	for _, h := range c.Headers {
		headers.Add(h.Name, h.Value)
	}
	client.SetHeaders(headers)
	if c.AuthJwt == nil {
		return client, nil
	}
	return login(client, conf, *c.AuthJwt)
}

func secure(conf *api.Config, c *Config) error {
	tls := &conf.TLSConfig
	prefer(&tls.CAFile, plugin.Setting(c.CaFile, "CONSUL_CA_FILE", "CONSUL_CACERT"))
	prefer(&tls.CAPath, plugin.Setting(c.CaPath, "CONSUL_CAPATH"))
	prefer(&tls.CertFile, plugin.Setting(c.CertFile, "CONSUL_CERT_FILE", "CONSUL_CLIENT_CERT"))
	prefer(&tls.KeyFile, plugin.Setting(c.KeyFile, "CONSUL_KEY_FILE", "CONSUL_CLIENT_KEY"))
	tls.CAPem = []byte(plugin.Value(c.CaPem))
	tls.CertPEM = []byte(plugin.Value(c.CertPem))
	tls.KeyPEM = []byte(plugin.Value(c.KeyPem))
	if plugin.Value(c.InsecureHttps) {
		if conf.Scheme != "https" {
			return errors.New("insecureHttps: it is meant for scheme https")
		}
		tls.InsecureSkipVerify = true
	}
	return nil
}

func prefer(target *string, value string) {
	if value != "" {
		*target = value
	}
}

func login(client *api.Client, conf *api.Config, jwt AuthJwt) (*api.Client, error) {
	bearer := plugin.Value(jwt.BearerToken)
	if plugin.Value(jwt.UseTerraformCloudWorkloadIdentity) {
		bearer = os.Getenv("TFC_WORKLOAD_IDENTITY_TOKEN")
	}
	token, _, err := client.ACL().Login(&api.ACLLoginParams{
		AuthMethod:  jwt.AuthMethod,
		BearerToken: bearer,
		Meta:        jwt.Meta,
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("authJwt: logging in with auth method %q: %w", jwt.AuthMethod, err)
	}
	conf.Token = token.SecretID
	client, err = api.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("connecting to Consul at %s: %w", conf.Address, err)
	}
	return client, nil
}
