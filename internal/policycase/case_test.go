package policycase_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/policycase"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// The published sample comes out as it says.
func TestSample(t *testing.T) {
	data, err := os.ReadFile("../../policy/testdata/sample.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var d policycase.Decoder
	n := 0
	for line := range bytes.Lines(data) {
		c, err := d.Decode(bytes.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if c.Name() == "" || c.Category == "" || c.Source == "" {
			t.Errorf("%+v: id, category and source were not read", c)
		}
		if got := policycase.Outcome(c.Decide().Effect); got != c.Expected {
			t.Errorf("%s: %s, want %s", c.Name(), got, c.Expected)
		}
		n++
	}
	if n < 200 {
		t.Errorf("only %d cases", n)
	}
}

const (
	allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	denyAll  = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	onAlice  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"alice"}}}}`
	onTags   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]},"NumericEquals":{"s3:max-keys":"10"},"Bool":{"aws:SecureTransport":"true"}}}}`
	trust    = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}`
	public   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}`
)

// request makes a request of a user with more members.
func request(more string) string {
	return `{"principal":"arn:aws:iam::111122223333:user/alice","principal_type":"user","principal_account":"111122223333",` +
		`"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111122223333","context":{"aws:username":"alice"}` + more + `}`
}

func quoted(doc string) string { return `"` + strings.ReplaceAll(doc, `"`, `\"`) + `"` }

