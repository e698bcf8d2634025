package accessreport

import (
	"context"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service makes and keeps access reports.
type Service struct {
	Store   store.Store
	IDs     *ids.Source
	Catalog *serviceauth.Catalog
	// Tracked are the services of which reports list single actions: those served here.
	Tracked []string
	// OrganizationID is the installation's.
	OrganizationID string
}

// keepReport is how long a report can be read.
const keepReport = 24 * time.Hour

// document is a permissions policy of a role.
type document struct {
	name string
	arn  string // of a managed policy
	text string
}

// subject is what a report is about: permissions policies, and the roles that have them.
type subject struct {
	documents []document
	roles     []*idc.Role
}

// subject loads the role or managed policy that an ARN names to an account.
func (s *Service) subject(r store.Reader, accountID, entityARN string) (subject, error) {
	if owner, _, name, err := arn.ParseRole(entityARN); err == nil {
		found, err := r.Role(owner, name)
		if owner != accountID || idc.IsNotFound(err) || err == nil && found.ARN != entityARN {
			return subject{}, missing(entityARN)
		}
		if err != nil {
			return subject{}, err
		}
		documents, err := documentsOf(r, found)
		return subject{documents, []*idc.Role{found}}, err
	}
	if owner, _, name, err := arn.ParsePolicy(entityARN); err == nil {
		text, err := managed(r, entityARN)
		if idc.IsNotFound(err) || owner != "aws" && owner != accountID {
			return subject{}, missing(entityARN)
		}
		if err != nil {
			return subject{}, err
		}
		using, err := r.ListRolesWithPolicy(accountID, entityARN, store.Page{})
		if err != nil {
			return subject{}, err
		}
		out := subject{documents: []document{{name: name, arn: entityARN, text: text}}}
		for _, candidate := range using {
			for _, attached := range candidate.AttachedPolicies {
				if attached == entityARN { // and not its boundary alone
					out.roles = append(out.roles, candidate)
				}
			}
		}
		return out, nil
	}
	if a, err := arn.Parse(entityARN); err == nil && a.Service == "iam" && (strings.HasPrefix(a.Resource, "user/") || strings.HasPrefix(a.Resource, "group/")) {
		return subject{}, missing(entityARN) // there are none
	}
	return subject{}, idc.Errorf(idc.Invalid, "The ARN %s is not that of a user, group, role or policy.", entityARN).With("InvalidInput")
}

func missing(entityARN string) error {
	return idc.NotFoundf("Entity", entityARN, "The requested ARN %s does not exist.", entityARN)
}

func documentsOf(r store.Reader, of *idc.Role) ([]document, error) {
	var out []document
	for _, policyARN := range of.AttachedPolicies {
		_, _, name, err := arn.ParsePolicy(policyARN)
		if err != nil {
			return nil, err
		}
		text, err := managed(r, policyARN)
		if err != nil {
			return nil, err
		}
		out = append(out, document{name: name, arn: policyARN, text: text})
	}
	for _, name := range role.InlineNames(of) {
		out = append(out, document{name: name, text: of.InlinePolicies[name]})
	}
	return out, nil
}

// managed is the document of the default version of a managed policy.
func managed(r store.Reader, policyARN string) (string, error) {
	if p, ok := managedpolicy.Get(policyARN); ok {
		return p.Document, nil
	}
	p, err := r.ManagedPolicy(policyARN)
	if err != nil {
		return "", err
	}
	v, err := role.Version(p, p.DefaultVersion)
	return v.Document, err
}

func texts(documents []document) []string {
	out := make([]string, len(documents))
	for i, d := range documents {
		out[i] = d.text
	}
	return out
}

// Report returns a report of an account.
func (s *Service) Report(ctx context.Context, accountID, id string) (report *idc.AccessReport, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		report, err = r.AccessReport(id)
		if idc.IsNotFound(err) || err == nil && report.AccountID != accountID {
			return idc.NotFoundf("AccessReport", id, "Job with id %s was not found.", id)
		}
		return err
	})
	return report, err
}

// Granting is a policy that gives access to a service.
type Granting struct {
	PolicyName string
	PolicyARN  string // "" for an inline policy
	RoleName   string // of an inline policy
}

// PoliciesGranting returns the permissions policies of a role that give access to
// services, by namespace.
func (s *Service) PoliciesGranting(ctx context.Context, accountID, roleARN string, namespaces []string) (map[string][]Granting, error) {
	var about subject
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		if _, _, _, notRole := arn.ParseRole(roleARN); notRole != nil {
			if _, _, _, err := arn.ParsePolicy(roleARN); err == nil {
				return idc.Errorf(idc.Invalid, "The ARN %s is not that of a user, group or role.", roleARN).With("InvalidInput")
			}
		}
		about, err = s.subject(r, accountID, roleARN)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := map[string][]Granting{}
	for _, d := range about.documents {
		allow, err := grantsOf([]string{d.text}, false)
		if err != nil {
			return nil, err
		}
		for _, namespace := range namespaces {
			if s.grants(allow, namespace) {
				g := Granting{PolicyName: d.name, PolicyARN: d.arn}
				if d.arn == "" {
					g.RoleName = about.roles[0].Name
				}
				out[namespace] = append(out[namespace], g)
			}
		}
	}
	return out, nil
}

// grants is grants.service for services that the catalogue does not know, too.
func (s *Service) grants(g grants, namespace string) bool {
	if s.Catalog.Name(namespace) == "" {
		for i := range g {
			if g.whole(i, namespace) != g[i].NotAction {
				return true
			}
		}
		return false
	}
	return g.service(s.Catalog, namespace)
}
