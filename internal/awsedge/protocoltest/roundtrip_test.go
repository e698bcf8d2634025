package protocoltest

import (
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
)

// TestRoundTrip fills the input and output of every operation of every model
// and takes them through their codec and back.
func TestRoundTrip(t *testing.T) {
	for _, s := range awsedge.Services() {
		for i := range s.Operations {
			op := &s.Operations[i]
			t.Run(s.Name+"/"+op.Name, func(t *testing.T) {
				in := reflect.New(reflect.TypeOf(op.In).Elem())
				fill(s.Service, s.Shape(op.Input), in.Elem(), 0)
				roundTripInput(t, op, in)
				out := reflect.New(reflect.TypeOf(op.Out).Elem())
				fill(s.Service, s.Shape(op.Output), out.Elem(), 0)
				roundTripOutput(t, op, out)
			})
		}
	}
}

func roundTripInput(t *testing.T, op *awsapi.Operation, in reflect.Value) {
	t.Helper()
	var got any
	var err error
	switch op.Service.Protocol {
	case awsapi.JSON11:
		got, err = awsjson.Decode(op, encodeBody(t, op, in.Interface()))
	case awsapi.Query:
		got, err = awsquery.Decode(op, toForm(op.Service, op.Input, in.Elem()))
	case awsapi.RestJSON:
		r := restjson.Request{Path: map[string]string{}, Query: url.Values{}, Header: http.Header{}, Body: encodeBody(t, op, in.Interface())}
		for i, m := range op.Service.Shape(op.Input).Members {
			placeMember(t, op, &m, in.Elem().Field(i), &r)
		}
		got, err = restjson.Decode(op, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in.Interface(), got); diff != "" {
		t.Errorf("the input came back changed (-before +after):\n%s", diff)
	}
}

// placeMember puts a member where restJson binds it.
func placeMember(t *testing.T, op *awsapi.Operation, m *awsapi.Member, field reflect.Value, r *restjson.Request) {
	t.Helper()
	if m.In == awsapi.InBody {
		return
	}
	if m.In == awsapi.InPayload {
		body, err := awsjson.AppendValue(nil, op.Service, op.Service.Shape(m.Shape), field)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = body
		return
	}
	form := toForm(op.Service, op.Input, reflect.Indirect(fieldOnly(op, m, field)))
	var values []string
	for _, key := range []string{m.Wire, m.Wire + ".member.1", m.Wire + ".member.2"} {
		values = append(values, form[key]...)
	}
	switch m.In {
	case awsapi.InQuery:
		r.Query[m.Wire] = values
	case awsapi.InHeader:
		r.Header[http.CanonicalHeaderKey(m.Wire)] = values
	case awsapi.InPath:
		r.Path[m.Wire] = values[0]
	}
}

// fieldOnly makes an input in which one member is set.
func fieldOnly(op *awsapi.Operation, m *awsapi.Member, field reflect.Value) reflect.Value {
	in := reflect.New(reflect.TypeOf(op.In).Elem())
	for i, other := range op.Service.Shape(op.Input).Members {
		if other.Name == m.Name {
			in.Elem().Field(i).Set(field)
		}
	}
	return in
}

func roundTripOutput(t *testing.T, op *awsapi.Operation, out reflect.Value) {
	t.Helper()
	if op.Service.Protocol == awsapi.Query {
		return // sdkclient_test.go has the SDK read the XML
	}
	back := reflect.New(out.Type().Elem())
	header := http.Header{}
	var body []byte
	var err error
	if op.Service.Protocol == awsapi.RestJSON {
		body, err = restjson.Encode(op, out.Interface(), header)
	} else {
		body, err = awsjson.Encode(op, out.Interface())
	}
	if err != nil {
		t.Fatal(err)
	}
	shape, target := op.Service.Shape(op.Output), back.Elem()
	for i, m := range shape.Members {
		if m.In == awsapi.InPayload {
			payload := reflect.New(target.Field(i).Type().Elem())
			target.Field(i).Set(payload)
			shape, target = op.Service.Shape(m.Shape), payload.Elem()
			break
		}
		if m.In == awsapi.InHeader && header.Get(m.Wire) == "" {
			t.Errorf("the header %s is missing", m.Wire)
		}
	}
	if err := awsjson.DecodeStructure(op.Service, shape, body, target); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if diff := cmp.Diff(out.Interface(), back.Interface()); diff != "" {
		t.Errorf("the output came back changed (-before +after):\n%s", diff)
	}
}
