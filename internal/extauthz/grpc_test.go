package extauthz_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// client is a gRPC client of the listener.
func (w *world) client() authv3.AuthorizationClient {
	w.T.Helper()
	conn, err := grpc.NewClient(strings.TrimPrefix(w.url, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() {
		if err := conn.Close(); err != nil {
			w.T.Error(err)
		}
	})
	return authv3.NewAuthorizationClient(conn)
}

// check is the request as Envoy tells it: headers in lower case, those of one name joined.
func check(service string, r *http.Request) *authv3.CheckRequest {
	headers := map[string]string{":method": r.Method, ":path": r.URL.RequestURI(), ":authority": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	return &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
		Source: &authv3.AttributeContext_Peer{Address: &corev3.Address{Address: &corev3.Address_SocketAddress{
			SocketAddress: &corev3.SocketAddress{Address: "192.0.2.7"}}}},
		Request: &authv3.AttributeContext_Request{Http: &authv3.AttributeContext_HttpRequest{
			Method: r.Method, Path: r.URL.RequestURI(), Host: r.Host, Scheme: "https", Headers: headers, Body: "ignored", RawBody: []byte("ignored")}},
		ContextExtensions: map[string]string{"gatehouse-service": service},
	}}
}

func headersOf(options []*corev3.HeaderValueOption) map[string]string {
	out := map[string]string{}
	for _, o := range options {
		if o.GetAppendAction() == corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD && o.GetKeepEmptyValue() {
			out[o.GetHeader().GetKey()] = o.GetHeader().GetValue()
		}
	}
	return out
}

func TestGRPC(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "AWSReservedSSO_ReadOnlyAccess_0123456789abcdef", readOnly)
	client := w.client()
	r := w.sign(request{key: key, token: "t", target: "/bucket/key"})
	r.Header.Set("X-Gatehouse-Account", "999999999999")
	r.Header.Set("X-Gatehouse-Future", "spoofed")
	r.Header["X_gatehouse_account"] = []string{"999999999999"}
	got, err := client.Check(t.Context(), check("s3", r))
	if err != nil {
		t.Fatal(err)
	}
	ok := got.GetOkResponse()
	if got.GetStatus().GetCode() != int32(codes.OK) || ok == nil {
		t.Fatalf("get: %v", got)
	}
	for header, want := range map[string]string{"x-gatehouse-decision": "allow", "x-gatehouse-account": testidc.Member, "x-gatehouse-user-name": "ana",
		"x-gatehouse-user-id": "u-1", "x-gatehouse-permission-set": "ReadOnlyAccess"} {
		if have := headersOf(ok.GetHeaders())[header]; have != want {
			t.Errorf("%s: %q, want %q", header, have, want)
		}
	}
	removed := slices.Sorted(slices.Values(ok.GetHeadersToRemove()))
	if want := []string{"authorization", "x-amz-security-token", "x-gatehouse-future", "x_gatehouse_account"}; !slices.Equal(removed, want) {
		t.Errorf("removes %q, want %q", removed, want)
	}

	got, err = client.Check(t.Context(), check("s3", w.sign(request{key: key, method: "PUT", target: "/bucket/key", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})))
	if err != nil {
		t.Fatal(err)
	}
	no := got.GetDeniedResponse()
	if got.GetStatus().GetCode() != int32(codes.PermissionDenied) || no.GetStatus().GetCode() != 403 {
		t.Fatalf("put: %v", got)
	}
	wantS3Error(t, no.GetBody(), "AccessDenied", headersOf(no.GetHeaders())["x-gatehouse-reason"])
	if headersOf(no.GetHeaders())["content-type"] != "application/xml" {
		t.Errorf("headers of the denial: %v", no.GetHeaders())
	}
	if got, err = client.Check(t.Context(), check("s3", w.sign(request{key: key, token: "old", target: "/bucket/key"}))); err != nil || got.GetDeniedResponse().GetStatus().GetCode() != 400 {
		t.Errorf("expired: %v, %v; want 400", got, err)
	}
}

