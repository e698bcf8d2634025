// Package saml reads what SAML 2.0 identity providers send: their metadata, and the responses in which they assert
// who somebody is.
//
//	metadata --ParseMetadata--> entity id, signing certificates
//	SAMLResponse --Open--> gate: limits, no DTD, one assertion, no id twice, signatures where they belong
//	             --> signature checked with a certificate of the metadata --> the bytes that were signed, parsed anew
//	             --> Assertion
//
// An assertion is read from nothing but the bytes whose digest was signed: what else stands in the document can move
// around the signed part, but is never taken for it (signature wrapping, SAML V2.0 errata E91; "On Breaking SAML",
// USENIX Security 2012). Keys come from the metadata alone; what a signature says of its key is not looked at. A
// document that looks odd is refused as a whole: comments, processing instructions, CDATA, transforms beyond those
// of the SAML profile, SHA-1.
//
// What an assertion is good for (issuer, audience, recipient, times, attributes) is for the caller to decide: package
// sts does for AssumeRoleWithSAML. Certificates are keys here: their validity dates are not looked at, as in IAM
// ("Create a SAML identity provider in IAM", IAM User Guide).
//
// Canonical XML and the signature itself are goxmldsig's. An encrypted assertion is decrypted first (decrypt.go); the
// signature in it, or around it, must be there as well.
//
// Specifications: SAML 2.0 Core and Metadata (OASIS, 2005), XML Signature Syntax and Processing (RFC 3275), XML
// Encryption 1.1.
package saml
