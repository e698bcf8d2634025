package protocoltest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
)

// TestSDKClients calls every operation of the services without response
// snapshots with the SDK's own client: our decoder must find all that it sends,
// and it must find all that our encoder writes.
func TestSDKClients(t *testing.T) {
	config := func(endpoint string) aws.Config {
		return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", "")}
	}
	for name, client := range map[string]func(aws.Config) any{
		"sts":        func(c aws.Config) any { return sts.NewFromConfig(c) },
		"iam":        func(c aws.Config) any { return iam.NewFromConfig(c) },
		"cloudtrail": func(c aws.Config) any { return cloudtrail.NewFromConfig(c) },
	} {
		s := serviceModel(t, name)
		server := &codecServer{t: t, service: s}
		endpoint := httptest.NewServer(server)
		defer endpoint.Close()
		value := reflect.ValueOf(client(config(endpoint.URL)))
		for i := range s.Operations {
			op := &s.Operations[i]
			t.Run(name+"/"+op.Name, func(t *testing.T) {
				server.t = t
				method := value.MethodByName(op.Name)
				if !method.IsValid() {
					t.Fatalf("the SDK has no %s", op.Name)
				}
				in := reflect.New(method.Type().In(1).Elem())
				fillSDK(in.Elem(), 0)
				results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
				if err, failed := results[1].Interface().(error); failed {
					t.Fatalf("the SDK cannot read our answer: %v", err)
				}
				if diff := cmp.Diff(plain(reflect.ValueOf(in.Interface())), plainInput(server, op)); diff != "" {
					t.Errorf("we read the request otherwise (-sent +read):\n%s", diff)
				}
				want := plainOurs(s.Service, s.Shape(op.Output), server.out.Elem())
				if diff := cmp.Diff(want, plain(results[0])); diff != "" {
					t.Errorf("the SDK reads our answer otherwise (-ours +read):\n%s", diff)
				}
			})
		}
	}
}

// codecServer decodes a request with our codec and answers with a filled output.
type codecServer struct {
	t       *testing.T
	service awsedge.ServiceModel
	in      any
	out     reflect.Value
}

func (c *codecServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
		return
	}
	name := r.Header.Get("X-Amz-Target")
	name = name[strings.LastIndexByte(name, '.')+1:]
	var form url.Values
	if c.service.Protocol == awsapi.Query {
		if form, err = url.ParseQuery(string(body)); err != nil {
			c.t.Error(err)
		}
		name = form.Get("Action")
	}
	var op *awsapi.Operation
	for i := range c.service.Operations {
		if c.service.Operations[i].Name == name {
			op = &c.service.Operations[i]
		}
	}
	c.out = reflect.New(reflect.TypeOf(op.Out).Elem())
	fill(c.service.Service, c.service.Shape(op.Output), c.out.Elem(), 0)
	var answer []byte
	if c.service.Protocol == awsapi.Query {
		c.in, err = awsquery.Decode(op, form)
		if err == nil {
			answer, err = awsquery.Encode(op, c.out.Interface(), "request")
		}
		w.Header().Set("Content-Type", "text/xml")
	} else {
		c.in, err = awsjson.Decode(op, body)
		if err == nil {
			answer, err = awsjson.Encode(op, c.out.Interface())
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	}
	if err != nil {
		c.t.Error(err)
	}
	if _, err := w.Write(answer); err != nil {
		c.t.Error(err)
	}
}

// fillSDK sets every field of an SDK's input. Unions are interfaces and stay empty.
func fillSDK(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillSDK(v.Elem(), depth)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(someTime()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && depth < maxNesting {
				fillSDK(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte{0, 1, 0xFE, 0xFF})
			return
		}
		if v.Type().Elem().Kind() == reflect.Interface {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillSDK(v.Index(i), depth+1)
		}
	case reflect.Map:
		item := reflect.New(v.Type().Elem()).Elem()
		fillSDK(item, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(awkward).Convert(v.Type().Key()), item)
	case reflect.String:
		v.SetString(awkward)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	}
}
