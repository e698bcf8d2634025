package iam_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	api "github.com/gatehouse-idc/gatehouse/internal/api/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// newProviders is a door that keeps keys and signs tokens.
func newProviders(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	secrets := sealed.NewEphemeral()
	w.roles = &role.Service{Store: w.Store, IDs: w.IDs, Secrets: secrets}
	tokens := &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Secrets: secrets, Instance: w.Instance, BaseURL: "https://gatehouse.example.com"}
	door := &api.Door{Roles: w.roles, STS: tokens, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	w.Client = doortest.New(t, w.Clock, w.IDs, testidc.Member, door.Operations())
	return w
}

func TestOpenIDConnectProviders(t *testing.T) {
	w := newProviders(t)
	const arn = "arn:aws:iam::222222222222:oidc-provider/idp.example.com/realms/x"
	thumb := strings.Repeat("a1", 20)
	created := doortest.Do(w.Client, iam.CreateOpenIDConnectProvider, &iam.CreateOpenIDConnectProviderInput{
		Url: p("https://idp.example.com/realms/x"), ClientIDList: []string{"app"}, ThumbprintList: []string{thumb}, Tags: []iam.Tag{{Key: p("team"), Value: p("x")}}})
	if *created.OpenIDConnectProviderArn != arn || len(created.Tags) != 1 {
		t.Errorf("created %+v", created)
	}
	w.asked("iam:TagOpenIDConnectProvider", arn)
	doortest.Do(w.Client, iam.AddClientIDToOpenIDConnectProvider, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), ClientID: p("web")})
	w.asked("iam:AddClientIDToOpenIDConnectProvider", arn)
	doortest.Do(w.Client, iam.AddClientIDToOpenIDConnectProvider, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), ClientID: p("web")})
	doortest.Do(w.Client, iam.RemoveClientIDFromOpenIDConnectProvider, &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), ClientID: p("app")})
	doortest.Do(w.Client, iam.RemoveClientIDFromOpenIDConnectProvider, &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), ClientID: p("nobody")})
	other := strings.Repeat("0f", 20)
	doortest.Do(w.Client, iam.UpdateOpenIDConnectProviderThumbprint, &iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: p(arn), ThumbprintList: []string{other}})
	doortest.Do(w.Client, iam.TagOpenIDConnectProvider, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), Tags: []iam.Tag{{Key: p("cost"), Value: p("7")}}})
	doortest.Do(w.Client, iam.UntagOpenIDConnectProvider, &iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), TagKeys: []string{"team"}})
	got := doortest.Do(w.Client, iam.GetOpenIDConnectProvider, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn)})
	if *got.Url != "idp.example.com/realms/x" || !slices.Equal(got.ClientIDList, []string{"web"}) || !slices.Equal(got.ThumbprintList, []string{other}) || !got.CreateDate.Equal(w.Clock.Now()) {
		t.Errorf("provider %+v", got)
	}
	tags := doortest.Do(w.Client, iam.ListOpenIDConnectProviderTags, &iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: p(arn)})
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "cost" || *tags.IsTruncated {
		t.Errorf("tags %+v", tags)
	}
	list := doortest.Do(w.Client, iam.ListOpenIDConnectProviders, &iam.ListOpenIDConnectProvidersInput{}).OpenIDConnectProviderList
	if len(list) != 1 || *list[0].Arn != arn {
		t.Errorf("list %+v", list)
	}
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, iam.GetOpenIDConnectProvider, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn)}, "NoSuchEntity", "OpenIDConnect Provider not found for arn "+arn)
	doortest.Do(w.Client, iam.DeleteOpenIDConnectProvider, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn)}) // another account's is none
	w.Caller.AccountID = testidc.Member
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, &iam.CreateOpenIDConnectProviderInput{Url: p("https://idp.example.com/realms/x")}, "EntityAlreadyExists", "Provider with url https://idp.example.com/realms/x already exists.")
	doortest.Do(w.Client, iam.DeleteOpenIDConnectProvider, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn)})
	doortest.Do(w.Client, iam.DeleteOpenIDConnectProvider, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn)}) // once more is no error
	doortest.Refuse(w.Client, iam.AddClientIDToOpenIDConnectProvider, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: p(arn), ClientID: p("x")}, "NoSuchEntity", "not found")
}

