package protocoltest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
)

// TestResponseSnapshots reads what the SDK expects of every operation, with
// every member set, into our types and encodes it again.
func TestResponseSnapshots(t *testing.T) {
	for _, snap := range snapshots() {
		if !snap.responses {
			continue
		}
		s := serviceModel(t, snap.service)
		files := snapshotFiles(t, moduleDir(t, snap.module)+"/response_snapshot", ".response.snap")
		if len(files) != snap.requests {
			t.Errorf("%s has %d response snapshots, want %d", snap.service, len(files), snap.requests)
		}
		for name, path := range files {
			t.Run(snap.service+"/"+name, func(t *testing.T) {
				checkResponse(t, operation(t, s, name), readSnapshot(t, path))
			})
		}
	}
}

func checkResponse(t *testing.T, op *awsapi.Operation, m message) {
	t.Helper()
	out := reflect.New(reflect.TypeOf(op.Out).Elem())
	shape := op.Service.Shape(op.Output)
	target := out.Elem()
	for i, member := range shape.Members {
		if member.In == awsapi.InPayload {
			payload := reflect.New(out.Elem().Field(i).Type().Elem())
			out.Elem().Field(i).Set(payload)
			target, shape = payload.Elem(), op.Service.Shape(member.Shape)
		}
	}
	if err := awsjson.DecodeStructure(op.Service, shape, m.body, target); err != nil {
		t.Fatal(err)
	}
	var got []byte
	var err error
	if op.Service.Protocol == awsapi.RestJSON {
		got, err = restjson.Encode(op, out.Interface(), http.Header{})
	} else {
		got, err = awsjson.Encode(op, out.Interface())
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(m.body) == 0 {
		if text := string(got); text != "" && text != "{}" {
			t.Errorf("the answer is %s, want none", text)
		}
		return
	}
	compareJSON(t, m.body, got)
}

// TestErrorSnapshots writes every exception that the SDK knows and checks that
// its members are where the SDK looks for them.
func TestErrorSnapshots(t *testing.T) {
	for _, snap := range snapshots() {
		if !snap.responses {
			continue
		}
		s := serviceModel(t, snap.service)
		files := snapshotFiles(t, moduleDir(t, snap.module)+"/response_snapshot", ".error.snap")
		if len(files) == 0 {
			t.Errorf("%s has no error snapshots", snap.service)
		}
		for name, path := range files {
			t.Run(snap.service+"/"+name, func(t *testing.T) {
				checkErrorSnapshot(t, s, name, readSnapshot(t, path))
			})
		}
	}
}

func checkErrorSnapshot(t *testing.T, s awsedge.ServiceModel, name string, m message) {
	t.Helper()
	var shape *awsapi.Shape
	for i := range s.Shapes {
		if s.Shapes[i].Name == name && s.Shapes[i].Error != nil {
			shape = &s.Shapes[i]
		}
	}
	if shape == nil {
		t.Fatalf("%s has no exception %s", s.Name, name)
	}
	want := parseJSON(t, m.body).(map[string]any)
	text := func(keys ...string) string {
		for _, k := range keys {
			if v, ok := want[k].(string); ok {
				return v
			}
		}
		return ""
	}
	f := fault.Fault{Code: name, Shape: shape, Message: text("Message", "message", "error_description"), Reason: text("Reason", "reason"),
		RequestID: text("RequestId"), ResourceType: text("ResourceType"), ResourceID: text("ResourceId"), RetryAfterSeconds: 1}
	body := awsjson.EncodeFault(f)
	if s.Protocol == awsapi.RestJSON {
		body = restjson.EncodeFault(s.Service, f)
		if status := m.status(t); shape.Error.Status != 0 && status != shape.Error.Status {
			t.Errorf("the model answers %s with %d, the SDK with %d", name, shape.Error.Status, status)
		}
	}
	got := parseJSON(t, body).(map[string]any)
	for key, value := range want {
		if givenOnlyByRegionalErrors(key) || s.Name == "sso-oidc" && (key == "error" || key == "__type") || s.Name == "signin" && key == "error" {
			continue // OAuth's words are tested with the faults; __type is a header there
		}
		have, ok := got[key]
		if key == "__type" {
			have = strings.TrimPrefix(have.(string), s.ErrorNamespace+"#")
		}
		if key == "RetryAfterSeconds" {
			value = json.Number("1")
		}
		if !ok || have != value {
			t.Errorf("%s of %s is %v, want %v", key, name, have, value)
		}
	}
}

// givenOnlyByRegionalErrors reports members that we have no cause to send:
// there is one Region, and quotas are not told apart.
func givenOnlyByRegionalErrors(key string) bool {
	return key == "endpoint" || key == "region" || key == "Type"
}
