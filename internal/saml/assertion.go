package saml

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Assertion is what an identity provider asserts of a subject, as it was signed (SAML Core section 2.3.3).
type Assertion struct {
	ID           string
	IssueInstant time.Time
	Issuer       string // entity id

	Subject       string // NameID
	SubjectFormat string // URI of the NameID's format; "" for none
	Confirmations []Confirmation

	NotBefore    time.Time // zero: not said
	NotOnOrAfter time.Time // zero: not said
	Audiences    []string  // of all restrictions; nil without any

	// SessionNotOnOrAfter is when the session at the identity provider ends at the latest; zero: not said.
	SessionNotOnOrAfter time.Time

	Attributes []Attribute
}

// Confirmation is a bearer confirmation of the subject (SAML Core section 2.4.1.1; Profiles section 3.3).
type Confirmation struct {
	Recipient    string
	NotBefore    time.Time // zero: not said
	NotOnOrAfter time.Time // zero: not said
}

// Attribute is an attribute of the subject. Values are trimmed of the white space around them.
type Attribute struct {
	Name   string
	Values []string
}

// Values returns the values of all attributes of a name.
func (a *Assertion) Values(name string) []string {
	var values []string
	for _, attribute := range a.Attributes {
		if attribute.Name == name {
			values = append(values, attribute.Values...)
		}
	}
	return values
}

// read reads an assertion from what was signed.
func read(el *etree.Element) (*Assertion, error) {
	a := &Assertion{ID: el.SelectAttrValue("ID", "")}
	if a.ID == "" || el.SelectAttrValue("Version", "") != "2.0" {
		return nil, malformed("an assertion without an id, or of another version")
	}
	issuer, err := one(el, nsAssertion, "Issuer")
	if err != nil {
		return nil, err
	}
	a.Issuer = text(issuer)
	for _, step := range []func(*etree.Element) error{a.readSubject, a.readConditions, a.readStatements} {
		if err := step(el); err != nil {
			return nil, err
		}
	}
	return a, instants(el, instant{"IssueInstant", &a.IssueInstant, true})
}

func (a *Assertion) readSubject(el *etree.Element) error {
	subject, err := one(el, nsAssertion, "Subject")
	if err != nil {
		return err
	}
	name, err := one(subject, nsAssertion, "NameID")
	if err != nil {
		return err
	}
	a.Subject, a.SubjectFormat = text(name), name.SelectAttrValue("Format", "")
	if a.Subject == "" {
		return malformed("an empty NameID")
	}
	for _, found := range children(subject, nsAssertion, "SubjectConfirmation") {
		if found.SelectAttrValue("Method", "") != "urn:oasis:names:tc:SAML:2.0:cm:bearer" {
			return malformed("a confirmation that is not of a bearer")
		}
		data, err := one(found, nsAssertion, "SubjectConfirmationData")
		if err != nil {
			return err
		}
		c := Confirmation{Recipient: data.SelectAttrValue("Recipient", "")}
		if err := instants(data, instant{"NotBefore", &c.NotBefore, false}, instant{"NotOnOrAfter", &c.NotOnOrAfter, false}); err != nil {
			return err
		}
		a.Confirmations = append(a.Confirmations, c)
	}
	return nil
}

func (a *Assertion) readConditions(el *etree.Element) error {
	conditions, err := one(el, nsAssertion, "Conditions")
	if err != nil {
		return err
	}
	for _, c := range conditions.ChildElements() {
		switch c.Tag {
		case "AudienceRestriction", "OneTimeUse", "ProxyRestriction":
		default:
			return malformed("the condition %s, which nobody here can judge", c.Tag)
		}
	}
	restrictions := children(conditions, nsAssertion, "AudienceRestriction")
	if len(restrictions) > 1 {
		return malformed("more than one audience restriction") // all of them would have to hold
	}
	for _, r := range restrictions {
		for _, audience := range children(r, nsAssertion, "Audience") {
			a.Audiences = append(a.Audiences, text(audience))
		}
	}
	return instants(conditions, instant{"NotBefore", &a.NotBefore, false}, instant{"NotOnOrAfter", &a.NotOnOrAfter, false})
}

func (a *Assertion) readStatements(el *etree.Element) error {
	for _, statement := range children(el, nsAssertion, "AuthnStatement") {
		var end time.Time
		if err := instants(statement, instant{"SessionNotOnOrAfter", &end, false}); err != nil {
			return err
		}
		if !end.IsZero() && (a.SessionNotOnOrAfter.IsZero() || end.Before(a.SessionNotOnOrAfter)) {
			a.SessionNotOnOrAfter = end
		}
	}
	for _, statement := range children(el, nsAssertion, "AttributeStatement") {
		for _, found := range children(statement, nsAssertion, "Attribute") {
			attribute := Attribute{Name: found.SelectAttrValue("Name", "")}
			for _, value := range children(found, nsAssertion, "AttributeValue") {
				attribute.Values = append(attribute.Values, text(value))
			}
			a.Attributes = append(a.Attributes, attribute)
		}
	}
	return nil
}

// text is the text of an element without the white space around it. Elements in it have no place in what is read.
func text(el *etree.Element) string {
	var all strings.Builder
	for _, child := range el.Child {
		if data, ok := child.(*etree.CharData); ok {
			all.WriteString(data.Data)
		}
	}
	return strings.TrimSpace(all.String())
}

// instant is an attribute of type xs:dateTime.
type instant struct {
	name     string
	into     *time.Time
	required bool
}

func instants(el *etree.Element, list ...instant) error {
	for _, i := range list {
		written := el.SelectAttrValue(i.name, "")
		if written == "" && !i.required {
			continue
		}
		at, err := time.Parse(time.RFC3339, written)
		if err != nil {
			return malformed("%s is %q", i.name, written)
		}
		*i.into = at.UTC()
	}
	return nil
}
