package sts

import (
	"context"
	"crypto/sha1"
	"encoding/base64"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// signInAudience is the audience of the assertions that AWS accounts accept.
const signInAudience = "https://signin.aws.amazon.com/saml"

// federationOf is what the instance, as the identity provider of an account, says
// of a person who takes a role there ("Configure SAML assertions", IAM User Guide).
func federationOf(instance *idc.Instance, accountID, subject string) *idc.Federation {
	provider := ids.SAMLProviderName(instance.ID)
	issuer := ids.SAMLIssuer(instance.ID, instance.OwnerAccountID, instance.Region)
	return &idc.Federation{
		Provider: arn.SAMLProvider(accountID, provider).String(), Issuer: issuer, Audience: signInAudience,
		Subject: subject, SubjectType: "persistent", NameQualifier: nameQualifier(issuer, accountID, provider),
	}
}

// nameQualifier tells equal subjects of different providers apart
// (NameQualifier, AssumeRoleWithSAML, AWS STS API Reference).
func nameQualifier(issuer, accountID, provider string) string {
	digest := sha1.Sum([]byte(issuer + accountID + "/" + provider))
	return base64.StdEncoding.EncodeToString(digest[:])
}

// admit asks whether a role may be taken through the account's provider: the
// trust policy of the role and the resource control policies of its account say
// so at every hop. The person hears what who has no access hears.
func (s *Service) admit(ctx context.Context, in *Session) error {
	if in.Acting != nil {
		return s.admitEntitled(ctx, in)
	}
	if s.Admit == nil {
		return nil
	}
	err := s.Admit(ctx, Admission{Role: in.Role, By: *in.Federation, SessionName: in.SessionName, Tags: in.Tags})
	if idc.KindOf(err) == idc.Denied {
		return noAccess().Because(err)
	}
	return err
}
