// Package awsconfig writes what goes into ~/.aws/config: an [sso-session] with
// the AWS-shaped start URL, a [services] section with this server's address for
// each service, and profiles that use both ("Shared config and credentials
// files", AWS SDKs and Tools Reference Guide).
//
// The start URL is only an identifier: newer AWS CLIs insist that it belongs to
// an AWS host and then never call it. The endpoints come from the services
// section.
package awsconfig
