package sts

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The attributes of assertions for AWS ("Configure SAML assertions for the authentication
// response", IAM User Guide).
const (
	attributeRole            = "https://aws.amazon.com/SAML/Attributes/Role"
	attributeSessionName     = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"
	attributeSessionDuration = "https://aws.amazon.com/SAML/Attributes/SessionDuration"
	attributeSourceIdentity  = "https://aws.amazon.com/SAML/Attributes/SourceIdentity"
	attributeTransitive      = "https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"
	attributeTag             = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:"
)

// redeemWithin is how old an assertion may be; clockSkew is how far ahead the clock of the
// identity provider may be.
const (
	redeemWithin = 5 * time.Minute
	clockSkew    = time.Minute
)

// AssumeRoleWithSAMLInput is what AssumeRoleWithSAML was asked.
type AssumeRoleWithSAMLInput struct {
	RoleARN          string
	ProviderARN      string
	Response         string        // base64 of the SAML response
	Duration         time.Duration // zero: one hour
	Policy           string
	PolicyARNs       []string
	MinimumTokenSize int // of the session token, in bytes
}

// AssumeRoleWithSAML mints a session of a role for somebody a SAML provider of the role's
// account vouches for. An assertion may be used as often as one likes while it is good,
// within five minutes of its issue, as in AWS: a person may take several roles with it. The
// result is there, without credentials, when it is known who is refused.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
func (s *Service) AssumeRoleWithSAML(ctx context.Context, in AssumeRoleWithSAMLInput) (*Federated, error) {
	account, _, _, err := arn.ParseRole(in.RoleARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "Request ARN is invalid").Because(err)
	}
	document, err := base64.StdEncoding.DecodeString(notBase64.ReplaceAllString(in.Response, ""))
	if err != nil {
		return nil, invalidIdentity("Invalid base64 SAMLResponse").Because(err)
	}
	provider, metadata, err := s.samlProvider(ctx, account, in.ProviderARN)
	if err != nil {
		return nil, err
	}
	keys := saml.Keys{Signing: metadata.Signing, EncryptedOnly: provider.EncryptedOnly}
	if keys.Decryption, err = role.SAMLPrivateKeys(s.Secrets, provider); err != nil {
		return nil, err
	}
	assertion, err := saml.Open(document, keys)
	if err != nil {
		return nil, refusedResponse(err)
	}
	if assertion.Issuer != metadata.EntityID {
		return nil, invalidIdentity("Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService; Status Code: 400; " +
			"Error Code: AuthSamlInvalidSamlResponseException)")
	}
	recipient, err := s.meantForUs(assertion)
	if err != nil {
		return nil, err
	}
	v, err := vouchedBy(assertion, in)
	if err != nil {
		return nil, err
	}
	v.by = idc.Federation{
		Provider: provider.ARN, Issuer: assertion.Issuer, Audience: recipient, Subject: assertion.Subject,
		SubjectType:   strings.TrimPrefix(assertion.SubjectFormat, "urn:oasis:names:tc:SAML:2.0:nameid-format:"),
		NameQualifier: nameQualifier(assertion.Issuer, account, provider.Name), Keys: samlKeys(assertion),
	}
	return s.takeRole(ctx, in.RoleARN, v, limits{in.Duration, in.Policy, in.PolicyARNs, in.MinimumTokenSize})
}

var notBase64 = regexp.MustCompile(`\s`) // line breaks, which mail and browsers leave in base64

