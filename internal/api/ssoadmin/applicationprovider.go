package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The catalogue of providers is the same for everybody and belongs to no instance.
func (d *Door) applicationProviderOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(ssoadmin.DescribeApplicationProvider, d.describeProvider,
			awsedge.On(func(_ *awsedge.Call, in *ssoadmin.DescribeApplicationProviderInput) []string {
				return []string{*in.ApplicationProviderArn}
			})),
		awsedge.Op(ssoadmin.ListApplicationProviders, d.listProviders,
			awsedge.On(func(_ *awsedge.Call, _ *ssoadmin.ListApplicationProvidersInput) []string {
				return []string{arn.ApplicationProvider("*").String()}
			})),
	}
}

func wireProvider(p application.Provider) ssoadmin.ApplicationProvider {
	return ssoadmin.ApplicationProvider{
		ApplicationProviderArn: &p.ARN, FederationProtocol: &p.Protocol,
		DisplayData: &ssoadmin.DisplayData{DisplayName: &p.DisplayName, Description: &p.Description},
	}
}

func (d *Door) describeProvider(_ context.Context, _ *awsedge.Call, in *ssoadmin.DescribeApplicationProviderInput) (*ssoadmin.DescribeApplicationProviderOutput, error) {
	p, err := application.FindProvider(*in.ApplicationProviderArn)
	if err != nil {
		return nil, err
	}
	out := ssoadmin.DescribeApplicationProviderOutput(wireProvider(p))
	return &out, nil
}

func (d *Door) listProviders(_ context.Context, call *awsedge.Call, in *ssoadmin.ListApplicationProvidersInput) (*ssoadmin.ListApplicationProvidersOutput, error) {
	page, token, err := d.page(request{Call: call}, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	providers, next := store.Cut(page, application.Providers(), func(p application.Provider) string { return p.ARN })
	out := &ssoadmin.ListApplicationProvidersOutput{ApplicationProviders: []ssoadmin.ApplicationProvider{}, NextToken: token(next)}
	for _, p := range providers {
		out.ApplicationProviders = append(out.ApplicationProviders, wireProvider(p))
	}
	return out, nil
}
