// Package control is the local control socket: a Unix socket in the data
// directory, mode 0600, over which the command line of the same machine and user
// talks to the running server. Whoever can open the socket can also read the
// master key beside it, so the file mode is the whole authentication; every
// request is audited all the same.
//
//	POST /credentials {"account_id","ttl_seconds"}  break-glass administrator credentials
//	GET  /events?after=SEQ&limit=N                  the event trail, oldest first
//	GET  /about                                     {"url","region"}: where the server answers
//
// Errors are {"error": "..."} with an HTTP status.
package control
