package consul

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Keys owns single keys.
type Keys struct{}

// Annotate names the resource.
func (k *Keys) Annotate(a infer.Annotator) { a.SetToken("index/keys", "Keys") }

// The official provider's ID: the keys themselves say where they are.
const keysID = "consul"

// Check fills in the defaults.
func (Keys) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[KeysArgs], error) {
	args, failures, err := infer.DefaultCheck[KeysArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[KeysArgs]{}, fmt.Errorf("checking the keys' inputs: %w", err)
	}
	for i := range args.Keys {
		key := &args.Keys[i]
		plugin.Fill(&key.Default, "")
		plugin.Fill(&key.Delete, false)
		plugin.Fill(&key.Flags, 0)
		plugin.Fill(&key.Name, "")
	}
	return infer.CheckResponse[KeysArgs]{Inputs: args, Failures: failures}, nil
}

// Diff compares the keys as a set.
func (Keys) Diff(ctx context.Context, req infer.DiffRequest[KeysArgs, KeysState]) (infer.DiffResponse, error) {
	rules := plugin.Rules{Replace: []string{"datacenter", "namespace", "partition"}, Filled: []string{"datacenter"}}
	if !plugin.Unknown(ctx, "keys") && slices.Equal(flatKeys(req.State.Keys), flatKeys(req.Inputs.Keys)) {
		rules.Same = []string{"keys"}
	}
	return plugin.Diff(ctx, declaredOfKeys, rules), nil
}

// Create writes the keys, also over those that are there.
func (Keys) Create(ctx context.Context, req infer.CreateRequest[KeysArgs]) (infer.CreateResponse[KeysState], error) {
	output := KeysState{KeysArgs: req.Inputs, Var: map[string]string{}}
	if req.DryRun {
		return infer.CreateResponse[KeysState]{Output: output}, nil
	}
	err := partial(output.apply(ctx, nil))
	return infer.CreateResponse[KeysState]{ID: keysID, Output: output}, err
}

// Update writes the declared keys, then deletes those that are no longer declared and asked for it.
func (Keys) Update(ctx context.Context, req infer.UpdateRequest[KeysArgs, KeysState]) (infer.UpdateResponse[KeysState], error) {
	output := KeysState{KeysArgs: req.Inputs, Var: map[string]string{}}
	output.Datacenter = req.State.Datacenter
	if req.DryRun {
		return infer.UpdateResponse[KeysState]{Output: output}, nil
	}
	output.Datacenter = req.Inputs.Datacenter
	err := output.apply(ctx, req.State.Keys)
	return infer.UpdateResponse[KeysState]{Output: output}, err
}

func (k *KeysState) apply(ctx context.Context, before []Key) error {
	s := open(ctx, k.place())
	k.Datacenter = &s.datacenter
	declared := map[string]bool{}
	for _, key := range k.Keys {
		declared[key.Path] = true
		if key.readOnly() {
			continue
		}
		if err := s.put(key.Path, plugin.Value(key.Value), plugin.Value(key.Flags)); err != nil {
			return err
		}
	}
	for _, key := range before {
		if declared[key.Path] || !plugin.Value(key.Delete) {
			continue
		}
		if err := s.remove(key.Path); err != nil {
			return err
		}
	}
	return k.look(s)
}

// look reads the keys' values, so that a value that was changed outside shows up.
func (k *KeysState) look(s store) error {
	keys := slices.Clone(k.Keys)
	k.Var = map[string]string{}
	for i, key := range keys {
		value, flags := plugin.Value(key.Default), 0
		pair, err := s.get(key.Path)
		if err != nil {
			return err
		}
		if pair != nil {
			flags = int(pair.Flags)
			if len(pair.Value) > 0 {
				value = string(pair.Value)
			}
		}
		if name := plugin.Value(key.Name); name != "" {
			k.Var[name] = value
		} else {
			keys[i].Value, keys[i].Flags = &value, &flags
		}
	}
	k.Keys = keys
	return nil
}

// Read finds the keys' values.
func (Keys) Read(ctx context.Context, req infer.ReadRequest[KeysArgs, KeysState]) (infer.ReadResponse[KeysArgs, KeysState], error) {
	state, inputs := req.State, req.Inputs
	if state.Datacenter == nil && len(state.Keys) == 0 {
		return infer.ReadResponse[KeysArgs, KeysState]{}, errors.New(
			"keys cannot be imported: an ID does not say which ones; declare them, and those that are there are taken over")
	}
	s := open(ctx, state.place())
	state.Datacenter = &s.datacenter
	if err := state.look(s); err != nil {
		return infer.ReadResponse[KeysArgs, KeysState]{}, err
	}
	inputs.Keys = state.Keys
	return infer.ReadResponse[KeysArgs, KeysState]{ID: req.ID, Inputs: inputs, State: state}, nil
}

// Delete removes the keys that asked for it; the others stay.
func (Keys) Delete(ctx context.Context, req infer.DeleteRequest[KeysState]) (infer.DeleteResponse, error) {
	s := open(ctx, req.State.place())
	for _, key := range req.State.Keys {
		if !plugin.Value(key.Delete) {
			continue
		}
		if err := s.remove(key.Path); err != nil {
			return infer.DeleteResponse{}, err
		}
	}
	return infer.DeleteResponse{}, nil
}
