// Package reqctx carries what is known about a request before anybody knows who is calling: its
// id, where it came from, and the front door it came through.
//
// These are the only values this program puts in a context. They are there because every layer
// down to the audit log needs them and none decides anything by them. Who calls, and inside which
// transaction, is always an argument: a forgotten argument does not compile, a forgotten context
// value is a nil at run time.
//
// The front door's first handler calls With; audit and logging call From.
package reqctx
