package extauthz

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// serviceExtension is the context extension of a route, or the metadata of a call, that names the service.
const (
	serviceExtension = "gatehouse-service"
	serviceMetadata  = "x-gatehouse-service"
)

// maxCheck bounds a check: headers, and a body that nobody reads if the proxy sends one.
const maxCheck = 1 << 20

// grpcHandler serves envoy.service.auth.v3.Authorization.
func (d *Door) grpcHandler() http.Handler {
	s := grpc.NewServer(grpc.MaxRecvMsgSize(maxCheck), grpc.UnaryInterceptor(d.recovered))
	authv3.RegisterAuthorizationServer(s, &authorization{door: d})
	return s
}

// recovered makes an error of a panic, which would end the program: unlike net/http, grpc does not.
func (d *Door) recovered(ctx context.Context, r any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("authorization endpoint", "panic", p, "stack", string(debug.Stack()))
			out, err = nil, status.Error(codes.Internal, "The authorization endpoint cannot answer. Its log says why.")
		}
	}()
	return next(ctx, r)
}

// authorization is the gRPC service.
type authorization struct {
	authv3.UnimplementedAuthorizationServer
	door *Door
}

// Check implements authv3.AuthorizationServer. An error makes Envoy deny, unless it is told otherwise
// by failure_mode_allow.
func (s *authorization) Check(ctx context.Context, r *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	d := s.door
	meta, _ := metadata.FromIncomingContext(ctx)
	if err := d.checkSecret(meta.Get(headerSecret)); err != nil {
		return nil, d.failure(codes.PermissionDenied, err)
	}
	in, err := d.inquiryOf(r)
	if err != nil {
		return nil, d.failure(codes.InvalidArgument, err)
	}
	name := r.GetAttributes().GetContextExtensions()[serviceExtension]
	if given := meta.Get(serviceMetadata); name == "" && len(given) == 1 {
		name = given[0]
	}
	a, err := d.decide(ctx, name, in)
	switch {
	case idc.KindOf(err) == idc.Invalid && err != nil:
		return nil, d.failure(codes.InvalidArgument, err)
	case err != nil:
		return nil, d.failure(codes.Unavailable, err)
	case a.allow:
		return d.allowed(a), nil
	}
	return denied(a), nil
}

func (d *Door) failure(c codes.Code, err error) error {
	d.Log.Error("authorization endpoint", "error", err)
	return status.Error(c, idc.PublicMessage(err))
}

// inquiryOf reads a check. Its body, if the proxy sends one, is not looked at.
func (d *Door) inquiryOf(r *authv3.CheckRequest) (*inquiry, error) {
	h := r.GetAttributes().GetRequest().GetHttp()
	if h.GetMethod() == "" || h.GetPath() == "" || h.GetHost() == "" {
		return nil, idc.Errorf(idc.Invalid, "The check tells of no HTTP request.")
	}
	in := &inquiry{
		Time: d.Clock.Now(), RequestID: d.IDs.UUID(), Method: h.GetMethod(), Scheme: h.GetScheme(), Host: h.GetHost(), Target: h.GetPath(),
		Header: http.Header{}, ClientIP: r.GetAttributes().GetSource().GetAddress().GetSocketAddress().GetAddress(), Removable: true,
	}
	add := func(name, value string) {
		if name != "" && name[0] != ':' && !strings.EqualFold(name, "host") {
			in.Header.Add(name, value)
		}
	}
	// With encode_raw_headers each header comes by itself, otherwise those of one name are joined by commas.
	for _, header := range h.GetHeaderMap().GetHeaders() {
		value := header.GetValue()
		if value == "" {
			value = string(header.GetRawValue())
		}
		add(header.GetKey(), value)
	}
	if len(in.Header) == 0 {
		for name, value := range h.GetHeaders() {
			add(name, value)
		}
	}
	return in, nil
}

// allowed lets a request pass, tells the service who it is from, and takes away what is not the
// client's to say, and its signature, with which the service could repeat the request.
func (d *Door) allowed(a *answer) *authv3.CheckResponse {
	ok := &authv3.OkHttpResponse{}
	set := map[string]bool{}
	for _, header := range a.headers() {
		set[header[0]] = true
		ok.Headers = append(ok.Headers, overwrite(header))
	}
	for name := range a.inquiry.Header {
		if isOurs(name) && !set[name] {
			ok.HeadersToRemove = append(ok.HeadersToRemove, strings.ToLower(name))
		}
	}
	if !d.KeepCredentials {
		ok.HeadersToRemove = append(ok.HeadersToRemove, "authorization", "x-amz-security-token")
		if a.signed.Presigned {
			ok.QueryParametersToRemove = presignedParameters(a.inquiry.Target)
		}
	}
	return &authv3.CheckResponse{
		Status:       &rpcstatus.Status{Code: int32(codes.OK)},
		HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: ok},
	}
}

func overwrite(header [2]string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{
		Header:         &corev3.HeaderValue{Key: strings.ToLower(header[0]), Value: header[1]},
		AppendAction:   corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
		KeepEmptyValue: true,
	}
}

// presignedParameters lists the query parameters, by the names they were sent under, that belong to
// a presigned URL.
func presignedParameters(target string) []string {
	var out []string
	_, query, _ := strings.Cut(target, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(pair, "="); isSignatureParameter(name, true) {
			out = append(out, name)
		}
	}
	return out
}

// denied answers the client in the service's own protocol.
func denied(a *answer) *authv3.CheckResponse {
	_, body := a.body()
	response := &authv3.DeniedHttpResponse{Status: &typev3.HttpStatus{Code: typev3.StatusCode(a.code.status())}, Body: body}
	for _, header := range append(a.headers()[:3], a.errorHeaders()...) {
		response.Headers = append(response.Headers, overwrite(header))
	}
	return &authv3.CheckResponse{
		Status:       &rpcstatus.Status{Code: int32(codes.PermissionDenied), Message: a.reason},
		HttpResponse: &authv3.CheckResponse_DeniedResponse{DeniedResponse: response},
	}
}
