package extauthz

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

var signedAt = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// judged reads a request line with headers, "PUT /b/k?acl X-Amz-Acl=private", as S3 in path style.
func judged(line string, change func(*service)) (*task, error) {
	s := &service{name: "s3", Service: Service{Style: StyleS3, ResourceAccount: "222222222222"}}
	if change != nil {
		change(s)
	}
	d := &Door{s3: newS3Index()}
	words := strings.Fields(line)
	in := &inquiry{Time: signedAt.Add(time.Second), Method: words[0], Target: words[1], Host: "s3.example.com", Header: http.Header{}}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		in.Header.Add(name, value)
	}
	return d.judgeS3(s, in, &sigv4.Signed{Date: signedAt, Presigned: strings.Contains(words[1], "X-Amz-Signature")}, "333333333333")
}

// TestS3Operations holds requests as clients send them against the operation and what it needs.
func TestS3Operations(t *testing.T) {
	const b, k = " arn:aws:s3:::bucket", " arn:aws:s3:::bucket/a/key"
	for line, want := range map[string][]string{
		"GET /": {"ListBuckets", "s3:ListAllMyBuckets *"},

		"GET /bucket":  {"ListObjects", "s3:ListBucket" + b},
		"GET /bucket/": {"ListObjects", "s3:ListBucket" + b},
		"GET /bucket?list-type=2&prefix=&delimiter=%2F&encoding-type=url": {"ListObjects", "s3:ListBucket" + b},
		"HEAD /bucket":                  {"HeadBucket", "s3:ListBucket" + b},
		"PUT /bucket":                   {"CreateBucket", "s3:CreateBucket" + b},
		"PUT /bucket X-Amz-Acl=private": {"CreateBucket", "s3:CreateBucket" + b, "s3:PutBucketAcl" + b},
		"PUT /bucket X-Amz-Bucket-Object-Lock-Enabled=true": {"CreateBucket", "s3:CreateBucket" + b,
			"s3:PutBucketObjectLockConfiguration" + b, "s3:PutBucketVersioning" + b},
		"PUT /bucket X-Amz-Object-Ownership=ObjectWriter": {"CreateBucket", "s3:CreateBucket" + b, "s3:PutBucketOwnershipControls" + b},
		"DELETE /bucket":                {"DeleteBucket", "s3:DeleteBucket" + b},
		"GET /bucket?versions&prefix=a": {"ListObjectVersions", "s3:ListBucketVersions" + b},
		"GET /bucket?uploads=":          {"ListMultipartUploads", "s3:ListBucketMultipartUploads" + b},
		"GET /bucket?location":          {"GetBucketLocation", "s3:GetBucketLocation" + b},
		"GET /bucket?acl":               {"GetBucketAcl", "s3:GetBucketAcl" + b},
		"PUT /bucket?policy":            {"PutBucketPolicy", "s3:PutBucketPolicy" + b},
		"DELETE /bucket?tagging":        {"DeleteBucketTagging", "s3:PutBucketTagging" + b},
		"GET /bucket?inventory&id=x":    {"GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration" + b},
		"DELETE /bucket?lifecycle":      {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration" + b},

		"GET /bucket/a/key":                                                 {"GetObject", "s3:GetObject" + k},
		"GET /bucket/a/key?x-id=GetObject":                                  {"GetObject", "s3:GetObject" + k},
		"GET /bucket/a/key?versionId=null":                                  {"GetObject", "s3:GetObjectVersion" + k},
		"GET /bucket/a/key?response-content-type=text%2Fplain&partNumber=1": {"GetObject", "s3:GetObject" + k},
		"HEAD /bucket/a/key":                                                {"HeadObject", "s3:GetObject" + k},
		"GET /bucket/a/":                                                    {"GetObject", "s3:GetObject arn:aws:s3:::bucket/a/"},
		"GET /bucket/%C3%A4%20%2B%3D%26.txt":                                {"GetObject", "s3:GetObject arn:aws:s3:::bucket/ä +=&.txt"},
		"GET /bucket/100%25":                                                {"GetObject", "s3:GetObject arn:aws:s3:::bucket/100%"},
		"PUT /bucket/a/key":                                                 {"PutObject", "s3:PutObject" + k},
		"PUT /bucket/a/key X-Amz-Acl=public-read X-Amz-Tagging=a=b":         {"PutObject", "s3:PutObject" + k, "s3:PutObjectAcl" + k, "s3:PutObjectTagging" + k},
		"PUT /bucket/a/key X-Amz-Grant-Read=id=\"1\"":                       {"PutObject", "s3:PutObject" + k, "s3:PutObjectAcl" + k},
		"PUT /bucket/a/key X-Amz-Object-Lock-Mode=GOVERNANCE X-Amz-Object-Lock-Legal-Hold=ON": {"PutObject", "s3:PutObject" + k,
			"s3:PutObjectRetention" + k, "s3:PutObjectLegalHold" + k},
		"DELETE /bucket/a/key":             {"DeleteObject", "s3:DeleteObject" + k},
		"DELETE /bucket/a/key?versionId=1": {"DeleteObject", "s3:DeleteObjectVersion" + k},
		"DELETE /bucket/a/key?versionId=1 X-Amz-Bypass-Governance-Retention=true": {"DeleteObject", "s3:DeleteObjectVersion" + k, "s3:BypassGovernanceRetention" + k},
		"GET /bucket/a/key?acl":                                              {"GetObjectAcl", "s3:GetObjectAcl" + k},
		"GET /bucket/a/key?acl&versionId=1":                                  {"GetObjectAcl", "s3:GetObjectVersionAcl" + k},
		"PUT /bucket/a/key?acl X-Amz-Acl=private":                            {"PutObjectAcl", "s3:PutObjectAcl" + k},
		"GET /bucket/a/key?attributes X-Amz-Object-Attributes=ETag,Checksum": {"GetObjectAttributes", "s3:GetObjectAttributes" + k, "s3:GetObject" + k},
		"GET /bucket/a/key?attributes&versionId=1":                           {"GetObjectAttributes", "s3:GetObjectVersionAttributes" + k, "s3:GetObjectVersion" + k},
		"PUT /bucket/a/key?tagging":                                          {"PutObjectTagging", "s3:PutObjectTagging" + k},
		"DELETE /bucket/a/key?tagging&versionId=1":                           {"DeleteObjectTagging", "s3:DeleteObjectVersionTagging" + k},
		"PUT /bucket/a/key?retention X-Amz-Bypass-Governance-Retention=true": {"PutObjectRetention", "s3:PutObjectRetention" + k, "s3:BypassGovernanceRetention" + k},
		"PUT /bucket/a/key?legal-hold":                                       {"PutObjectLegalHold", "s3:PutObjectLegalHold" + k},
		"POST /bucket/a/key?restore":                                         {"RestoreObject", "s3:RestoreObject" + k},
		"POST /bucket/a/key?select&select-type=2":                            {"SelectObjectContent", "s3:GetObject" + k},

		"POST /bucket/a/key?uploads":                   {"CreateMultipartUpload", "s3:PutObject" + k},
		"POST /bucket/a/key?uploads X-Amz-Tagging=a=b": {"CreateMultipartUpload", "s3:PutObject" + k, "s3:PutObjectTagging" + k},
		"PUT /bucket/a/key?partNumber=1&uploadId=u":    {"UploadPart", "s3:PutObject" + k},
		"POST /bucket/a/key?uploadId=u":                {"CompleteMultipartUpload", "s3:PutObject" + k},
		"DELETE /bucket/a/key?uploadId=u":              {"AbortMultipartUpload", "s3:AbortMultipartUpload" + k},
		"GET /bucket/a/key?uploadId=u&max-parts=5":     {"ListParts", "s3:ListMultipartUploadParts" + k},

		"PUT /bucket/a/key X-Amz-Copy-Source=/src-bucket/x%20y": {"CopyObject", "s3:PutObject" + k, "s3:GetObject arn:aws:s3:::src-bucket/x y",
			"s3:GetObjectTagging arn:aws:s3:::src-bucket/x y", "s3:PutObjectTagging" + k},
		"PUT /bucket/a/key X-Amz-Copy-Source=src-bucket/x X-Amz-Tagging-Directive=REPLACE": {"CopyObject", "s3:PutObject" + k, "s3:GetObject arn:aws:s3:::src-bucket/x"},
		"PUT /bucket/a/key X-Amz-Copy-Source=src-bucket/x?versionId=7 X-Amz-Tagging-Directive=REPLACE": {"CopyObject", "s3:PutObject" + k,
			"s3:GetObjectVersion arn:aws:s3:::src-bucket/x"},
		"PUT /bucket/a/key?partNumber=1&uploadId=u X-Amz-Copy-Source=src-bucket/x": {"UploadPartCopy", "s3:PutObject" + k, "s3:GetObject arn:aws:s3:::src-bucket/x"},

		"GET /bucket/a/key?X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Date=d&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=s&x-id=GetObject": {"GetObject", "s3:GetObject" + k},
	} {
		got, err := judged(line, nil)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		have := []string{got.operation}
		for _, n := range got.needs {
			have = append(have, n.action+" "+n.resource)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

// TestS3Unknown: what is not known, or could be read in two ways, is denied.
func TestS3Unknown(t *testing.T) {
	for line, reason := range map[string]string{
		"PATCH /bucket/key":                          "PATCH of an object",
		"get /bucket/key":                            "get of an object",
		"POST /bucket":                               "POST of a bucket", // a form, whose policy is in the body
		"POST /bucket/key":                           "POST of an object",
		"PUT /":                                      "PUT of the service",
		"OPTIONS /bucket/key":                        "OPTIONS of an object",
		"POST /bucket?delete":                        "names its objects in the body",
		"GET /bucket?session":                        "ListObjects with the parameter session",
		"GET /bucket/key?unheardof":                  "GetObject with the parameter unheardof",
		"GET /bucket/key?list-type=2":                "GetObject with the parameter list-type",
		"PUT /bucket/key?renameObject":               "PutObject with the parameter renameObject",
		"PUT /bucket/key?versionId=1":                "PutObject with the parameter versionId",
		"PUT /bucket/key?partNumber=1":               "PutObject with the parameter partNumber",
		"PUT /bucket/key?uploadId=u":                 "UploadPart without partNumber",
		"GET /bucket/key?acl&tagging":                "two subresources, acl and tagging",
		"GET /bucket/key?acl=x":                      "GetObjectAcl with acl=x",
		"GET /bucket/key?uploadId=":                  "ListParts with uploadId=",
		"GET /bucket/key?versionId=":                 "empty versionId",
		"DELETE /bucket?acl":                         "DELETE of a bucket with ?acl",
		"GET /bucket/key?X-Amz-Signature":            "", // taken for presigned by the helper above; see TestRefusals
		"PUT /bucket/key?x-amz-acl=public-read":      "PutObject with the parameter x-amz-acl",
		"PUT /bucket/key?X-Amz-Copy-Source=%2Fa%2Fb": "PutObject with the parameter X-Amz-Copy-Source",
		"GET /bucket/key?Acl":                        "GetObject with the parameter Acl",
		"GET /bucket?prefix=a&prefix=b":              "a parameter occurs twice",
		"GET /bucket?prefix=a+b":                     `'+' must be written as %2B`,
		"GET /bucket?prefix=%zz":                     "bad percent escape",
		"GET /bucket?prefix=a%00":                    "control characters",

		"GET /Bucket/key":                          "does not begin with the name of a bucket",
		"GET /ab/key":                              "does not begin with the name of a bucket",
		"GET /a..b/key":                            "does not begin with the name of a bucket",
		"GET /192/key/":                            "",
		"GET //bucket/key":                         "empty or dot segment",
		"GET /bucket//key":                         "empty or dot segment",
		"GET /bucket/a//":                          "empty or dot segment",
		"GET /bucket/../other/key":                 "empty or dot segment",
		"GET /bucket/./key":                        "empty or dot segment",
		"GET /bucket/..":                           "empty or dot segment",
		"GET /bucket/%2e%2e/other":                 "upper case",
		"GET /bucket/%2E%2E/other":                 "'.' must not be escaped",
		"GET /bucket/...":                          "empty or dot segment",
		"GET /bucket/..%20/x":                      "empty or dot segment",
		"GET /bucket/a%2Fb":                        "escaped slash",
		"GET /bucket%2Fkey":                        "escaped slash",
		"GET /bucket/a%5Cb":                        "escaped slash or backslash",
		"GET /bucket/a\\b":                         `'\\' must be written as %5C`,
		"GET /bucket/%6Bey":                        "'k' must not be escaped",
		"GET /bucket/%c3%a4":                       "upper case",
		"GET /bucket/%C3":                          "not UTF-8",
		"GET /bucket/a%00b":                        "control characters",
		"GET /bucket/a%0D%0Ab":                     "control characters",
		"GET /bucket/%252E%252E/x":                 "escaped twice",
		"GET /bucket/a%252Fb":                      "escaped twice",
		"GET /bucket/a%":                           "bad percent escape",
		"GET /bucket/a+b":                          `'+' must be written as %2B`,
		"GET /bucket/a;b":                          `';' must be written as %3B`,
		"GET /bucket/a(b)":                         `'(' must be written as %28`,
		"GET /bucket/ä":                            "must be written as %C3",
		"GET /bucket/a#b":                          `'#' must be written as %23`,
		"GET http://x/bucket/key":                  "does not begin with a slash",
		"GET ?list-type=2":                         "does not begin with a slash",
		"GET *":                                    "does not begin with a slash",
		"GET /bucket/" + strings.Repeat("k", 1025): "longer than 1024",

		"PUT /bucket/key X-Amz-Copy-Source=bucket":                         "does not name a bucket and a key",
		"PUT /bucket/key X-Amz-Copy-Source=bucket/":                        "does not name a bucket and a key",
		"PUT /bucket/key X-Amz-Copy-Source=bucket/a,bucket/b":              "one value, without a comma",
		"PUT /bucket/key X-Amz-Copy-Source=bucket/a/../b":                  "dot segment",
		"PUT /bucket/key X-Amz-Copy-Source=bucket%2Fkey":                   "escaped slash",
		"PUT /bucket/key X-Amz-Copy-Source=bucket/k?versionId=1&x=2":       "only versionId",
		"PUT /bucket/key X-Amz-Copy-Source=arn:aws:s3:eu:1:accesspoint/ap": `':' must be written`,
		"GET /bucket/key X-Amz-Copy-Source=bucket/k":                       "does not belong to GetObject",
		"PUT /bucket/key X-Amz-Acl=private,public-read":                    "one value, without a comma",
		"PUT /bucket/key X-Amz-Rename-Source=/k":                           "X-Amz-Rename-Source is not known",
		"PUT /bucket/key X-Amz-Meta-Snowball-Auto-Extract=true":            "is not accepted",
		"GET /bucket/key X-Minio-Extract=true":                             "is not accepted",
		"PUT /bucket/key X-Amz-Tagging=a=1&a=2":                            "a tag twice",
		"PUT /bucket/key X-Amz-Tagging=%zz":                                "cannot be read",
	} {
		got, err := judged(line, nil)
		if reason == "" {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %+v, %v; want a denial with %q", line, got, err, reason)
		}
	}
}

func TestMultiDeleteIsForWhoMayDeleteAll(t *testing.T) {
	got, err := judged("POST /bucket?delete= X-Amz-Bypass-Governance-Retention=true", func(s *service) { s.MultiDelete = true })
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, n := range got.needs {
		have = append(have, n.action+" "+n.resource)
	}
	want := []string{"s3:DeleteObject arn:aws:s3:::bucket/*", "s3:DeleteObjectVersion arn:aws:s3:::bucket/*", "s3:BypassGovernanceRetention arn:aws:s3:::bucket"}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func TestS3Keys(t *testing.T) {
	keysOf := func(line string) map[string][]string {
		t.Helper()
		got, err := judged(line, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.needs[0].keys
	}
	got := keysOf("GET /bucket?list-type=2&prefix=home%2F&delimiter=%2F&max-keys=10")
	for key, want := range map[string]string{"s3:prefix": "home/", "s3:delimiter": "/", "s3:max-keys": "10", "s3:authType": "REST-HEADER",
		"s3:signatureAge": "1000", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:ResourceAccount": "222222222222"} {
		if !slices.Equal(got[key], []string{want}) {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if got := keysOf("GET /bucket?list-type=2"); got["s3:prefix"] != nil {
		t.Errorf("no prefix was given: %q", got["s3:prefix"])
	}
	if got := keysOf("GET /bucket?prefix="); !slices.Equal(got["s3:prefix"], []string{""}) {
		t.Errorf("an empty prefix was given: %q", got["s3:prefix"])
	}
	got = keysOf("PUT /bucket/k X-Amz-Acl=public-read X-Amz-Tagging=team=a%20b&cost=1 X-Amz-Server-Side-Encryption=aws:kms X-Amz-Storage-Class=GLACIER")
	for key, want := range map[string][]string{"s3:x-amz-acl": {"public-read"}, "s3:RequestObjectTag/team": {"a b"}, "s3:RequestObjectTagKeys": {"cost", "team"},
		"s3:x-amz-server-side-encryption": {"aws:kms"}, "s3:x-amz-storage-class": {"GLACIER"}} {
		if !slices.Equal(got[key], want) {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if got := keysOf("GET /bucket/k?versionId=7&X-Amz-Signature=s"); got["s3:VersionId"][0] != "7" || got["s3:authType"][0] != "REST-QUERY-STRING" {
		t.Errorf("presigned: %q", got)
	}
}

// TestS3ActionsExist holds the table against AWS's list of actions, keys and what they act on.
func TestS3ActionsExist(t *testing.T) {
	catalog := serviceauth.New()
	check := func(name string) {
		if _, ok := catalog.Action(name); !ok {
			t.Errorf("there is no action %s", name)
		}
	}
	for _, op := range s3ops {
		check(op.action)
		if op.version != "" {
			check(op.version)
		}
	}
	for _, name := range []string{"s3:PutObjectAcl", "s3:PutObjectTagging", "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:PutBucketAcl",
		"s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:PutBucketOwnershipControls", "s3:BypassGovernanceRetention",
		"s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:DeleteObjectVersion"} {
		check(name)
	}
	got, err := judged("PUT /bucket/k X-Amz-Acl=a X-Amz-Tagging=k=v X-Amz-Object-Lock-Mode=a X-Amz-Object-Lock-Legal-Hold=a X-Amz-Object-Lock-Retain-Until-Date=a If-Match=a If-None-Match=b", nil)
	if err != nil {
		t.Fatal(err)
	}
	for key := range got.needs[0].keys {
		if _, ok := catalog.ConditionKey(key); !ok {
			t.Errorf("there is no condition key %s", key)
		}
	}
	for _, name := range keyHeaders {
		if _, ok := catalog.ConditionKey("s3:" + name); !ok {
			t.Errorf("there is no condition key s3:%s", name)
		}
	}
}

func TestHostsOfAService(t *testing.T) {
	for host, want := range map[string]string{
		"s3.example.com": "", "S3.Example.com:9000": "", "bucket.s3.example.com": "bucket", "a.b.s3.example.com:443": "a.b",
		"bucket.s3.eu.example.com": "bucket", "s3.example.com.": "denied", "evil.com": "denied", "xs3.example.com": "denied",
		".s3.example.com": "denied", "Bucket_.s3.example.com": "denied", "": "denied",
	} {
		r := &s3request{inquiry: &inquiry{Host: host}, service: &service{Service: Service{Domains: []string{"s3.example.com", "s3.eu.example.com"}}}}
		got, err := r.bucketInHost()
		if err != nil {
			got = "denied"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

// FuzzS3 looks for a request that is let through to another object than the one it was judged by.
func FuzzS3(f *testing.F) {
	for _, seed := range []string{"/bucket/key", "/bucket/a/../b", "/bucket/a%2Fb?acl", "/bucket/%252e", "/bucket//a", "/bucket/ä?versionId=1", "/bucket?prefix=a&prefix=b",
		"/bucket/a?X-Amz-Signature=1", "/bucket/100%25"} {
		f.Add("GET", seed)
		f.Add("PUT", seed)
	}
	f.Fuzz(func(t *testing.T, method, target string) {
		if strings.ContainsAny(method+target, " \t\n\v\f\r\u0085\u00a0") || method == "" || target == "" {
			return
		}
		got, err := judged(method+" "+target, nil)
		if err != nil {
			(&answer{service: &service{}, inquiry: &inquiry{}, task: got}).event() // is written whatever came of it
			return
		}
		if len(got.needs) == 0 {
			t.Fatal("let through without a need")
		}
		path, _, _ := strings.Cut(got.target, "?")
		if reread := readings(path); len(reread) != 1 {
			t.Errorf("%s %s can be read as %q", method, target, reread)
		}
		if bucket, key, _ := strings.Cut(strings.TrimPrefix(readings(path)[0], "/"), "/"); bucket != "" {
			want := bucketARN(bucket)
			if key != "" {
				want = objectARN(bucket, key)
			}
			if got.needs[0].resource != want {
				t.Errorf("%s %s was judged as %s and is %s", method, target, got.needs[0].resource, want)
			}
		}
	})
}
