package saml_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/saml"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func provider(t testing.TB) (*samltest.Provider, saml.Keys) {
	p := samltest.New(t, "https://idp.example.com")
	m, err := saml.ParseMetadata([]byte(p.Metadata()))
	if err != nil {
		t.Fatal(err)
	}
	return p, saml.Keys{Signing: m.Signing}
}

func claim() samltest.Claim {
	return samltest.Claim{At: at, SessionEnds: at.Add(time.Hour), Attributes: map[string][]string{"Role": {"reader", "writer"}}}
}

func TestOpen(t *testing.T) {
	p, keys := provider(t)
	c := claim()
	for name, document := range map[string]string{
		"assertion signed": p.Signed(c),
		"response signed":  p.Sign(p.Response(c, p.Assertion(c))),
		"both signed":      p.Sign(p.Signed(c)),
		"namespace declared outside": strings.Replace(strings.Replace(p.Signed(c), `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" `, "<saml:Assertion ", 1),
			"<samlp:Response ", `<samlp:Response xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" `, 1),
	} {
		a, err := saml.Open([]byte(document), keys)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.ID != "_a1" || a.Issuer != p.EntityID || a.Subject != "ana" || !strings.HasSuffix(a.SubjectFormat, ":persistent") ||
			!a.IssueInstant.Equal(at) || !a.NotOnOrAfter.Equal(at.Add(5*time.Minute)) || !a.SessionNotOnOrAfter.Equal(at.Add(time.Hour)) ||
			!slices.Equal(a.Audiences, []string{samltest.SignIn}) || !slices.Equal(a.Values("Role"), []string{"reader", "writer"}) {
			t.Errorf("%s: %+v", name, a)
		}
		if len(a.Confirmations) != 1 || a.Confirmations[0].Recipient != samltest.SignIn || !a.Confirmations[0].NotOnOrAfter.Equal(at.Add(5*time.Minute)) {
			t.Errorf("%s: %+v", name, a.Confirmations)
		}
	}
}

