package webui_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// document is a page as a list of its elements, in order. html/template escapes
// ">" in attributes and text, so the forgiving mode of encoding/xml reads all it writes.
type document []element

type element struct {
	name  string
	attrs []xml.Attr
	text  string   // its own text, without that of the elements inside
	in    []string // names of the elements around it
}

func parse(t *testing.T, page string) document {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	d.AutoClose = xml.HTMLAutoClose
	d.Entity = xml.HTMLEntity
	var doc document
	var open []int
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return doc
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: token.Copy().Attr}
			for _, i := range open {
				e.in = append(e.in, doc[i].name)
			}
			open = append(open, len(doc))
			doc = append(doc, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				doc[open[len(open)-1]].text += string(token)
			}
		}
	}
}

// all returns the elements of that name whose attributes have the values given
// as name, value, name, value.
func (d document) all(name string, attrs ...string) document {
	var found document
	for _, e := range d {
		matches := name == "*" || e.name == name
		for i := 0; i < len(attrs); i += 2 {
			matches = matches && slices.ContainsFunc(e.attrs, func(a xml.Attr) bool { return a.Name.Local == attrs[i] && a.Value == attrs[i+1] })
		}
		if matches {
			found = append(found, e)
		}
	}
	return found
}

// one is all for exactly one element.
func (d document) one(t *testing.T, name string, attrs ...string) element {
	t.Helper()
	found := d.all(name, attrs...)
	if len(found) != 1 {
		t.Fatalf("%d elements %s %v, want one", len(found), name, attrs)
	}
	return found[0]
}

func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) has(name string) bool {
	return slices.ContainsFunc(e.attrs, func(a xml.Attr) bool { return a.Name.Local == name })
}
