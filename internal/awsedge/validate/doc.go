// Package validate holds an input against its service model and says what is
// wrong in AWS's own sentence, as clients and their tests know it:
//
//	2 validation errors detected: Value null at 'instanceArn' failed to satisfy
//	constraint: Member must not be null; Value 'x' at 'maxResults' failed to ...
//
// Input walks the Go value and the shape side by side (field i is member i) and
// reports every violation at once. Required members, lengths, values, patterns
// and enumerations come from the model; a sensitive value is never repeated.
//
// awsedge.Gateway.Invoke calls it for every call, whichever door it came by.
// The sentence's forms are those of the Common Errors pages of the AWS API
// references and of what the services are seen to answer.
package validate
