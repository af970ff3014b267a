package nomad

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/hashicorp/nomad/api"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// Variable is a variable that Nomad keeps encrypted. Its ID is "path@namespace".
type Variable struct{}

// VariableArgs is what is declared of it.
type VariableArgs struct {
	Items     map[string]string `pulumi:"items" provider:"secret"`
	Namespace *string           `pulumi:"namespace,optional"`
	Path      string            `pulumi:"path"`
}

// VariableState is what is known of it.
type VariableState = VariableArgs

var declaredOfVariable = []string{"items", "namespace", "path"}

// Annotate names and documents the resource.
func (v *Variable) Annotate(a infer.Annotator) {
	a.SetToken("index/variable", "Variable")
	a.Describe(&v, "Creates and manages a variable, including its contents, within a Nomad cluster.")
}

// Annotate documents the inputs.
func (v *VariableArgs) Annotate(a infer.Annotator) {
	a.Describe(&v.Items, "An arbitrary map of items to create in the variable.")
	a.Describe(&v.Namespace, "The namespace to create the variable in. Default: \"default\".")
	a.Describe(&v.Path, "A unique path to create the variable at.")
}

// Nomad's own rule, so that a preview says what a run would fail with.
var variablePath = regexp.MustCompile("^[a-zA-Z0-9-_~/]{1,128}$")

// Check fills in the default namespace and refuses what Nomad would refuse.
func (Variable) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[VariableArgs], error) {
	args, failures, err := infer.DefaultCheck[VariableArgs](ctx, req.NewInputs)
	if err != nil {
		return infer.CheckResponse[VariableArgs]{}, fmt.Errorf("checking the variable's inputs: %w", err)
	}
	if len(failures) == 0 && !req.NewInputs.Get("path").HasComputed() && !variablePath.MatchString(args.Path) {
		failures = append(failures, p.CheckFailure{
			Property: "path",
			Reason:   fmt.Sprintf("%q is not 1 to 128 letters, digits and characters of -_~/", args.Path),
		})
	}
	if len(failures) == 0 && !req.NewInputs.Get("items").HasComputed() && len(args.Items) == 0 {
		failures = append(failures, p.CheckFailure{Property: "items", Reason: "Nomad keeps no empty variables"})
	}
	plugin.Fill(&args.Namespace, defaultNamespace)
	return infer.CheckResponse[VariableArgs]{Inputs: args, Failures: failures}, nil
}

// Diff replaces a variable that is to be elsewhere.
func (Variable) Diff(ctx context.Context, _ infer.DiffRequest[VariableArgs, VariableState]) (infer.DiffResponse, error) {
	return plugin.Diff(ctx, declaredOfVariable, plugin.Rules{Replace: []string{"namespace", "path"}}), nil
}

// Create writes the variable, also over one that is there, as the official provider does.
func (Variable) Create(ctx context.Context, req infer.CreateRequest[VariableArgs]) (infer.CreateResponse[VariableState], error) {
	if req.DryRun {
		return infer.CreateResponse[VariableState]{Output: req.Inputs}, nil
	}
	return infer.CreateResponse[VariableState]{ID: req.Inputs.id(), Output: req.Inputs}, write(ctx, req.Inputs)
}

// Update writes all items.
func (Variable) Update(ctx context.Context, req infer.UpdateRequest[VariableArgs, VariableState]) (infer.UpdateResponse[VariableState], error) {
	if req.DryRun {
		return infer.UpdateResponse[VariableState]{Output: req.Inputs}, nil
	}
	return infer.UpdateResponse[VariableState]{Output: req.Inputs}, write(ctx, req.Inputs)
}

// Read says which items the variable has now.
func (Variable) Read(ctx context.Context, req infer.ReadRequest[VariableArgs, VariableState]) (infer.ReadResponse[VariableArgs, VariableState], error) {
	state := req.State
	if state.Path == "" {
		path, namespace := importID(req.ID)
		state = VariableState{Path: path, Namespace: &namespace}
	}
	found, _, err := clientOf(ctx).Variables().Read(state.Path, queryOptions(ctx, plugin.Value(state.Namespace)))
	if errors.Is(err, api.ErrVariablePathNotFound) {
		return infer.ReadResponse[VariableArgs, VariableState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[VariableArgs, VariableState]{}, fmt.Errorf("reading variable %q: %w", state.id(), err)
	}
	state.Items = found.Items
	return infer.ReadResponse[VariableArgs, VariableState]{ID: state.id(), Inputs: state, State: state}, nil
}

// Delete removes the variable; Nomad has nothing against removing one that is gone.
func (Variable) Delete(ctx context.Context, req infer.DeleteRequest[VariableState]) (infer.DeleteResponse, error) {
	state := req.State
	_, err := clientOf(ctx).Variables().Delete(state.Path, writeOptions(ctx, plugin.Value(state.Namespace)))
	if err != nil {
		return infer.DeleteResponse{}, fmt.Errorf("deleting variable %q: %w", state.id(), err)
	}
	return infer.DeleteResponse{}, nil
}

func (v VariableArgs) id() string { return v.Path + "@" + plugin.Value(v.Namespace) }

func write(ctx context.Context, v VariableArgs) error {
	namespace := plugin.Value(v.Namespace)
	variable := &api.Variable{Namespace: namespace, Path: v.Path, Items: v.Items}
	if _, _, err := clientOf(ctx).Variables().Create(variable, writeOptions(ctx, namespace)); err != nil {
		return fmt.Errorf("writing variable %q: %w", v.id(), err)
	}
	return nil
}
