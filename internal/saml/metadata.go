package saml

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Metadata is what an identity provider says of itself (SAML Metadata section 2).
type Metadata struct {
	EntityID   string
	Signing    []*x509.Certificate // at least one
	ValidUntil time.Time           // zero: not said
}

// Bounds of what is verified with: who may register a provider must not be able to make assertions costly.
const (
	maxCertificates = 20
	maxRSA          = 8192 // bits
)

var (
	comment    = regexp.MustCompile(`(?s)<!--.*?-->`)
	whiteSpace = regexp.MustCompile(`\s+`)
)

// ParseMetadata reads the metadata of one identity provider: an EntityDescriptor with exactly one IDPSSODescriptor
// that names at least one signing certificate and one single sign-on service. Its signature is not looked at: whoever
// hands the document in is whom to trust.
func ParseMetadata(document []byte) (*Metadata, error) {
	// People edit metadata and leave comments in it; nothing is signed here that they could come between.
	document = bytes.TrimSpace(comment.ReplaceAll(bytes.TrimPrefix(document, []byte("\ufeff")), nil))
	doc, err := parse(document)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if !is(root, nsMetadata, "EntityDescriptor") {
		return nil, malformed("no EntityDescriptor")
	}
	m := &Metadata{EntityID: root.SelectAttrValue("entityID", "")}
	if m.EntityID == "" {
		return nil, malformed("no entityID")
	}
	role, err := one(root, nsMetadata, "IDPSSODescriptor")
	if err != nil {
		return nil, err
	}
	if len(children(role, nsMetadata, "SingleSignOnService")) == 0 {
		return nil, malformed("no SingleSignOnService")
	}
	for _, key := range children(role, nsMetadata, "KeyDescriptor") {
		if use := key.SelectAttrValue("use", ""); use != "" && use != "signing" {
			continue
		}
		for _, found := range all(key, "X509Certificate") {
			if len(m.Signing) == maxCertificates {
				return nil, malformed("more than %d signing certificates", maxCertificates)
			}
			certificate, err := certificate(found)
			if err != nil {
				return nil, err
			}
			m.Signing = append(m.Signing, certificate)
		}
	}
	if len(m.Signing) == 0 {
		return nil, malformed("no signing certificate")
	}
	return m, instants(root, instant{"validUntil", &m.ValidUntil, false})
}

func certificate(el *etree.Element) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(whiteSpace.ReplaceAllString(strings.TrimSpace(text(el)), ""))
	if err != nil {
		return nil, malformed("a certificate: %v", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, malformed("a certificate: %v", err)
	}
	if key, isRSA := parsed.PublicKey.(*rsa.PublicKey); isRSA && key.N.BitLen() > maxRSA {
		return nil, malformed("a certificate: an RSA key of %d bits", key.N.BitLen())
	}
	return parsed, nil
}
