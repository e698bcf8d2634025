// Package e2e tests the product from outside: it starts the gatehouse program and uses it as people
// and their tools do, and imports nothing of it.
//
// # What plays whom
//
//   - server_test.go builds the program once, starts `gatehouse demo` or `gatehouse serve` on a free
//     port, ends it politely or with SIGKILL, and keeps what it wrote.
//   - person_test.go is somebody in front of a browser without JavaScript: a cookie jar, the forms of
//     the pages, a password and an authenticator (totp_test.go).
//   - namespace_linux_test.go runs a command in a network of its own in which AWS's host names lead
//     to the server through TLS on port 443: for clients that cannot be told an endpoint.
//   - awscli_test.go is Debian's AWS CLI in such a network; profile_test.go writes ~/.aws.
//   - sdk_test.go and sdk_tour_test.go are the AWS SDKs for Go, JavaScript (node/) and Python (python/, Debian's
//     boto3), each with the same administrator's round; awsvault_test.go is aws-vault with its console link.
//   - terraform_test.go is Terraform with the AWS provider and the configuration of examples/terraform.
//   - crowd_test.go is many administrators who do the same thing at once.
//   - postgres_test.go is a private PostgreSQL, a database for each server.
//
// The tests beside them are named for what they prove.
//
// # Which parts are needed
//
// `go test ./e2e` runs with nothing but Go: a test whose part is missing (the AWS CLI, Chromium,
// Node.js, PostgreSQL, a kernel that gives namespaces) skips and says which. `make test` installs the
// parts and sets GATEHOUSE_E2E_REQUIRE=1, with which a missing part is a failure.
//
// Terraform and its AWS provider are not installed by anything here: their test runs where both are found, and skips
// elsewhere even with GATEHOUSE_E2E_REQUIRE=1. Two clients of IAM Identity Center are left out, because they cannot be
// built from Go's module proxy: granted (0.38) needs a module of AWS's session manager that is not served, and of
// aws-sso-cli only 1.17 is, whose request for a thousand accounts at once (max_result=1000) AWS refuses, too.
//
// Variables:
//
//	GATEHOUSE_E2E_DATABASE   sqlite, postgres or both (the default: both when PostgreSQL is there)
//	GATEHOUSE_E2E_REQUIRE=1  a missing part fails the test
//	GATEHOUSE_E2E_BINARY     a gatehouse program to test instead of building one
//	GATEHOUSE_E2E_TERRAFORM_MIRROR  a filesystem mirror with Terraform's AWS provider, where it is not in an implied one
//	GATEHOUSE_E2E_ARTIFACTS  a folder that keeps screenshots and, of failed tests, server logs
package e2e
