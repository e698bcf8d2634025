package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sdkPackages maps the models to the SDK's packages.
func sdkPackages() map[string]string {
	return map[string]string{
		"sso-admin": "ssoadmin", "identitystore": "identitystore", "sso": "sso", "sso-oidc": "ssooidc",
		"organizations": "organizations", "sts": "sts", "iam": "iam", "cloudtrail": "cloudtrail", "signin": "signin",
	}
}

// TestModelsKnowWhatTheSDKKnows fails when the pinned AWS SDK has an operation,
// member, enumerated value or exception that our models lack. The cure is an
// entry in models/overlay/.
func TestModelsKnowWhatTheSDKKnows(t *testing.T) {
	for name, pkg := range sdkPackages() {
		t.Run(name, func(t *testing.T) {
			m, err := loadModel(filepath.Join("..", "..", "models"), name)
			if err != nil {
				t.Fatal(err)
			}
			for _, missing := range drift(m, readSDK(t, pkg)) {
				t.Error("the SDK knows, and we do not: " + missing)
			}
		})
	}
}

// TestDriftSeesWhatIsMissing makes sure that the comparison can fail.
func TestDriftSeesWhatIsMissing(t *testing.T) {
	m, err := loadModel(filepath.Join("..", "..", "models"), "identitystore")
	if err != nil {
		t.Fatal(err)
	}
	sdk := readSDK(t, "identitystore")
	delete(m.Operations, "ListUsers")
	delete(m.Shapes["Name"].Members, "FamilyName")
	delete(m.Shapes[m.Operations["CreateUser"].Input.Shape].Members, "Emails")
	got := strings.Join(drift(m, sdk), "\n")
	for _, want := range []string{"operation ListUsers", "Name.FamilyName", "CreateUserInput.Emails"} {
		if !strings.Contains(got, want) {
			t.Errorf("drift does not report %s; it reports:\n%s", want, got)
		}
	}
}

// drift lists what the SDK has and the model lacks, sorted.
func drift(m *model, sdk *sdkService) []string {
	// Names are compared without regard to case, which scalars and structures
	// may share.
	shapes, enums := map[string]*modelShape{}, map[string]*modelShape{}
	for name, s := range m.Shapes {
		switch s.Type {
		case "structure":
			shapes[strings.ToLower(goName(name))] = s
		case "string":
			enums[strings.ToLower(goName(name))] = s
		}
	}
	for name, op := range m.Operations {
		for suffix, ref := range map[string]*modelRef{"input": op.Input, "output": op.Output} {
			s := &modelShape{}
			if ref != nil {
				s = m.Shapes[ref.Shape]
			}
			shapes[strings.ToLower(name)+suffix] = s
		}
	}
	var missing []string
	for op := range sdk.operations {
		if m.Operations[op] == nil {
			missing = append(missing, "operation "+op)
		}
	}
	for name, fields := range sdk.structs {
		if name == "UnknownUnionMember" || isUnionMember(sdk, name) {
			continue
		}
		s := shapes[strings.ToLower(name)]
		if s == nil {
			missing = append(missing, "structure "+name)
			continue
		}
		for field, typ := range fields {
			if field == "Message" && s.Exception {
				continue // SDKs give every exception a message
			}
			if !hasMember(s, field) {
				missing = append(missing, fmt.Sprintf("member %s.%s (%s)", name, field, typ))
			}
		}
	}
	for name, values := range sdk.enums {
		s := enums[strings.ToLower(name)]
		for _, v := range values {
			if s != nil && !slices.Contains(s.Enum, v) {
				missing = append(missing, "value "+name+" "+v)
			}
		}
	}
	for union := range sdk.unions {
		for name := range sdk.structs {
			member, ok := strings.CutPrefix(name, union+"Member")
			if s := shapes[strings.ToLower(union)]; ok && (s == nil || !hasMember(s, member)) {
				missing = append(missing, "member "+union+"."+member)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

func isUnionMember(sdk *sdkService, name string) bool {
	for union := range sdk.unions {
		if strings.HasPrefix(name, union+"Member") {
			return true
		}
	}
	return false
}

func hasMember(s *modelShape, field string) bool {
	for name := range s.Members {
		if strings.EqualFold(strings.ReplaceAll(name, "_", ""), strings.ReplaceAll(field, "_", "")) {
			return true
		}
	}
	return false
}