func TestOpenIDConnectProviderRules(t *testing.T) {
	w := newProviders(t)
	create := func(in iam.CreateOpenIDConnectProviderInput) *iam.CreateOpenIDConnectProviderInput {
		if in.Url == nil {
			in.Url = p("https://idp.example.com")
		}
		return &in
	}
	for _, url := range []string{"http://idp.example.com", "idp.example.com", "https://", "https://idp.example.com:8443", "https://idp.example.com?x=y", "https://u@idp.example.com", "https://IDP.example.com", "https://idp.example.com/#x", "https://idp.example.com/*"} {
		doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{Url: &url}), "ValidationError", "Invalid Open ID Connect Provider URL")
	}
	thumb := strings.Repeat("a1", 20)
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{ThumbprintList: slices.Repeat([]string{thumb}, 6)}), "InvalidInput", "fewer than 6")
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{ThumbprintList: []string{strings.Repeat("zz", 20)}}), "InvalidInput", "hexadecimal")
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{ThumbprintList: []string{"a1"}}), "ValidationError", "")
	var many []string
	for i := range 101 {
		many = append(many, strings.Repeat("x", i+1))
	}
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{ClientIDList: many}), "LimitExceeded", "100")
	w.World.Update(func(tx store.Tx) error {
		for i := range 100 {
			name := many[i] + ".example.com"
			if err := tx.PutOIDCProvider(&idc.OIDCProvider{AccountID: testidc.Member, URL: name, ARN: "arn:aws:iam::222222222222:oidc-provider/" + name}); err != nil {
				return err
			}
		}
		return nil
	})
	doortest.Refuse(w.Client, iam.CreateOpenIDConnectProvider, create(iam.CreateOpenIDConnectProviderInput{}), "LimitExceeded", "100")
}

func TestSAMLProviders(t *testing.T) {
	w := newProviders(t)
	const arn = "arn:aws:iam::222222222222:saml-provider/corp"
	idp := samltest.New(t, "https://idp.example.com")
	doortest.Refuse(w.Client, iam.CreateSAMLProvider, &iam.CreateSAMLProviderInput{Name: p("corp"), SAMLMetadataDocument: p(strings.Repeat("<md/>", 300))}, "InvalidInput", "Could not parse metadata.")
	doortest.Refuse(w.Client, iam.CreateSAMLProvider, &iam.CreateSAMLProviderInput{Name: p("corp"), SAMLMetadataDocument: p(idp.Metadata()), AssertionEncryptionMode: p("Required")}, "InvalidInput", "because no private key is provided")
	doortest.Do(w.Client, iam.CreateSAMLProvider, &iam.CreateSAMLProviderInput{Name: p("corp"), SAMLMetadataDocument: p(idp.Metadata())})
	get := func() *iam.GetSAMLProviderOutput {
		return doortest.Do(w.Client, iam.GetSAMLProvider, &iam.GetSAMLProviderInput{SAMLProviderArn: p(arn)})
	}
	if got := get(); *got.SAMLMetadataDocument != idp.Metadata() || got.AssertionEncryptionMode != nil || len(got.PrivateKeyList) != 0 || len(*got.SAMLProviderUUID) != 36 || got.ValidUntil.Year() < 2100 {
		t.Errorf("provider %+v", got)
	}
	update := func(in iam.UpdateSAMLProviderInput) *iam.UpdateSAMLProviderInput {
		in.SAMLProviderArn = p(arn)
		return &in
	}
	doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{}), "InvalidInput", "No updates are defined")
	dated := strings.Replace(idp.Metadata(), "entityID", `validUntil="2030-01-01T00:00:00Z" entityID`, 1)
	if out := doortest.Do(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{SAMLMetadataDocument: &dated})); *out.SAMLProviderArn != arn {
		t.Errorf("updated %+v", out)
	}
	w.asked("iam:UpdateSAMLProvider", arn)
	if got := get(); *got.SAMLMetadataDocument != dated || got.ValidUntil.Year() != 2030 {
		t.Errorf("provider %+v", got)
	}
	weak, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(weak)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"x", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))} {
		doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &bad}), "InvalidInput", "Invalid private key.")
	}
	for range 2 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
		doortest.Do(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &text, AssertionEncryptionMode: p("Required")}))
		doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &text, RemovePrivateKey: p(strings.Repeat("A", 22))}), "InvalidInput", "Unable to add and remove private keys in the same request")
		if len(get().PrivateKeyList) == 2 {
			doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &text}), "LimitExceeded", "Private key limit of 2 is reached.")
		}
	}
	got := get()
	if *got.AssertionEncryptionMode != "Required" || len(got.PrivateKeyList) != 2 || !got.PrivateKeyList[0].Timestamp.Equal(w.Clock.Now()) {
		t.Fatalf("provider %+v", got)
	}
	doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: p(strings.Repeat("A", 22))}), "InvalidInput", "does not match a private key")
	doortest.Do(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: got.PrivateKeyList[0].KeyId}))
	doortest.Refuse(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: got.PrivateKeyList[1].KeyId}), "InvalidInput", "Failed to remove private key.")
	doortest.Do(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{AssertionEncryptionMode: p("Allowed")}))
	doortest.Do(w.Client, iam.UpdateSAMLProvider, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: got.PrivateKeyList[1].KeyId}))

	doortest.Do(w.Client, iam.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: p(arn), Tags: []iam.Tag{{Key: p("a"), Value: p("1")}, {Key: p("b"), Value: p("2")}}})
	doortest.Do(w.Client, iam.UntagSAMLProvider, &iam.UntagSAMLProviderInput{SAMLProviderArn: p(arn), TagKeys: []string{"a"}})
	tags := doortest.Do(w.Client, iam.ListSAMLProviderTags, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: p(arn)})
	if len(tags.Tags) != 1 || *tags.Tags[0].Value != "2" {
		t.Errorf("tags %+v", tags)
	}
	doortest.Do(w.Client, iam.DeleteSAMLProvider, &iam.DeleteSAMLProviderInput{SAMLProviderArn: p(arn)})
	doortest.Refuse(w.Client, iam.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: p(arn), Tags: []iam.Tag{{Key: p("a"), Value: p("1")}}}, "NoSuchEntity", "Manifest not found for arn "+arn)
}

