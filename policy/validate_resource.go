package policy

import (
	"fmt"
	"slices"
	"strings"
)

// partitions are AWS's partitions.
var partitions = [...]string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// iamPaths are the beginnings an IAM resource may have, in the order of AWS's message.
var iamPaths = [...]string{
	"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
	"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
}

// s3RegionalTypes are the S3 resources whose ARNs do hold a region; buckets and objects have none.
var s3RegionalTypes = [...]string{
	"accesspoint", "job", "storage-lens", "storage-lens-group", "async-request", "access-grants", "*",
}

// resourceEntries returns the entries of both resource elements; trust policies have none to check.
func (v *validator) resourceEntries(s *rawStatement) []text {
	if v.kind == TrustPolicy {
		return nil
	}
	return s.resourceEntries()
}

// resourceFormats checks every entry. Of several failures in a statement AWS reports the one whose text sorts
// first.
func (v *validator) resourceFormats() error {
	var message string
	var at text
	for i := range v.d.statements {
		entries := slices.Clone(v.resourceEntries(&v.d.statements[i]))
		slices.SortStableFunc(entries, func(a, b text) int { return strings.Compare(b.value, a.value) })
		for _, e := range entries {
			if m := resourceProblem(e.value); m != "" {
				message, at = m, e
			}
		}
	}
	if message == "" {
		return nil
	}
	return v.fail(message, at.pos, "%q", at.value)
}

// resourceProblem returns AWS's text for an entry that is not in the form of an ARN, or "".
func resourceProblem(entry string) string {
	if entry == "*" {
		return ""
	}
	f, n := splitARN(entry)
	switch {
	case n < 2:
		return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, entry)
	case !validPartition(f[1]):
		return fmt.Sprintf(`Partition "%s" is not valid for resource "arn:%s".`, f[1], strings.Join(padded(f, n), ":"))
	case f[0] != "arn":
		return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, entry)
	case n < 3 || strings.ContainsAny(f[2], "*?"):
		return "Resource vendor must be fully qualified and cannot contain regexes."
	case n < 4:
		return ""
	case f[2] == "iam" && f[3] != "":
		return fmt.Sprintf("IAM resource %s cannot contain region information.", entry)
	case f[2] == "s3" && f[3] != "" && f[3] != "*" && !s3Regional(f[5]):
		return fmt.Sprintf("Resource %s can not contain region information.", entry)
	case f[2] == "iam" && n == arnFields && !validIAMPath(f[5]):
		return fmt.Sprintf(`IAM resource path must either be "*" or start with %s.`, strings.Join(iamPaths[:], ", "))
	}
	return ""
}

// padded returns fields two to six as AWS prints them: fields that are not there at all as "*".
func padded(f [arnFields]string, n int) []string {
	out := slices.Clone(f[1:])
	for i := range out {
		if i+1 >= n || (i+1 == n-1 && i == 1 && f[2] == "") {
			out[i] = "*"
		}
	}
	return out
}

func validPartition(p string) bool {
	t := parseTemplate(p, syntax{wildcards: true})
	for _, known := range partitions {
		if matchTokens(t.tokens, known) {
			return true
		}
	}
	return false
}

func s3Regional(resource string) bool {
	typ, _, _ := strings.Cut(resource, "/")
	typ, _, _ = strings.Cut(typ, ":")
	return slices.Contains(s3RegionalTypes[:], typ)
}

func validIAMPath(path string) bool {
	if path == "*" {
		return true
	}
	for _, p := range iamPaths {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// legacyResources refuses ARNs that are cut short, that have no service, or whose variables are malformed or
// stand before the resource. A pattern may only be shorter when it ends in a star, which covers the rest. It
// holds its tongue when an entry has a failure of its own, which is reported later.
func (v *validator) legacyResources() error {
	variables := v.d.version.value == version2012
	faulty := false
	return v.each(func(s *rawStatement) error {
		entries := v.resourceEntries(s)
		for _, e := range entries {
			faulty = faulty || resourceProblem(e.value) != ""
		}
		if faulty {
			return nil
		}
		for _, e := range entries {
			if e.value == "*" {
				continue
			}
			f, n := splitARN(e.value)
			r := compileResource(e.value, variables)
			switch {
			case f[2] == "":
				return v.fail(messageLegacy, e.pos, "%q names no service", e.value)
			case n < arnFields && !strings.HasSuffix(e.value, "*"):
				return v.fail(messageLegacy, e.pos, "%q has only %d of the %d fields of an ARN", e.value, n, arnFields)
			case r.irregular || parseTemplate(f[5], syntax{variables: variables}).broken:
				return v.fail(messageLegacy, e.pos, "%q has a policy variable or wildcard where none may stand", e.value)
			}
		}
		return nil
	})
}
