package extauthz_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestAFragmentIsNotPartOfAQuery: some servers cut a target at "#", and would perform what was not judged.
func TestAFragmentIsNotPartOfAQuery(t *testing.T) {
	w := newWorld(t, nil)
	key := w.inline(testidc.Member, "loc", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetBucketLocation","Resource":"*"}]}`)
	r := w.sign(request{target: "/bucket?x-id=%23&location=", key: key})
	r.URL.RawQuery = "x-id=#&location"
	if got := w.asNginx("s3", r); got.Status == 200 {
		t.Errorf("judged as %v", got.Header["X-Gatehouse-Target"])
	}
}

// TestHeadersWithUnderscores: services that read X_Amz_Copy_Source as X-Amz-Copy-Source would do what nobody signed.
func TestHeadersWithUnderscores(t *testing.T) {
	w := newWorld(t, nil)
	key := w.inline(testidc.Member, "put", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}`)
	r := w.sign(request{method: "PUT", target: "/bucket/k", key: key})
	if got := w.asNginx("s3", r); got.Status != 200 {
		t.Fatalf("without the header: %d %s", got.Status, got.Body)
	}
	r.Header["X_Amz_Copy_Source"] = []string{"secret/k"}
	if got := w.asNginx("s3", r); got.Status == 200 {
		t.Error("nginx: allowed")
	}
	if got := w.asEnvoy("s3", r); got.Status == 200 {
		t.Error("Envoy: allowed")
	}
}

// TestWhatHasNoResourceBelongsToItsAccountToo: listing buckets, or a rule on "*", is no business of other accounts.
func TestWhatHasNoResourceBelongsToItsAccountToo(t *testing.T) {
	w := newWorld(t, nil)
	stranger := w.as("222222222299", "Dev", admin)
	if got := w.asNginx("s3", w.sign(request{target: "/", key: stranger})); got.Status == 200 {
		t.Errorf("ListBuckets: %v", got.Header)
	}
	if got := w.asNginx("orders", w.sign(request{method: "POST", target: "/orders", key: stranger, service: "orders"})); got.Status == 200 {
		t.Errorf("orders:CreateOrder: %v", got.Header)
	}
}

// TestABodyThatNobodySigned: without a length nobody knows whether there is one.
func TestABodyThatNobodySigned(t *testing.T) {
	w := newWorld(t, nil)
	r := w.sign(request{method: "GET", target: "/orders/1", key: w.as(testidc.Member, "Dev", admin), service: "orders"})
	if got := w.asEnvoy("orders", r); got.Status != 200 {
		t.Fatalf("GET: %d %s", got.Status, got.Body)
	}
	r = w.sign(request{method: "POST", target: "/orders", key: w.as(testidc.Member, "Other", admin), service: "orders", unhashed: true})
	if got := w.asEnvoy("orders", r); got.Status == 200 {
		t.Error("a POST without X-Amz-Content-Sha256 was allowed")
	}
}

// TestConditionsOnTheRequestReachTheCopySource: how a request is signed counts for all that it touches.
func TestConditionsOnTheRequestReachTheCopySource(t *testing.T) {
	w := newWorld(t, nil)
	key := w.inline(testidc.Member, "cp", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
		{"Effect":"Deny","Action":"s3:GetObject*","Resource":"arn:aws:s3:::secret/*","Condition":{"StringEquals":{"s3:authType":"REST-QUERY-STRING"}}}]}`)
	copied := http.Header{"X-Amz-Copy-Source": {"secret/k"}}
	if got := w.asNginx("s3", w.sign(request{method: "PUT", target: "/bucket/k", key: key, presign: "60", header: copied})); got.Status == 200 {
		t.Error("a presigned copy of what may not be read by a presigned URL was allowed")
	}
}

// TestDeletingManyNeedsAllOfTheBucket: a Deny on a part of it counts.
func TestDeletingManyNeedsAllOfTheBucket(t *testing.T) {
	w := newWorld(t, nil)
	const rest = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	for name, c := range map[string]struct {
		document string
		allowed  bool
	}{
		"everything":   {rest + `]}`, true},
		"but a prefix": {rest + `,{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::bucket/protected/*"}]}`, false},
		"other bucket": {rest + `,{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::other/*"}]}`, true},
		"one prefix":   {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket/mine/*"}]}`, false},
	} {
		key := w.inline(testidc.Management, "del", c.document)
		got := w.asNginx("private", w.sign(request{method: "POST", target: "/bucket?delete", key: key}))
		if (got.Status == 200) != c.allowed {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

// TestOurOwnSigningNames cannot be those of another service, which could repeat the signature to us.
func TestOurOwnSigningNames(t *testing.T) {
	for _, name := range []string{"sts", "iam", "sso", "identitystore", "organizations", "access-analyzer"} {
		_, err := extauthz.Compile(map[string]extauthz.Service{"x": {Style: extauthz.StyleRules, SigningName: name, ResourceAccount: "caller",
			Rules: []extauthz.Rule{{Method: "GET", Path: "/", Action: "web:Read", Resource: "*"}}}}, "us-east-1")
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestAHostWrittenAbsolutely is the same host: a rule for it cannot be passed by a dot.
func TestAHostWrittenAbsolutely(t *testing.T) {
	rule := extauthz.Rule{Method: "GET", Path: "/{p...}", Action: "web:Read", Resource: "*"}
	guarded := rule
	guarded.Host, guarded.Action = "admin.example.com", "web:Admin"
	mapping, err := extauthz.Compile(map[string]extauthz.Service{"web": {Style: extauthz.StyleRules, ResourceAccount: testidc.Member,
		Rules: []extauthz.Rule{guarded, rule}}}, "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *extauthz.Config) { c.Mapping = mapping })
	key := w.inline(testidc.Member, "reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"web:Read","Resource":"*"}]}`)
	for host, status := range map[string]int{"www.example.com": 200, "admin.example.com": 403, "admin.example.com.": 403} {
		if got := w.asNginx("web", w.sign(request{target: "/x", host: host, key: key, service: "web"})); got.Status != status {
			t.Errorf("%s: %d, want %d: %s", host, got.Status, status, got.Body)
		}
	}
}
