package docker

import "github.com/pulumi/pulumi-go-provider/infer"

// ImageArgs is what is declared of an image.
type ImageArgs struct {
	Build          *DockerBuild `pulumi:"build,optional"`
	BuildOnPreview *bool        `pulumi:"buildOnPreview,optional"`
	ImageName      string       `pulumi:"imageName"`
	Registry       *Registry    `pulumi:"registry,optional" provider:"secret"`
	SkipPush       *bool        `pulumi:"skipPush,optional"`
}

// ImageState is what is known of it. Who we are at the registry is not part of it.
type ImageState struct {
	BaseImageName  string       `pulumi:"baseImageName"`
	Build          *DockerBuild `pulumi:"build,optional"`
	BuildOnPreview *bool        `pulumi:"buildOnPreview,optional"`
	Context        string       `pulumi:"context"`
	Dockerfile     string       `pulumi:"dockerfile"`
	ImageName      string       `pulumi:"imageName"`
	Platform       *string      `pulumi:"platform,optional"`
	RegistryServer string       `pulumi:"registryServer"`
	RepoDigest     string       `pulumi:"repoDigest"`
	SkipPush       *bool        `pulumi:"skipPush,optional"`
}

// DockerBuild is what an image is built from, and how.
type DockerBuild struct {
	AddHosts       []string          `pulumi:"addHosts,optional"`
	Args           map[string]string `pulumi:"args,optional"`
	BuilderVersion *string           `pulumi:"builderVersion,optional"`
	CacheFrom      *CacheFrom        `pulumi:"cacheFrom,optional"`
	Context        *string           `pulumi:"context,optional"`
	ContextDigest  *string           `pulumi:"contextDigest,optional"`
	Dockerfile     *string           `pulumi:"dockerfile,optional"`
	Network        *string           `pulumi:"network,optional"`
	Platform       *string           `pulumi:"platform,optional"`
	Target         *string           `pulumi:"target,optional"`
}

// CacheFrom names images whose layers may be used again.
type CacheFrom struct {
	Images []string `pulumi:"images,optional"`
}

// Registry is where an image is pushed to, and who does it.
type Registry struct {
	Password *string `pulumi:"password,optional" provider:"secret"`
	Server   *string `pulumi:"server,optional"`
	Username *string `pulumi:"username,optional"`
}

// Docker's two builders.
const (
	builderV1       = "BuilderV1"
	builderBuildKit = "BuilderBuildKit"
)

// Annotate documents the inputs.
func (i *ImageArgs) Annotate(a infer.Annotator) {
	a.Describe(&i.Build, "The Docker build context")
	a.Describe(&i.BuildOnPreview, "A flag to build an image on preview. Default: false.")
	a.Describe(&i.ImageName, "The image name, of the format repository[:tag].")
	a.Describe(&i.Registry, "The registry to push the image to")
	a.Describe(&i.SkipPush, "A flag to skip a registry push. Default: false.")
}

// Annotate documents the outputs.
func (i *ImageState) Annotate(a infer.Annotator) {
	a.Describe(&i.BaseImageName, "The fully qualified image name that was pushed to the registry.")
	a.Describe(&i.Context, "The path to the build context to use.")
	a.Describe(&i.Dockerfile, "The location of the Dockerfile relative to the docker build context.")
	a.Describe(&i.ImageName, "The fully qualified image name")
	a.Describe(&i.Platform, "The image's architecture and OS")
	a.Describe(&i.RegistryServer, "The name of the registry server hosting the image.")
	a.Describe(&i.RepoDigest, "The manifest digest of an image pushed to a registry, of the format repository@<algorithm>:<hash>; for an image that is not pushed, its ID.")
}

// Annotate names the type and documents it.
func (b *DockerBuild) Annotate(a infer.Annotator) {
	a.SetToken("index/DockerBuild", "DockerBuild")
	a.Describe(&b.AddHosts, "Custom host-to-IP mappings to use while building (format: \"host:ip\")")
	a.Describe(&b.Args, "Named build-time argument variables to set during the Docker build.")
	a.Describe(&b.BuilderVersion, "The version of the Docker builder. Default: what `docker build` uses by itself.")
	a.Describe(&b.CacheFrom, "Images to use as build cache.")
	a.Describe(&b.Context, "The path to the build context to use. Default: the program's folder.")
	a.Describe(&b.ContextDigest, "What the context holds; filled in by the provider.")
	a.Describe(&b.Dockerfile, "The path to the Dockerfile to use. Default: Dockerfile in the context.")
	a.Describe(&b.Network, "Set the networking mode for RUN instructions")
	a.Describe(&b.Platform, "The architecture of the platform you want to build this image for, e.g. `linux/arm64`.")
	a.Describe(&b.Target, "The target of the Dockerfile to build")
}

// Annotate names the type.
func (c *CacheFrom) Annotate(a infer.Annotator) {
	a.SetToken("index/CacheFrom", "CacheFrom")
	a.Describe(&c.Images, "Specifies cached images")
}

// Annotate names the type and documents it.
func (r *Registry) Annotate(a infer.Annotator) {
	a.SetToken("index/Registry", "Registry")
	a.Describe(&r.Password, "The password to authenticate to the registry. Does not cause image rebuild when changed.")
	a.Describe(&r.Server, "The URL of the Docker registry server")
	a.Describe(&r.Username, "The username to authenticate to the registry. Does not cause image rebuild when changed.")
}