// TestTheInstancesProviderIsProtected: nobody points the roles of permission sets to another identity provider.
func TestTheInstancesProviderIsProtected(t *testing.T) {
	w := newProviders(t)
	const name = "AWSSSO_1234567890abcdef_DO_NOT_DELETE"
	const arn = "arn:aws:iam::222222222222:saml-provider/" + name
	w.World.Update(func(tx store.Tx) error {
		return role.Reserved{Service: w.roles}.EnsureSAMLProvider(tx, w.Change(), testidc.Member, name, "<md/>")
	})
	metadata := samltest.New(t, "https://idp.example.com").Metadata()
	doortest.Refuse(w.Client, iam.UpdateSAMLProvider, &iam.UpdateSAMLProviderInput{SAMLProviderArn: p(arn), SAMLMetadataDocument: &metadata}, "UnmodifiableEntity", "only modifiable by AWS")
	doortest.Refuse(w.Client, iam.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: p(arn), Tags: []iam.Tag{{Key: p("a"), Value: p("1")}}}, "UnmodifiableEntity", "only modifiable by AWS")
	doortest.Refuse(w.Client, iam.DeleteSAMLProvider, &iam.DeleteSAMLProviderInput{SAMLProviderArn: p(arn)}, "UnmodifiableEntity", "only modifiable by AWS")
	doortest.Refuse(w.Client, iam.CreateSAMLProvider, &iam.CreateSAMLProviderInput{Name: p("AWSSSO_x_DO_NOT_DELETE"), SAMLMetadataDocument: &metadata}, "InvalidInput", "reserved")
}