// TestWrapping moves the signed assertion around and puts another where a careless reader would look
// (Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be", USENIX Security 2012).
func TestWrapping(t *testing.T) {
	p, keys := provider(t)
	c, evil := claim(), claim()
	evil.Subject, evil.ID = "administrator", "_evil"
	sameID := evil
	sameID.ID = "_a1"
	signed, forged, twin := p.Sign(p.Assertion(c)), p.Assertion(evil), p.Assertion(sameID)
	signature := signed[strings.Index(signed, "<ds:Signature") : strings.Index(signed, "</ds:Signature>")+len("</ds:Signature>")]
	unsigned := strings.Replace(signed, signature, "", 1)
	whole := p.Sign(p.Response(c, p.Assertion(c)))
	insert := func(outer, before, inner string) string {
		if !strings.Contains(outer, before) {
			t.Fatalf("no %s", before)
		}
		return strings.Replace(outer, before, inner+before, 1)
	}
	responseSignature := whole[strings.Index(whole, "<ds:Signature") : strings.Index(whole, "</ds:Signature>")+len("</ds:Signature>")]
	moved := strings.Replace(strings.Replace(whole, responseSignature, "", 1), `ID="_r1"`, `ID="_r2"`, 1)
	for name, document := range map[string]string{
		"XSW1: the signed response inside of the signature":     insert(strings.Replace(moved, "ana", "administrator", 1), "</samlp:Response>", strings.Replace(responseSignature, "</ds:Signature>", "<ds:Object>"+strings.Replace(whole, responseSignature, "", 1)+"</ds:Object></ds:Signature>", 1)),
		"XSW2: the signed response beside the signature":        insert(strings.Replace(moved, "ana", "administrator", 1), "</samlp:Response>", strings.Replace(whole, responseSignature, "", 1)+responseSignature),
		"XSW3: a forged assertion first":                        p.Response(c, forged+signed),
		"XSW4: the signed assertion inside of the forged":       p.Response(c, insert(forged, "</saml:Assertion>", signed)),
		"XSW5: the forged keeps the signature":                  p.Response(c, insert(forged, "<saml:Subject>", signature)+unsigned),
		"XSW6: the signed inside of the forged's signature":     p.Response(c, insert(forged, "<saml:Subject>", strings.Replace(signature, "</ds:Signature>", unsigned+"</ds:Signature>", 1))),
		"XSW7: the forged in extensions":                        insert(p.Signed(c), "<samlp:Status>", "<samlp:Extensions>"+forged+"</samlp:Extensions>"),
		"XSW8: the signed in an object of the forged signature": p.Response(c, insert(forged, "<saml:Subject>", strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+unsigned+"</ds:Object></ds:Signature>", 1))),
		"a forged assertion after":                              p.Response(c, signed+forged),
		"the same id twice":                                     p.Response(c, twin+signed),
		"the same id in another spelling":                       p.Response(c, strings.Replace(signed, "<saml:Subject>", `<saml:Subject id="_a1">`, 1)),
		"the signature of another assertion":                    p.Response(c, insert(forged, "<saml:Subject>", signature)),
		"the signature of another with its id":                  p.Response(c, insert(twin, "<saml:Subject>", signature)),
		"the signed in advice":                                  p.Response(c, insert(forged, "<saml:AuthnStatement", "<saml:Advice>"+signed+"</saml:Advice>")),
		"an assertion of another namespace":                     p.Response(c, signed+`<x:Assertion xmlns:x="urn:x"/>`),
		"no signature":                                          p.Response(c, p.Assertion(c)),
		"the signature taken out":                               p.Response(c, unsigned),
		"another subject":                                       strings.Replace(p.Signed(c), ">ana<", ">administrator<", 1),
		"another role":                                          strings.Replace(p.Signed(c), ">reader<", ">admin<", 1),
		"signed response, another subject":                      strings.Replace(whole, ">ana<", ">administrator<", 1),
		"signed response, assertion broken":                     p.Sign(p.Response(c, strings.Replace(signed, ">ana<", ">administrator<", 1))),
		"a second response inside":                              insert(p.Response(c, forged), "</samlp:Response>", whole),
	} {
		if a, err := saml.Open([]byte(document), keys); err == nil {
			t.Errorf("%s: accepted as %s", name, a.Subject)
		} else if !errors.Is(err, saml.ErrMalformed) && !errors.Is(err, saml.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOddDocuments(t *testing.T) {
	p, keys := provider(t)
	good := p.Signed(claim())
	other := samltest.New(t, p.EntityID)
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct {
		document string
		want     error
	}{
		"another's key":                {other.Signed(claim()), saml.ErrSignature},
		"a doctype":                    {"<!DOCTYPE r>" + good, saml.ErrMalformed},
		"an entity":                    {`<!DOCTYPE r [<!ENTITY e "x">]>` + good, saml.ErrMalformed},
		"a comment in the subject":     {replace(">ana<", ">ana<!-- -->.evil<"), saml.ErrMalformed},
		"a CDATA section":              {replace(">ana<", "><![CDATA[ana]]><"), saml.ErrMalformed},
		"a processing instruction":     {replace(">ana<", "><?x y?>ana<"), saml.ErrMalformed},
		"a second root":                {good + good, saml.ErrMalformed},
		"text after the root":          {good + "x", saml.ErrMalformed},
		"not UTF-8":                    {replace(">ana<", ">\xff<"), saml.ErrMalformed},
		"UTF-7":                        {`<?xml version="1.0" encoding="utf-7"?>` + good, saml.ErrMalformed},
		"nothing":                      {"", saml.ErrMalformed},
		"no XML":                       {"{}", saml.ErrMalformed},
		"an attribute twice":           {replace(`ID="_a1"`, `ID="_a1" ID="_a2"`), saml.ErrMalformed},
		"SHA-1":                        {replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), saml.ErrMalformed},
		"a signature with a secret":    {replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"), saml.ErrMalformed},
		"a digest with SHA-1":          {replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), saml.ErrMalformed},
		"a reference to everything":    {replace(`URI="#_a1"`, `URI=""`), saml.ErrMalformed},
		"a reference by XPointer":      {replace(`URI="#_a1"`, `URI="#xpointer(id('_a1'))"`), saml.ErrMalformed},
		"a transform":                  {replace(`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>`), saml.ErrMalformed},
		"canonical XML with comments":  {replace(`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, `<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"/>`), saml.ErrMalformed},
		"an assertion without wrapper": {p.Sign(p.Assertion(claim())), saml.ErrMalformed},
		"too deep":                     {strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), saml.ErrMalformed},
		"too many elements":            {"<a>" + strings.Repeat("<b/>", 30000) + "</a>", saml.ErrMalformed},
		"a failure":                    {p.Signed(samltest.Claim{At: at, Status: "urn:oasis:names:tc:SAML:2.0:status:Responder"}), saml.ErrStatus},
		"no conditions":                {p.Response(claim(), p.Sign(cut(p.Assertion(claim()), "<saml:Conditions", "</saml:Conditions>"))), saml.ErrMalformed},
		"two audience restrictions": {p.Response(claim(), p.Sign(strings.Replace(p.Assertion(claim()), "</saml:Conditions>",
			"<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction></saml:Conditions>", 1))), saml.ErrMalformed},
		"a condition nobody knows": {p.Response(claim(), p.Sign(strings.Replace(p.Assertion(claim()), "</saml:Conditions>", "<saml:Condition/></saml:Conditions>", 1))), saml.ErrMalformed},
		"a holder of key":          {p.Response(claim(), p.Sign(strings.Replace(p.Assertion(claim()), ":cm:bearer", ":cm:holder-of-key", 1))), saml.ErrMalformed},
		"a time without zone":      {p.Response(claim(), p.Sign(strings.Replace(p.Assertion(claim()), `IssueInstant="2026-03-01T12:00:00Z"`, `IssueInstant="2026-03-01T12:00:00"`, 1))), saml.ErrMalformed},
	} {
		if _, err := saml.Open([]byte(c.document), keys); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := saml.Open([]byte(good), saml.Keys{}); !errors.Is(err, saml.ErrSignature) {
		t.Errorf("without certificates: %v", err)
	}
}

func cut(s, from, to string) string {
	return s[:strings.Index(s, from)] + s[strings.Index(s, to)+len(to):]
}

func TestEncrypted(t *testing.T) {
	p, keys := provider(t)
	ours, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := claim()
	inner := p.Response(c, p.Encrypt(p.Sign(p.Assertion(c)), &ours.PublicKey))
	outer := p.Sign(p.Response(c, p.Encrypt(p.Assertion(c), &ours.PublicKey)))
	with := func(private *rsa.PrivateKey) saml.Keys {
		return saml.Keys{Signing: keys.Signing, Decryption: []*rsa.PrivateKey{private}, EncryptedOnly: true}
	}
	for name, document := range map[string]string{"signed inside": inner, "signed outside": outer} {
		if a, err := saml.Open([]byte(document), with(ours)); err != nil || a.Subject != "ana" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if _, err := saml.Open([]byte(document), keys); !errors.Is(err, saml.ErrDecrypt) {
			t.Errorf("%s, without a key: %v", name, err)
		}
	}
	theirs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, document := range map[string]string{
		"another's key": p.Response(c, p.Encrypt(p.Sign(p.Assertion(c)), &theirs.PublicKey)),
		"not signed":    p.Response(c, p.Encrypt(p.Assertion(c), &ours.PublicKey)),
		"in the clear":  p.Signed(c),
		"CBC":           strings.Replace(inner, "2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes256-cbc", 1),
		"PKCS 1":        strings.Replace(inner, "xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5", 1),
		"two inside":    p.Response(c, p.Encrypt(p.Sign(p.Assertion(c)), &ours.PublicKey)+p.Assertion(samltest.Claim{At: at, ID: "_b"})),
		"no assertion":  p.Response(c, p.Encrypt("<x/>", &ours.PublicKey)),
	} {
		if _, err := saml.Open([]byte(document), with(ours)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMetadata(t *testing.T) {
	p, _ := provider(t)
	good := p.Metadata()
	m, err := saml.ParseMetadata([]byte("\n" + strings.Replace(good, "<md:IDPSSODescriptor", "<!-- ours -->\n<md:IDPSSODescriptor", 1)))
	if err != nil || m.EntityID != p.EntityID || len(m.Signing) != 1 || !m.ValidUntil.IsZero() {
		t.Fatalf("%+v, %v", m, err)
	}
	if want, err := x509.ParseCertificate(p.Certificate); err != nil || !m.Signing[0].Equal(want) {
		t.Errorf("another certificate: %v", err)
	}
	m, err = saml.ParseMetadata([]byte(strings.Replace(good, "entityID", `validUntil="2030-01-01T00:00:00Z" entityID`, 1)))
	if err != nil || m.ValidUntil.Year() != 2030 {
		t.Errorf("%+v, %v", m, err)
	}
	const end = "</md:KeyDescriptor>"
	descriptor := good[strings.Index(good, "<md:KeyDescriptor") : strings.Index(good, end)+len(end)]
	for name, document := range map[string]string{
		"too many certificates":  strings.Replace(good, descriptor, strings.Repeat(descriptor, 21), 1),
		"a key that is too long": strings.Replace(good, base64.StdEncoding.EncodeToString(p.Certificate), base64.StdEncoding.EncodeToString(long(t, p)), 1),
		"nothing":                "",
		"a doctype":              `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + cut(good, "<?xml", "?>"),
		"no entity id":           strings.Replace(good, "entityID=", "entity=", 1),
		"no certificate":         cut(good, "<md:KeyDescriptor", "</md:KeyDescriptor>"),
		"encryption only":        strings.Replace(good, `use="signing"`, `use="encryption"`, 1),
		"a bad key":              strings.Replace(good, "<ds:X509Certificate>", "<ds:X509Certificate>AAAA", 1),
		"no sign-on":             cut(good, "<md:SingleSignOnService", "/>\n  </md:IDP")[:10],
		"another root":           strings.ReplaceAll(good, "EntityDescriptor", "EntitiesDescriptor"),
	} {
		if _, err := saml.ParseMetadata([]byte(document)); !errors.Is(err, saml.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// long is a certificate of a key that takes long to verify with.
func long(t *testing.T, p *samltest.Provider) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	key := &rsa.PublicKey{E: 65537, N: new(big.Int).SetBytes(bytes.Repeat([]byte{0xff}, 1025))}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key, p.Key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// FuzzOpen: whatever is done to a document, what is accepted is what was signed.
func FuzzOpen(f *testing.F) {
	p, keys := provider(f)
	documents := []string{p.Signed(claim()), p.Sign(p.Response(claim(), p.Assertion(claim())))}
	f.Add(uint8(0), uint16(400), uint16(0), "<!-- -->")
	f.Add(uint8(1), uint16(0), uint16(0), " ")
	f.Fuzz(func(t *testing.T, which uint8, from, take uint16, insert string) {
		document := documents[int(which)%len(documents)]
		start := int(from) % len(document)
		document = document[:start] + insert + document[min(len(document), start+int(take)):]
		if a, err := saml.Open([]byte(document), keys); err == nil && (a.Subject != "ana" || !slices.Equal(a.Values("Role"), []string{"reader", "writer"})) {
			t.Errorf("accepted %+v from\n%s", a, document)
		}
	})
}