// samlProvider finds the SAML provider of the role's account. The instance's own is for the
// instance: what it says comes from this server, and never from outside.
func (s *Service) samlProvider(ctx context.Context, account, providerARN string) (*idc.SAMLProvider, *saml.Metadata, error) {
	missing := invalidIdentity("Specified provider doesn't exist")
	var provider *idc.SAMLProvider
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		provider, err = r.SAMLProvider(providerARN)
		return err
	})
	if idc.IsNotFound(err) {
		return nil, nil, missing.Because(err)
	}
	if err != nil {
		return nil, nil, err
	}
	if provider.AccountID != account || role.ReservedSAMLProvider(provider.Name) {
		return nil, nil, missing
	}
	metadata, err := saml.ParseMetadata([]byte(provider.Metadata))
	if err != nil {
		return nil, nil, missing.Because(err)
	}
	if now := s.Clock.Now(); !metadata.ValidUntil.IsZero() && !now.Before(metadata.ValidUntil) {
		return nil, nil, invalidIdentity("The metadata of the specified provider has expired.")
	}
	return provider, metadata, nil
}

// refusedResponse is STS's word for a response that does not open.
func refusedResponse(err error) error {
	switch {
	case errors.Is(err, saml.ErrStatus):
		return idc.Errorf(idc.Denied, "The identity provider reported that authentication failed.").With(ReasonIDPRejectedClaim).Because(err)
	case errors.Is(err, saml.ErrSignature):
		return invalidIdentity("Response signature invalid").Because(err)
	case errors.Is(err, saml.ErrNotEncrypted):
		return invalidIdentity("The provider requires encrypted assertions.").Because(err)
	case errors.Is(err, saml.ErrDecrypt):
		return invalidIdentity("The encrypted assertion cannot be decrypted with a private key of the provider.").Because(err)
	}
	return invalidIdentity("Response did not contain a valid SAML assertion").Because(err)
}

// meantForUs checks for whom and when an assertion is good, and returns its recipient.
func (s *Service) meantForUs(a *saml.Assertion) (recipient string, err error) {
	now := s.Clock.Now()
	if len(a.Confirmations) != 1 {
		return "", invalidIdentity("Response must contain exactly one SubjectConfirmation.")
	}
	c := a.Confirmations[0]
	if !s.ourAddress(c.Recipient) {
		return "", invalidIdentity("Response does not contain the required recipient.")
	}
	if !slices.ContainsFunc(a.Audiences, func(audience string) bool { return audience == "urn:amazon:webservices" || s.ourAddress(audience) }) {
		return "", invalidIdentity("Response does not contain the required audience.")
	}
	if c.NotOnOrAfter.IsZero() {
		return "", invalidIdentity("SubjectConfirmationData must have NotOnOrAfter.")
	}
	for _, begin := range []time.Time{a.IssueInstant, a.NotBefore, c.NotBefore} {
		if begin.After(now.Add(clockSkew)) {
			return "", invalidIdentity("Token is not yet valid")
		}
	}
	if now.After(a.IssueInstant.Add(redeemWithin)) {
		return "", idc.Errorf(idc.Expired, "Token must be redeemed within 5 minutes of issuance")
	}
	for _, end := range []time.Time{c.NotOnOrAfter, a.NotOnOrAfter, a.SessionNotOnOrAfter} {
		if !end.IsZero() && !now.Before(end) {
			return "", idc.Errorf(idc.Expired, "Specified token is expired")
		}
	}
	return c.Recipient, nil
}

// signInAddress is AWS's sign-in, global or of a Region, in its partitions.
var signInAddress = regexp.MustCompile(`^https://(?:[a-z0-9-]+\.)?signin\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)/saml(?:/acs/[\w-]+)?$`)

// ourAddress reports whether an assertion for an address is for us: for AWS, or for this server alone.
func (s *Service) ourAddress(address string) bool {
	return signInAddress.MatchString(address) || s.BaseURL != "" && address == s.BaseURL+"/saml"
}

