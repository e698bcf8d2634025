package authz

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Simulation is a question to the policy simulator: what would a caller be
// allowed, if it had these policies? It is made of what is given here and of the
// live policies of one role; nothing else is looked up and nothing is performed.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
type Simulation struct {
	// AccountID is the account of whoever asks. RoleName names a role in it whose
	// policies, boundary and service control policies take part; "" for none.
	AccountID string
	RoleName  string
	Excluded  []Exclusion // of the role's policies

	Policies       []string   // identity-based documents, besides the role's
	Boundaries     []string   // at most one document, in place of the role's boundary
	Organization   [][]string // service control policies, one list per level from the root down
	ResourcePolicy string     // is taken as the policy of every resource; "" for none
	ResourceOwner  string     // root ARN of the account that owns resources whose ARN names none
	CallerARN      string     // of a user or role; "" for the role of RoleName

	Actions   []string // service:Name
	Resources []string // ARNs; none means "*"
	Context   []ContextEntry
}

// Exclusion leaves policies of the simulated role out. Exactly one of Type, ARN and Inline is set.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyIdentifier.html
type Exclusion struct {
	Type   string // inline, aws-managed, user-managed, permission-boundary, scp or rcp
	ARN    string // of a managed policy
	Inline string // name of an inline policy
}

// Simulator answers a Simulation. It is made by Simulate and does not change.
type Simulator struct {
	actions    []string
	resources  []string // "*" alone when none were given
	request    policy.Request
	policies   policy.Policies // all but the service control policies
	scps       [][]*policy.Policy
	everything []*policy.Policy // allows all: what is left when one layer is asked alone
	owner      string           // account of resources whose ARN names none
	asked      []string         // keys the documents ask for and nobody gave
	askedSCPs  []string         // the same of the service control policies alone
	size       int              // characters of the documents given
}

