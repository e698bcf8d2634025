package application

import (
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Provider is what an application is made from (sso-admin, ApplicationProvider).
type Provider struct {
	ARN         string
	Protocol    string // SAML or OAUTH
	DisplayName string
	Description string
}

// Providers returns the catalogue, ordered by ARN: the customer's own OAuth and
// SAML applications. Those that AWS's services make for themselves are not in it.
func Providers() []Provider {
	return []Provider{
		{arn.ApplicationProvider("custom").String(), "OAUTH", "Custom application", "An OAuth 2.0 application of your own."},
		{arn.ApplicationProvider("custom-saml").String(), "SAML", "Custom SAML 2.0 application", "A SAML 2.0 application of your own."},
	}
}

// FindProvider returns a provider of the catalogue, or NotFound.
func FindProvider(providerARN string) (Provider, error) {
	all := Providers()
	at := slices.IndexFunc(all, func(p Provider) bool { return p.ARN == providerARN })
	if at < 0 {
		return Provider{}, idc.NotFoundf("ApplicationProvider", providerARN, "Could not find ApplicationProvider with ARN %s", providerARN)
	}
	return all[at], nil
}
