package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// The namespaces of SAML and its signatures.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsEncrypted = "http://www.w3.org/2001/04/xmlenc#"
)

// Limits of a document.
const (
	maxDepth    = 64
	maxElements = 20000
)

// ErrMalformed says that a document is not what it should be, or looks as honest ones don't.
var ErrMalformed = errors.New("malformed SAML document")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// parse reads a document that passes the gate: UTF-8, one root, no markup that a reader could treat in
// different ways, no id or attribute twice.
func parse(document []byte) (*etree.Document, error) {
	if err := scan(document); err != nil {
		return nil, err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(document); err != nil {
		return nil, malformed("%v", err)
	}
	if doc.Root() == nil {
		return nil, malformed("no root")
	}
	return doc, nil
}

// scan goes through the document once, before a tree is made of it.
func scan(document []byte) error {
	if !utf8.Valid(document) {
		return malformed("not UTF-8")
	}
	if bytes.Contains(document, []byte("<!")) {
		return malformed("a DOCTYPE, comment or CDATA section")
	}
	if at := bytes.LastIndex(document, []byte("<?")); at > 0 {
		return malformed("a processing instruction")
	}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	s := scanner{ids: map[string]bool{}}
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return malformed("%v", err)
		}
		if err := s.take(token); err != nil {
			return err
		}
	}
	if s.roots != 1 || s.depth != 0 {
		return malformed("not one root")
	}
	return nil
}

type scanner struct {
	depth, elements, roots int
	ids                    map[string]bool
}

func (s *scanner) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if s.depth == 0 {
			s.roots++
		}
		s.depth++
		s.elements++
		if s.depth > maxDepth || s.elements > maxElements {
			return malformed("too deep or too many elements")
		}
		return s.attributes(t.Attr)
	case xml.EndElement:
		s.depth--
	case xml.CharData:
		if s.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return malformed("text outside of the root")
		}
	}
	return nil
}

// attributes refuses an attribute that is given twice, and an id that another element has.
func (s *scanner) attributes(list []xml.Attr) error {
	for i, a := range list {
		if slices.ContainsFunc(list[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return malformed("the attribute %s twice", a.Name.Local)
		}
		switch a.Name.Local {
		case "ID", "Id", "id", "iD":
			if a.Value == "" || s.ids[a.Value] {
				return malformed("the id %q twice", a.Value)
			}
			s.ids[a.Value] = true
		}
	}
	return nil
}

// all returns the elements of a local name below an element, whatever their namespace, itself included.
func all(el *etree.Element, local string) []*etree.Element {
	var found []*etree.Element
	if el.Tag == local {
		found = append(found, el)
	}
	for _, child := range el.ChildElements() {
		found = append(found, all(child, local)...)
	}
	return found
}

// children returns the direct children of a name.
func children(el *etree.Element, namespace, local string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if child.Tag == local && child.NamespaceURI() == namespace {
			found = append(found, child)
		}
	}
	return found
}

// one returns the only child of a name.
func one(el *etree.Element, namespace, local string) (*etree.Element, error) {
	found := children(el, namespace, local)
	if len(found) != 1 {
		return nil, malformed("%d elements %s in %s", len(found), local, el.Tag)
	}
	return found[0], nil
}

// atMostOne returns the only child of a name, or nil.
func atMostOne(el *etree.Element, namespace, local string) (*etree.Element, error) {
	if len(children(el, namespace, local)) == 0 {
		return nil, nil
	}
	return one(el, namespace, local)
}

// is reports whether an element has a name.
func is(el *etree.Element, namespace, local string) bool {
	return el != nil && el.Tag == local && el.NamespaceURI() == namespace
}
