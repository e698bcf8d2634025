package ids

import "strings"

// AccountID draws 12 digits. The first is never zero: AWS allows it, and spreadsheets and YAML
// readers lose it.
func (s *Source) AccountID() string { return s.letters(digits[1:], 1) + s.letters(digits, 11) }

// OrganizationID draws "o-" and 10 lower-case letters or digits.
func (s *Source) OrganizationID() string { return "o-" + s.letters(lowerAlnum, 10) }

// RootID draws "r-" and 4 lower-case letters or digits.
func (s *Source) RootID() string { return "r-" + s.letters(lowerAlnum, 4) }

// OUID draws the id of an organizational unit below the root with the given id: "ou-", the
// root's letters, "-" and 8 more.
func (s *Source) OUID(rootID string) string {
	return "ou-" + strings.TrimPrefix(rootID, "r-") + "-" + s.letters(lowerAlnum, 8)
}

// PolicyID draws the id of an organization policy: "p-" and 8 lower-case letters or digits.
func (s *Source) PolicyID() string { return "p-" + s.letters(lowerAlnum, 8) }

// CreateAccountRequestID draws "car-" and 32 hex digits.
func (s *Source) CreateAccountRequestID() string { return "car-" + s.hex(32) }

// ResourcePolicyID draws "rp-" and 8 lower-case letters or digits.
func (s *Source) ResourcePolicyID() string { return "rp-" + s.letters(lowerAlnum, 8) }

// HandshakeID draws "h-" and 32 hex digits.
func (s *Source) HandshakeID() string { return "h-" + s.hex(32) }
