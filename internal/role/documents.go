package role

import (
	"slices"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Documents are the compiled policies that speak for a role. Each carries the
// name that reasons use: the ARN of a managed policy, the name of an inline one.
type Documents struct {
	Identity []*policy.Policy
	Boundary *policy.Policy // nil when the role has none
	Trust    *policy.Policy
}

// Policies loads and compiles the policies of a role. Documents that were
// compiled before come from memory. An attached policy that has gone missing is
// an error, never the same as no policy.
func (s *Service) Policies(r store.Reader, role *idc.Role) (Documents, error) {
	var out Documents
	for _, policyARN := range role.AttachedPolicies {
		p, err := s.ManagedDocument(r, policy.IdentityPolicy, policyARN)
		if err != nil {
			return Documents{}, err
		}
		out.Identity = append(out.Identity, p)
	}
	for _, name := range InlineNames(role) {
		p, err := s.compiled.get(policy.IdentityPolicy, role.InlinePolicies[name])
		if err != nil {
			return Documents{}, err
		}
		out.Identity = append(out.Identity, p.Named(name))
	}
	if role.PermissionsBoundary != "" {
		p, err := s.ManagedDocument(r, policy.BoundaryPolicy, role.PermissionsBoundary)
		if err != nil {
			return Documents{}, err
		}
		out.Boundary = p
	}
	trust, err := s.compiled.get(policy.TrustPolicy, role.TrustPolicy)
	if err != nil {
		return Documents{}, err
	}
	out.Trust = trust.Named(role.ARN)
	return out, nil
}

// ManagedDocument returns the default version of a managed policy, AWS's or a
// customer's, compiled and named by its ARN.
func (s *Service) ManagedDocument(r store.RoleReader, kind policy.Kind, policyARN string) (*policy.Policy, error) {
	owner, _, _, err := arn.ParsePolicy(policyARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "ARN %s is not valid.", policyARN).Because(err)
	}
	if owner == "aws" {
		return s.compiled.awsManaged(kind, policyARN)
	}
	p, err := findPolicy(r, policyARN)
	if err != nil {
		return nil, err
	}
	version, err := Version(p, p.DefaultVersion)
	if err != nil {
		return nil, err
	}
	compiled, err := s.compiled.get(kind, version.Document)
	if err != nil {
		return nil, err
	}
	return compiled.Named(policyARN), nil
}

// InlineNames returns the names of a role's inline policies in order.
func InlineNames(role *idc.Role) []string {
	names := make([]string, 0, len(role.InlinePolicies))
	for name := range role.InlinePolicies {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// maxCompiled bounds the memory of compiledDocuments.
const maxCompiled = 2048

// compiledDocuments remembers compiled documents: by their text, so it is never
// stale, and AWS managed policies by their ARN, because they are part of the
// program. When it is full it starts over.
type compiledDocuments struct {
	mu   sync.RWMutex
	docs map[compiledKey]*policy.Policy
}

type compiledKey struct {
	kind policy.Kind
	arn  string // of an AWS managed policy
	text string // of any other
}

func (c *compiledDocuments) get(kind policy.Kind, text string) (*policy.Policy, error) {
	return c.compile(compiledKey{kind: kind, text: text}, func() (string, bool) { return text, true })
}

func (c *compiledDocuments) awsManaged(kind policy.Kind, policyARN string) (*policy.Policy, error) {
	p, err := c.compile(compiledKey{kind: kind, arn: policyARN}, func() (string, bool) {
		p, ok := managedpolicy.Get(policyARN)
		return p.Document, ok
	})
	if err != nil {
		return nil, err
	}
	return p.Named(policyARN), nil
}

// compile returns the remembered policy of a key, or reads and compiles its text.
func (c *compiledDocuments) compile(key compiledKey, text func() (string, bool)) (*policy.Policy, error) {
	c.mu.RLock()
	p := c.docs[key]
	c.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	document, ok := text()
	if !ok {
		return nil, notAttachable(key.arn)
	}
	p, err := policy.ParseStored(key.kind, []byte(document))
	if err != nil {
		return nil, idc.Errorf(idc.Internal, "a stored %s does not parse", key.kind).Because(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.docs == nil || len(c.docs) >= maxCompiled {
		c.docs = map[compiledKey]*policy.Policy{}
	}
	c.docs[key] = p
	return p, nil
}