func TestGRPCPresigned(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Reader", readOnly)
	got, err := w.client().Check(t.Context(), check("s3", w.sign(request{key: key, token: "t", presign: "60", target: "/bucket/key?x-id=GetObject"})))
	if err != nil {
		t.Fatal(err)
	}
	removed := slices.Sorted(slices.Values(got.GetOkResponse().GetQueryParametersToRemove()))
	want := []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders"}
	if !slices.Equal(removed, want) {
		t.Errorf("removes %q, want %q", removed, want)
	}
}

// TestGRPCRawHeaders: with encode_raw_headers two headers of one name stay two.
func TestGRPCRawHeaders(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	raw := func(r *http.Request) *authv3.CheckRequest {
		c := check("s3", r)
		h := c.GetAttributes().GetRequest().GetHttp()
		h.Headers, h.HeaderMap = nil, &corev3.HeaderMap{}
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			for _, value := range r.Header[name] {
				h.HeaderMap.Headers = append(h.HeaderMap.Headers, &corev3.HeaderValue{Key: strings.ToLower(name), RawValue: []byte(value)})
			}
		}
		return c
	}
	r := w.sign(request{key: key, method: "PUT", target: "/bucket/key", header: http.Header{"X-Amz-Acl": {"private"}}})
	if got, err := w.client().Check(t.Context(), raw(r)); err != nil || got.GetOkResponse() == nil {
		t.Errorf("as signed: %v, %v", got, err)
	}
	r.Header.Add("X-Amz-Acl", "public-read")
	if got, err := w.client().Check(t.Context(), raw(r)); err != nil || !strings.Contains(got.GetDeniedResponse().GetBody(), "occurs more than once") {
		t.Errorf("with a second ACL: %v, %v", got, err)
	}
	if got, err := w.client().Check(t.Context(), check("s3", r)); err != nil || got.GetDeniedResponse() == nil {
		t.Errorf("joined: %v, %v", got, err)
	}
}

func TestGRPCFailures(t *testing.T) {
	const proxySecret = "what only the proxy knows, and nobody else"
	w := newWorld(t, func(c *extauthz.Config) { c.Secret, c.KeepCredentials = proxySecret, true })
	key := w.as(testidc.Member, "Admin", admin)
	client, r := w.client(), w.sign(request{key: key, target: "/bucket/key"})
	known := metadata.AppendToOutgoingContext(t.Context(), "x-gatehouse-proxy-secret", proxySecret)
	wantStatus := func(err error, want codes.Code) {
		t.Helper()
		if status.Code(err) != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
	_, err := client.Check(t.Context(), check("s3", r))
	wantStatus(err, codes.PermissionDenied)
	_, err = client.Check(known, check("", r))
	wantStatus(err, codes.InvalidArgument)
	_, err = client.Check(known, &authv3.CheckRequest{})
	wantStatus(err, codes.InvalidArgument)
	got, err := client.Check(metadata.AppendToOutgoingContext(known, "x-gatehouse-service", "s3"), check("", r))
	if err != nil || got.GetOkResponse() == nil || len(got.GetOkResponse().GetHeadersToRemove()) != 0 {
		t.Errorf("the service in the metadata, credentials kept: %v, %v", got, err)
	}
	w.fail = errors.New("the database is gone: host db-7")
	_, err = client.Check(known, check("s3", r))
	wantStatus(err, codes.Unavailable)
	if strings.Contains(err.Error(), "db-7") {
		t.Errorf("the cause leaves the house: %v", err)
	}
}

// TestAPanicIsNoEnd: it must not take the program with it.
func TestAPanicIsNoEnd(t *testing.T) {
	w := newWorld(t, func(c *extauthz.Config) { c.Verifier = nil })
	key := w.as(testidc.Member, "Admin", admin)
	_, err := w.client().Check(t.Context(), check("s3", w.sign(request{key: key, target: "/bucket/key"})))
	if status.Code(err) != codes.Internal || !strings.Contains(w.log.String(), "panic") {
		t.Errorf("%v, log %s", err, w.log)
	}
}
