package docker

import (
	"context"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// RemoteImage is an image that is pulled. Its ID is the image's ID with its name behind it.
type RemoteImage struct{}

// Annotate names and documents the resource.
func (r *RemoteImage) Annotate(a infer.Annotator) {
	a.SetToken("index/remoteImage", "RemoteImage")
	a.Describe(&r, "Pulls a Docker image and keeps it on the Docker host.")
}

// Check refuses names that are none.
func (RemoteImage) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[RemoteImageArgs], error) {
	args, failures, err := infer.DefaultCheck[RemoteImageArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[RemoteImageArgs]{}, fmt.Errorf("checking the image's inputs: %w", err)
	}
	if len(failures) == 0 && !req.NewInputs.Get("name").HasComputed() {
		if _, err := reference.ParseNormalizedNamed(args.Name); err != nil {
			failures = append(failures, p.CheckFailure{
				Property: "name",
				Reason:   fmt.Sprintf("%q is not the name of an image, such as registry.example/api:1.0.0: %s", args.Name, err),
			})
		}
	}
	if args.Build != nil {
		failures = append(failures, p.CheckFailure{
			Property: "build",
			Reason:   "images are only pulled here; build this one with the resource Image",
		})
	}
	return infer.CheckResponse[RemoteImageArgs]{Inputs: args, Failures: failures}, nil
}

// Diff pulls again when anything but the manner of removing has changed. The old image goes first: it
// may have the same name.
func (RemoteImage) Diff(ctx context.Context, _ infer.DiffRequest[RemoteImageArgs, RemoteImageState]) (infer.DiffResponse, error) {
	replace := []string{"name", "platform", "pullTriggers", "triggers"}
	return plugin.Diff(ctx, declaredOfRemoteImage, plugin.Rules{Replace: replace, DeleteFirst: true}), nil
}

// Create pulls the image.
func (RemoteImage) Create(ctx context.Context, req infer.CreateRequest[RemoteImageArgs]) (infer.CreateResponse[RemoteImageState], error) {
	state := RemoteImageState{RemoteImageArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[RemoteImageState]{Output: state}, nil
	}
	session, err := clientOf(ctx).session(nil)
	if err != nil {
		return infer.CreateResponse[RemoteImageState]{}, err
	}
	defer session.close()
	args := []string{"pull"}
	if platform := plugin.Value(state.Platform); platform != "" {
		args = append(args, "--platform="+platform)
	}
	_, err = session.run(ctx, append(args, "--", state.Name)...)
	if refused(err) {
		return infer.CreateResponse[RemoteImageState]{}, fmt.Errorf("name: the registry of %s refuses the pull: %s; look at docker:registryAuth", state.Name, reason(err))
	}
	if err != nil {
		return infer.CreateResponse[RemoteImageState]{}, fmt.Errorf("name: pulling %s failed: %w", state.Name, err)
	}
	if err := state.look(ctx, session); err != nil {
		return infer.CreateResponse[RemoteImageState]{}, err
	}
	return infer.CreateResponse[RemoteImageState]{ID: state.ImageId + state.Name, Output: state}, nil
}

// Update notes how the image is to be removed.
func (RemoteImage) Update(_ context.Context, req infer.UpdateRequest[RemoteImageArgs, RemoteImageState]) (infer.UpdateResponse[RemoteImageState], error) {
	state := req.State
	state.RemoteImageArgs = req.Inputs
	return infer.UpdateResponse[RemoteImageState]{Output: state}, nil
}

// WireDependencies says that an update changes nothing of the image.
func (RemoteImage) WireDependencies(f infer.FieldSelector, _ *RemoteImageArgs, state *RemoteImageState) {
	if state.ImageId != "" {
		f.OutputField(&state.ImageId).AlwaysKnown()
		f.OutputField(&state.RepoDigest).AlwaysKnown()
	}
}

// Read says which image has the name now.
func (RemoteImage) Read(ctx context.Context, req infer.ReadRequest[RemoteImageArgs, RemoteImageState]) (infer.ReadResponse[RemoteImageArgs, RemoteImageState], error) {
	state := req.State
	if state.Name == "" {
		state.Name = nameIn(req.ID)
	}
	session, err := clientOf(ctx).session(nil)
	if err != nil {
		return infer.ReadResponse[RemoteImageArgs, RemoteImageState]{}, err
	}
	defer session.close()
	err = state.look(ctx, session)
	if missing(err) {
		return infer.ReadResponse[RemoteImageArgs, RemoteImageState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[RemoteImageArgs, RemoteImageState]{}, err
	}
	return infer.ReadResponse[RemoteImageArgs, RemoteImageState]{
		ID: state.ImageId + state.Name, Inputs: state.RemoteImageArgs, State: state,
	}, nil
}

// Delete removes the image from this Docker, unless it is to be kept or someone else has removed it.
func (RemoteImage) Delete(ctx context.Context, req infer.DeleteRequest[RemoteImageState]) (infer.DeleteResponse, error) {
	state := req.State
	if plugin.Value(state.KeepLocally) {
		return infer.DeleteResponse{}, nil
	}
	session, err := clientOf(ctx).session(nil)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	defer session.close()
	args := []string{"image", "rm"}
	if plugin.Value(state.ForceRemove) {
		args = append(args, "--force")
	}
	if _, err := session.ask(ctx, append(args, "--", state.Name)...); err != nil && !missing(err) {
		return infer.DeleteResponse{}, fmt.Errorf("removing image %s: %w", state.Name, err)
	}
	return infer.DeleteResponse{}, nil
}

// look fills in what Docker says of the image.
func (r *RemoteImageState) look(ctx context.Context, s *session) error {
	id, err := s.ask(ctx, "image", "inspect", "--format", "{{.Id}}", "--", r.Name)
	if err != nil {
		return fmt.Errorf("looking for image %s: %w", r.Name, err)
	}
	digests, err := s.digests(ctx, r.Name)
	if err != nil {
		return err
	}
	named, err := reference.ParseNormalizedNamed(r.Name)
	if err != nil {
		return fmt.Errorf("name: %w", err)
	}
	r.ImageId, r.RepoDigest = id, ""
	for _, digest := range digests {
		if strings.HasPrefix(digest, reference.FamiliarName(named)+"@") {
			r.RepoDigest = digest
			break
		}
	}
	return nil
}

// nameIn is what follows the image's ID in a resource's; an import may give the name alone.
func nameIn(id string) string {
	const length = len("sha256:") + 64
	if strings.HasPrefix(id, "sha256:") && len(id) > length {
		return id[length:]
	}
	return id
}
