package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// repositoryOf is an image's name as Docker shows it, without tag and digest.
func repositoryOf(name string) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", fmt.Errorf("%q is not the name of an image, such as registry.example/api:1.0.0: %w", name, err)
	}
	if _, digested := named.(reference.Digested); digested {
		return "", fmt.Errorf("%q has a digest, which an image has only once it is built", name)
	}
	return reference.FamiliarName(named), nil
}

// push resolves to the digest under which the registry has the image.
func (s *session) push(ctx context.Context, name string) (string, error) {
	repository, err := repositoryOf(name)
	if err != nil {
		return "", err
	}
	said, err := s.run(ctx, "push", "--", name)
	if refused(err) {
		return "", fmt.Errorf("registry: the registry of %s refuses the push: %s; look at the user name and the password", repository, reason(err))
	}
	if err != nil {
		return "", fmt.Errorf("pushing %s failed: %w", name, err)
	}
	digests, err := s.digests(ctx, name)
	if err != nil {
		return "", err
	}
	for _, digest := range digests {
		// One image can be under several digests, if it was pushed more than once.
		_, hash, _ := strings.Cut(digest, "@")
		if strings.HasPrefix(digest, repository+"@") && strings.Contains(said, hash) {
			return digest, nil
		}
	}
	return "", fmt.Errorf("%s was pushed, but Docker does not say under which digest", name)
}

// digests are all under which registries are known to have the image.
func (s *session) digests(ctx context.Context, name string) ([]string, error) {
	answer, err := s.ask(ctx, "image", "inspect", "--format", "{{json .RepoDigests}}", "--", name)
	if err != nil {
		return nil, fmt.Errorf("looking for image %s: %w", name, err)
	}
	digests := []string{}
	if err := json.Unmarshal([]byte(answer), &digests); err != nil {
		return nil, fmt.Errorf("looking for image %s: Docker's answer is not a list of digests: %w", name, err)
	}
	return digests, nil
}
