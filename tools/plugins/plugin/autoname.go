package plugin

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	randomLength  = 7
	longestChosen = 255
)

// Autoname fills in a name that is not declared, as the official providers do: the one that the
// resource has already, else its name in the program with a random end.
func Autoname(ctx context.Context, req infer.CheckRequest, name **string) error {
	if declared := req.NewInputs.Get("name"); !declared.IsNull() {
		return nil
	}
	if old := req.OldInputs.Get("name"); old.IsString() && old.AsString() != "" {
		Fill(name, old.AsString())
		return nil
	}
	chosen, err := resource.NewUniqueName(requestOf(ctx).seed, req.Name+"-", randomLength, longestChosen, nil)
	if err != nil {
		return fmt.Errorf("name: choosing a name for %q: %w", req.Name, err)
	}
	Fill(name, chosen)
	return nil
}