// vouchedBy reads AWS's attributes.
func vouchedBy(a *saml.Assertion, in AssumeRoleWithSAMLInput) (v vouched, err error) {
	names := a.Values(attributeSessionName)
	switch {
	case len(names) != 1 || names[0] == "":
		return v, invalidIdentity("RoleSessionName is required in AuthnResponse")
	case !nameForm.MatchString(names[0]):
		return v, invalidIdentity("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
	}
	v.sessionName = names[0]
	if !slices.ContainsFunc(a.Values(attributeRole), func(pair string) bool {
		one, other, _ := strings.Cut(pair, ",")
		one, other = strings.TrimSpace(one), strings.TrimSpace(other)
		return one == in.RoleARN && other == in.ProviderARN || one == in.ProviderARN && other == in.RoleARN
	}) {
		return v, invalidIdentity("SAML Assertion doesn't contain the requested Role and Metadata in the attributes")
	}
	if v.source, err = single(a, attributeSourceIdentity, "SourceIdentity"); err != nil {
		return v, err
	}
	if err := checkSource(v.source); err != nil {
		return v, err
	}
	duration, err := single(a, attributeSessionDuration, "SessionDuration")
	if err != nil {
		return v, err
	}
	// It is for the console alone; one that is no duration is refused all the same.
	if seconds, err := strconv.Atoi(duration); duration != "" && (err != nil || seconds < 900 || seconds > 43200) {
		return v, invalidIdentity("SessionDuration in AuthnResponse must be an integer from 900 to 43200")
	}
	for _, attribute := range a.Attributes {
		key, isTag := strings.CutPrefix(attribute.Name, attributeTag)
		if !isTag {
			continue
		}
		if len(attribute.Values) != 1 {
			return v, invalidIdentity("The attribute PrincipalTag:%s must have exactly one value.", key)
		}
		v.tags = append(v.tags, idc.Tag{Key: key, Value: attribute.Values[0]})
	}
	v.transitive = a.Values(attributeTransitive)
	v.notAfter = a.SessionNotOnOrAfter
	return v, nil
}

func single(a *saml.Assertion, name, title string) (string, error) {
	values := a.Values(name)
	switch len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	}
	return "", invalidIdentity("%s in AuthnResponse must have exactly one value", title)
}

// samlKeys are the condition keys that come from attributes of an assertion ("Available keys for
// SAML-based federation"): of the eduPerson and eduOrg schemas, of X.500, and of Active Directory.
func samlKeys(a *saml.Assertion) map[string][]string {
	keys := map[string][]string{}
	for _, attribute := range a.Attributes {
		if key := samlKey(attribute.Name); key != "" && len(attribute.Values) > 0 {
			keys["saml:"+key] = append(keys["saml:"+key], attribute.Values...)
		}
	}
	return keys
}

func samlKey(attribute string) string {
	if number, ok := strings.CutPrefix(attribute, "urn:oid:1.3.6.1.4.1.5923.1.1.1."); ok {
		return map[string]string{
			"1": "edupersonaffiliation", "2": "edupersonnickname", "3": "edupersonorgdn", "4": "edupersonorgunitdn",
			"5": "edupersonprimaryaffiliation", "6": "edupersonprincipalname", "7": "edupersonentitlement", "8": "edupersonprimaryorgunitdn",
			"9": "edupersonscopedaffiliation", "10": "edupersontargetedid", "11": "edupersonassurance",
		}[number]
	}
	if number, ok := strings.CutPrefix(attribute, "urn:oid:1.3.6.1.4.1.5923.1.2.1."); ok {
		return map[string]string{
			"2": "eduorghomepageuri", "3": "eduorgidentityauthnpolicyuri", "4": "eduorglegalname", "5": "eduorgsuperioruri", "6": "eduorgwhitepagesuri",
		}[number]
	}
	return map[string]string{
		"urn:oid:2.5.4.3":                                                         "cn",
		"urn:oid:0.9.2342.19200300.100.1.1":                                       "uid",
		"urn:oid:0.9.2342.19200300.100.1.3":                                       "mail",
		"urn:oid:0.9.2342.19200300.100.1.45":                                      "organizationStatus",
		"urn:oid:2.5.4.45":                                                        "x500UniqueIdentifier",
		"http://schemas.xmlsoap.org/claims/CommonName":                            "commonName",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname":         "givenName",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname":           "surname",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name":              "name",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress":      "mail",
		"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": "primaryGroupSID",
	}[attribute]
}