// Simulate reads and checks everything a simulation is made of. Faults of the
// input are of kind Invalid; a role that is not there is NotFound.
func (s *Service) Simulate(ctx context.Context, sim Simulation) (*Simulator, error) {
	everything, err := policy.Parse(policy.IdentityPolicy, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	if err != nil {
		return nil, err
	}
	out := &Simulator{actions: sim.Actions, resources: sim.Resources, everything: []*policy.Policy{everything}}
	if len(out.resources) == 0 {
		out.resources = []string{"*"}
	}
	if err := checkNames(&sim); err != nil {
		return nil, err
	}
	var source *cachedRole
	if sim.RoleName != "" {
		if source, err = s.simulatedRole(ctx, sim.AccountID, sim.RoleName); err != nil {
			return nil, err
		}
		if err := s.addRole(ctx, out, source, sim.Excluded); err != nil {
			return nil, err
		}
	}
	if err := out.addDocuments(&sim); err != nil {
		return nil, err
	}
	if err := s.setCaller(ctx, out, &sim, source); err != nil {
		return nil, err
	}
	for _, entry := range sim.Context {
		if err := entry.set(&out.request.Context); err != nil {
			return nil, err
		}
	}
	out.collectKeys()
	return out, nil
}

// checkNames refuses actions and resources that are no names.
func checkNames(sim *Simulation) error {
	for _, action := range sim.Actions {
		service, name, found := strings.Cut(action, ":")
		switch {
		case !found || service == "" || name == "":
			return idc.Errorf(idc.Invalid, "The action is invalid since it is missing names: %s.", action)
		case strings.ContainsAny(action, "*?"):
			return idc.Errorf(idc.Invalid, "The action %s is invalid: wildcards are not supported in action names.", action)
		}
	}
	for _, resource := range sim.Resources {
		if resource == "*" && len(sim.Resources) == 1 {
			if sim.ResourcePolicy != "" {
				return idc.Errorf(idc.Invalid, "Invalid Entity Arn: * does not clearly define entity type and name.")
			}
			continue
		}
		if _, err := arn.Parse(resource); err != nil {
			return idc.Errorf(idc.Invalid, "ResourceNames are not in a valid ARN format: %s.", resource).Because(err)
		}
	}
	if sim.ResourcePolicy != "" && len(sim.Resources) == 0 {
		return idc.Errorf(idc.Invalid, "Invalid Entity Arn: * does not clearly define entity type and name.")
	}
	return nil
}

// simulatedRole loads a role as it is in the store at this moment.
func (s *Service) simulatedRole(ctx context.Context, accountID, name string) (*cachedRole, error) {
	return s.readRole(ctx, func(r store.Reader) (*idc.Role, error) {
		found, err := r.Role(accountID, name)
		if idc.IsNotFound(err) {
			return nil, idc.NotFoundf("Role", name, "The role with name %s cannot be found.", name)
		}
		return found, err
	})
}

// addRole adds what speaks for the role and what limits it, under the names that
// results use, without what is excluded.
func (s *Service) addRole(ctx context.Context, out *Simulator, source *cachedRole, excluded []Exclusion) error {
	for _, p := range source.documents.Identity {
		if !slices.ContainsFunc(excluded, func(e Exclusion) bool { return e.identity(p.Name()) }) {
			out.policies.Identity = append(out.policies.Identity, p.Named(shownName(source.role, p.Name())))
		}
	}
	if b := source.documents.Boundary; b != nil && !excludes(excluded, "permission-boundary") {
		out.policies.Boundary = b.Named(shownName(source.role, b.Name()))
	}
	if source.role.AccountID == s.Instance.OwnerAccountID || excludes(excluded, "scp") {
		return nil
	}
	place, err := s.cache.place(ctx, s, source.role.AccountID)
	if err != nil {
		return err
	}
	out.scps = place.scps
	return nil
}

func excludes(excluded []Exclusion, kind string) bool {
	return slices.ContainsFunc(excluded, func(e Exclusion) bool { return e.Type == kind })
}

// identity reports whether an identity-based policy of the role is left out; it
// is named by its ARN, an inline policy by its name.
func (e Exclusion) identity(name string) bool {
	managed := strings.HasPrefix(name, "arn:")
	switch {
	case !managed:
		return e.Type == "inline" || e.Inline == name
	case e.ARN != "":
		return e.ARN == name
	case strings.HasPrefix(name, arn.ManagedPolicy("/", "").String()):
		return e.Type == "aws-managed"
	}
	return e.Type == "user-managed"
}

// shownName is what the simulator calls a policy of a role: the name of a managed
// policy, and role_<role>_<name> for an inline one.
func shownName(r *idc.Role, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return "role_" + r.Name + "_" + name
}

// collectKeys finds the context keys that policies ask for and nobody gave.
func (s *Simulator) collectKeys() {
	all := slices.Clone(s.policies.Identity)
	for _, p := range []*policy.Policy{s.policies.Boundary, s.policies.Resource} {
		if p != nil {
			all = append(all, p)
		}
	}
	controls := slices.Concat(s.scps...)
	s.askedSCPs = s.lacking(controls)
	s.asked = s.lacking(append(all, controls...))
}

func (s *Simulator) lacking(policies []*policy.Policy) []string {
	return slices.DeleteFunc(contextKeys(policies), func(key string) bool {
		_, given := s.request.Context.Get(key)
		return given
	})
}

// contextKeys are the keys that policies ask for, sorted, without repetitions.
func contextKeys(policies []*policy.Policy) []string {
	var keys []string
	for _, p := range policies {
		keys = append(keys, p.ContextKeys()...)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
	return slices.CompactFunc(keys, strings.EqualFold)
}

// ContextKeys returns the context keys that documents ask for, and with roleName
// those of the policies of a role as well, its boundary excepted.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
func (s *Service) ContextKeys(ctx context.Context, accountID, roleName string, documents []string) ([]string, error) {
	var policies []*policy.Policy
	if roleName != "" {
		source, err := s.simulatedRole(ctx, accountID, roleName)
		if err != nil {
			return nil, err
		}
		policies = append(policies, source.documents.Identity...)
	}
	for _, document := range documents {
		p, err := parseGiven(policy.IdentityPolicy, document)
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	return contextKeys(policies), nil
}

// parseGiven parses a document of the input. One in the older version of the
// language is held to the rules it was made under.
func parseGiven(kind policy.Kind, document string) (*policy.Policy, error) {
	parse := policy.Parse
	if read, err := policy.Read([]byte(document)); err == nil && read.Version.Value != "2012-10-17" {
		parse = policy.ParseStored
	}
	p, err := parse(kind, []byte(document))
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "%s", err.Error())
	}
	return p, nil
}
