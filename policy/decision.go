package policy

import "strings"

// Effect is the outcome of an evaluation. The zero value denies.
type Effect uint8

// The three outcomes.
const (
	DeniedImplicit Effect = iota // nothing allowed the request
	DeniedExplicit               // a Deny statement applied
	Allowed
)

// String returns the outcome as the policy simulator writes it: allowed, explicitDeny or implicitDeny.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
func (e Effect) String() string {
	switch e {
	case Allowed:
		return "allowed"
	case DeniedExplicit:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// Layer is one of the groups of policies that take part in a decision.
type Layer uint8

// The layers. LayerNone stands for the request itself: a rule no policy can change.
const (
	LayerNone Layer = iota
	LayerResourceControl
	LayerServiceControl
	LayerResource
	LayerIdentity
	LayerBoundary
	LayerSession
	numLayers
)

var layerNames = [numLayers]string{
	"", "resource control policy", "service control policy", "resource-based policy", "identity-based policy",
	"permissions boundary", "session policy",
}

// String returns the name of the layer in AWS's words; it is empty for LayerNone.
func (l Layer) String() string {
	if l < numLayers {
		return layerNames[l]
	}
	return ""
}

// takes reports whether documents of a kind belong into the layer. A managed policy can be attached to a
// principal, be its boundary or be passed for a session.
func (l Layer) takes(k Kind) bool {
	switch k {
	case IdentityPolicy, BoundaryPolicy, SessionPolicy:
		return l == LayerIdentity || l == LayerBoundary || l == LayerSession
	case ResourcePolicy, TrustPolicy:
		return l == LayerResource
	case ServiceControlPolicy:
		return l == LayerServiceControl
	}
	return l == LayerResourceControl
}

// Decision is the outcome of an evaluation. The zero value is a denial that gives no reason.
type Decision struct {
	Effect Effect
	// Layer is where the decision fell: the layer that holds the deciding Deny, the layer whose Allow is
	// missing, or the layer that granted an allowed request.
	Layer Layer
	// Reasons explain the decision. Evaluate fills them in for denials only, Explain always.
	Reasons []Reason
}

// Reason is one statement that took part in a decision, or the lack of one.
type Reason struct {
	Layer  Layer
	Level  int    // in service and resource control policies: 1 for the root, and so on down to the account
	Policy string // name of the document
	Sid    string
	// Statement is the index of the statement in its document, from 0, and -1 when the reason is that the
	// whole layer or level holds no statement that allows the request.
	Statement  int
	Start, End Position // of the statement in its document
	Deny       bool     // the statement's effect is Deny
	// Failed names the condition that kept a statement from applying that covers the principal, action and
	// resource: the operator and the key, as in "BoolIfExists aws:MultiFactorAuthPresent". It is empty for
	// statements that applied.
	Failed string
}

// AccessDenied returns the sentence AWS sends with an AccessDenied error. resource may be empty. A caller from
// another organization gets no detail: use the sentence of a zero Decision for it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func (d Decision) AccessDenied(principalARN, action, resource string) string {
	var b strings.Builder
	b.WriteString("User: ")
	b.WriteString(principalARN)
	b.WriteString(" is not authorized to perform: ")
	b.WriteString(action)
	if resource != "" {
		b.WriteString(" on resource: ")
		b.WriteString(resource)
	}
	switch {
	case d.Layer == LayerNone:
	case d.Effect == DeniedExplicit:
		b.WriteString(" with an explicit deny in ")
		if d.Layer == LayerIdentity {
			b.WriteString("an ")
		} else {
			b.WriteString("a ")
		}
		b.WriteString(d.Layer.String())
	case d.Effect == DeniedImplicit:
		b.WriteString(" because no ")
		b.WriteString(d.Layer.String())
		b.WriteString(" allows the ")
		b.WriteString(action)
		b.WriteString(" action")
	}
	return b.String()
}