// What the format leaves open is read in every way it can be written.
func TestFormsOfCases(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"the least": {`{"request":` + request("") + `,"policies":{}}`, "denied(implicit)"},
		"nulls for everything": {`{"id":null,"expected":null,"request":` + request(`,"role_arn":null,"service_linked_role":null`) +
			`,"policies":{"identity":[` + allowAll + `],"boundary":null,"session":null,"resource":null,"scps":null,"rcps":null}}`, "allowed"},
		"documents as strings":        {`{"request":` + request("") + `,"policies":{"identity":[` + quoted(allowAll) + `],"boundary":` + quoted(denyAll) + `}}`, "denied(explicit)"},
		"one document for a list":     {`{"request":` + request("") + `,"policies":{"identity":` + allowAll + `,"session":` + quoted(onAlice) + `}}`, "allowed"},
		"white space anywhere":        {" { \"request\" : " + request("") + " ,\t\"policies\" : { \"identity\" : [ " + allowAll + " ] } } ", "allowed"},
		"notes beside the case":       {`{"note":{"a":[1,"}"]},"opinions":[true],"request":` + request("") + `,"policies":{"identity":[` + allowAll + `]}}`, "allowed"},
		"policies before the request": {`{"policies":{"identity":[` + allowAll + `]},"request":` + request("") + `}`, "allowed"},
		"scalars without quotation marks": {`{"request":{"principal":"arn:aws:iam::111122223333:user/alice","principal_type":"User","action":"s3:ListBucket",` +
			`"resource":"*","context":{"aws:TagKeys":["a"],"s3:max-keys":10,"aws:SecureTransport":true,"aws:Nothing":null}},` +
			`"policies":{"identity":[` + onTags + `]}}`, "allowed"},
		"escapes in keys and values": {`{"request":` + strings.Replace(request(""), `"aws:username":"alice"`, `"aws:\u0075sername":"\u0061lice"`, 1) +
			`,"policies":{"identity":[` + onAlice + `]}}`, "allowed"},
		"a level without policies":   {`{"request":` + request("") + `,"policies":{"identity":[` + allowAll + `],"scps":[[` + allowAll + `],[]]}}`, "denied(implicit)"},
		"no levels at all":           {`{"request":` + request("") + `,"policies":{"identity":[` + allowAll + `],"scps":[]}}`, "allowed"},
		"a service linked role":      {`{"request":` + request(`,"service_linked_role":true`) + `,"policies":{"identity":[` + allowAll + `],"scps":[[]]}}`, "allowed"},
		"anonymous, with a star":     {`{"request":{"principal":"*","principal_type":"anonymous","principal_account":"","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111122223333","context":{}},"policies":{"resource":` + public + `}}`, "allowed"},
		"anonymous, without a name":  {`{"request":{"principal_type":"anonymous","action":"s3:PutObject","resource":"arn:aws:s3:::b/k"},"policies":{"resource":` + public + `}}`, "denied(implicit)"},
		"accounts out of the ARNs":   {`{"request":{"principal":"arn:aws:iam::111122223333:user/alice","principal_type":"user","action":"iam:GetUser","resource":"arn:aws:iam::111122223333:user/alice"},"policies":{"identity":[` + allowAll + `]}}`, "allowed"},
		"a trust policy":             {`{"request":{"principal":"arn:aws:iam::111122223333:user/alice","principal_type":"user","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/r"},"policies":{"resource":` + trust + `}}`, "allowed"},
		"a role's policy, read":      {`{"request":{"principal":"arn:aws:iam::111122223333:user/alice","principal_type":"user","action":"iam:GetRole","resource":"arn:aws:iam::111122223333:role/r"},"policies":{"identity":[` + allowAll + `],"resource":` + trust + `}}`, "allowed"},
		"a federated session's user": {`{"request":{"principal":"arn:aws:sts::111122223333:federated-user/alice","principal_type":"federated_user","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111122223333"},"policies":{"session":[` + allowAll + `],"identity":[` + allowAll + `]}}`, "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			var d policycase.Decoder
			read, err := d.Decode([]byte(c.line))
			if err != nil {
				t.Fatal(err)
			}
			if got := policycase.Outcome(read.Decide().Effect); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Whatever could change a decision is refused, with its place, and never passed over.
func TestBadCases(t *testing.T) {
	req := request("")
	for name, c := range map[string]struct{ line, want string }{
		"no JSON":                    {`nonsense`, "column 1: expected an object"},
		"cut off":                    {`{"id":"x","request":{"princ`, "column 22: the line ends inside of a string"},
		"more after the case":        {`{"id":"x","request":` + req + `,"policies":{}} {}`, "unexpected text after the case"},
		"no request":                 {`{"id":"x","policies":{}}`, "the case has no request"},
		"no policies":                {`{"id":"x","request":` + req + `}`, "the case has no policies"},
		"a slip of the pen":          {`{"id":"x","expectd":"allowed","request":` + req + `,"policies":{}}`, `unknown member "expectd"; did you mean "expected"?`},
		"letter case":                {`{"id":"x","Policies":{},"request":` + req + `,"policies":{}}`, `did you mean "policies"?`},
		"an unknown expectation":     {`{"id":"x","expected":"allow","request":` + req + `,"policies":{}}`, `not "allow"`},
		"an unknown member":          {`{"id":"x","request":` + request(`,"mfa":true`) + `,"policies":{}}`, `request: unknown member "mfa"`},
		"an unknown policy":          {`{"id":"x","request":` + req + `,"policies":{"managed":[]}}`, `policies: unknown member "managed"`},
		"a request twice":            {`{"id":"x","request":` + req + `,"request":` + req + `,"policies":{}}`, "request is there twice"},
		"a member twice":             {`{"id":"x","request":` + request(`,"action":"s3:PutObject"`) + `,"policies":{}}`, "action is there twice"},
		"policies twice":             {`{"id":"x","request":` + req + `,"policies":{"identity":[],"identity":[]}}`, "identity is there twice"},
		"a context key twice":        {`{"id":"x","request":` + strings.Replace(req, `"aws:username":"alice"`, `"aws:username":"alice","AWS:UserName":"bob"`, 1) + `,"policies":{}}`, "request.context: AWS:UserName is there twice"},
		"an object for a value":      {`{"id":"x","request":` + strings.Replace(req, `"alice"}`, `{}}`, 1) + `,"policies":{}}`, "request.context.aws:username: expected a string, a number or a boolean"},
		"a bad number":               {`{"id":"x","request":` + strings.Replace(req, `"alice"}`, `01}`, 1) + `,"policies":{}}`, "not a number"},
		"no type of caller":          {`{"id":"x","request":` + strings.Replace(req, `"principal_type":"user",`, ``, 1) + `,"policies":{}}`, "request: principal_type is missing"},
		"an unknown type of caller":  {`{"id":"x","request":` + strings.Replace(req, `"principal_type":"user"`, `"principal_type":"robot"`, 1) + `,"policies":{}}`, `principal_type "robot" is none of`},
		"no action":                  {`{"id":"x","request":` + strings.Replace(req, `"action":"s3:GetObject"`, `"action":null`, 1) + `,"policies":{}}`, "action is missing"},
		"a document that is no JSON": {`{"id":"x","request":` + req + `,"policies":{"identity":["{"]}}`, "policies.identity[0]: Syntax errors in policy."},
		"an empty document":          {`{"id":"x","request":` + req + `,"policies":{"boundary":""}}`, "policies.boundary: Syntax errors in policy."},
		"a null among documents":     {`{"id":"x","request":` + req + `,"policies":{"identity":[null]}}`, "policies.identity[0]: a policy document is an object"},
		"a null for a level":         {`{"id":"x","request":` + req + `,"policies":{"scps":[null]}}`, "policies.scps[0]: a level is a list of documents"},
		"documents without levels":   {`{"id":"x","request":` + req + `,"policies":{"scps":[` + allowAll + `]}}`, "policies.scps[0]: a level is a list of documents"},
		"an element that is unknown": {`{"id":"x","request":` + req + `,"policies":{"scps":[[` + allowAll + `,{"Statement":[],"X":1}]]}}`, "policies.scps[0][1]: "},
		"neither resource nor trust": {`{"id":"x","request":` + req + `,"policies":{"resource":` + allowAll + `}}`, "policies.resource: "},
		"an id that is a list":       {`{"id":["x"],"request":` + req + `,"policies":{}}`, "the id must be a string or a number"},
		"half of a surrogate pair":   {`{"id":"x","request":` + strings.Replace(req, `"alice"}`, `"\ud800"}`, 1) + `,"policies":{}}`, "half of a surrogate pair"},
		"a control character":        {`{"id":"x","request":` + strings.Replace(req, `"alice"}`, "\"\x01\"}", 1) + `,"policies":{}}`, "control character"},
		"text that is not UTF-8":     {"{\"id\":\"\xff\",\"request\":" + req + `,"policies":{}}`, "column 8: the line is not valid UTF-8"},
		"a note that is no JSON":     {`{"note":nope,"request":` + req + `,"policies":{}}`, "note is not valid JSON"},
		"brackets that do not match": {`{"id":"x","request":[` + req + `},"policies":{}}`, "column "},
	} {
		t.Run(name, func(t *testing.T) {
			var d policycase.Decoder
			read, err := d.Decode([]byte(c.line))
			var fault *policycase.Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if strings.HasPrefix(c.line, `{"id":"x"`) && read.Name() != "x" {
				t.Errorf("the id is %q", read.Name())
			}
		})
	}
}

// A document that is nested without end, or a line of brackets, ends soon.
func TestDeepNesting(t *testing.T) {
	var d policycase.Decoder
	deep := strings.Repeat(`{"a":`, 1<<20) + "1" + strings.Repeat("}", 1<<20)
	for _, line := range []string{
		deep, strings.Repeat("[", 1<<20), `{"request":` + strings.Repeat("[", 1<<20),
		`{"request":` + request("") + `,"policies":{"identity":[` + deep + `]}}`,
	} {
		if _, err := d.Decode([]byte(line)); err == nil {
			t.Errorf("%.40s... was accepted", line)
		}
	}
}

// The same document in two places is read as what it is in each.
func TestDocumentsAreRememberedByTheirUse(t *testing.T) {
	var d policycase.Decoder
	for range 2 {
		c, err := d.Decode([]byte(`{"request":` + request("") + `,"policies":{"identity":[` + allowAll + `],"boundary":` + allowAll + `,"session":[` + allowAll + `],"scps":[[` + allowAll + `]]}}`))
		if err != nil {
			t.Fatal(err)
		}
		kinds := []policy.Kind{c.Policies.Identity[0].Kind(), c.Policies.Boundary.Kind(), c.Policies.Session[0].Kind(), c.Policies.SCPs[0][0].Kind()}
		for i, want := range []policy.Kind{policy.IdentityPolicy, policy.BoundaryPolicy, policy.SessionPolicy, policy.ServiceControlPolicy} {
			if kinds[i] != want {
				t.Errorf("%s, want %s", kinds[i], want)
			}
		}
		if c.Policies.SCPs[0][0].Name() != "scps[0][0]" {
			t.Errorf("name %q", c.Policies.SCPs[0][0].Name())
		}
	}
}

func FuzzDecode(f *testing.F) {
	data, err := os.ReadFile("../../policy/testdata/sample.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		f.Add(bytes.TrimSpace(line))
	}
	f.Add([]byte(`{"id":1,"request":` + request("") + `,"policies":{"identity":` + quoted(allowAll) + `}}`))
	var d policycase.Decoder
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := d.Decode(line)
		if err != nil {
			return
		}
		if again, err := (&policycase.Decoder{}).Decode(line); err != nil || again.Decide().Effect != c.Decide().Effect {
			t.Fatalf("what was remembered matters: %v", err)
		}
	})
}

// BenchmarkDecide is the whole way of a case whose documents are known: read, decided and explained.
func BenchmarkDecide(b *testing.B) {
	data, err := os.ReadFile("../../policy/testdata/sample.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	var d policycase.Decoder
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		c, err := d.Decode(lines[i%len(lines)])
		if err != nil {
			b.Fatal(err)
		}
		c.Decide()
		i++
	}
}
