package policycase

import (
	"errors"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// Bounds of the memory that remembered documents take.
const (
	maxDocuments     = 4096
	maxDocumentBytes = 16 << 20
)

// documents remembers compiled documents by their text and their use. When it is full it starts over.
type documents struct {
	byText map[documentKey]*policy.Policy
	bytes  int
}

type documentKey struct {
	use  use
	text string
}

// use is the place of a document in a case. It decides how the document is read.
type use uint8

const (
	identity use = iota
	boundary
	session
	resource
	trust // of a role, in the place of the resource's policy
	scp
	rcp
)

// kinds are tried in order: what stands in the place of the resource's policy may be a role's trust policy, which
// has no Resource element, whatever the request is about.
func (u use) kinds() []policy.Kind {
	switch u {
	case boundary:
		return []policy.Kind{policy.BoundaryPolicy}
	case session:
		return []policy.Kind{policy.SessionPolicy}
	case resource:
		return []policy.Kind{policy.ResourcePolicy, policy.TrustPolicy}
	case trust:
		return []policy.Kind{policy.TrustPolicy, policy.ResourcePolicy}
	case scp:
		return []policy.Kind{policy.ServiceControlPolicy}
	case rcp:
		return []policy.Kind{policy.ResourceControlPolicy}
	}
	return []policy.Kind{policy.IdentityPolicy}
}

// get returns the compiled document of a JSON value: an object, or a string that holds one. The error is a
// *policy.SyntaxError, its place in the document.
func (d *documents) get(u use, raw []byte) (*policy.Policy, error) {
	if p := d.byText[documentKey{u, string(raw)}]; p != nil {
		return p, nil
	}
	p, err := compile(u, raw)
	if err != nil {
		return nil, err
	}
	if d.byText == nil || len(d.byText) >= maxDocuments || d.bytes > maxDocumentBytes {
		d.byText, d.bytes = map[documentKey]*policy.Policy{}, 0
	}
	d.byText[documentKey{u, string(raw)}] = p
	d.bytes += len(raw)
	return p, nil
}

func compile(u use, raw []byte) (*policy.Policy, error) {
	if raw[0] == '"' {
		text, fault := (&scanner{data: raw}).bytes()
		if fault != nil {
			return nil, errors.New(fault.Detail)
		}
		raw = text
	} else if raw[0] != '{' {
		return nil, errors.New("a policy document is an object, or a string that holds one")
	}
	var first error
	for _, kind := range u.kinds() {
		p, err := policy.ParseStored(kind, raw)
		if err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
