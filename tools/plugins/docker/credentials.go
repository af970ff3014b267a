package docker

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nary.local/tools/plugins/plugin"
)

const hub = "https://index.docker.io/v1/"

// login is who to be at a registry.
type login struct {
	server   string
	password string
	// entry is what Docker's settings say of it.
	entry any
}

func newLogin(server, username, password string) login {
	auth := base64.StdEncoding.EncodeToString([]byte(username + ":" + password))
	return login{server: serverKey(server), password: password, entry: map[string]any{"auth": auth}}
}

// serverKey is the name under which Docker's settings have a registry: its host, but for Docker Hub.
func serverKey(server string) string {
	_, rest, found := strings.Cut(server, "://")
	if !found {
		rest = server
	}
	host, _, _ := strings.Cut(rest, "/")
	switch host {
	case "", "docker.io", "index.docker.io", "registry-1.docker.io":
		return hub
	default:
		return host
	}
}

func loginsOf(auths []RegistryAuth) ([]login, error) {
	logins := []login{}
	for _, auth := range auths {
		content, err := auth.content()
		if err != nil {
			return nil, err
		}
		username := plugin.Setting(auth.Username, "DOCKER_REGISTRY_USER")
		password := plugin.Setting(auth.Password, "DOCKER_REGISTRY_PASS")
		switch {
		case plugin.Value(auth.AuthDisabled):
		case content != nil:
			found, err := loginIn(content, auth.Address)
			if err != nil {
				return nil, err
			}
			logins = append(logins, found)
		case username != "":
			logins = append(logins, newLogin(auth.Address, username, password))
		}
	}
	return logins, nil
}

func (r RegistryAuth) content() ([]byte, error) {
	if content := plugin.Value(r.ConfigFileContent); content != "" {
		return []byte(content), nil
	}
	path := plugin.Value(r.ConfigFile)
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("registryAuth: reading configFile: %w", err)
	}
	return content, nil
}

type settings = map[string]any

func loginIn(content []byte, address string) (login, error) {
	read := settings{}
	if err := json.Unmarshal(content, &read); err != nil {
		return login{}, fmt.Errorf("registryAuth: the settings for %s are not JSON: %w", address, err)
	}
	for server, entry := range part(read, "auths") {
		if serverKey(server) == serverKey(address) {
			return login{server: serverKey(address), entry: entry}, nil
		}
	}
	return login{}, fmt.Errorf("registryAuth: there is no entry for %s in the given settings", address)
}

func part(s settings, name string) map[string]any {
	if found, ok := s[name].(map[string]any); ok {
		return found
	}
	return map[string]any{}
}

// writeConfig fills a folder that stands in for the user's own: all of theirs, with these logins.
func writeConfig(folder string, logins []login) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("making a folder for Docker's settings: %w", err)
	}
	own, err := ownFolder()
	if err != nil {
		return err
	}
	if err := linkAll(own, folder); err != nil {
		return err
	}
	read := settings{}
	content, err := os.ReadFile(filepath.Join(own, "config.json"))
	if err == nil {
		err = json.Unmarshal(content, &read)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading Docker's settings %s: %w", filepath.Join(own, "config.json"), err)
	}
	merge(read, logins)
	content, err = json.Marshal(read)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "config.json"), content, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing Docker's settings: %w", err)
	}
	return nil
}

// merge adds logins to the user's. A store for all registries would win over them, so it becomes one
// for each registry that the user is logged in to.
func merge(s settings, logins []login) {
	auths, helpers := part(s, "auths"), part(s, "credHelpers")
	if store, ok := s["credsStore"].(string); ok {
		for server := range auths {
			if _, given := helpers[server]; !given {
				helpers[server] = store
			}
		}
		delete(s, "credsStore")
	}
	for _, known := range logins {
		delete(helpers, known.server)
		auths[known.server] = known.entry
	}
	s["auths"], s["credHelpers"] = auths, helpers
}

func ownFolder() (string, error) {
	if folder := os.Getenv("DOCKER_CONFIG"); folder != "" {
		return filepath.Abs(folder)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding Docker's settings: %w", err)
	}
	return filepath.Join(home, ".docker"), nil
}

// linkAll lets contexts, builders and plugins of the command be found.
func linkAll(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading Docker's settings: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == "config.json" {
			continue
		}
		if err := os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			return fmt.Errorf("linking Docker's settings: %w", err)
		}
	}
	return nil
}
