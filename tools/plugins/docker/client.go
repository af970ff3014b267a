package docker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nary.local/tools/plugins/plugin"
)

// client is how the docker command is run: it knows the user's contexts, ssh hosts, builders and
// credential helpers, and builds with BuildKit, none of which Docker's API does by itself.
type client struct {
	environment []string
	// tls is what is to be in the files ca.pem, cert.pem and key.pem.
	tls    map[string]string
	logins []login
}

func newClient(c *Config) (client, error) {
	made := client{environment: os.Environ(), tls: map[string]string{}}
	if name := plugin.Setting(c.Context, "DOCKER_CONTEXT"); name != "" {
		// Docker itself refuses the two together.
		made.unset("DOCKER_HOST")
		made.set("DOCKER_CONTEXT", name)
	} else if host := plugin.Setting(c.Host, "DOCKER_HOST"); host != "" {
		made.set("DOCKER_HOST", host)
	}
	if path := plugin.Value(c.CertPath); path != "" {
		made.set("DOCKER_CERT_PATH", path)
		made.set("DOCKER_TLS_VERIFY", "1")
	}
	for name, material := range map[string]*string{"ca.pem": c.CaMaterial, "cert.pem": c.CertMaterial, "key.pem": c.KeyMaterial} {
		if content := plugin.Value(material); content != "" {
			made.tls[name] = content
		}
	}
	logins, err := loginsOf(c.RegistryAuth)
	made.logins = logins
	return made, err
}

func (c *client) set(name, value string) {
	c.unset(name)
	c.environment = append(c.environment, name+"="+value)
}

func (c *client) unset(name string) {
	kept := []string{}
	for _, pair := range c.environment {
		if !strings.HasPrefix(pair, name+"=") {
			kept = append(kept, pair)
		}
	}
	c.environment = kept
}

// session makes the files that the docker command needs and nobody else may read. The caller closes it.
// Secrets are kept out of all that is shown.
func (c client) session(own *login, secrets ...string) (*session, error) {
	folder, err := os.MkdirTemp("", "pulumi-resource-docker-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for Docker's settings: %w", err)
	}
	made := &session{client: c, folder: folder}
	made.environment = append([]string{}, c.environment...)
	logins := append([]login{}, c.logins...)
	if own != nil {
		logins = append(logins, *own)
	}
	for _, known := range logins {
		secrets = append(secrets, known.password)
	}
	for _, secret := range secrets {
		if secret != "" {
			made.hidden = append(made.hidden, secret, "[secret]")
		}
	}
	if err := made.write(logins); err != nil {
		made.close()
		return nil, err
	}
	return made, nil
}

func (s *session) write(logins []login) error {
	if len(logins) > 0 {
		folder := filepath.Join(s.folder, "config")
		if err := writeConfig(folder, logins); err != nil {
			return err
		}
		s.set("DOCKER_CONFIG", folder)
	}
	if len(s.tls) == 0 {
		return nil
	}
	folder := filepath.Join(s.folder, "tls")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("making a folder for Docker's certificates: %w", err)
	}
	for name, content := range s.tls {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("writing Docker's %s: %w", name, err)
		}
	}
	s.set("DOCKER_CERT_PATH", folder)
	s.set("DOCKER_TLS_VERIFY", "1")
	return nil
}