func TestCentralRootAccess(t *testing.T) {
	w := newProviders(t)
	doortest.Refuse(w.Client, iam.EnableOrganizationsRootSessions, &iam.EnableOrganizationsRootSessionsInput{}, "AccountNotManagementOrDelegatedAdministratorException", "not the management account or delegated administrator")
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, iam.EnableOrganizationsRootSessions, &iam.EnableOrganizationsRootSessionsInput{}, "ServiceAccessNotEnabledException", "Trusted access is not enabled")
	w.World.Update(func(tx store.Tx) error {
		return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: role.RootAccessPrincipal, EnabledAt: w.Clock.Now()})
	})
	enabled := doortest.Do(w.Client, iam.EnableOrganizationsRootSessions, &iam.EnableOrganizationsRootSessionsInput{})
	if *enabled.OrganizationId != w.Instance.OrganizationID || !slices.Equal(enabled.EnabledFeatures, []string{"RootSessions"}) {
		t.Errorf("enabled %+v", enabled)
	}
	w.asked("iam:EnableOrganizationsRootSessions", "*")
	doortest.Do(w.Client, iam.EnableOrganizationsRootSessions, &iam.EnableOrganizationsRootSessionsInput{}) // again is no error
	both := doortest.Do(w.Client, iam.EnableOrganizationsRootCredentialsManagement, &iam.EnableOrganizationsRootCredentialsManagementInput{}).EnabledFeatures
	if !slices.Equal(both, []string{"RootCredentialsManagement", "RootSessions"}) {
		t.Errorf("features %v", both)
	}
	left := doortest.Do(w.Client, iam.DisableOrganizationsRootSessions, &iam.DisableOrganizationsRootSessionsInput{}).EnabledFeatures
	if !slices.Equal(left, []string{"RootCredentialsManagement"}) {
		t.Errorf("features %v", left)
	}
	doortest.Do(w.Client, iam.DisableOrganizationsRootCredentialsManagement, &iam.DisableOrganizationsRootCredentialsManagementInput{})
	if got := doortest.Do(w.Client, iam.ListOrganizationsFeatures, &iam.ListOrganizationsFeaturesInput{}); len(got.EnabledFeatures) != 0 || *got.OrganizationId != w.Instance.OrganizationID {
		t.Errorf("features %+v", got)
	}
	w.World.Update(func(tx store.Tx) error {
		o, err := tx.Organization()
		if err != nil {
			return err
		}
		billing := *o
		billing.FeatureSet = idc.FeaturesConsolidatedBilling
		return tx.PutOrganization(&billing)
	})
	doortest.Refuse(w.Client, iam.ListOrganizationsFeatures, &iam.ListOrganizationsFeaturesInput{}, "OrganizationNotInAllFeaturesModeException", "all features")
	w.Caller.AccountID = "999999999999"
	doortest.Refuse(w.Client, iam.ListOrganizationsFeatures, &iam.ListOrganizationsFeaturesInput{}, "OrganizationNotFoundException", "")
}

func TestOutboundFederation(t *testing.T) {
	w := newProviders(t)
	doortest.Refuse(w.Client, iam.GetOutboundWebIdentityFederationInfo, &iam.GetOutboundWebIdentityFederationInfoInput{}, "FeatureDisabled", "not enabled")
	doortest.Refuse(w.Client, iam.DisableOutboundWebIdentityFederation, &iam.DisableOutboundWebIdentityFederationInput{}, "FeatureDisabled", "not enabled")
	const issuer = "https://gatehouse.example.com/outbound/222222222222"
	if got := *doortest.Do(w.Client, iam.EnableOutboundWebIdentityFederation, &iam.EnableOutboundWebIdentityFederationInput{}).IssuerIdentifier; got != issuer {
		t.Errorf("issuer %s", got)
	}
	doortest.Refuse(w.Client, iam.EnableOutboundWebIdentityFederation, &iam.EnableOutboundWebIdentityFederationInput{}, "FeatureEnabled", "already enabled")
	if got := doortest.Do(w.Client, iam.GetOutboundWebIdentityFederationInfo, &iam.GetOutboundWebIdentityFederationInfoInput{}); *got.IssuerIdentifier != issuer || !*got.JwtVendingEnabled {
		t.Errorf("info %+v", got)
	}
	w.Clock.Advance(time.Minute)
	doortest.Do(w.Client, iam.DisableOutboundWebIdentityFederation, &iam.DisableOutboundWebIdentityFederationInput{})
}
