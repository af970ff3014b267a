package docker

import (
	"os"
	"path/filepath"
	"testing"
)

func TestContextDigest(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string, mode os.FileMode) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	digest := func() string {
		t.Helper()
		found, err := contextDigest(folder, filepath.Join(folder, "Dockerfile"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	write("Dockerfile", "FROM scratch", 0o600)
	write(".dockerignore", "out\n!out/kept\n", 0o600)
	write("main", "1", 0o600)
	for _, step := range []struct {
		name, file, content string
		mode                os.FileMode
		changes             bool
	}{
		{"the same again", "main", "1", 0o640, false},
		{"an ignored file", "out/x", "1", 0o600, false},
		{"one that is taken out of what is ignored", "out/kept", "1", 0o600, true},
		{"a file that can be run", "main", "1", 0o700, true},
		{"another content", "main", "2", 0o700, true},
		{"a file of another name", "main2", "2", 0o700, true},
		{"the Dockerfile", "Dockerfile", "FROM other", 0o600, true},
		{"an ignore file of the Dockerfile's own", "Dockerfile.dockerignore", "main2", 0o600, true},
	} {
		before := digest()
		write(step.file, step.content, step.mode)
		if changed := digest() != before; changed != step.changes {
			t.Errorf("%s: changed is %t", step.name, changed)
		}
	}
}
