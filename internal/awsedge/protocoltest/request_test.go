package protocoltest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
)

// TestRequestSnapshots decodes what the SDK sends for every operation, with
// every member set, and checks that all of it arrived.
func TestRequestSnapshots(t *testing.T) {
	for _, snap := range snapshots() {
		files := snapshotFiles(t, moduleDir(t, snap.module)+"/request_snapshot", ".request.snap")
		if len(files) != snap.requests {
			t.Errorf("%s has %d request snapshots, want %d", snap.service, len(files), snap.requests)
		}
		s := serviceModel(t, snap.service)
		for name, path := range files {
			t.Run(snap.service+"/"+name, func(t *testing.T) {
				checkRequest(t, operation(t, s, name), readSnapshot(t, path))
			})
		}
	}
}

func checkRequest(t *testing.T, op *awsapi.Operation, m message) {
	t.Helper()
	req := m.request(t)
	recorder := httptest.NewRecorder()
	auditor := &recordingAuditor{}
	gateway := newGateway(t, auditor)
	if !gateway.Matches(req) {
		t.Errorf("the gateway does not take %s", m.first)
	}
	gateway.ServeHTTP(recorder, req)
	if recorder.Code != http.StatusNotImplemented || len(auditor.calls) != 1 || auditor.calls[0].Operation != op {
		t.Fatalf("the gateway answers %d %s and records %v; want 501 and one call of %s", recorder.Code, recorder.Body, auditor.calls, op.Name)
	}
	switch op.Service.Protocol {
	case awsapi.JSON11:
		in, err := awsjson.Decode(op, m.body)
		if err != nil {
			t.Fatal(err)
		}
		compareJSON(t, m.body, encodeBody(t, op, in))
	case awsapi.Query:
		checkForm(t, op, m)
	case awsapi.RestJSON:
		checkRest(t, op, m)
	}
}

func (m message) request(t *testing.T) *http.Request {
	t.Helper()
	method, target, _ := strings.Cut(m.first, " ")
	req := httptest.NewRequest(method, target, bytes.NewReader(m.body))
	req.Header = m.header.Clone()
	// Signed operations of restJson services are found by their signing scope.
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/us-east-1/signin/aws4_request, SignedHeaders=host, Signature=00")
	return req
}

func checkForm(t *testing.T, op *awsapi.Operation, m message) {
	t.Helper()
	form, err := url.ParseQuery(string(m.body))
	if err != nil {
		t.Fatal(err)
	}
	in, err := awsquery.Decode(op, form)
	if err != nil {
		t.Fatal(err)
	}
	form.Del("Action")
	form.Del("Version")
	if diff := cmp.Diff(form, toForm(op.Service, op.Input, reflect.ValueOf(in).Elem())); diff != "" {
		t.Errorf("lost or changed between form and input (-sent +kept):\n%s", diff)
	}
}

func checkRest(t *testing.T, op *awsapi.Operation, m message) {
	t.Helper()
	req := m.request(t)
	in, err := restjson.Decode(op, restjson.Request{Query: req.URL.Query(), Header: req.Header, Body: m.body})
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(in).Elem()
	for i, member := range op.Service.Shape(op.Input).Members {
		field := v.Field(i)
		want := ""
		switch member.In {
		case awsapi.InQuery:
			want = req.URL.Query().Get(member.Wire)
		case awsapi.InHeader:
			want = m.header.Get(member.Wire)
		case awsapi.InPayload:
			body, err := awsjson.AppendValue(nil, op.Service, op.Service.Shape(member.Shape), field)
			if err != nil {
				t.Fatal(err)
			}
			compareJSON(t, m.body, body)
			return
		default:
			continue
		}
		if got := scalarText(field); got != want || want == "" {
			t.Errorf("%s arrived as %q, sent as %q", member.Name, got, want)
		}
	}
	if len(m.body) > 0 {
		compareJSON(t, m.body, encodeBody(t, op, in))
	}
}

func scalarText(v reflect.Value) string {
	if v.IsNil() {
		return ""
	}
	text, err := json.Marshal(v.Elem().Interface())
	if err != nil {
		return err.Error()
	}
	return strings.Trim(string(text), `"`)
}

func encodeBody(t *testing.T, op *awsapi.Operation, in any) []byte {
	t.Helper()
	body, err := awsjson.AppendStructure(nil, op.Service, op.Service.Shape(op.Input), reflect.ValueOf(in).Elem())
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// compareJSON compares two JSON texts by what they mean.
func compareJSON(t *testing.T, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(parseJSON(t, want), parseJSON(t, got)); diff != "" {
		t.Errorf("differs (-snapshot +ours):\n%s", diff)
	}
}

func parseJSON(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
