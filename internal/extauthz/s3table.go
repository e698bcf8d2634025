package extauthz

import "net/http"

// level is what an S3 request names.
type level uint8

const (
	onService level = iota
	onBucket
	onObject
)

// s3op is one operation of S3, found by method, level and subresource: the query parameter that
// says which part of a bucket or object is meant, such as acl.
type s3op struct {
	method string
	level  level
	sub    string // "" for the bucket or object itself
	name   string // AWS's name of the operation
	action string // what the caller must be allowed
	// version is what it must be allowed instead when the request names a version; "" where a
	// version makes no difference to the action.
	version string
	params  []string // other query parameters it takes
	flags   flag
}

type flag uint8

const (
	valued   flag = 1 << iota // the subresource has a value
	versions                  // takes versionId
	makes                     // makes an object: ACL, tags and locks may come along
	copies                    // x-amz-copy-source may name what to copy
	also                      // needs the same for the object itself (GetObjectAttributes)
	bypasses                  // may go around a retention
)

// responseParams override headers of GetObject's answer.
var responseParams = []string{"response-cache-control", "response-content-disposition", "response-content-encoding",
	"response-content-language", "response-content-type", "response-expires", "partNumber"}

var listParams = []string{"list-type", "prefix", "delimiter", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner", "marker"}

// s3ops are the operations that are known. What is not here is denied.
// "Actions, resources, and condition keys for Amazon S3" in the Service Authorization Reference;
// "Required permissions for Amazon S3 API operations" in the S3 User Guide.
var s3ops = []s3op{
	{http.MethodGet, onService, "", "ListBuckets", "s3:ListAllMyBuckets", "", []string{"max-buckets", "continuation-token", "prefix", "bucket-region"}, 0},

	{http.MethodGet, onBucket, "", "ListObjects", "s3:ListBucket", "", listParams, 0},
	{http.MethodHead, onBucket, "", "HeadBucket", "s3:ListBucket", "", nil, 0},
	{http.MethodPut, onBucket, "", "CreateBucket", "s3:CreateBucket", "", nil, 0},
	{http.MethodDelete, onBucket, "", "DeleteBucket", "s3:DeleteBucket", "", nil, 0},
	{http.MethodPost, onBucket, "delete", "DeleteObjects", "s3:DeleteObject", "", nil, bypasses},
	{http.MethodGet, onBucket, "versions", "ListObjectVersions", "s3:ListBucketVersions", "",
		[]string{"prefix", "delimiter", "max-keys", "encoding-type", "key-marker", "version-id-marker"}, 0},
	{http.MethodGet, onBucket, "uploads", "ListMultipartUploads", "s3:ListBucketMultipartUploads", "",
		[]string{"prefix", "delimiter", "max-uploads", "encoding-type", "key-marker", "upload-id-marker"}, 0},
	{http.MethodGet, onBucket, "location", "GetBucketLocation", "s3:GetBucketLocation", "", nil, 0},
	{http.MethodGet, onBucket, "policyStatus", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", "", nil, 0},

	{http.MethodGet, onBucket, "accelerate", "GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration", "", nil, 0},
	{http.MethodPut, onBucket, "accelerate", "PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration", "", nil, 0},
	{http.MethodGet, onBucket, "acl", "GetBucketAcl", "s3:GetBucketAcl", "", nil, 0},
	{http.MethodPut, onBucket, "acl", "PutBucketAcl", "s3:PutBucketAcl", "", nil, 0},
	{http.MethodGet, onBucket, "analytics", "GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration", "", []string{"id", "continuation-token"}, 0},
	{http.MethodPut, onBucket, "analytics", "PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration", "", []string{"id"}, 0},
	{http.MethodDelete, onBucket, "analytics", "DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration", "", []string{"id"}, 0},
	{http.MethodGet, onBucket, "cors", "GetBucketCors", "s3:GetBucketCORS", "", nil, 0},
	{http.MethodPut, onBucket, "cors", "PutBucketCors", "s3:PutBucketCORS", "", nil, 0},
	{http.MethodDelete, onBucket, "cors", "DeleteBucketCors", "s3:PutBucketCORS", "", nil, 0},
	{http.MethodGet, onBucket, "encryption", "GetBucketEncryption", "s3:GetEncryptionConfiguration", "", nil, 0},
	{http.MethodPut, onBucket, "encryption", "PutBucketEncryption", "s3:PutEncryptionConfiguration", "", nil, 0},
	{http.MethodDelete, onBucket, "encryption", "DeleteBucketEncryption", "s3:PutEncryptionConfiguration", "", nil, 0},
	{http.MethodGet, onBucket, "intelligent-tiering", "GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration", "",
		[]string{"id", "continuation-token"}, 0},
	{http.MethodPut, onBucket, "intelligent-tiering", "PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration", "", []string{"id"}, 0},
	{http.MethodDelete, onBucket, "intelligent-tiering", "DeleteBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration", "",
		[]string{"id"}, 0},
	{http.MethodGet, onBucket, "inventory", "GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration", "", []string{"id", "continuation-token"}, 0},
	{http.MethodPut, onBucket, "inventory", "PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration", "", []string{"id"}, 0},
	{http.MethodDelete, onBucket, "inventory", "DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration", "", []string{"id"}, 0},
	{http.MethodGet, onBucket, "lifecycle", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", "", nil, 0},
	{http.MethodPut, onBucket, "lifecycle", "PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", "", nil, 0},
	{http.MethodDelete, onBucket, "lifecycle", "DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", "", nil, 0},
	{http.MethodGet, onBucket, "logging", "GetBucketLogging", "s3:GetBucketLogging", "", nil, 0},
	{http.MethodPut, onBucket, "logging", "PutBucketLogging", "s3:PutBucketLogging", "", nil, 0},
	{http.MethodGet, onBucket, "metrics", "GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration", "", []string{"id", "continuation-token"}, 0},
	{http.MethodPut, onBucket, "metrics", "PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration", "", []string{"id"}, 0},
	{http.MethodDelete, onBucket, "metrics", "DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration", "", []string{"id"}, 0},
	{http.MethodGet, onBucket, "notification", "GetBucketNotificationConfiguration", "s3:GetBucketNotification", "", nil, 0},
	{http.MethodPut, onBucket, "notification", "PutBucketNotificationConfiguration", "s3:PutBucketNotification", "", nil, 0},
	{http.MethodGet, onBucket, "object-lock", "GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", "", nil, 0},
	{http.MethodPut, onBucket, "object-lock", "PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", "", nil, 0},
	{http.MethodGet, onBucket, "ownershipControls", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls", "", nil, 0},
	{http.MethodPut, onBucket, "ownershipControls", "PutBucketOwnershipControls", "s3:PutBucketOwnershipControls", "", nil, 0},
	{http.MethodDelete, onBucket, "ownershipControls", "DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls", "", nil, 0},
	{http.MethodGet, onBucket, "policy", "GetBucketPolicy", "s3:GetBucketPolicy", "", nil, 0},
	{http.MethodPut, onBucket, "policy", "PutBucketPolicy", "s3:PutBucketPolicy", "", nil, 0},
	{http.MethodDelete, onBucket, "policy", "DeleteBucketPolicy", "s3:DeleteBucketPolicy", "", nil, 0},
	{http.MethodGet, onBucket, "publicAccessBlock", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "", nil, 0},
	{http.MethodPut, onBucket, "publicAccessBlock", "PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "", nil, 0},
	{http.MethodDelete, onBucket, "publicAccessBlock", "DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock", "", nil, 0},
	{http.MethodGet, onBucket, "replication", "GetBucketReplication", "s3:GetReplicationConfiguration", "", nil, 0},
	{http.MethodPut, onBucket, "replication", "PutBucketReplication", "s3:PutReplicationConfiguration", "", nil, 0},
	{http.MethodDelete, onBucket, "replication", "DeleteBucketReplication", "s3:PutReplicationConfiguration", "", nil, 0},
	{http.MethodGet, onBucket, "requestPayment", "GetBucketRequestPayment", "s3:GetBucketRequestPayment", "", nil, 0},
	{http.MethodPut, onBucket, "requestPayment", "PutBucketRequestPayment", "s3:PutBucketRequestPayment", "", nil, 0},
	{http.MethodGet, onBucket, "tagging", "GetBucketTagging", "s3:GetBucketTagging", "", nil, 0},
	{http.MethodPut, onBucket, "tagging", "PutBucketTagging", "s3:PutBucketTagging", "", nil, 0},
	{http.MethodDelete, onBucket, "tagging", "DeleteBucketTagging", "s3:PutBucketTagging", "", nil, 0},
	{http.MethodGet, onBucket, "versioning", "GetBucketVersioning", "s3:GetBucketVersioning", "", nil, 0},
	{http.MethodPut, onBucket, "versioning", "PutBucketVersioning", "s3:PutBucketVersioning", "", nil, 0},
	{http.MethodGet, onBucket, "website", "GetBucketWebsite", "s3:GetBucketWebsite", "", nil, 0},
	{http.MethodPut, onBucket, "website", "PutBucketWebsite", "s3:PutBucketWebsite", "", nil, 0},
	{http.MethodDelete, onBucket, "website", "DeleteBucketWebsite", "s3:DeleteBucketWebsite", "", nil, 0},

	{http.MethodGet, onObject, "", "GetObject", "s3:GetObject", "s3:GetObjectVersion", responseParams, versions},
	{http.MethodHead, onObject, "", "HeadObject", "s3:GetObject", "s3:GetObjectVersion", responseParams, versions},
	{http.MethodPut, onObject, "", "PutObject", "s3:PutObject", "", nil, makes | copies},
	{http.MethodDelete, onObject, "", "DeleteObject", "s3:DeleteObject", "s3:DeleteObjectVersion", nil, versions | bypasses},
	{http.MethodGet, onObject, "acl", "GetObjectAcl", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", nil, versions},
	{http.MethodPut, onObject, "acl", "PutObjectAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", nil, versions},
	{http.MethodGet, onObject, "attributes", "GetObjectAttributes", "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes", nil, versions | also},
	{http.MethodGet, onObject, "legal-hold", "GetObjectLegalHold", "s3:GetObjectLegalHold", "", nil, versions},
	{http.MethodPut, onObject, "legal-hold", "PutObjectLegalHold", "s3:PutObjectLegalHold", "", nil, versions},
	{http.MethodGet, onObject, "retention", "GetObjectRetention", "s3:GetObjectRetention", "", nil, versions},
	{http.MethodPut, onObject, "retention", "PutObjectRetention", "s3:PutObjectRetention", "", nil, versions | bypasses},
	{http.MethodPost, onObject, "restore", "RestoreObject", "s3:RestoreObject", "", nil, versions},
	{http.MethodPost, onObject, "select", "SelectObjectContent", "s3:GetObject", "", []string{"select-type"}, 0},
	{http.MethodGet, onObject, "tagging", "GetObjectTagging", "s3:GetObjectTagging", "s3:GetObjectVersionTagging", nil, versions},
	{http.MethodPut, onObject, "tagging", "PutObjectTagging", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", nil, versions},
	{http.MethodDelete, onObject, "tagging", "DeleteObjectTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", nil, versions},
	{http.MethodGet, onObject, "torrent", "GetObjectTorrent", "s3:GetObjectTorrent", "", nil, 0},
	{http.MethodPost, onObject, "uploads", "CreateMultipartUpload", "s3:PutObject", "", nil, makes},
	{http.MethodPut, onObject, "uploadId", "UploadPart", "s3:PutObject", "", []string{"partNumber"}, valued | copies},
	{http.MethodPost, onObject, "uploadId", "CompleteMultipartUpload", "s3:PutObject", "", nil, valued},
	{http.MethodDelete, onObject, "uploadId", "AbortMultipartUpload", "s3:AbortMultipartUpload", "", nil, valued},
	{http.MethodGet, onObject, "uploadId", "ListParts", "s3:ListMultipartUploadParts", "", []string{"max-parts", "part-number-marker"}, valued},
}

// s3key finds an operation.
type s3key struct {
	method string
	level  level
	sub    string
}

// s3index is s3ops by what finds them, and the subresources of either level.
type s3index struct {
	ops  map[s3key]*s3op
	subs map[s3key]bool // without a method
}

func newS3Index() s3index {
	x := s3index{ops: make(map[s3key]*s3op, len(s3ops)), subs: map[s3key]bool{}}
	for i := range s3ops {
		op := &s3ops[i]
		x.ops[s3key{op.method, op.level, op.sub}] = op
		if op.sub != "" {
			x.subs[s3key{"", op.level, op.sub}] = true
		}
	}
	return x
}

func (op *s3op) is(f flag) bool { return op.flags&f != 0 }

// s3headers are the X-Amz- headers S3 has, but for x-amz-meta-, x-amz-checksum- and x-amz-grant-. A
// service behind us may give others a meaning that is not judged here, so they are denied.
var s3headers = map[string]bool{
	"X-Amz-Acl": true, "X-Amz-Bucket-Object-Lock-Enabled": true, "X-Amz-Bypass-Governance-Retention": true,
	"X-Amz-Cf-Id": true, "X-Amz-Confirm-Remove-Self-Bucket-Access": true, "X-Amz-Content-Sha256": true,
	"X-Amz-Copy-Source": true, "X-Amz-Copy-Source-If-Match": true, "X-Amz-Copy-Source-If-Modified-Since": true,
	"X-Amz-Copy-Source-If-None-Match": true, "X-Amz-Copy-Source-If-Unmodified-Since": true, "X-Amz-Copy-Source-Range": true,
	"X-Amz-Copy-Source-Server-Side-Encryption-Customer-Algorithm": true,
	"X-Amz-Copy-Source-Server-Side-Encryption-Customer-Key":       true,
	"X-Amz-Copy-Source-Server-Side-Encryption-Customer-Key-Md5":   true,
	"X-Amz-Date": true, "X-Amz-Decoded-Content-Length": true, "X-Amz-Expected-Bucket-Owner": true,
	"X-Amz-Max-Parts": true, "X-Amz-Metadata-Directive": true, "X-Amz-Mfa": true, "X-Amz-Mp-Object-Size": true,
	"X-Amz-Object-Attributes": true, "X-Amz-Object-Lock-Legal-Hold": true, "X-Amz-Object-Lock-Mode": true,
	"X-Amz-Object-Lock-Retain-Until-Date": true, "X-Amz-Object-Ownership": true, "X-Amz-Optional-Object-Attributes": true,
	"X-Amz-Part-Number-Marker": true, "X-Amz-Request-Payer": true, "X-Amz-Sdk-Checksum-Algorithm": true,
	"X-Amz-Security-Token": true, "X-Amz-Server-Side-Encryption": true, "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": true,
	"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": true, "X-Amz-Server-Side-Encryption-Context": true,
	"X-Amz-Server-Side-Encryption-Customer-Algorithm": true, "X-Amz-Server-Side-Encryption-Customer-Key": true,
	"X-Amz-Server-Side-Encryption-Customer-Key-Md5": true, "X-Amz-Source-Expected-Bucket-Owner": true,
	"X-Amz-Storage-Class": true, "X-Amz-Tagging": true, "X-Amz-Tagging-Directive": true, "X-Amz-Trailer": true,
	"X-Amz-Transition-Default-Minimum-Object-Size": true, "X-Amz-User-Agent": true, "X-Amz-Website-Redirect-Location": true,
}
