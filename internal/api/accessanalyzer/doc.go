// Package accessanalyzer is the front door of AWS IAM Access Analyzer (restJson1, 2019-11-01): the checks of
// policies that need no analyzer. ValidatePolicy asks package policycheck, the other three package
// policy/compare. They look at the policies of the request only and store nothing; who may call one may call it
// on anything, which AWS spells "*".
package accessanalyzer
