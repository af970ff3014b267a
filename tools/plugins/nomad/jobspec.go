package nomad

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/nomad/api"

	"nary.local/tools/plugins/plugin"
)

const defaultNamespace = "default"

// parse turns the declared jobspec into a job. HCL is parsed by the server, so that it means the same
// here as in `nomad job run` against that server.
func parse(client *api.Client, args JobArgs) (*api.Job, error) {
	var job *api.Job
	var err error
	if plugin.Value(args.Json) {
		job, err = parseJSON(args.Jobspec)
	} else {
		job, err = parseHCL(client, args.Jobspec, plugin.Value(args.Hcl2).Vars)
	}
	if err != nil {
		return nil, fmt.Errorf("jobspec: %w", err)
	}
	if plugin.Value(job.ID) == "" {
		return nil, errors.New("jobspec: it has no job ID")
	}
	if plugin.Value(job.Namespace) == "" {
		namespace := defaultNamespace
		job.Namespace = &namespace
	}
	return job, nil
}

// parseJSON reads a job alone, or under "Job" as `nomad job run -output` prints it.
func parseJSON(text string) (*api.Job, error) {
	var root map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, fmt.Errorf("reading it as JSON: %w", err)
	}
	body := json.RawMessage(text)
	for _, name := range []string{"Job", "job"} {
		if inner, ok := root[name]; ok {
			body = inner
		}
	}
	job := &api.Job{}
	if err := json.Unmarshal(body, job); err != nil {
		return nil, fmt.Errorf("reading it as a Nomad job in JSON: %w", err)
	}
	return job, nil
}

func parseHCL(client *api.Client, text string, vars map[string]string) (*api.Job, error) {
	job, err := client.Jobs().ParseHCLOpts(&api.JobsParseRequest{JobHCL: text, Variables: variables(vars, quote)})
	if err == nil {
		return job, nil
	}
	// A variable's type is the jobspec's business: what is no string may be a list or an object.
	job, second := client.Jobs().ParseHCLOpts(&api.JobsParseRequest{JobHCL: text, Variables: variables(vars, expression)})
	if second == nil {
		return job, nil
	}
	return nil, fmt.Errorf("Nomad could not read it: %w", err)
}

// variables writes a variables file; the API takes no single variables.
func variables(vars map[string]string, write func(string) string) string {
	lines := []string{}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		lines = append(lines, name+" = "+write(vars[name])+"\n")
	}
	return strings.Join(lines, "")
}

func quote(value string) string {
	quoted := strconv.Quote(value)
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quoted)
}

func expression(value string) string {
	if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") {
		return value
	}
	return quote(value)
}
