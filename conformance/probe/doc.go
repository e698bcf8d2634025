// Package probe derives from a service model what a server must refuse and must answer, and judges what it does.
//
//	For(service, world) -> per operation []Probe -> Run -> []Result
//
// Every operation is asked with each required member missing; each bound of length, size and value broken on
// either side; each pattern and enumeration violated; each member of a wrong type; well-formed identifiers of
// things that do not exist. Lists that need nothing but the instance are read, held against the types of their
// model, and walked with pages of one. An answer passes when its status, its error's name, its message and its
// form are what the model and AWS's protocols say (rules.go).
//
// No probe changes anything at a server that conforms: each is refused, or reads.
//
// Sources: the models; "Common Error Types" of the services' API references; Smithy's protocols.
package probe
