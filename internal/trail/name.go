package trail

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

const (
	minName, maxName = 3, 128
	maxPrefix        = 200
)

var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	prefixForm = regexp.MustCompile(`^[A-Za-z0-9!_.*'()/-]*$`)
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

// checkName holds a name against CreateTrail's rules.
func checkName(name string) error {
	invalid := func(format string, args ...any) error {
		return idc.Errorf(idc.Invalid, format, args...).With(reasonName)
	}
	switch {
	case len(name) < minName:
		return invalid("Trail name too short. Minimum allowed length: %d characters. Specified name length: %d characters.", minName, len(name))
	case len(name) > maxName:
		return invalid("Trail name too long. Maximum allowed length: %d characters. Specified name length: %d characters.", maxName, len(name))
	case !nameForm.MatchString(name):
		return invalid("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).")
	case !alphanumeric(name[0]):
		return invalid("Trail name must starts with a letter or number.")
	case !alphanumeric(name[len(name)-1]):
		return invalid("Trail name must ends with a letter or number.")
	}
	for i := 1; i < len(name); i++ {
		if !alphanumeric(name[i]) && !alphanumeric(name[i-1]) {
			return invalid("Trail name cannot have adjacent periods, underscores, or dashes.")
		}
	}
	if isAddress(name) {
		return invalid("Trail name cannot be in IP address format.")
	}
	return nil
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isAddress(name string) bool {
	parts := strings.Split(name, ".")
	return len(parts) == 4 && !slices.ContainsFunc(parts, func(p string) bool { return p == "" || strings.Trim(p, "0123456789") != "" })
}

// ARN is the ARN of the trail that a caller names, by its ARN or, in its own
// account, by its name.
func (s *Service) ARN(accountID, name string) (string, error) {
	if !strings.HasPrefix(name, "arn:") {
		if err := checkName(name); err != nil {
			return "", err
		}
		return arn.Trail(s.Region, accountID, name).String(), nil
	}
	a, err := arn.Parse(name)
	trailName, isTrail := strings.CutPrefix(a.Resource, "trail/")
	if err != nil || a.Service != "cloudtrail" || !isTrail || a.Region == "" || !arn.IsAccountID(a.Account) {
		return "", idc.Errorf(idc.Invalid, "The specified ARN is not valid: %s. A trail ARN has the form arn:aws:cloudtrail:us-east-1:123456789012:trail/MyTrail.", name).With(reasonARN)
	}
	if err := checkName(trailName); err != nil {
		return "", err
	}
	return name, nil
}

// checkBucket refuses a bucket that is not there for an account.
func (s *Service) checkBucket(accountID, name string) error {
	if !bucketForm.MatchString(name) || strings.Contains(name, "..") || isAddress(name) {
		return idc.Errorf(idc.Invalid, "Invalid S3 bucket name: %s", name).With(reasonBucketName)
	}
	b, ok := s.Buckets[name]
	switch {
	case !ok:
		return idc.NotFoundf("S3Bucket", name, "S3 bucket %s does not exist!", name).With(reasonNoBucket)
	case !slices.Contains(b.Accounts, accountID) && !slices.Contains(b.Accounts, AnyAccount):
		return idc.Errorf(idc.Denied, "Incorrect S3 bucket policy is detected for bucket: %s", name).With(reasonPolicy)
	}
	return nil
}

// checkPrefix refuses what cannot be the beginning of a name on every destination.
func checkPrefix(prefix string) error {
	invalid := func(format string, args ...any) error {
		return idc.Errorf(idc.Invalid, format, args...).With(reasonPrefix)
	}
	if len(prefix) > maxPrefix {
		return invalid("S3 prefix is longer than maximum length: %d characters.", maxPrefix)
	}
	if prefix == "" {
		return nil
	}
	if !prefixForm.MatchString(prefix) || slices.ContainsFunc(strings.Split(prefix, "/"), func(part string) bool {
		return part == "" || strings.HasPrefix(part, ".") || strings.EqualFold(part, "AWSLogs")
	}) {
		return invalid("The S3 prefix %s is not valid: it is made of names with letters, digits and !_.*'()- , separated by single slashes.", prefix)
	}
	return nil
}
