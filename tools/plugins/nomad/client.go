package nomad

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/nomad/api"

	"nary.local/tools/plugins/plugin"
)

const loginWait = time.Minute

func connect(c *Config) (*api.Client, error) {
	// This process serves one provider, so what it ignores can be taken out of its environment.
	for name, ignored := range c.IgnoreEnvVars {
		if ignored {
			if err := os.Unsetenv(name); err != nil {
				return nil, fmt.Errorf("ignoring environment variable %s: %w", name, err)
			}
		}
	}
	conf := api.DefaultConfig()
	conf.Address = plugin.Setting(c.Address, "NOMAD_ADDR")
	if conf.Address == "" {
		return nil, errors.New("the address of Nomad is not set: set nomad:address or NOMAD_ADDR")
	}
	conf.SecretID = plugin.Setting(c.SecretId, "NOMAD_TOKEN")
	conf.Region = plugin.Setting(c.Region, "NOMAD_REGION")
	if user, password, ok := c.Credentials("NOMAD_HTTP_AUTH"); ok {
		conf.HttpAuth = &api.HttpBasicAuth{Username: user, Password: password}
	}
	if err := secure(conf.TLSConfig, c); err != nil {
		return nil, err
	}
	conf.Headers = c.Header()
	client, err := api.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("connecting to Nomad at %s: %w", conf.Address, err)
	}
	if c.AuthJwt != nil {
		return client, login(client, *c.AuthJwt)
	}
	return client, nil
}

var tlsVariables = plugin.Variables{
	CA:   []string{"NOMAD_CACERT"},
	Cert: []string{"NOMAD_CLIENT_CERT"},
	Key:  []string{"NOMAD_CLIENT_KEY"},
}

func secure(tls *api.TLSConfig, c *Config) error {
	pem, err := c.PEM(tlsVariables)
	if err != nil {
		return err
	}
	tls.CACert, tls.ClientCert, tls.ClientKey = "", "", ""
	tls.CACertPEM, tls.ClientCertPEM, tls.ClientKeyPEM = pem.CA, pem.Cert, pem.Key
	tls.Insecure = plugin.Value(c.SkipVerify)
	if text := os.Getenv("NOMAD_SKIP_VERIFY"); c.SkipVerify == nil && text != "" {
		skip, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("reading NOMAD_SKIP_VERIFY: %w", err)
		}
		tls.Insecure = skip
	}
	return nil
}

// login waits until the token is known to the server that answers, since a follower may lag behind.
func login(client *api.Client, jwt AuthJwt) error {
	token, _, err := client.ACLAuth().Login(&api.ACLLoginRequest{
		AuthMethodName: jwt.AuthMethod,
		LoginToken:     jwt.LoginToken,
	}, nil)
	if err != nil {
		return fmt.Errorf("authJwt: logging in with auth method %q: %w", jwt.AuthMethod, err)
	}
	client.SetSecretID(token.SecretID)
	for end := time.Now().Add(loginWait); ; time.Sleep(200 * time.Millisecond) {
		_, _, err = client.ACLTokens().Self(nil)
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("authJwt: waiting for the token of auth method %q: %w", jwt.AuthMethod, err)
		}
	}
}
