package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Errors of Open beside ErrMalformed.
var (
	// ErrSignature: the assertion is not signed by the identity provider.
	ErrSignature = errors.New("invalid SAML signature")
	// ErrStatus: the identity provider reports a failure instead of asserting something.
	ErrStatus = errors.New("the identity provider reports a failure")
	// ErrNotEncrypted: an assertion in the clear where only encrypted ones are taken.
	ErrNotEncrypted = errors.New("the assertion is not encrypted")
)

// statusSuccess is SAML Core section 3.2.2.2.
const statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"

// minRSA is the shortest RSA key whose signatures count.
const minRSA = 1024

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"

// What a signature may be made with. SHA-1 is not among it.
func signatureMethod(uri string) bool {
	switch uri {
	case dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod,
		dsig.ECDSASHA256SignatureMethod, dsig.ECDSASHA384SignatureMethod, dsig.ECDSASHA512SignatureMethod:
		return true
	}
	return false
}

func digestMethod(uri string) bool {
	switch uri {
	case "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512":
		return true
	}
	return false
}

// Keys are what a response is opened with.
type Keys struct {
	// Signing are the certificates of the identity provider's metadata. Without any, nothing verifies.
	Signing []*x509.Certificate
	// Decryption are our own keys; nil takes no encrypted assertions.
	Decryption []*rsa.PrivateKey
	// EncryptedOnly refuses assertions that are not encrypted.
	EncryptedOnly bool
}

// Open returns the one assertion of a SAML response (SAML Core section 3.3.3) that the identity provider has
// signed: the assertion itself, or the response around it. Every signature that is there must be right. Its errors
// wrap one of the errors of this package.
func Open(document []byte, keys Keys) (*Assertion, error) {
	doc, err := parse(document)
	if err != nil {
		return nil, err
	}
	response := doc.Root()
	if !is(response, nsProtocol, "Response") {
		return nil, malformed("no Response")
	}
	if err := succeeded(response); err != nil {
		return nil, err
	}
	// The response's own signature covers what is encrypted in it, so it is checked first.
	if err := signaturesInPlace(response); err != nil {
		return nil, err
	}
	trusted := response
	signed, err := signature(response)
	if err != nil {
		return nil, err
	}
	if signed != nil {
		if trusted, err = verified(response, keys.Signing); err != nil {
			return nil, err
		}
	}
	assertion, err := theAssertion(trusted, keys)
	if err != nil {
		return nil, err
	}
	own, err := signature(assertion)
	if err != nil {
		return nil, err
	}
	if own != nil {
		if assertion, err = verified(assertion, keys.Signing); err != nil {
			return nil, err
		}
	}
	if signed == nil && own == nil {
		return nil, ErrSignature
	}
	return read(assertion)
}

// succeeded reads the status. Nobody needs to have signed a failure.
func succeeded(response *etree.Element) error {
	status, err := one(response, nsProtocol, "Status")
	if err != nil {
		return err
	}
	code, err := one(status, nsProtocol, "StatusCode")
	if err != nil {
		return err
	}
	if code.SelectAttrValue("Value", "") != statusSuccess {
		return ErrStatus
	}
	return nil
}

// theAssertion returns the only assertion of a response, decrypted.
func theAssertion(response *etree.Element, keys Keys) (*etree.Element, error) {
	clear, encrypted := all(response, "Assertion"), all(response, "EncryptedAssertion")
	if len(clear)+len(encrypted) != 1 {
		return nil, malformed("%d assertions", len(clear)+len(encrypted))
	}
	if len(clear) == 1 {
		if keys.EncryptedOnly {
			return nil, ErrNotEncrypted
		}
		if clear[0].Parent() != response || !is(clear[0], nsAssertion, "Assertion") {
			return nil, malformed("an assertion out of place")
		}
		return clear[0], nil
	}
	if encrypted[0].Parent() != response || !is(encrypted[0], nsAssertion, "EncryptedAssertion") {
		return nil, malformed("an assertion out of place")
	}
	plain, err := decrypt(encrypted[0], keys.Decryption)
	if err != nil {
		return nil, err
	}
	doc, err := parse(plain)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if !is(root, nsAssertion, "Assertion") || len(all(root, "Assertion"))+len(all(root, "EncryptedAssertion")) != 1 {
		return nil, malformed("no single assertion was encrypted")
	}
	return root, signaturesInPlace(root)
}

