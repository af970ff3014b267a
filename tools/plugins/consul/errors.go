package consul

import (
	"errors"
	"net/http"
	"strings"

	"github.com/hashicorp/consul/api"
)

// notFound is true of an answer that there is no such thing. Of a token, Consul says so by refusing;
// it also says "ACL not found", alone, of the token that asks, and that is an error.
func notFound(err error) bool {
	var status api.StatusError
	if !errors.As(err, &status) {
		return false
	}
	gone := strings.Contains(status.Body, "does not exist: ACL not found")
	return status.Code == http.StatusNotFound || status.Code == http.StatusForbidden && gone
}
