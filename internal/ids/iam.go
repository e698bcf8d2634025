package ids

import "encoding/base64"

// The four letters that tell what an IAM identifier names ("IAM identifiers", IAM User Guide).
const (
	PrefixAccessKey          = "AKIA" // long-term access key
	PrefixTemporaryAccessKey = "ASIA" // access key of temporary credentials
	PrefixRole               = "AROA"
	PrefixUser               = "AIDA"
	PrefixGroup              = "AGPA"
	PrefixInstanceProfile    = "AIPA"
	PrefixManagedPolicy      = "ANPA"
	PrefixPolicyVersion      = "ANVA"
	PrefixCertificate        = "ASCA"
	PrefixContextCredential  = "ACCA"
)

// AccessKeyID draws the prefix and 16 letters of base32.
func (s *Source) AccessKeyID(prefix string) string { return prefix + s.letters(base32, 16) }

// UniqueID draws the prefix and 17 letters of base32, 21 characters with a prefix of four.
func (s *Source) UniqueID(prefix string) string { return prefix + s.letters(base32, 17) }

// SecretAccessKey draws 240 bits as 40 characters of standard base64.
func (s *Source) SecretAccessKey() string { return base64.StdEncoding.EncodeToString(s.Bytes(30)) }
