package orgfile

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Text is a policy document, byte for byte. In the file it is a block where YAML can write it as one.
type Text string

// IsZero lets an empty text be left out.
func (t Text) IsZero() bool { return t == "" }

// MarshalYAML implements yaml.Marshaler.
func (t Text) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: string(t)}
	switch {
	case !strings.ContainsAny(string(t), "\n"):
		n.Style = yaml.SingleQuotedStyle
	case t[0] != ' ' && t[0] != '\n' && t[0] != '\t' && !strings.ContainsAny(string(t), "\r\t"):
		// Block scalars begin with their own indentation, and readers disagree about other white space.
		n.Style = yaml.LiteralStyle
	default:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n, nil
}
