package compare

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// confining are the condition keys, in lower case, whose fixed values leave only known callers: a stranger cannot
// have them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
var confining = [...]string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
	"aws:principalservicename", "aws:principalservicenameslist",
	"aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner",
	"aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid",
	"aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
	"kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
}

// NoPublicAccess checks that the policy of a resource admits no stranger: no anonymous caller, nobody from an account
// it does not name, no identity of a provider open to all. A stranger is taken to have any value for a condition
// key, but for the keys that tell callers apart (account, ARN, organization, source, network) none that the document
// fixes. An ARN with a wildcard is fixed if its account is; a path of an organization if the organization is; a
// range of addresses if it is /8 or narrower, for IPv6 /32.
//
// The resourceType is that of AWS's API, such as AWS::S3::Bucket. Errors are ErrInvalid and ErrTooComplex.
func NoPublicAccess(document *policy.Document, resourceType string) (Result, error) {
	kind := policy.ResourcePolicy
	if resourceType == "AWS::IAM::AssumeRolePolicyDocument" {
		kind = policy.TrustPolicy
	}
	c, err := newComparison(kind)
	if err != nil {
		return Result{}, err
	}
	docs, err := c.documents(document)
	if err != nil {
		return Result{}, err
	}
	c.sample()
	strangers := newBits(len(c.callers))
	for i := range c.callers {
		if c.callers[i].stranger {
			strangers.add(i)
		}
	}
	tests := c.strangerTests()
	reasons := c.reasons(docs[0], func(s *statement, f *finder) {
		f.accept = func(r *policy.Request, around surroundings) bool {
			allow, _ := c.allowed(docs[0].policy, r, around)
			return allow
		}
		r, ok := c.start(s)
		if !ok {
			return
		}
		r.callers = r.callers.and(strangers)
		for _, t := range tests {
			r.tests = withTest(r.tests, t)
		}
		if r, ok = c.under(r, s, yes); ok {
			f.run(r, c.denyCovers(docs[0]))
		}
	})
	return c.result(reasons, "The resource policy does not grant public access for the given resource type.",
		"The resource policy grants public access for the given resource type.",
		"Public access granted in the following statement with %s.")
}

// strangerTests returns a test for every confining key of the documents: that its values, if there are any, are
// none that the documents fix.
func (c *comparison) strangerTests() []test {
	var out []test
	id := len(c.atoms)
	add := func(a atom) {
		a.id = id
		a.set, a.missing, a.present = "ForAllValues", holds, holds
		id++
		out = append(out, test{&a, yes})
	}
	for _, name := range sortedKeys(c.keys) {
		if !confines(name) {
			continue
		}
		k := c.keys[name]
		var fixed [][]step
		var ranges []netip.Prefix
		for _, a := range k.atoms {
			for _, v := range a.values {
				switch t, ok := c.textPattern(a, v); {
				case a.family == addressFamily:
					if p, ok := prefix(v); ok && narrow(p) {
						ranges = append(ranges, p)
					}
				case a.family == textFamily && ok && !t.variable && isFixed(name, a, v):
					fixed = append(fixed, t.steps)
				}
			}
		}
		foreign := c.langs.minus(c.langs.text, c.langs.build(fixed, exactly))
		add(atom{key: k, family: textFamily, least: foreign, most: foreign})
		if samples := k.samples[addressFamily]; len(samples) > 0 {
			add(atom{key: k, family: addressFamily, sampled: foreignAddresses(samples, ranges)})
		}
	}
	return out
}

func confines(key string) bool {
	if slices.Contains(confining[:], key) {
		return true
	}
	return slices.ContainsFunc(sharedProviders[:], func(p string) bool { return strings.HasPrefix(key, p+":") })
}

// isFixed reports whether a value of a confining key stands for callers that are known.
func isFixed(key string, a *atom, value string) bool {
	arn := strings.HasPrefix(a.base, "Arn")
	wild := strings.IndexAny(value, "*?")
	if wild < 0 || (!arn && !strings.HasSuffix(a.base, "Like")) {
		return value != "anonymous"
	}
	if fields := strings.SplitN(value, ":", 6); len(fields) == 6 && isAccount(fields[4]) {
		// The fields of an ARN are compared one by one; in a string a wildcard may run over its account.
		return arn || wild > len(value)-len(fields[5])-1
	}
	switch {
	case strings.HasSuffix(key, "orgpaths"):
		return strings.HasPrefix(value, "o-") && strings.Contains(value[:wild], "/")
	case key == "aws:userid":
		return strings.Contains(value[:wild], ":")
	}
	return false
}

// narrow reports whether a range of addresses is small enough to mean known callers.
func narrow(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() >= 8
	}
	return p.Bits() >= 32
}

func foreignAddresses(samples []string, ranges []netip.Prefix) []outcome {
	out := make([]outcome, len(samples))
	for i, s := range samples {
		a, err := netip.ParseAddr(s)
		if err == nil && !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) }) {
			out[i] = holds
		}
	}
	return out
}
