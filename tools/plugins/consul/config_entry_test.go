package consul

import "testing"

func TestSameEntry(t *testing.T) {
	cases := map[string]struct {
		kind, a, b string
		want       bool
	}{
		"another order and case":   {"service-defaults", `{"Protocol":"http","Meta":{"a":"b"}}`, `{"meta":{"a":"b"},"protocol":"http"}`, true},
		"nothing and empty":        {"service-defaults", ``, `{"Meta":{},"UpstreamConfig":null}`, true},
		"another protocol":         {"service-defaults", `{"Protocol":"http"}`, `{"Protocol":"grpc"}`, false},
		"a field more":             {"service-resolver", `{}`, `{"Failover":{"*":{"Datacenters":["dc2"]}}}`, false},
		"what Consul fills in":     {"service-intentions", `{"Sources":[{"Name":"web","Action":"allow"}]}`, `{"Sources":[{"Name":"web","Action":"allow","Type":"consul","Precedence":9}]}`, true},
		"another action":           {"service-intentions", `{"Sources":[{"Name":"web","Action":"allow"}]}`, `{"Sources":[{"Name":"web","Action":"deny"}]}`, false},
		"a duration written out":   {"service-resolver", `{"ConnectTimeout":"60s"}`, `{"ConnectTimeout":"1m0s"}`, true},
		"another order of sources": {"service-intentions", `{"Sources":[{"Name":"a","Action":"deny"},{"Name":"b","Action":"deny"}]}`, `{"Sources":[{"Name":"b","Action":"deny"},{"Name":"a","Action":"deny"}]}`, false},
		"other weights":            {"service-splitter", `{"Splits":[{"Weight":90},{"Weight":10,"Service":"c"}]}`, `{"Splits":[{"Weight":80},{"Weight":20,"Service":"c"}]}`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			entry := func(text string) ConfigEntryArgs {
				name := "n"
				return ConfigEntryArgs{Kind: c.kind, Name: &name, ConfigJson: &text}
			}
			if got := sameEntry(entry(c.a), entry(c.b)); got != c.want {
				t.Errorf("same: got %v, want %v", got, c.want)
			}
		})
	}
}

func TestImportedEntry(t *testing.T) {
	long, err := importedEntry("part/space/service-defaults/web")
	if err != nil || long.id() != "service-defaults-web" || *long.Partition != "part" || *long.Namespace != "space" {
		t.Errorf("got %+v, %v", long, err)
	}
	if _, err := importedEntry("service-defaults-web"); err == nil {
		t.Error("an ID without its parts was taken")
	}
}
