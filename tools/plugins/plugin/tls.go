package plugin

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// Variables are the environment's names of files, each list in the order in which they count.
type Variables struct{ CA, Cert, Key []string }

// PEM is what a server is trusted by, and what we prove to it who we are with. All are empty when
// nothing is said of them.
type PEM struct{ CA, Cert, Key []byte }

// PEM reads the certificates and the key. What is declared, as content or as a file, goes before what
// the environment names.
func (c Connection) PEM(from Variables) (PEM, error) {
	var all PEM
	for _, one := range []struct {
		name      string
		pem, file *string
		variables []string
		target    *[]byte
	}{
		{"ca", c.CaPem, c.CaFile, from.CA, &all.CA},
		{"cert", c.CertPem, c.CertFile, from.Cert, &all.Cert},
		{"key", c.KeyPem, c.KeyFile, from.Key, &all.Key},
	} {
		content, err := material(one.name, one.pem, one.file, one.variables)
		if err != nil {
			return PEM{}, err
		}
		*one.target = content
	}
	if (len(all.Cert) == 0) != (len(all.Key) == 0) {
		return PEM{}, errors.New(
			"a client's certificate and its key belong together: set certFile or certPem, and keyFile or keyPem")
	}
	return all, nil
}

func material(name string, pem, file *string, variables []string) ([]byte, error) {
	if Value(pem) != "" && Value(file) != "" {
		return nil, fmt.Errorf("%sFile and %sPem are both set: set one of them", name, name)
	}
	if text := Value(pem); text != "" {
		return []byte(text), nil
	}
	path := Setting(file, variables...)
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%sFile (or %s): the file cannot be read: %w", name, strings.Join(variables, ", "), err)
	}
	return content, nil
}

// Explained says which settings are about a connection that was refused for its certificates.
func Explained(err error) error {
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return fmt.Errorf("%w; caFile or caPem has to be the authority that signed the server's certificate", err)
	}
	if hungUp(err) {
		return fmt.Errorf("%w; if the server wants a client's certificate, set certFile and keyFile, or certPem and keyPem", err)
	}
	return err
}

// hungUp is true where the server has refused our certificate, or that we have none. It says so and hangs
// up, and what it said is lost when the request was still being written.
func hungUp(err error) bool {
	var remote *net.OpError
	if errors.As(err, &remote) && remote.Op == "remote error" {
		return strings.Contains(remote.Error(), "certificate")
	}
	var asked *url.Error
	if !errors.As(err, &asked) || !strings.HasPrefix(asked.URL, "https://") {
		return false
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) ||
		// Go's HTTP/2 has no type for it.
		strings.HasSuffix(asked.Err.Error(), "http2: client conn could not be established")
}
