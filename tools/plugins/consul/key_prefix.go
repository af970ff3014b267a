package consul

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// KeyPrefix owns all keys under a prefix.
type KeyPrefix struct{}

// Annotate names the resource.
func (k *KeyPrefix) Annotate(a infer.Annotator) { a.SetToken("index/keyPrefix", "KeyPrefix") }

// Check fills in the defaults.
func (KeyPrefix) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[KeyPrefixArgs], error) {
	args, failures, err := infer.DefaultCheck[KeyPrefixArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[KeyPrefixArgs]{}, fmt.Errorf("checking the key prefix's inputs: %w", err)
	}
	for i := range args.SubkeyCollection {
		plugin.Fill(&args.SubkeyCollection[i].Flags, 0)
	}
	return infer.CheckResponse[KeyPrefixArgs]{Inputs: args, Failures: failures}, nil
}

// Diff replaces the resource when its keys are to be elsewhere.
func (KeyPrefix) Diff(ctx context.Context, req infer.DiffRequest[KeyPrefixArgs, KeyPrefixState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{
		Replace: []string{"pathPrefix", "datacenter", "namespace", "partition"},
		Filled:  []string{"datacenter"},
	}
	if !plugin.Unknown(ctx, "subkeyCollection") && sameSubkeys(req.State.SubkeyCollection, req.Inputs.SubkeyCollection) {
		rules.Same = []string{"subkeyCollection"}
	}
	return plugin.Diff(ctx, declaredOfKeyPrefix, rules), nil
}

// Create takes a prefix over only if nobody's keys are lost by it: keys that say what is declared may
// be there, left by a run that was ended in the middle.
func (KeyPrefix) Create(ctx context.Context, req infer.CreateRequest[KeyPrefixArgs]) (infer.CreateResponse[KeyPrefixState], error) {
	if req.DryRun {
		return infer.CreateResponse[KeyPrefixState]{Output: req.Inputs}, nil
	}
	s := open(ctx, req.Inputs.place())
	prefix, declared := req.Inputs.PathPrefix, req.Inputs.entries()
	pairs, err := s.under(prefix)
	if err != nil {
		return infer.CreateResponse[KeyPrefixState]{}, err
	}
	for _, pair := range pairs {
		found := entry{string(pair.Value), int(pair.Flags)}
		if want, ok := declared[pair.Key[len(prefix):]]; !ok || want != found {
			return infer.CreateResponse[KeyPrefixState]{}, fmt.Errorf(
				"pathPrefix: %d keys already exist under %q (%q is one); delete them before managing this prefix",
				len(pairs), prefix, pair.Key)
		}
	}
	output := req.Inputs
	output.Datacenter = &s.datacenter
	err = partial(s.writeAll(prefix, declared))
	return infer.CreateResponse[KeyPrefixState]{ID: prefixID(prefix), Output: output}, err
}

func prefixID(prefix string) string {
	if prefix == "" {
		return "/"
	}
	return prefix
}

// writeAll goes by name, so that a failure is the same each time.
func (s store) writeAll(prefix string, entries map[string]entry) error {
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if err := s.put(prefix+name, entries[name].value, entries[name].flags); err != nil {
			return err
		}
	}
	return nil
}

// partial keeps the resource in the state although not all could be written.
func partial(err error) error {
	if err == nil {
		return nil
	}
	return infer.ResourceInitFailedError{Reasons: []string{plugin.Explained(err).Error()}}
}

// Update writes what is declared, then deletes all else under the prefix: a renamed key is briefly
// there twice, never missing.
func (KeyPrefix) Update(ctx context.Context, req infer.UpdateRequest[KeyPrefixArgs, KeyPrefixState]) (infer.UpdateResponse[KeyPrefixState], error) {
	output := req.Inputs
	output.Datacenter = req.State.Datacenter
	if req.DryRun {
		return infer.UpdateResponse[KeyPrefixState]{Output: output}, nil
	}
	s := open(ctx, req.Inputs.place())
	output.Datacenter = &s.datacenter
	prefix, declared := req.Inputs.PathPrefix, req.Inputs.entries()
	if err := s.writeAll(prefix, declared); err != nil {
		return infer.UpdateResponse[KeyPrefixState]{Output: output}, err
	}
	pairs, err := s.under(prefix)
	if err != nil {
		return infer.UpdateResponse[KeyPrefixState]{Output: output}, err
	}
	for _, pair := range pairs {
		if _, ok := declared[pair.Key[len(prefix):]]; ok {
			continue
		}
		if err := s.remove(pair.Key); err != nil {
			return infer.UpdateResponse[KeyPrefixState]{Output: output}, err
		}
	}
	return infer.UpdateResponse[KeyPrefixState]{Output: output}, nil
}

// Read finds all keys under the prefix; those that nobody declared show up as subkeys.
func (KeyPrefix) Read(ctx context.Context, req infer.ReadRequest[KeyPrefixArgs, KeyPrefixState]) (infer.ReadResponse[KeyPrefixArgs, KeyPrefixState], error) {
	state, inputs := req.State, req.Inputs
	if state.PathPrefix == "" && req.ID != "/" {
		state.PathPrefix, inputs.PathPrefix = req.ID, req.ID
	}
	s := open(ctx, state.place())
	pairs, err := s.under(state.PathPrefix)
	if err != nil {
		return infer.ReadResponse[KeyPrefixArgs, KeyPrefixState]{}, err
	}
	collected := KeyPrefixArgs{SubkeyCollection: state.SubkeyCollection}.entries()
	state.SubkeyCollection, state.Subkeys = nil, map[string]string{}
	for _, pair := range pairs {
		name, flags := pair.Key[len(state.PathPrefix):], int(pair.Flags)
		if _, ok := collected[name]; ok {
			state.SubkeyCollection = append(state.SubkeyCollection, Subkey{&flags, name, string(pair.Value)})
		} else {
			state.Subkeys[name] = string(pair.Value)
		}
	}
	state.Datacenter = &s.datacenter
	inputs.SubkeyCollection, inputs.Subkeys = state.SubkeyCollection, state.Subkeys
	return infer.ReadResponse[KeyPrefixArgs, KeyPrefixState]{ID: req.ID, Inputs: inputs, State: state}, nil
}

// Delete removes all that is under the prefix.
func (KeyPrefix) Delete(ctx context.Context, req infer.DeleteRequest[KeyPrefixState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, open(ctx, req.State.place()).removeUnder(req.State.PathPrefix)
}
