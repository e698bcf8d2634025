package ids

import "encoding/base64"

// UserCode draws the code that a person types on the device page: XXXX-XXXX, upper-case
// consonants, 34 bits. It guards nothing by itself; the page limits the tries (RFC 8628 section 5.1).
func (s *Source) UserCode() string {
	c := s.letters(consonants, 8)
	return c[:4] + "-" + c[4:]
}

// Token draws a bearer secret: the prefix and 256 random bits in base64url.
func (s *Source) Token(prefix string) string { return prefix + s.base64url(32) }

// ClientID draws the id of an OAuth client as RegisterClient answers it: base64url of 128 random
// bits followed by the Region's name.
func (s *Source) ClientID(region string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.Bytes(16), region...))
}
