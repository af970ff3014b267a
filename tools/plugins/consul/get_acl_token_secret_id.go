package consul

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"

	"nary.local/tools/plugins/plugin"
)

// GetAclTokenSecretId reads a token's secret, which AclToken keeps out of the state.
type GetAclTokenSecretId struct{}

// GetAclTokenSecretIdArgs names the token.
type GetAclTokenSecretIdArgs struct {
	AccessorId string  `pulumi:"accessorId"`
	Namespace  *string `pulumi:"namespace,optional"`
	Partition  *string `pulumi:"partition,optional"`
	PgpKey     *string `pulumi:"pgpKey,optional"`
}

// GetAclTokenSecretIdResult has the secret.
type GetAclTokenSecretIdResult struct {
	AccessorId        string  `pulumi:"accessorId"`
	EncryptedSecretId string  `pulumi:"encryptedSecretId"`
	Namespace         *string `pulumi:"namespace,optional"`
	Partition         *string `pulumi:"partition,optional"`
	PgpKey            *string `pulumi:"pgpKey,optional"`
	SecretId          string  `pulumi:"secretId" provider:"secret"`
}

// Annotate names the function.
func (g *GetAclTokenSecretId) Annotate(a infer.Annotator) {
	a.SetToken("index/getAclTokenSecretId", "getAclTokenSecretId")
}

// Invoke reads the secret.
func (*GetAclTokenSecretId) Invoke(ctx context.Context, req infer.FunctionRequest[GetAclTokenSecretIdArgs]) (infer.FunctionResponse[GetAclTokenSecretIdResult], error) {
	in := req.Input
	if plugin.Value(in.PgpKey) != "" {
		return infer.FunctionResponse[GetAclTokenSecretIdResult]{}, errors.New(
			"pgpKey: this provider cannot encrypt; without it, secretId is a secret of Pulumi's own")
	}
	s := open(ctx, place{namespace: in.Namespace, partition: in.Partition})
	token, _, err := s.client.ACL().TokenRead(in.AccessorId, s.query)
	if err != nil {
		return infer.FunctionResponse[GetAclTokenSecretIdResult]{}, fmt.Errorf("accessorId: reading token %q: %w", in.AccessorId, err)
	}
	return infer.FunctionResponse[GetAclTokenSecretIdResult]{Output: GetAclTokenSecretIdResult{
		AccessorId: in.AccessorId,
		Namespace:  in.Namespace,
		Partition:  in.Partition,
		SecretId:   token.SecretID,
	}}, nil
}