// signaturesInPlace refuses signatures anywhere but directly in a response or an assertion.
func signaturesInPlace(root *etree.Element) error {
	for _, found := range all(root, "Signature") {
		parent := found.Parent()
		if !is(found, nsSignature, "Signature") || !is(parent, nsProtocol, "Response") && !is(parent, nsAssertion, "Assertion") {
			return malformed("a signature out of place")
		}
	}
	return nil
}

// signature returns the signature of an element, nil if it has none, after looking at its form: one reference, to
// the element itself, with no transforms but those of the SAML profile (SAML Core section 5.4).
func signature(el *etree.Element) (*etree.Element, error) {
	sig, err := atMostOne(el, nsSignature, "Signature")
	if sig == nil || err != nil {
		return nil, err
	}
	if len(children(sig, nsSignature, "Object")) > 0 || len(all(sig, "SignedInfo")) != 1 || len(all(sig, "SignatureValue")) != 1 {
		return nil, malformed("a signature of another form")
	}
	info, err := one(sig, nsSignature, "SignedInfo")
	if err != nil {
		return nil, err
	}
	reference, err := one(info, nsSignature, "Reference")
	if err != nil {
		return nil, err
	}
	id := el.SelectAttrValue("ID", "")
	if id == "" || reference.SelectAttrValue("URI", "") != "#"+id {
		return nil, malformed("a signature of something else")
	}
	for _, check := range []struct {
		parent *etree.Element
		name   string
		ok     func(string) bool
	}{
		{info, "CanonicalizationMethod", func(uri string) bool { return uri == exclusive }},
		{info, "SignatureMethod", signatureMethod},
		{reference, "DigestMethod", digestMethod},
	} {
		method, err := one(check.parent, nsSignature, check.name)
		if err != nil {
			return nil, err
		}
		if uri := method.SelectAttrValue("Algorithm", ""); !check.ok(uri) {
			return nil, malformed("%s %q", check.name, uri)
		}
	}
	return sig, transforms(reference)
}

func transforms(reference *etree.Element) error {
	list, err := one(reference, nsSignature, "Transforms")
	if err != nil {
		return err
	}
	var have []string
	for _, t := range list.ChildElements() {
		if !is(t, nsSignature, "Transform") {
			return malformed("a transform of another form")
		}
		have = append(have, t.SelectAttrValue("Algorithm", ""))
	}
	if !slices.Equal(have, []string{string(dsig.EnvelopedSignatureAltorithmId), exclusive}) {
		return malformed("the transforms %q", have)
	}
	return nil
}

// verified checks the signature of an element with each certificate, and returns the element as it was signed: parsed
// from the bytes of its digest.
func verified(el *etree.Element, certificates []*x509.Certificate) (*etree.Element, error) {
	// What the signature says of its key is not asked; the copy also keeps the original as it is.
	scope, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, malformed("%v", err)
	}
	alone, err := etreeutils.NSDetatch(scope, el)
	if err != nil {
		return nil, malformed("%v", err)
	}
	for _, own := range children(alone, nsSignature, "Signature") {
		for _, info := range children(own, nsSignature, "KeyInfo") {
			own.RemoveChild(info)
		}
	}
	for _, certificate := range certificates {
		if key, isRSA := certificate.PublicKey.(*rsa.PublicKey); isRSA && key.N.BitLen() < minRSA {
			continue
		}
		check := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
		check.Clock = dsig.NewFakeClockAt(certificate.NotBefore) // see the package's comment
		signed, err := check.Validate(alone.Copy())              // which it changes
		if err == nil && is(signed, el.NamespaceURI(), el.Tag) {
			return signed, nil
		}
	}
	return nil, ErrSignature
}
