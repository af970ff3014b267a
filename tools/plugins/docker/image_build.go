package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nary.local/tools/plugins/plugin"
)

// complete fills in the defaults and what the context holds.
func (b *DockerBuild) complete() error {
	plugin.Fill(&b.Context, ".")
	plugin.Fill(&b.Dockerfile, filepath.Join(*b.Context, "Dockerfile"))
	if version := plugin.Value(b.BuilderVersion); version != "" && version != builderV1 && version != builderBuildKit {
		return fmt.Errorf("builderVersion: %q is neither %s nor %s", version, builderV1, builderBuildKit)
	}
	for name := range b.Args {
		if own(name) {
			return fmt.Errorf("args: %s is a variable that the docker command itself reads; give the argument another name", name)
		}
	}
	digest, err := contextDigest(*b.Context, *b.Dockerfile)
	if err != nil {
		return err
	}
	b.ContextDigest = &digest
	return nil
}

// own is true of variables by which the docker command would run differently.
func own(name string) bool {
	return name == "" || strings.ContainsAny(name, "=\x00") || slices.Contains([]string{"PATH", "HOME"}, name) ||
		strings.HasPrefix(name, "DOCKER_") || strings.HasPrefix(name, "BUILDX_")
}

// build resolves to the image's ID. The values of arguments are given by the environment: others may
// see a command's arguments.
func (s *session) build(ctx context.Context, name string, b DockerBuild) (string, error) {
	folder, err := filepath.Abs(*b.Context)
	if err != nil {
		return "", fmt.Errorf("build.context: %w", err)
	}
	dockerfile, err := filepath.Abs(*b.Dockerfile)
	if err != nil {
		return "", fmt.Errorf("build.dockerfile: %w", err)
	}
	result := s.file("image-id")
	args := []string{"build", "--file=" + dockerfile, "--iidfile=" + result, "--tag=" + name}
	for argument, value := range b.Args {
		s.set(argument, value)
		args = append(args, "--build-arg="+argument)
	}
	for flag, value := range map[string]*string{"network": b.Network, "platform": b.Platform, "target": b.Target} {
		if plugin.Value(value) != "" {
			args = append(args, "--"+flag+"="+*value)
		}
	}
	for _, host := range b.AddHosts {
		args = append(args, "--add-host="+host)
	}
	for _, image := range plugin.Value(b.CacheFrom).Images {
		args = append(args, "--cache-from="+image)
	}
	switch plugin.Value(b.BuilderVersion) {
	case builderV1:
		s.set("DOCKER_BUILDKIT", "0")
	case builderBuildKit:
		s.set("DOCKER_BUILDKIT", "1")
	}
	if _, err := s.run(ctx, append(args, "--", folder)...); err != nil {
		return "", fmt.Errorf("building %s failed: %w", name, err)
	}
	id, err := os.ReadFile(result)
	if err != nil {
		return "", errors.New("docker build ended well, but did not say which image it has made")
	}
	return strings.TrimSpace(string(id)), nil
}
