package extauthz

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	// The messages that envoy.yaml names by their types.
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/aws_request_signing/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

func readExample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/enforce/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEnvoyExample holds envoy.yaml against Envoy's own messages and their rules, the inner ones included.
func TestEnvoyExample(t *testing.T) {
	var document any
	if err := yaml.Unmarshal([]byte(readExample(t, "envoy.yaml")), &document); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var bootstrap bootstrapv3.Bootstrap
	if err := protojson.Unmarshal(text, &bootstrap); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	validate(t, &bootstrap, seen)
	for _, want := range []string{"ExtAuthz", "ExtAuthzPerRoute", "AwsRequestSigning", "HttpConnectionManager"} {
		if !seen[want] {
			t.Errorf("envoy.yaml has no %s", want)
		}
	}
}

// validate checks a message and all that it holds.
func validate(t *testing.T, m proto.Message, seen map[string]bool) {
	t.Helper()
	seen[string(m.ProtoReflect().Descriptor().Name())] = true
	if v, ok := m.(interface{ ValidateAll() error }); ok {
		if err := v.ValidateAll(); err != nil {
			t.Error(err)
		}
	}
	if packed, ok := m.(*anypb.Any); ok {
		inner, err := packed.UnmarshalNew()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, inner, seen)
		return
	}
	m.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap() && field.MapValue().Message() != nil:
			value.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				validate(t, v.Message().Interface(), seen)
				return true
			})
		case field.IsList() && field.Message() != nil:
			for i := range value.List().Len() {
				validate(t, value.List().Get(i).Message().Interface(), seen)
			}
		case field.Message() != nil && !field.IsMap():
			validate(t, value.Message().Interface(), seen)
		}
		return true
	})
}

// TestNginxExampleReplacesEveryHeader: one that nginx does not set would reach the service from the client.
func TestNginxExampleReplacesEveryHeader(t *testing.T) {
	text := strings.Join(strings.Fields(readExample(t, "nginx.conf")), " ")
	a := &answer{inquiry: &inquiry{}}
	for _, header := range a.headers() {
		variable := "$" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(header[0], "X-")), "-", "_")
		upstream := "$upstream_http_" + strings.ReplaceAll(strings.ToLower(header[0]), "-", "_")
		for _, directive := range []string{"auth_request_set " + variable + " " + upstream + ";", "proxy_set_header " + header[0] + " " + variable + ";"} {
			if !strings.Contains(text, directive) {
				t.Errorf("nginx.conf lacks %s", directive)
			}
		}
	}
	if !strings.Contains(text, `proxy_set_header X-Gatehouse-Proxy-Secret "";`) {
		t.Error("nginx.conf passes on what a client sends for the proxy's secret")
	}
	for _, header := range []string{"X-Original-Method", "X-Original-URI", "X-Original-Scheme", "X-Original-Content-Length", "X-Real-IP"} {
		if !strings.Contains(text, "proxy_set_header "+header+" $") {
			t.Errorf("nginx.conf does not set %s", header)
		}
	}
}
