package docker

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Image is an image that is built, and pushed to a registry. Its ID is its name.
type Image struct{}

// What of an image is compared; another password is no reason to build it again.
var builtFrom = []string{"build", "imageName", "skipPush"}

// Annotate names and documents the resource.
func (i *Image) Annotate(a infer.Annotator) {
	a.SetToken("index/image", "Image")
	a.Describe(&i, "Builds a Docker image and pushes it to a registry. Tags are not deleted, locally or remotely, when it is destroyed.")
}

// Check fills in the defaults and the digest of what the image is built from, by which a change is seen.
func (Image) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ImageArgs], error) {
	args, failures, err := infer.DefaultCheck[ImageArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[ImageArgs]{}, fmt.Errorf("checking the image's inputs: %w", err)
	}
	if len(failures) == 0 && !req.NewInputs.Get("imageName").HasComputed() {
		if _, err := repositoryOf(args.ImageName); err != nil {
			failures = append(failures, p.CheckFailure{Property: "imageName", Reason: err.Error()})
		}
	}
	if len(failures) == 0 && !req.NewInputs.Get("build").HasComputed() {
		if args.Build == nil {
			args.Build = &DockerBuild{}
		}
		if err := args.Build.complete(); err != nil {
			failures = append(failures, p.CheckFailure{Property: "build", Reason: err.Error()})
		}
	}
	plugin.Fill(&args.BuildOnPreview, false)
	plugin.Fill(&args.SkipPush, false)
	return infer.CheckResponse[ImageArgs]{Inputs: args, Failures: failures}, nil
}

// WireDependencies says that what a preview has built is known.
func (Image) WireDependencies(f infer.FieldSelector, _ *ImageArgs, state *ImageState) {
	if state.RepoDigest != "" {
		f.OutputField(&state.RepoDigest).AlwaysKnown()
	}
}

// Diff builds again when what the image is built from has changed.
func (Image) Diff(ctx context.Context, _ infer.DiffRequest[ImageArgs, ImageState]) (infer.DiffResponse, error) {
	return plugin.Diff(ctx, builtFrom, plugin.Rules{}), nil
}

// Create builds the image and pushes it.
func (Image) Create(ctx context.Context, req infer.CreateRequest[ImageArgs]) (infer.CreateResponse[ImageState], error) {
	state, err := produce(ctx, req.Inputs, req.DryRun)
	return infer.CreateResponse[ImageState]{ID: req.Inputs.ImageName, Output: state}, err
}

// Update does the same. The image that was there stays in the registry.
func (Image) Update(ctx context.Context, req infer.UpdateRequest[ImageArgs, ImageState]) (infer.UpdateResponse[ImageState], error) {
	state, err := produce(ctx, req.Inputs, req.DryRun)
	return infer.UpdateResponse[ImageState]{Output: state}, err
}

// Read looks for an image that is on this Docker only. One that was pushed is the registry's matter.
func (Image) Read(ctx context.Context, req infer.ReadRequest[ImageArgs, ImageState]) (infer.ReadResponse[ImageArgs, ImageState], error) {
	state := req.State
	if state.RepoDigest == "" {
		return infer.ReadResponse[ImageArgs, ImageState]{}, errors.New("an image cannot be imported: what it was built from is not known; declare it, and it is built")
	}
	same := infer.ReadResponse[ImageArgs, ImageState]{ID: req.ID, Inputs: req.Inputs, State: state}
	if !plugin.Value(state.SkipPush) {
		return same, nil
	}
	session, err := clientOf(ctx).session(nil)
	if err != nil {
		return same, err
	}
	defer session.close()
	_, err = session.ask(ctx, "image", "inspect", "--format", "{{.Id}}", "--", state.RepoDigest)
	if missing(err) {
		return infer.ReadResponse[ImageArgs, ImageState]{}, nil
	}
	if err != nil {
		return same, fmt.Errorf("looking for image %s: %w", state.RepoDigest, err)
	}
	return same, nil
}

// Delete leaves the image where it is, here and in the registry: it may be running.
func (Image) Delete(context.Context, infer.DeleteRequest[ImageState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, nil
}

// produce is what creating and updating have in common; a preview builds only when told to.
func produce(ctx context.Context, args ImageArgs, preview bool) (ImageState, error) {
	state := args.state()
	if plugin.Unknown(ctx, "build", "imageName", "registry", "skipPush", "buildOnPreview") {
		return state, nil
	}
	if preview && !plugin.Value(args.BuildOnPreview) {
		return state, nil
	}
	session, err := clientOf(ctx).session(args.Registry.login(), plugin.Secrets(ctx, "build")...)
	if err != nil {
		return state, err
	}
	defer session.close()
	id, err := session.build(ctx, args.ImageName, *args.Build)
	if err != nil {
		return state, err
	}
	switch {
	case plugin.Value(args.SkipPush):
		state.RepoDigest = id
	case !preview:
		state.RepoDigest, err = session.push(ctx, args.ImageName)
	}
	return state, err
}

func (i ImageArgs) state() ImageState {
	build := plugin.Value(i.Build)
	return ImageState{
		BaseImageName:  i.ImageName,
		Build:          i.Build,
		BuildOnPreview: i.BuildOnPreview,
		Context:        plugin.Value(build.Context),
		Dockerfile:     plugin.Value(build.Dockerfile),
		ImageName:      i.ImageName,
		Platform:       build.Platform,
		RegistryServer: plugin.Value(plugin.Value(i.Registry).Server),
		SkipPush:       i.SkipPush,
	}
}

func (r *Registry) login() *login {
	if r == nil || plugin.Value(r.Username) == "" {
		return nil
	}
	made := newLogin(plugin.Value(r.Server), *r.Username, plugin.Value(r.Password))
	return &made
}
