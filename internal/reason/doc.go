// Package reason puts a policy decision into a sentence for people: the layer that decided, the statement with its
// document, Sid and position, and what was missing.
//
// [Sentence] takes the decision of policy.Explain with the request and the policies it was made of. The documents are
// called by their names (policy.Policy.Named), so whoever asks gives them names that a reader can find again.
// `gatehouse policy evaluate` and access tests use it; AWS's own sentence, which says less, is
// policy.Decision.AccessDenied.
package reason
