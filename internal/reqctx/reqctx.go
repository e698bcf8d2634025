package reqctx

import "context"

// Info describes one request. Its zero value is what work without a request has, such as a job.
type Info struct {
	RequestID string // UUID; answered as x-amzn-RequestId and recorded as CloudTrail's requestID
	ClientIP  string // the caller's address without a port, after trusted proxies were unwound
	UserAgent string // as sent
	Region    string // the Region it is made in; "" for the primary one
	Door      string // the front door's package name: "ssoadmin", "scim", "portal", ...
}

type key struct{}

// With returns a context that carries info, in place of any it carried before.
func With(ctx context.Context, info Info) context.Context {
	return context.WithValue(ctx, key{}, info)
}

// From returns what With stored, or the zero Info.
func From(ctx context.Context) Info {
	info, _ := ctx.Value(key{}).(Info)
	return info
}
