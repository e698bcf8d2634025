package extauthz

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// addNeeds lists what the caller must be allowed: the operation's own action, and those for what
// comes along in headers.
func (r *s3request) addNeeds(t *task) error {
	keys, err := r.keys()
	if err != nil {
		return err
	}
	owner := r.service.owner(r.bucket, r.caller)
	on := func(resource string, actions ...string) {
		for _, action := range actions {
			t.needs = append(t.needs, need{action: action, resource: resource, account: owner, keys: keys})
		}
	}
	if r.op.name == "DeleteObjects" {
		if !r.service.MultiDelete {
			return denial{code: codeAccessDenied, reason: "DeleteObjects names its objects in the body, which is not seen here. Delete them one by one."}
		}
		on(objectARN(r.bucket, "*"), "s3:DeleteObject", "s3:DeleteObjectVersion")
		for i := range t.needs {
			t.needs[i].every = true
		}
	} else {
		on(r.resource(), r.action())
		if r.op.is(also) {
			on(r.resource(), map[bool]string{false: "s3:GetObject", true: "s3:GetObjectVersion"}[r.query["versionId"] != ""])
		}
	}
	on(r.resource(), r.furtherActions()...)
	if r.Header.Get("X-Amz-Copy-Source") != "" {
		return r.addSource(t, keys, on)
	}
	return nil
}

func (r *s3request) action() string {
	if r.query["versionId"] != "" && r.op.version != "" {
		return r.op.version
	}
	return r.op.action
}

// furtherActions are those for headers that do more than the operation by itself.
func (r *s3request) furtherActions() []string {
	var out []string
	has := func(names ...string) bool {
		for _, name := range names {
			if r.Header.Get(name) != "" {
				return true
			}
		}
		return false
	}
	acl := has("X-Amz-Acl")
	for name := range r.Header {
		acl = acl || strings.HasPrefix(name, "X-Amz-Grant-")
	}
	if r.op.is(makes) {
		if acl {
			out = append(out, "s3:PutObjectAcl")
		}
		if has("X-Amz-Tagging") {
			out = append(out, "s3:PutObjectTagging")
		}
		if has("X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date") {
			out = append(out, "s3:PutObjectRetention")
		}
		if has("X-Amz-Object-Lock-Legal-Hold") {
			out = append(out, "s3:PutObjectLegalHold")
		}
	}
	if r.op.name == "CreateBucket" {
		if acl {
			out = append(out, "s3:PutBucketAcl")
		}
		if has("X-Amz-Bucket-Object-Lock-Enabled") {
			out = append(out, "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning")
		}
		if has("X-Amz-Object-Ownership") {
			out = append(out, "s3:PutBucketOwnershipControls")
		}
	}
	if r.op.is(bypasses) && has("X-Amz-Bypass-Governance-Retention") {
		out = append(out, "s3:BypassGovernanceRetention")
	}
	return out
}

// addSource adds what copying needs of the object that is copied. CopyObject takes its tags along
// unless it is told to replace them; whether there are any is not known here.
func (r *s3request) addSource(t *task, of map[string][]string, on func(string, ...string)) error {
	if !r.op.is(copies) {
		return denial{code: codeAccessDenied, reason: "The header X-Amz-Copy-Source does not belong to " + r.op.name + "."}
	}
	bucket, key, version, err := readSource(r.Header.Get("X-Amz-Copy-Source"))
	if err != nil {
		return err
	}
	source := need{action: "s3:GetObject", resource: objectARN(bucket, key), account: r.service.owner(bucket, r.caller), keys: map[string][]string{}}
	for _, key := range []string{"s3:signatureversion", "s3:authType", "s3:signatureAge", "s3:x-amz-content-sha256"} {
		source.keys[key] = of[key] // of the request, which is the same for all it needs
	}
	source.keys["s3:ResourceAccount"] = []string{source.account}
	tags := "s3:GetObjectTagging"
	if version != "" {
		source.action, tags = "s3:GetObjectVersion", "s3:GetObjectVersionTagging"
		source.keys["s3:VersionId"] = []string{version}
	}
	t.needs = append(t.needs, source)
	t.resources = append(t.resources, eventResource{"AWS::S3::Object", source.resource})
	if r.op.name == "UploadPart" {
		t.operation = "UploadPartCopy"
		return nil
	}
	t.operation = "CopyObject"
	if r.Header.Get("X-Amz-Tagging-Directive") != "REPLACE" {
		source.action = tags
		t.needs = append(t.needs, source)
		if r.Header.Get("X-Amz-Tagging") == "" { // or it is needed already
			on(r.resource(), "s3:PutObjectTagging")
		}
	}
	return nil
}

