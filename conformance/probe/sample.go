package probe

import (
	"fmt"
	"maps"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// World is what exists at the endpoint.
type World struct {
	InstanceARN     string
	IdentityStoreID string
	AccessToken     string // of the portal API, or ""
	Account         string // the caller's
	Region          string
}

// bound returns the value of members that name what exists, or "".
func (w World) bound(member string) string {
	switch member {
	case "InstanceArn":
		return w.InstanceARN
	case "IdentityStoreId":
		return w.IdentityStoreID
	case "accessToken":
		return w.AccessToken
	}
	return ""
}

const (
	samplePolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	sampleTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// meant are texts that mean something beyond their pattern, by the name of the member. What they name does not exist.
func (s sampler) meant(member string) string {
	switch s.service.Name + "." + member {
	case "account-access.applicationArn", "account-access.resourceArn":
		return "arn:aws:account-access:" + s.world.Region + ":" + s.world.Account + ":application/conformance-unknown"
	case "cloudtrail.ResourceId":
		return "arn:aws:cloudtrail:" + s.world.Region + ":" + s.world.Account + ":trail/conformance-unknown"
	case "iam.Arn":
		return "arn:aws:iam::" + s.world.Account + ":role/conformance-unknown"
	}
	switch strings.ToLower(member) {
	case "policydocument", "inlinepolicy", "content", "policy", "newpolicydocument", "existingpolicydocument", "permissionspolicy":
		return samplePolicy
	case "assumerolepolicydocument", "trustpolicydocument":
		return sampleTrust
	case "permissionsetarn":
		return "arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"
	case "policyarn":
		return "arn:aws:iam::" + s.world.Account + ":policy/conformance-unknown"
	case "managedpolicyarn":
		return "arn:aws:iam::aws:policy/ConformanceUnknown"
	case "rolearn", "principalarn", "policysourcearn", "entityarn":
		return "arn:aws:iam::" + s.world.Account + ":role/conformance-unknown"
	case "accountid", "childid", "targetid", "targetaccountid", "account":
		return "999999999999"
	case "actionname":
		return "s3:GetObject"
	case "attributepath":
		return "displayName"
	case "serviceprincipal":
		return "sso.amazonaws.com"
	case "awsservicename":
		return "elasticbeanstalk.amazonaws.com"
	case "sessionduration":
		return "PT1H"
	}
	return ""
}

// sampler makes values that a model allows.
type sampler struct {
	service *model.Service
	world   World
	unbound bool // name nothing that exists
	trust   bool // policies are trust policies
}

// input makes an operation's smallest input.
func (s sampler) input(op *model.Operation) (map[string]any, error) {
	v, err := s.structure(s.service.InputOf(op), 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op.Name, err)
	}
	return v, nil
}

func (s sampler) structure(shape *model.Shape, depth int) (map[string]any, error) {
	out := map[string]any{}
	if depth > 8 {
		return out, nil
	}
	for _, name := range shape.Required {
		v, err := s.value(name, s.service.Shape(shape.Members[name].Shape), depth+1)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	// A union has one member, and a form cannot say that a structure without members is there.
	wanted := shape.Union || depth > 0 && s.service.Metadata.Protocol == model.Query
	if names := shape.MemberNames(); wanted && len(out) == 0 && len(names) > 0 {
		v, err := s.value(names[0], s.service.Shape(shape.Members[names[0]].Shape), depth+1)
		return map[string]any{names[0]: v}, err
	}
	return out, nil
}

func (s sampler) value(member string, shape *model.Shape, depth int) (any, error) {
	if !s.unbound {
		if v := s.world.bound(member); v != "" {
			return v, nil
		}
	}
	switch {
	case shape.IsText():
		return s.text(member, shape)
	case shape.IsNumber():
		if shape.Min != nil && *shape.Min > 1 {
			return *shape.Min, nil
		}
		return 1.0, nil
	}
	switch shape.Type {
	case "structure":
		if shape.Document {
			return map[string]any{}, nil
		}
		return s.structure(shape, depth)
	case "list":
		return s.list(member, shape, depth)
	case "map":
		key, err := s.text("", s.service.Shape(shape.Key.Shape))
		if err != nil {
			return nil, err
		}
		v, err := s.value("", s.service.Shape(shape.Value.Shape), depth+1)
		return map[string]any{key.(string): v}, err
	case "boolean":
		return true, nil
	case "timestamp":
		return s.timestamp(), nil
	case "blob":
		return "YQ==", nil
	}
	return nil, fmt.Errorf("shape %s has the type %q, which is not known", shape.Name, shape.Type)
}

func (s sampler) timestamp() any {
	if s.service.Metadata.Protocol == model.Query {
		return "2026-01-01T00:00:00Z"
	}
	return 1767225600.0
}

func (s sampler) text(member string, shape *model.Shape) (any, error) {
	if s.trust && member == "PolicyDocument" {
		return sampleTrust, nil
	}
	if text := s.meant(member); text != "" && allowed(shape, text) {
		return text, nil
	}
	return shape.Sample()
}

// allowed reports whether a text is one the shape takes.
func allowed(shape *model.Shape, text string) bool {
	n := float64(len([]rune(text)))
	if shape.Max != nil && n > *shape.Max || shape.Min != nil && n < *shape.Min || len(shape.Enum) > 0 {
		return false
	}
	if shape.Pattern == "" {
		return true
	}
	re, err := model.Compile(shape.Pattern)
	return err == nil && re.MatchString(text)
}

func (s sampler) list(member string, shape *model.Shape, depth int) (any, error) {
	n := 1
	if shape.Min != nil && *shape.Min > 1 {
		n = int(*shape.Min)
	}
	out := make([]any, 0, n)
	for range n {
		v, err := s.value(strings.TrimSuffix(member, "s"), s.service.Shape(shape.Member.Shape), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// clone copies a value to its depth, so that one of it can be changed.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for k, item := range out {
			out[k] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}
