package policycheck

import "strings"

// FindingType is how much a finding weighs.
type FindingType string

// The types of findings.
const (
	Error           FindingType = "ERROR"            // part of the policy does not work
	SecurityWarning FindingType = "SECURITY_WARNING" // the policy allows more than is wise
	Warning         FindingType = "WARNING"          // the policy does not follow good practice
	Suggestion      FindingType = "SUGGESTION"       // the policy could be tidier; access would not change
)

// Finding is something to say about a policy.
type Finding struct {
	Type      FindingType
	IssueCode string // AWS's name of the check, such as "MISSING_EFFECT"
	Details   string // a sentence or two for people, in English
	LearnMore string // where AWS describes the check
	Locations []Location
}

// Location is a part of the policy.
type Location struct {
	Path  []PathElement // empty for the policy as a whole
	Start Position
	End   Position // behind the last character
}

// PathElement is one step from the top of the policy to a part of it.
type PathElement struct {
	Kind  PathKind
	Name  string // of a key or value
	Index int    // in an array
}

// PathKind tells the kinds of path elements apart.
type PathKind uint8

// The kinds of path elements.
const (
	Value PathKind = iota // the value of the member with a name
	Key                   // the name of the member itself
	Index                 // an entry of an array
)

// Position is a place in the text of a policy, counted in characters.
type Position struct {
	Line   int // from 1
	Column int // from 0
	Offset int // from 0
}

const learnMore = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html" +
	"#access-analyzer-reference-policy-checks-"

// link is where AWS describes a check.
func link(t FindingType, code string) string {
	group := map[FindingType]string{Error: "error", SecurityWarning: "security-warning", Warning: "general-warning", Suggestion: "suggestion"}[t]
	return learnMore + group + "-" + strings.ReplaceAll(strings.ToLower(code), "_", "-")
}
