// Package serviceauth is AWS's Service Authorization Reference as data: which actions each service has,
// how far each of them goes, on which types of resources it acts and which condition keys go with it.
//
// The policy checks (package policycheck) look actions, ARNs and condition keys up in it; tests hold what
// our own operations authorise against it. It says nothing about who may do what.
//
// New opens a Catalog. It reads a short index and no service; a service is decompressed and parsed when it
// is first asked for, and kept: under a millisecond each, some 100 ms and 30 MB for all 455. A Catalog is
// safe for concurrent use.
//
// # Data
//
// The data is embedded in two files that scripts/service-authorization writes. data/index.tsv has one line
// per service, sorted by prefix: prefix, name, "rcp" if resource control policies apply to it, the prefixes
// of its condition keys that are no services, the service names in the ARNs of its resources (both
// comma-separated), the number of actions, and where the service lies in data/services.bin (offset and length). There each service is compressed by itself; its lines are
//
//	k <tab> condition key <tab> type
//	r <tab> resource type <tab> ARN formats, comma-separated <tab> condition keys, comma-separated
//	a <tab> action <tab> access level <tab> condition keys <tab> dependent actions <tab> resources
//
// where the resources are separated by semicolons, each a type, a star if the action needs it, an equals
// sign and condition keys. Variable parts are written ${Like}. data/VERSION says which source the data came
// from. The global condition keys are no part of it; globalkey.go lists them.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html.
package serviceauth
