package plugin

import (
	"net/http"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Connection is what the providers of both servers are told of how to reach one.
type Connection struct {
	Address  *string  `pulumi:"address,optional"`
	CaFile   *string  `pulumi:"caFile,optional"`
	CaPem    *string  `pulumi:"caPem,optional"`
	CertFile *string  `pulumi:"certFile,optional"`
	CertPem  *string  `pulumi:"certPem,optional"`
	Headers  []Header `pulumi:"headers,optional" provider:"secret"`
	HttpAuth *string  `pulumi:"httpAuth,optional" provider:"secret"`
	KeyFile  *string  `pulumi:"keyFile,optional"`
	KeyPem   *string  `pulumi:"keyPem,optional" provider:"secret"`
}

// Header is sent with each request.
type Header struct {
	Name  string `pulumi:"name"`
	Value string `pulumi:"value" provider:"secret"`
}

// Annotate names the type.
func (h *Header) Annotate(a infer.Annotator) {
	a.SetToken("index/ProviderHeader", "ProviderHeader")
	a.Describe(&h.Name, "The header name")
	a.Describe(&h.Value, "The header value")
}

// Header is all that is sent with each request.
func (c Connection) Header() http.Header {
	all := http.Header{}
	for _, h := range c.Headers {
		all.Add(h.Name, h.Value)
	}
	return all
}

// Credentials are the user and the password of "user:password", declared or in the environment; a
// missing password is empty.
func (c Connection) Credentials(variable string) (user, password string, ok bool) {
	auth := Setting(c.HttpAuth, variable)
	user, password, _ = strings.Cut(auth, ":")
	return user, password, auth != ""
}
