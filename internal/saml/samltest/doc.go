// Package samltest is a SAML identity provider for tests: it has a key and metadata, and signs the responses it is
// told to, right ones and wrong ones.
//
// It is used by the tests of packages saml, sts and the front doors above them.
package samltest
