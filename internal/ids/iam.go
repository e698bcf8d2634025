package ids

import (
	stdbase32 "encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
)

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

// keyAccountShift is where the account begins in the first six bytes of an access key id; the first bit
// marks ids that hold one.
const keyAccountShift = 7

// AccessKeyID makes the id of an access key of an account: the prefix and 16 letters of base32. Whoever knows
// where to look reads the account in it, as in AWS's ids since 2019: it is 40 bits of the first six bytes.
func (s *Source) AccessKeyID(prefix, accountID string) string {
	raw := s.Bytes(10)
	account, err := strconv.ParseUint(accountID, 10, 40)
	if err == nil {
		rest := binary.BigEndian.Uint64(raw) & (1<<(16+keyAccountShift) - 1)
		binary.BigEndian.PutUint64(raw, 1<<63|account<<(16+keyAccountShift)|rest)
	}
	return prefix + stdbase32.StdEncoding.EncodeToString(raw)
}

// AccountOfAccessKey reads the account out of an access key id. ok is false for ids that do not hold one.
func AccountOfAccessKey(id string) (accountID string, ok bool) {
	rest, ok := strings.CutPrefix(id, PrefixTemporaryAccessKey)
	if !ok {
		if rest, ok = strings.CutPrefix(id, PrefixAccessKey); !ok {
			return "", false
		}
	}
	raw, err := stdbase32.StdEncoding.DecodeString(rest)
	if err != nil || len(raw) != 10 || raw[0]&0x80 == 0 {
		return "", false
	}
	account := binary.BigEndian.Uint64(raw) >> (16 + keyAccountShift) & (1<<40 - 1)
	text := strconv.FormatUint(account, 10)
	if len(text) > 12 {
		return "", false
	}
	return strings.Repeat("0", 12-len(text)) + text, true
}

// UniqueID draws the prefix and 17 letters of base32, 21 characters with a prefix of four.
func (s *Source) UniqueID(prefix string) string { return prefix + s.letters(base32, 17) }

// SecretAccessKey draws 240 bits as 40 characters of standard base64.
func (s *Source) SecretAccessKey() string { return base64.StdEncoding.EncodeToString(s.Bytes(30)) }
