package consul

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/consul/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// ConfigEntry is a config entry of any kind. Its ID is "kind-name"; it is imported by "kind/name" or
// "partition/namespace/kind/name".
type ConfigEntry struct{}

// ConfigEntryArgs is what is declared of it.
type ConfigEntryArgs struct {
	ConfigJson *string `pulumi:"configJson,optional"`
	Kind       string  `pulumi:"kind"`
	Name       *string `pulumi:"name,optional"`
	Namespace  *string `pulumi:"namespace,optional"`
	Partition  *string `pulumi:"partition,optional"`
}

// ConfigEntryState is what is known of it.
type ConfigEntryState = ConfigEntryArgs

var declaredOfConfigEntry = []string{"configJson", "kind", "name", "namespace", "partition"}

// Annotate names the resource.
func (c *ConfigEntry) Annotate(a infer.Annotator) { a.SetToken("index/configEntry", "ConfigEntry") }

// Check refuses what is no config entry at all; Consul checks the rest when it gets it.
func (ConfigEntry) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ConfigEntryArgs], error) {
	args, failures, err := infer.DefaultCheck[ConfigEntryArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[ConfigEntryArgs]{}, fmt.Errorf("checking the config entry's inputs: %w", err)
	}
	if err := plugin.Autoname(ctx, req, &args.Name); err != nil {
		return infer.CheckResponse[ConfigEntryArgs]{}, err
	}
	if len(failures) == 0 && !plugin.Unknown(ctx, "kind") {
		if _, err := api.MakeConfigEntry(args.Kind, plugin.Value(args.Name)); err != nil {
			failures = append(failures, p.CheckFailure{Property: "kind", Reason: err.Error()})
		}
	}
	if len(failures) == 0 && !plugin.Unknown(ctx, "configJson") {
		if _, err := args.payload(); err != nil {
			failures = append(failures, p.CheckFailure{Property: "configJson", Reason: err.Error()})
		}
	}
	return infer.CheckResponse[ConfigEntryArgs]{Inputs: args, Failures: failures}, nil
}

// Diff compares what the JSON means. Another name or place is another entry.
func (ConfigEntry) Diff(ctx context.Context, req infer.DiffRequest[ConfigEntryArgs, ConfigEntryState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{Replace: []string{"kind", "name", "namespace", "partition"}}
	if !plugin.Unknown(ctx, "configJson", "kind") && sameEntry(req.State, req.Inputs) {
		rules.Same = []string{"configJson"}
	}
	return plugin.Diff(ctx, declaredOfConfigEntry, rules), nil
}

// Create writes the entry, also over one that is there, as the official provider does.
func (ConfigEntry) Create(ctx context.Context, req infer.CreateRequest[ConfigEntryArgs]) (infer.CreateResponse[ConfigEntryState], error) {
	if req.DryRun {
		return infer.CreateResponse[ConfigEntryState]{Output: req.Inputs}, nil
	}
	return infer.CreateResponse[ConfigEntryState]{ID: req.Inputs.id(), Output: req.Inputs}, req.Inputs.put(ctx)
}

// Update writes the entry.
func (ConfigEntry) Update(ctx context.Context, req infer.UpdateRequest[ConfigEntryArgs, ConfigEntryState]) (infer.UpdateResponse[ConfigEntryState], error) {
	if req.DryRun {
		return infer.UpdateResponse[ConfigEntryState]{Output: req.Inputs}, nil
	}
	return infer.UpdateResponse[ConfigEntryState]{Output: req.Inputs}, req.Inputs.put(ctx)
}

// Read says what Consul has now, in the declared words as long as they mean that.
func (ConfigEntry) Read(ctx context.Context, req infer.ReadRequest[ConfigEntryArgs, ConfigEntryState]) (infer.ReadResponse[ConfigEntryArgs, ConfigEntryState], error) {
	state := req.State
	if state.Kind == "" {
		imported, err := importedEntry(req.ID)
		if err != nil {
			return infer.ReadResponse[ConfigEntryArgs, ConfigEntryState]{}, err
		}
		state = imported
	}
	s, name := open(ctx, state.place()), plugin.Value(state.Name)
	entry, _, err := s.client.ConfigEntries().Get(state.Kind, name, s.query)
	if err != nil && notFound(err) {
		return infer.ReadResponse[ConfigEntryArgs, ConfigEntryState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[ConfigEntryArgs, ConfigEntryState]{}, fmt.Errorf("reading %s %q: %w", state.Kind, name, err)
	}
	text, err := entryText(entry)
	if err != nil {
		return infer.ReadResponse[ConfigEntryArgs, ConfigEntryState]{}, err
	}
	live := state
	live.ConfigJson = &text
	if !sameEntry(state, live) {
		state = live
	}
	return infer.ReadResponse[ConfigEntryArgs, ConfigEntryState]{ID: state.id(), Inputs: state, State: state}, nil
}

// Delete removes the entry; Consul has nothing against removing one that is gone.
func (ConfigEntry) Delete(ctx context.Context, req infer.DeleteRequest[ConfigEntryState]) (infer.DeleteResponse, error) {
	s, name := open(ctx, req.State.place()), plugin.Value(req.State.Name)
	if _, err := s.client.ConfigEntries().Delete(req.State.Kind, name, s.write); err != nil {
		return infer.DeleteResponse{}, fmt.Errorf("deleting %s %q: %w", req.State.Kind, name, err)
	}
	return infer.DeleteResponse{}, nil
}

func (c ConfigEntryArgs) id() string { return c.Kind + "-" + plugin.Value(c.Name) }

func (c ConfigEntryArgs) place() place { return place{namespace: c.Namespace, partition: c.Partition} }

// payload is the entry as Consul's API takes it.
func (c ConfigEntryArgs) payload() (map[string]any, error) {
	entry := map[string]any{}
	if text := plugin.Value(c.ConfigJson); text != "" {
		if err := json.Unmarshal([]byte(text), &entry); err != nil {
			return nil, fmt.Errorf("it is not a JSON object: %w", err)
		}
	}
	entry["Kind"], entry["Name"] = c.Kind, plugin.Value(c.Name)
	for name, value := range map[string]*string{"Namespace": c.Namespace, "Partition": c.Partition} {
		if text := plugin.Value(value); text != "" {
			entry[name] = text
		}
	}
	return entry, nil
}

// put sends the declared JSON itself: Consul names a field that it does not know, the client drops it.
func (c ConfigEntryArgs) put(ctx context.Context) error {
	entry, err := c.payload()
	if err != nil {
		return fmt.Errorf("configJson: %w", err)
	}
	s, written := open(ctx, c.place()), false
	_, err = s.client.Raw().Write("/v1/config", entry, &written, s.write)
	if err == nil && !written {
		err = errors.New("it was not written")
	}
	if err != nil {
		return fmt.Errorf("configJson: Consul does not accept %s %q: %w", c.Kind, plugin.Value(c.Name), err)
	}
	return nil
}

func importedEntry(id string) (ConfigEntryState, error) {
	switch parts := strings.Split(id, "/"); len(parts) {
	case 2:
		return ConfigEntryState{Kind: parts[0], Name: &parts[1]}, nil
	case 4:
		return ConfigEntryState{Partition: &parts[0], Namespace: &parts[1], Kind: parts[2], Name: &parts[3]}, nil
	default:
		return ConfigEntryState{}, fmt.Errorf(
			"the ID %q is neither kind/name nor partition/namespace/kind/name", id)
	}
}
