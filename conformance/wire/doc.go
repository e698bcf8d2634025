// Package wire speaks AWS's three protocols from the service models alone, so that it can also say what no
// SDK would let through: members of the wrong type, missing members, values out of bounds.
//
//	Call{Service, Operation, Input} -> Client.Do -> encode, sign, send -> Answer{Status, Code, Message, Output}
//
// Inputs and outputs are plain values: map[string]any, []any, string, float64, bool. package probe and package
// behaviour use it.
//
// Specifications: Smithy's AWS JSON 1.1, AWS restJson1 and AWS query protocols; Signature Version 4.
package wire
