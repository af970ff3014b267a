package docker

import (
	"encoding/json"
	"testing"
)

func TestMergeKeepsTheUsersOwnLogins(t *testing.T) {
	read := settings{
		"auths":      map[string]any{hub: map[string]any{}, "registry.example": map[string]any{}},
		"credsStore": "keychain",
		"proxies":    "kept",
	}
	merge(read, []login{newLogin("https://registry.example/v2/", "me", "it")})
	got, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"auths":{"https://index.docker.io/v1/":{},"registry.example":{"auth":"bWU6aXQ="}},` +
		`"credHelpers":{"https://index.docker.io/v1/":"keychain"},"proxies":"kept"}`
	if string(got) != want {
		t.Errorf("merge gives\n%s, not\n%s", got, want)
	}
}

func TestServerKey(t *testing.T) {
	for server, want := range map[string]string{
		"":                              hub,
		"docker.io":                     hub,
		"https://index.docker.io/v1/":   hub,
		"127.0.0.1:5000":                "127.0.0.1:5000",
		"https://registry.example/team": "registry.example",
	} {
		if got := serverKey(server); got != want {
			t.Errorf("serverKey(%q) = %q, not %q", server, got, want)
		}
	}
}
