package nomad

import (
	"testing"

	"github.com/hashicorp/nomad/api"
)

func parsed(t *testing.T, text string) *api.Job {
	t.Helper()
	job, err := parse(nil, JobArgs{Jobspec: text, Json: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

const job = `{"ID":"j","Name":"j","Datacenters":["a","b"],"TaskGroups":[
	{"Name":"g","Count":1,"Tasks":[
		{"Name":"x","Driver":"raw_exec","Config":{"command":"c","args":["1","2"]}},
		{"Name":"y","Driver":"raw_exec","Config":{"command":"c"}}]}]}`

func TestSameJobs(t *testing.T) {
	cases := map[string]struct {
		other string
		want  bool
	}{
		"the same text": {job, true},
		"wrapped, other case of names, defaults written out": {`{"job":` + `{"id":"j","name":"j","type":"service","priority":50,"datacenters":["a","b"],"taskGroups":[
			{"name":"g","count":1,"tasks":[
				{"name":"x","driver":"raw_exec","config":{"args":["1","2"],"command":"c"},"KillTimeout":5000000000},
				{"name":"y","driver":"raw_exec","config":{"command":"c"}}]}]}}`, true},
		"another order of sets": {`{"ID":"j","Name":"j","Datacenters":["b","a"],"TaskGroups":[
			{"Name":"g","Count":1,"Tasks":[
				{"Name":"y","Driver":"raw_exec","Config":{"command":"c"}},
				{"Name":"x","Driver":"raw_exec","Config":{"command":"c","args":["1","2"]}}]}]}`, true},
		"what only the server writes": {`{"ID":"j","Name":"j","Status":"running","Version":7,"JobModifyIndex":9,"Stable":true,"Datacenters":["a","b"],"TaskGroups":[
			{"Name":"g","Count":1,"Tasks":[
				{"Name":"x","Driver":"raw_exec","Config":{"command":"c","args":["1","2"]}},
				{"Name":"y","Driver":"raw_exec","Config":{"command":"c"}}]}]}`, true},
		"another order of arguments": {`{"ID":"j","Name":"j","Datacenters":["a","b"],"TaskGroups":[
			{"Name":"g","Count":1,"Tasks":[
				{"Name":"x","Driver":"raw_exec","Config":{"command":"c","args":["2","1"]}},
				{"Name":"y","Driver":"raw_exec","Config":{"command":"c"}}]}]}`, false},
		"another count": {`{"ID":"j","Name":"j","Datacenters":["a","b"],"TaskGroups":[
			{"Name":"g","Count":2,"Tasks":[
				{"Name":"x","Driver":"raw_exec","Config":{"command":"c","args":["1","2"]}},
				{"Name":"y","Driver":"raw_exec","Config":{"command":"c"}}]}]}`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := same(parsed(t, job), parsed(t, c.other))
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("same: got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseNeedsAnID(t *testing.T) {
	for _, text := range []string{`{}`, `{"Job":{"Name":"n"}}`, `[]`, `job "x" {}`} {
		if _, err := parse(nil, JobArgs{Jobspec: text, Json: new(true)}); err == nil {
			t.Errorf("%s was taken for a job", text)
		}
	}
}

func TestVariablesFile(t *testing.T) {
	vars := map[string]string{"b": `say "${x}"`, "a": `["1"]`}
	if got, want := variables(vars, quote), "a = \"[\\\"1\\\"]\"\nb = \"say \\\"$${x}\\\"\"\n"; got != want {
		t.Errorf("quoted: got %s, want %s", got, want)
	}
	if got, want := variables(vars, expression), "a = [\"1\"]\nb = \"say \\\"$${x}\\\"\"\n"; got != want {
		t.Errorf("as expressions: got %s, want %s", got, want)
	}
}
