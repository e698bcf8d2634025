package serviceauth

import (
	"compress/flate"
	"io"
	"slices"
	"strings"
)

// Service is a service with everything the reference says about it.
type Service struct {
	Prefix string // "s3"
	Name   string // "Amazon S3"
	// ResourceControl says that resource control policies apply to the service.
	ResourceControl bool
	Actions         []Action        // by name
	Resources       []*ResourceType // by name
	ConditionKeys   []*ConditionKey // by name, global ones that the service documents included

	names   []string           // of the actions
	actions map[string]*Action // by short name in lower case
	keys    map[string]*ConditionKey
	kinds   map[string]*ResourceType
}

// AccessLevel is how far an action goes.
type AccessLevel string

// The access levels.
const (
	Read                  AccessLevel = "Read"
	List                  AccessLevel = "List"
	Write                 AccessLevel = "Write"
	PermissionsManagement AccessLevel = "Permissions management"
	Tagging               AccessLevel = "Tagging"
)

// Action is an action of a service.
type Action struct {
	Service     *Service
	Name        string // without the service: "GetObject"
	AccessLevel AccessLevel
	// Resources are the types of resources the action acts on. An action without any is allowed only by "*".
	Resources []ActionResource
	// ConditionKeys go with the action whatever it acts on. Keys of resources come on top; see HasConditionKey.
	ConditionKeys []string
	// DependentActions are what the caller needs besides, by full name.
	DependentActions []string

	lower string // Name in lower case
}

// ActionResource is a type of resource that an action acts on.
type ActionResource struct {
	Type          *ResourceType
	Required      bool     // each call names one
	ConditionKeys []string // that go with the action on this type
}

// ResourceType is a type of resource.
type ResourceType struct {
	Name string // as the reference calls it: "bucket"
	// ARNs are the forms its ARN has: "arn:${Partition}:s3:::${BucketName}".
	ARNs          []string
	ConditionKeys []string
}

// ConditionKey is a condition key.
type ConditionKey struct {
	// Name is the key; a part that a policy chooses is written ${Like}: "aws:ResourceTag/${TagKey}".
	Name string
	// Type is String, ARN, Bool, Date, IPAddress, Numeric, or one of these behind "ArrayOf".
	Type string
	// Global says that the key belongs to no single service.
	Global bool
}

// Multivalued reports whether a request may hold several values.
func (k *ConditionKey) Multivalued() bool { return strings.HasPrefix(k.Type, "ArrayOf") }

// ValueType is the type of one value.
func (k *ConditionKey) ValueType() string { return strings.TrimPrefix(k.Type, "ArrayOf") }

// FullName is the name with the service: "s3:GetObject".
func (a *Action) FullName() string { return a.Service.Prefix + ":" + a.Name }

// HasConditionKey reports whether a service condition key, or a global one that depends on the action, such as
// aws:ResourceTag/Team or aws:RequestTag/Team, may be there when the action is authorised, on any resource. Global
// keys that describe the caller and the request in general are not listed with actions.
func (a *Action) HasConditionKey(name string) bool {
	matches := func(key string) bool { return keyMatches(key, name) }
	if slices.ContainsFunc(a.ConditionKeys, matches) {
		return true
	}
	return slices.ContainsFunc(a.Resources, func(r ActionResource) bool {
		return slices.ContainsFunc(r.ConditionKeys, matches) || slices.ContainsFunc(r.Type.ConditionKeys, matches)
	})
}

// ARNs returns the forms of ARNs that the action acts on; none if it is allowed only by "*".
func (a *Action) ARNs() []string {
	var out []string
	for _, r := range a.Resources {
		out = append(out, r.Type.ARNs...)
	}
	return out
}

// Action returns the action with a name, in any letter case.
func (s *Service) Action(name string) (*Action, bool) {
	a, ok := s.actions[strings.ToLower(name)]
	return a, ok
}

// ActionNames returns the names of all actions, without the service. They are not to be changed.
func (s *Service) ActionNames() []string { return s.names }

// Match returns the actions that a pattern covers.
func (s *Service) Match(pattern string) []*Action {
	pattern = strings.ToLower(pattern)
	if !strings.ContainsAny(pattern, "*?") {
		if a, ok := s.actions[pattern]; ok {
			return []*Action{a}
		}
		return nil
	}
	var out []*Action
	for i := range s.Actions {
		if glob(pattern, s.Actions[i].lower) {
			out = append(out, &s.Actions[i])
		}
	}
	return out
}

// ConditionKey returns the service's condition key that a name in a policy stands for, in any letter case.
func (s *Service) ConditionKey(name string) (*ConditionKey, bool) {
	if k, ok := s.keys[strings.ToLower(name)]; ok {
		return k, true
	}
	for _, k := range s.ConditionKeys {
		if strings.Contains(k.Name, "${") && keyMatches(k.Name, name) {
			return k, true
		}
	}
	return nil, false
}

// Resource returns the type of resource with a name.
func (s *Service) Resource(name string) (*ResourceType, bool) {
	r, ok := s.kinds[name]
	return r, ok
}

// readService reads a service of the embedded data.
func readService(prefix, name string, rcp bool, compressed string) *Service {
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(compressed)))
	if err != nil {
		broken("service %s: %v", prefix, err)
	}
	s := &Service{Prefix: prefix, Name: name, ResourceControl: rcp,
		actions: map[string]*Action{}, keys: map[string]*ConditionKey{}, kinds: map[string]*ResourceType{}}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case f[0] == "k" && len(f) == 3:
			k := &ConditionKey{Name: f[1], Type: f[2]}
			s.ConditionKeys = append(s.ConditionKeys, k)
			s.keys[strings.ToLower(k.Name)] = k
		case f[0] == "r" && len(f) == 4:
			r := &ResourceType{Name: f[1], ARNs: list(f[2], ","), ConditionKeys: list(f[3], ",")}
			s.Resources = append(s.Resources, r)
			s.kinds[r.Name] = r
		case f[0] == "a" && len(f) == 6:
			s.Actions = append(s.Actions, Action{Service: s, Name: f[1], lower: strings.ToLower(f[1]), AccessLevel: AccessLevel(f[2]),
				ConditionKeys: list(f[3], ","), DependentActions: list(f[4], ","), Resources: s.actionResources(f[5])})
		default:
			broken("service %s: line %q", prefix, line)
		}
	}
	for i := range s.Actions {
		s.actions[s.Actions[i].lower] = &s.Actions[i]
		s.names = append(s.names, s.Actions[i].Name)
	}
	return s
}

func (s *Service) actionResources(field string) []ActionResource {
	var out []ActionResource
	for _, spec := range list(field, ";") {
		name, keys, _ := strings.Cut(spec, "=")
		name, required := strings.CutSuffix(name, "*")
		kind, ok := s.kinds[name]
		if !ok {
			broken("service %s: resource type %q", s.Prefix, name)
		}
		out = append(out, ActionResource{Type: kind, Required: required, ConditionKeys: list(keys, ",")})
	}
	return out
}
