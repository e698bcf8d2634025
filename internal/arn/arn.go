package arn

import (
	"fmt"
	"strings"
	"unicode"
)

// ARN is a resource name in its parts. Region and Account are empty where the service leaves them out.
type ARN struct {
	Partition string // "aws", "aws-us-gov", "aws-cn", ...
	Service   string // "iam", "sso", ...
	Region    string
	Account   string // 12 digits, "aws" for what AWS owns, or empty
	Resource  string // all that follows, colons and slashes included
}

// String puts the parts together again.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// In is the same name in another partition.
func (a ARN) In(partition string) ARN {
	a.Partition = partition
	return a
}

// Parse takes an ARN apart. It wants all six parts, each in its own form, and no white space or
// control characters; the error names the part that is wrong.
func Parse(s string) (ARN, error) {
	parts := strings.SplitN(s, ":", 6)
	if parts[0] != "arn" {
		return ARN{}, fmt.Errorf("ARN %q does not start with %q", s, "arn:")
	}
	if len(parts) != 6 {
		return ARN{}, fmt.Errorf("ARN %q has %d parts, want arn:partition:service:region:account:resource", s, len(parts))
	}
	a := ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}
	switch {
	case !isPartition(a.Partition):
		return ARN{}, fmt.Errorf("ARN %q: %q is not a partition", s, a.Partition)
	case a.Service == "" || !isWord(a.Service):
		return ARN{}, fmt.Errorf("ARN %q: %q is not a service", s, a.Service)
	case !isWord(a.Region):
		return ARN{}, fmt.Errorf("ARN %q: %q is not a Region", s, a.Region)
	case a.Account != "" && a.Account != "aws" && !IsAccountID(a.Account):
		return ARN{}, fmt.Errorf("ARN %q: %q is not an account id of 12 digits", s, a.Account)
	case a.Resource == "":
		return ARN{}, fmt.Errorf("ARN %q names no resource", s)
	case strings.ContainsFunc(a.Resource, notInNames):
		return ARN{}, fmt.Errorf("ARN %q: the resource has white space or control characters", s)
	}
	return a, nil
}

// isPartition follows the sso-admin model: aws(-[a-z]{1,5}){0,3}.
func isPartition(s string) bool {
	words := strings.Split(s, "-")
	if words[0] != "aws" || len(words) > 4 {
		return false
	}
	for _, w := range words[1:] {
		if len(w) < 1 || len(w) > 5 || strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) {
			return false
		}
	}
	return true
}

// isWord reports whether s has nothing but lower-case letters, digits and hyphens.
func isWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

func notInNames(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
}

// IsAccountID reports whether s is an account id: 12 decimal digits, leading zeros included.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// parseKind parses s and checks that it belongs to the service; kind is for the error.
func parseKind(s, service, kind string) (ARN, error) {
	a, err := Parse(s)
	if err != nil {
		return ARN{}, err
	}
	if a.Service != service {
		return ARN{}, fmt.Errorf("ARN %q does not name %s: its service is %q, want %q", s, kind, a.Service, service)
	}
	return a, nil
}

// wrongKind is the error for an ARN of the right service that names something else.
func wrongKind(s, kind, form string) error {
	return fmt.Errorf("ARN %q does not name %s: want %s", s, kind, form)
}
