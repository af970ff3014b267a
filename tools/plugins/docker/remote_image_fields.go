package docker

import "github.com/pulumi/pulumi-go-provider/infer"

// RemoteImageArgs is what is declared of an image that is pulled.
type RemoteImageArgs struct {
	Build        map[string]any    `pulumi:"build,optional"`
	ForceRemove  *bool             `pulumi:"forceRemove,optional"`
	KeepLocally  *bool             `pulumi:"keepLocally,optional"`
	Name         string            `pulumi:"name"`
	Platform     *string           `pulumi:"platform,optional"`
	PullTriggers []string          `pulumi:"pullTriggers,optional"`
	Triggers     map[string]string `pulumi:"triggers,optional"`
}

// RemoteImageState is what is known of it.
type RemoteImageState struct {
	RemoteImageArgs
	ImageId    string `pulumi:"imageId"`
	RepoDigest string `pulumi:"repoDigest"`
}

var declaredOfRemoteImage = []string{"build", "forceRemove", "keepLocally", "name", "platform", "pullTriggers", "triggers"}

// Annotate documents the inputs.
func (r *RemoteImageArgs) Annotate(a infer.Annotator) {
	a.Describe(&r.Build, "Not supported: build with the resource Image.")
	a.Describe(&r.ForceRemove, "If true, then the image is removed forcibly when the resource is destroyed.")
	a.Describe(&r.KeepLocally, "If true, then the Docker image won't be deleted on destroy operation.")
	a.Describe(&r.Name, "The name of the Docker image, including any tags or SHA256 repo digests.")
	a.Describe(&r.Platform, "The platform to use when pulling the image. Defaults to the platform of the current machine.")
	a.Describe(&r.PullTriggers, "List of values which cause an image pull when changed.")
	a.Describe(&r.Triggers, "A map of arbitrary strings that, when changed, will force the resource to be replaced.")
}

// Annotate documents the outputs.
func (r *RemoteImageState) Annotate(a infer.Annotator) {
	a.Describe(&r.ImageId, "The ID of the image (as seen when executing `docker inspect` on the image).")
	a.Describe(&r.RepoDigest, "The image sha256 digest in the form of `repo[:tag]@sha256:<hash>`.")
}
