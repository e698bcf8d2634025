package extauthz

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// Config is what a Door needs.
type Config struct {
	Mapping *Mapping
	// Secret is what the proxy must send in X-Gatehouse-Proxy-Secret; empty for none.
	Secret string
	// KeepCredentials leaves the client's signature on requests that Envoy passes on.
	KeepCredentials bool
	// Durable makes the record of every decision durable before it is answered, not only of refusals.
	Durable bool

	// Open finds the secret and the caller of an access key with its session token.
	Open     func(ctx context.Context, signed *sigv4.Signed) (secret string, caller idc.Caller, err error)
	Verifier *sigv4.Verifier
	Authz    *authz.Service
	Audit    *audit.Service
	Limiter  awsedge.Limiter // of the records of strangers; nil for none
	Observe  func(service, operation, code string, took time.Duration)
	// Used hears which actions a caller asked for; nil for nobody.
	Used  func(c idc.Caller, action string, at time.Time, region string)
	Clock clock.Clock
	IDs   *ids.Source
	Log   *slog.Logger
}

// Door answers proxies. Handler serves HTTP and gRPC.
type Door struct {
	Config
	s3    s3index
	trail *trail
}

// New makes a door.
func New(c Config) *Door {
	return &Door{Config: c, s3: newS3Index(), trail: newTrail(c.Audit.RecordAll, c.Log)}
}

// Drain waits until the records of all decisions are durable.
func (d *Door) Drain(ctx context.Context) error { return d.trail.drain(ctx) }

// inquiry is a request that a proxy asks about, as the client sent it.
type inquiry struct {
	Time      time.Time
	RequestID string
	Method    string
	Scheme    string
	Host      string
	Target    string // path and query, as sent
	Header    http.Header
	ClientIP  string
	// Removable: the proxy can be told to take headers off the request.
	Removable bool
}

// answer is a decision.
type answer struct {
	allow   bool
	code    code   // of a denial
	reason  string // public
	caller  idc.Caller
	service *service
	inquiry *inquiry
	task    *task // nil where it did not come to that; of a denial it may lack needs
	signed  *sigv4.Signed
}

// decide answers an inquiry about a service. An error means that there is no answer, and then the
// proxy must let nothing pass.
func (d *Door) decide(ctx context.Context, name string, in *inquiry) (*answer, error) {
	s := d.Mapping.services[name]
	if s == nil {
		return nil, idc.Errorf(idc.Invalid, "The proxy asks for %q, which is not in the mapping.", name)
	}
	a := &answer{service: s, inquiry: in}
	err := d.judge(ctx, a)
	var refused denial
	switch {
	case errors.As(err, &refused):
		a.code, a.reason = refused.code, refused.reason
	case err != nil:
		return nil, err
	default:
		a.allow = true
	}
	if err := d.record(ctx, a); err != nil {
		return nil, err
	}
	operation := "unknown"
	if a.task != nil {
		operation = a.task.operation
	}
	d.Observe(s.name, operation, string(a.code), d.Clock.Now().Sub(in.Time))
	return a, nil
}

// judge is the decision: nil allows, a denial denies.
func (d *Door) judge(ctx context.Context, a *answer) error {
	if err := checkHeaders(a.inquiry); err != nil {
		return err
	}
	if err := d.authenticate(ctx, a); err != nil {
		return err
	}
	var err error
	switch a.service.Style {
	case StyleS3:
		a.task, err = d.judgeS3(a.service, a.inquiry, a.signed, a.caller.AccountID)
	default:
		a.task, err = a.service.judgeRules(a.inquiry, a.caller.AccountID)
	}
	if err != nil {
		return err
	}
	return d.authorize(ctx, a)
}

// checkHeaders refuses headers by which some services let a request be another than it says, and,
// where the proxy cannot take them away, those that tell the service who was let in.
func checkHeaders(in *inquiry) error {
	for sent := range in.Header {
		switch name := strings.ReplaceAll(sent, "_", "-"); {
		case name != sent && len(name) > len("X-Amz-") && strings.EqualFold(name[:len("X-Amz-")], "X-Amz-"):
			return denial{code: codeAccessDenied, reason: "The header " + sent + " is not accepted: some services take it for " + name + ", which was not judged."}
		case strings.EqualFold(name, "X-Http-Method-Override"), strings.EqualFold(name, "X-Http-Method"), strings.EqualFold(name, "X-Method-Override"),
			strings.EqualFold(name, "X-Original-Url"), strings.EqualFold(name, "X-Rewrite-Url"):
			return denial{code: codeAccessDenied, reason: "The header " + name + " is not accepted: some services take it for the request itself."}
		case isOurs(name) && !in.Removable:
			return denial{code: codeAccessDenied, reason: "The header " + name + " is not a client's to send."}
		}
	}
	return nil
}

// isOurs reports whether a header tells a service of our decision. Some servers make no difference
// between a hyphen and an underscore.
func isOurs(name string) bool {
	const prefix = "X-Gatehouse-"
	return len(name) >= len(prefix) && strings.EqualFold(strings.ReplaceAll(name[:len(prefix)], "_", "-"), prefix)
}

// authenticate finds out who signed the request.
func (d *Door) authenticate(ctx context.Context, a *answer) error {
	in := a.inquiry
	_, query, _ := strings.Cut(in.Target, "?")
	r := &http.Request{Method: in.Method, Host: in.Host, RequestURI: in.Target, Header: in.Header, URL: &url.URL{RawQuery: query}}
	signed, err := sigv4.Foreign{S3: a.service.Style == StyleS3, Presigned: a.service.Presigned}.Parse(r)
	if err == nil {
		err = signed.RequireScope(a.service.SigningName, a.service.Region)
	}
	if err != nil {
		return asDenial(err)
	}
	secret, caller, err := d.Open(ctx, signed)
	if err == nil {
		err = d.Verifier.VerifyUnseen(signed, secret, in.Time)
	}
	if err != nil {
		return asDenial(err)
	}
	a.signed, a.caller = signed, caller
	return nil
}

// asDenial makes a denial of a refused signature or credential; other errors it leaves alone.
func asDenial(err error) error {
	var refusal *sigv4.Error
	if errors.As(err, &refusal) {
		return ofSignature(refusal)
	}
	switch idc.KindOf(err) {
	case idc.Unauthenticated:
		return denial{code: codeInvalidKeyID, reason: idc.PublicMessage(err)}
	case idc.Expired:
		return denial{code: codeExpiredToken, reason: idc.PublicMessage(err)}
	}
	return err
}

// authorize asks for everything that the request needs.
func (d *Door) authorize(ctx context.Context, a *answer) error {
	in := a.inquiry
	if len(a.task.needs) == 0 {
		return idc.Errorf(idc.Internal, "%s of %s needs nothing", a.task.operation, a.service.name)
	}
	var granted authz.Answer
	for _, n := range a.task.needs {
		var err error
		granted, err = d.Authz.Decide(ctx, authz.Question{
			Caller: a.caller, Action: n.action, Resources: []string{n.resource}, Owner: n.account, Keys: n.keys, Every: n.every,
			Time: in.Time, ClientIP: in.ClientIP, UserAgent: in.Header.Get("User-Agent"), Referer: in.Header.Get("Referer"), Region: a.service.Region,
			Secure: in.Scheme == "https",
		})
		if err != nil {
			return err
		}
		if !granted.Allowed() {
			return denial{code: codeAccessDenied, reason: granted.AccessDenied(a.caller.ARN, n.action, n.resource)}
		}
	}
	a.reason = a.task.needs[0].action + " is allowed by the " + granted.Layer.String() + "."
	return nil
}
