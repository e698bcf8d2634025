// Package awsjson reads and writes awsJson1.1: JSON bodies of the shapes of a
// service model, into and out of the generated Go types.
//
// Decode reads a request's body into an operation's input; Encode writes an
// output; EncodeFault writes an error. DecodeStructure and AppendStructure do
// the same for the body members of any structure: package restjson uses them.
//
// Reading is strict where leniency would let two readers see two different
// things: one value and nothing after it, no member twice, no byte order mark,
// valid UTF-8, no lone surrogates, bounded depth. It is lenient where AWS is:
// unknown members are ignored, null is absence, an empty body is {}.
// Whatever is wrong is a SerializationException.
//
// Both directions walk the shape and the Go value side by side (field i is
// member i), so no map is built and no type is inspected twice.
//
// Source: Smithy's "AWS JSON 1.1 protocol", and what AWS services answer to
// what does not fit.
package awsjson