// readSource reads the header X-Amz-Copy-Source: BUCKET/KEY or /BUCKET/KEY, escaped like a path,
// with ?versionId=ID perhaps.
func readSource(header string) (bucket, key, version string, err error) {
	path, query, hasQuery := strings.Cut(header, "?")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	segments, err := splitPath(path, true)
	if err == nil && hasQuery {
		var parameters map[string]string
		parameters, err = readQuery(query)
		version = parameters["versionId"]
		if err == nil && (len(parameters) != 1 || version == "") {
			err = badQuery("only versionId belongs there")
		}
	}
	if err != nil {
		return "", "", "", denial{code: codeInvalidArgument, reason: "X-Amz-Copy-Source: " + err.Error()}
	}
	bucket, key = segments[0], strings.Join(segments[1:], "/")
	if !isBucket(bucket) || key == "" || len(key) > maxKey {
		return "", "", "", denial{code: codeInvalidArgument, reason: "X-Amz-Copy-Source does not name a bucket and a key."}
	}
	return bucket, key, version, nil
}

// keyHeaders are the headers that are condition keys: s3:x-amz-acl and so on.
var keyHeaders = []string{"x-amz-acl", "x-amz-copy-source", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp",
	"x-amz-grant-write", "x-amz-grant-write-acp", "x-amz-metadata-directive", "x-amz-object-ownership", "x-amz-server-side-encryption",
	"x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class",
	"x-amz-website-redirect-location"}

// keys are S3's condition keys, as far as the request tells them. Those about what is stored
// (s3:ExistingObjectTag) or stands in a body (s3:LocationConstraint) are missing.
// "Condition keys for Amazon S3" in the Service Authorization Reference.
func (r *s3request) keys() (map[string][]string, error) {
	out := map[string][]string{
		"s3:signatureversion":     {"AWS4-HMAC-SHA256"},
		"s3:authType":             {"REST-HEADER"},
		"s3:signatureAge":         {strconv.FormatInt(max(0, r.Time.Sub(r.signed.Date).Milliseconds()), 10)},
		"s3:x-amz-content-sha256": {r.signed.PayloadHash()},
	}
	if r.signed.Presigned {
		out["s3:authType"] = []string{"REST-QUERY-STRING"}
	}
	if r.bucket != "" {
		out["s3:ResourceAccount"] = []string{r.service.owner(r.bucket, r.caller)}
	}
	set := func(key, value string) {
		if value != "" {
			out[key] = []string{value}
		}
	}
	for _, name := range keyHeaders {
		set("s3:"+name, r.Header.Get(name))
	}
	set("s3:VersionId", r.query["versionId"])
	set("s3:object-lock-mode", r.Header.Get("X-Amz-Object-Lock-Mode"))
	set("s3:object-lock-legal-hold", r.Header.Get("X-Amz-Object-Lock-Legal-Hold"))
	set("s3:object-lock-retain-until-date", r.Header.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	set("s3:if-match", r.Header.Get("If-Match"))
	set("s3:if-none-match", r.Header.Get("If-None-Match"))
	if r.level() == onBucket && r.Method == http.MethodGet {
		for _, name := range []string{"prefix", "delimiter", "max-keys"} {
			if value, given := r.query[name]; given {
				out["s3:"+name] = []string{value} // an empty prefix is given, too
			}
		}
	}
	return out, r.setTags(out)
}

// setTags sets the keys of the tags that come along.
func (r *s3request) setTags(keys map[string][]string) error {
	header := r.Header.Get("X-Amz-Tagging")
	if header == "" {
		return nil
	}
	tags, err := url.ParseQuery(header)
	if err != nil {
		return denial{code: codeInvalidArgument, reason: "The header X-Amz-Tagging cannot be read."}
	}
	for name, values := range tags {
		if len(values) != 1 {
			return denial{code: codeInvalidArgument, reason: "The header X-Amz-Tagging has a tag twice."}
		}
		keys["s3:RequestObjectTag/"+name] = values
	}
	keys["s3:RequestObjectTagKeys"] = slices.Sorted(maps.Keys(tags))
	return nil
}
