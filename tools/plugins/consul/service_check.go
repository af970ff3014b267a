package consul

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/consul/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// ServiceCheck is a health check that someone else runs, such as consul-esm.
type ServiceCheck struct {
	CheckId                        string               `pulumi:"checkId"`
	DeregisterCriticalServiceAfter *string              `pulumi:"deregisterCriticalServiceAfter,optional"`
	Headers                        []ServiceCheckHeader `pulumi:"headers,optional"`
	Http                           *string              `pulumi:"http,optional"`
	Interval                       string               `pulumi:"interval"`
	Method                         *string              `pulumi:"method,optional"`
	Name                           string               `pulumi:"name"`
	Notes                          *string              `pulumi:"notes,optional"`
	Status                         *string              `pulumi:"status,optional"`
	Tcp                            *string              `pulumi:"tcp,optional"`
	Timeout                        string               `pulumi:"timeout"`
	TlsSkipVerify                  *bool                `pulumi:"tlsSkipVerify,optional"`
}

// ServiceCheckHeader is sent with an HTTP check.
type ServiceCheckHeader struct {
	Name   string   `pulumi:"name"`
	Values []string `pulumi:"values"`
}

// Annotate names the type.
func (c *ServiceCheck) Annotate(a infer.Annotator) { a.SetToken("index/ServiceCheck", "ServiceCheck") }

// Annotate names the type.
func (h *ServiceCheckHeader) Annotate(a infer.Annotator) {
	a.SetToken("index/ServiceCheckHeader", "ServiceCheckHeader")
}

// fill writes the official provider's defaults.
func (c *ServiceCheck) fill() {
	plugin.Fill(&c.DeregisterCriticalServiceAfter, "30s")
	plugin.Fill(&c.Method, "GET")
	plugin.Fill(&c.Status, "critical")
	plugin.Fill(&c.TlsSkipVerify, false)
}

// failures names what is no duration, and what cannot be checked at once.
func (c ServiceCheck) failures(path string) []p.CheckFailure {
	failures := []p.CheckFailure{}
	for name, text := range map[string]string{
		"interval": c.Interval, "timeout": c.Timeout,
		"deregisterCriticalServiceAfter": plugin.Value(c.DeregisterCriticalServiceAfter),
	} {
		if _, err := time.ParseDuration(text); err != nil {
			failures = append(failures, p.CheckFailure{Property: path + "." + name, Reason: err.Error()})
		}
	}
	if plugin.Value(c.Http) != "" && plugin.Value(c.Tcp) != "" {
		failures = append(failures, p.CheckFailure{Property: path, Reason: "a check has http or tcp, not both"})
	}
	return failures
}

// api is the check as Consul takes it. The durations were checked with the inputs.
func (c ServiceCheck) api() *api.HealthCheck {
	check := &api.HealthCheck{
		CheckID: c.CheckId,
		Name:    c.Name,
		Notes:   plugin.Value(c.Notes),
		Status:  plugin.Value(c.Status),
		Definition: api.HealthCheckDefinition{
			HTTP:          plugin.Value(c.Http),
			Header:        map[string][]string{},
			Method:        plugin.Value(c.Method),
			TCP:           plugin.Value(c.Tcp),
			TLSSkipVerify: plugin.Value(c.TlsSkipVerify),
		},
	}
	definition := &check.Definition
	definition.IntervalDuration, _ = time.ParseDuration(c.Interval)
	definition.TimeoutDuration, _ = time.ParseDuration(c.Timeout)
	definition.DeregisterCriticalServiceAfterDuration, _ = time.ParseDuration(plugin.Value(c.DeregisterCriticalServiceAfter))
	for _, header := range c.Headers {
		definition.Header[header.Name] = append(definition.Header[header.Name], header.Values...)
	}
	return check
}

// foundCheck is a check of Consul as one would declare it.
func foundCheck(check *api.HealthCheck) ServiceCheck {
	definition := check.Definition
	after := definition.DeregisterCriticalServiceAfterDuration.String()
	found := ServiceCheck{
		CheckId:                        check.CheckID,
		DeregisterCriticalServiceAfter: &after,
		Http:                           plugin.Optional(definition.HTTP),
		Interval:                       definition.IntervalDuration.String(),
		Method:                         plugin.Optional(definition.Method),
		Name:                           check.Name,
		Notes:                          plugin.Optional(check.Notes),
		Status:                         plugin.Optional(check.Status),
		Tcp:                            plugin.Optional(definition.TCP),
		Timeout:                        definition.TimeoutDuration.String(),
		TlsSkipVerify:                  &definition.TLSSkipVerify,
	}
	for _, name := range slices.Sorted(maps.Keys(definition.Header)) {
		found.Headers = append(found.Headers, ServiceCheckHeader{name, definition.Header[name]})
	}
	return found
}

// sameChecks compares checks as a set, and not by their status: the declared one is where they start,
// and whoever runs them changes it.
func sameChecks(a, b []ServiceCheck) bool {
	return sameJSON(withoutStatus(a), withoutStatus(b))
}

func withoutStatus(checks []ServiceCheck) []*api.HealthCheck {
	out := []*api.HealthCheck{}
	for _, check := range checks {
		check.Status = nil
		out = append(out, check.api())
	}
	slices.SortFunc(out, func(a, b *api.HealthCheck) int { return cmp.Compare(a.CheckID, b.CheckID) })
	return out
}

func checkPath(i int) string { return fmt.Sprintf("checks[%d]", i) }
