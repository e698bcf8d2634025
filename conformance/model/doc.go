// Package model reads the service models of models/ as they are, for programs that know AWS's services by
// nothing else: the conformance report. The server's own tables (internal/awsapi) are generated from the same
// files; reading them anew keeps a mistake of the generator from hiding itself.
//
//	models/<service>.json + models/overlay/<service>.json (RFC 7396) -> Load -> *Service
//
// Format: botocore's service-2.json; see docs/decisions/0002-service-models.md.
package model
