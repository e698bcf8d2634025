package samltest

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // registers crypto.SHA1
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Provider is an identity provider.
type Provider struct {
	t           testing.TB
	EntityID    string
	Key         *rsa.PrivateKey
	Certificate []byte // DER
}

// New makes a provider with a key of its own.
func New(t testing.TB, entityID string) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: entityID},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0)} // its dates do not matter to those who check
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &Provider{t: t, EntityID: entityID, Key: key, Certificate: der}
}

// Metadata is what the provider says of itself.
func (p *Provider) Metadata() string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`, escape(p.EntityID), base64.StdEncoding.EncodeToString(p.Certificate), escape(p.EntityID))
}

// Claim is what a response asserts. Zero fields get what an honest provider would say to AWS.
type Claim struct {
	At          time.Time // of issue; required
	ID          string
	Issuer      string
	Subject     string
	Format      string
	Recipient   string
	Audience    string
	Valid       time.Duration // of the confirmation
	SessionEnds time.Time
	Attributes  map[string][]string
	Status      string
}

// SignIn is the address that AWS's sign-in has in assertions.
const SignIn = "https://signin.aws.amazon.com/saml"

func (c *Claim) complete(p *Provider) {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&c.ID, "_a1")
	set(&c.Issuer, p.EntityID)
	set(&c.Subject, "ana")
	set(&c.Format, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
	set(&c.Recipient, SignIn)
	set(&c.Audience, SignIn)
	set(&c.Status, "urn:oasis:names:tc:SAML:2.0:status:Success")
	if c.Valid == 0 {
		c.Valid = 5 * time.Minute
	}
}

// Assertion returns an assertion that is not signed.
func (p *Provider) Assertion(c Claim) string {
	c.complete(p)
	at := c.At.UTC().Format(time.RFC3339)
	end := c.At.Add(c.Valid).UTC().Format(time.RFC3339)
	session := ""
	if !c.SessionEnds.IsZero() {
		session = fmt.Sprintf(` SessionNotOnOrAfter="%s"`, c.SessionEnds.UTC().Format(time.RFC3339))
	}
	var attributes strings.Builder
	for name, values := range c.Attributes {
		fmt.Fprintf(&attributes, `<saml:Attribute Name="%s">`, escape(name))
		for _, v := range values {
			fmt.Fprintf(&attributes, `<saml:AttributeValue>%s</saml:AttributeValue>`, escape(v))
		}
		attributes.WriteString(`</saml:Attribute>`)
	}
	return fmt.Sprintf(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" IssueInstant="%s">`+
		`<saml:Issuer>%s</saml:Issuer>`+
		`<saml:Subject><saml:NameID Format="%s">%s</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`+
		`<saml:SubjectConfirmationData NotOnOrAfter="%s" Recipient="%s"/></saml:SubjectConfirmation></saml:Subject>`+
		`<saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience></saml:AudienceRestriction></saml:Conditions>`+
		`<saml:AuthnStatement AuthnInstant="%s"%s><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`+
		`<saml:AttributeStatement>%s</saml:AttributeStatement></saml:Assertion>`,
		c.ID, at, escape(c.Issuer), c.Format, escape(c.Subject), end, escape(c.Recipient), at, end, escape(c.Audience), at, session, attributes.String())
}

// Response puts an assertion, or what is to stand in its place, into a response that is not signed.
func (p *Provider) Response(c Claim, inside string) string {
	c.complete(p)
	return fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0" IssueInstant="%s" Destination="%s">`+
		`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml:Issuer><samlp:Status><samlp:StatusCode Value="%s"/></samlp:Status>%s</samlp:Response>`,
		c.At.UTC().Format(time.RFC3339), escape(c.Recipient), escape(c.Issuer), c.Status, inside)
}

// Signed is a response with a signed assertion, as most providers send it.
func (p *Provider) Signed(c Claim) string { return p.Response(c, p.Sign(p.Assertion(c))) }

// Encoded is Signed as a client passes it on: in base64.
func (p *Provider) Encoded(c Claim) string { return Encode(p.Signed(c)) }

// Encode writes a response in base64.
func Encode(response string) string { return base64.StdEncoding.EncodeToString([]byte(response)) }

// Sign signs the root element of a document, which its signature then stands in.
func (p *Provider) Sign(document string) string {
	p.t.Helper()
	signing, err := dsig.NewSigningContext(p.Key, [][]byte{p.Certificate})
	if err != nil {
		p.t.Fatal(err)
	}
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	doc := etree.NewDocument()
	if err := doc.ReadFromString(document); err != nil {
		p.t.Fatal(err)
	}
	signed, err := signing.SignEnveloped(doc.Root())
	if err != nil {
		p.t.Fatal(err)
	}
	doc.SetRoot(signed)
	out, err := doc.WriteToString()
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// Encrypt makes an EncryptedAssertion of an assertion, for the owner of a key.
func (p *Provider) Encrypt(assertion string, to *rsa.PublicKey) string {
	p.t.Helper()
	secret, nonce := make([]byte, 32), make([]byte, 12)
	_, _ = rand.Read(secret) // never fails
	_, _ = rand.Read(nonce)
	block, err := aes.NewCipher(secret)
	if err != nil {
		p.t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		p.t.Fatal(err)
	}
	wrapped, err := rsa.EncryptOAEP(crypto.SHA1.New(), rand.Reader, to, secret, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString
	return fmt.Sprintf(`<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">`+
		`<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>`+
		`<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>`+
		`<xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`,
		text(wrapped), text(gcm.Seal(nonce, nonce, []byte(assertion), nil)))
}

func escape(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a Builder never fails
	return out.String()
}
