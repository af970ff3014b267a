package plugin

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

func TestExplained(t *testing.T) {
	const wantsOne = "set certFile and keyFile, or certPem and keyPem"
	asking := func(address string, err error) error {
		return fmt.Errorf("reading: %w", &url.Error{Op: "Get", URL: address, Err: err})
	}
	cases := map[string]struct {
		err  error
		want string
	}{
		"a server that is not trusted":      {asking("https://a", &tls.CertificateVerificationError{Err: errors.New("unknown")}), "caFile or caPem has to be"},
		"a server that says what it misses": {asking("https://a", &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}), wantsOne},
		"a server that hung up at once":     {asking("https://a", &net.OpError{Op: "write", Err: syscall.EPIPE}), wantsOne},
		"the same in HTTP/2":                {asking("https://a", errors.New("http2: client conn could not be established")), wantsOne},
		"the same without certificates":     {asking("http://a", &net.OpError{Op: "write", Err: syscall.EPIPE}), ""},
		"another refusal":                   {asking("https://a", &net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}), ""},
		"no server":                         {asking("https://a", syscall.ECONNREFUSED), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Explained(c.err)
			if !errors.Is(got, c.err) {
				t.Errorf("%v does not say why any more", got)
			}
			if added := strings.TrimPrefix(got.Error(), c.err.Error()); (added == "") != (c.want == "") || !strings.Contains(added, c.want) {
				t.Errorf("added %q, want %q", added, c.want)
			}
		})
	}
	if Explained(nil) != nil {
		t.Error("nothing was explained")
	}
}
