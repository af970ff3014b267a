package nomad

import (
	"encoding/json"
	"testing"
)

func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPatchShowsOnlyWhatWasChanged(t *testing.T) {
	cases := map[string]struct{ declared, before, after, want string }{
		"a changed number keeps the declared form of the rest": {
			`{"job":{"id":"j","groups":[{"name":"g","count":1,"kill":"5s"}]}}`,
			`{"ID":"j","Groups":[{"Name":"g","Count":1,"Kill":5,"Default":true}]}`,
			`{"ID":"j","Groups":[{"Name":"g","Count":3,"Kill":5,"Default":true}]}`,
			`{"job":{"groups":[{"count":3,"kill":"5s","name":"g"}],"id":"j"}}`,
		},
		"something added and something removed": {
			`{"ID":"j","Gone":1}`,
			`{"ID":"j","Gone":1,"New":null}`,
			`{"ID":"j","New":{"a":1}}`,
			`{"ID":"j","New":{"a":1}}`,
		},
		"a list of another length is taken whole": {
			`{"List":[{"a":"1s"}]}`,
			`{"List":[{"a":1}]}`,
			`{"List":[{"a":1},{"a":2}]}`,
			`{"List":[{"a":1},{"a":2}]}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := string(text(patchJob(value(t, c.declared), value(t, c.before), value(t, c.after))))
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
