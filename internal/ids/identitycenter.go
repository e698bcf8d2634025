package ids

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// InstanceID draws the id of an Identity Center instance: "ssoins-" and 16 hex digits.
func (s *Source) InstanceID() string { return "ssoins-" + s.hex(16) }

// PermissionSetID draws "ps-" and 16 hex digits.
func (s *Source) PermissionSetID() string { return "ps-" + s.hex(16) }

// ApplicationID draws "apl-" and 16 hex digits.
func (s *Source) ApplicationID() string { return "apl-" + s.hex(16) }

// TrustedTokenIssuerID draws "tti-" and a UUID.
func (s *Source) TrustedTokenIssuerID() string { return "tti-" + s.UUID() }

// AccountAccessID draws the 16 hex digits of an account access manager.
func (s *Source) AccountAccessID() string { return s.hex(16) }

// TenantID draws "aa-" and 9 characters: the label of an account access manager's portal.
func (s *Source) TenantID() string { return "aa-" + s.letters(lowerAlnum, 9) }

// IdentityStoreID draws "d-" and 10 hex digits of which the first four tell the Region, as
// clients observe them: 9067 is us-east-1. A Region whose digits are not known gets those of
// us-east-1.
func (s *Source) IdentityStoreID(region string) string {
	prefix := "9067"
	switch region {
	case "us-east-2":
		prefix = "9a67"
	case "us-west-2":
		prefix = "9267"
	case "eu-west-1":
		prefix = "9367"
	}
	return "d-" + prefix + s.hex(6)
}

// UserID draws the id of a user in the identity store; see directoryID for its form.
func (s *Source) UserID() string { return s.directoryID() }

// GroupID draws the id of a group in the identity store; see directoryID for its form.
func (s *Source) GroupID() string { return s.directoryID() }

// MembershipID draws the id of a group membership; see directoryID for its form.
func (s *Source) MembershipID() string { return s.directoryID() }

// directoryID draws what the identity store uses: it looks like a UUID of version 7, but its
// other digits are random and its variant bits are not those of RFC 9562, for instance
// c4488478-a0e1-700e-3d75-96c6bb641596.
func (s *Source) directoryID() string {
	b := s.Bytes(16)
	b[6] = b[6]&0x0f | 0x70
	return hyphenate(b)
}

// UUID draws a random UUID, version 4 of RFC 9562: request ids and operation status ids.
func (s *Source) UUID() string {
	b := s.Bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return hyphenate(b)
}

// OrderedUUID draws a UUID whose order is that of time: version 7 of RFC 9562, 48 bits of Unix
// milliseconds and 74 random ones. Rows that are written one after the other and keyed by it lie
// side by side.
func (s *Source) OrderedUUID(at time.Time) string {
	b := s.Bytes(16)
	ms := at.UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return hyphenate(b)
}

func hyphenate(b []byte) string {
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	out[8] = '-'
	hex.Encode(out[9:13], b[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], b[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], b[8:10])
	out[23] = '-'
	hex.Encode(out[24:36], b[10:16])
	return string(out[:])
}

// ReservedRoleName is the name of the role that a permission set becomes in an account:
// AWSReservedSSO_<name>_<16 hex digits of the permission set id>. It is the same in every account
// and after every new assignment, so that trust and key policies that mention it keep working.
// A permission set name has at most 32 characters, which makes at most IAM's 64.
func ReservedRoleName(permissionSetName, permissionSetID string) string {
	return "AWSReservedSSO_" + permissionSetName + "_" + strings.TrimPrefix(permissionSetID, "ps-")
}

// SAMLProviderName is the name of the SAML provider that an instance installs in its accounts:
// AWSSSO_<16 hex digits of the instance id>_DO_NOT_DELETE.
func SAMLProviderName(instanceID string) string {
	return "AWSSSO_" + strings.TrimPrefix(instanceID, "ssoins-") + "_DO_NOT_DELETE"
}

// SAMLIssuer is the entity id under which an instance speaks to its accounts: the issuer of the
// assertions through which the roles of permission sets are taken.
func SAMLIssuer(instanceID, managementAccountID, region string) string {
	name := base64.StdEncoding.EncodeToString([]byte(managementAccountID + "_" + strings.TrimPrefix(instanceID, "sso")))
	return "https://portal.sso." + region + ".amazonaws.com/saml/assertion/" + name
}
