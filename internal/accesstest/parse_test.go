package accesstest

import (
	"strings"
	"testing"
)

// Sentences that are not understood are told with line and column, all of them at once.
func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"ann":                                                      "t:1:4: the sentence ends where can or cannot is expected",
		"ann may s3:GetObject in Dev":                              "t:1:5: expected can or cannot, not \"may\" (put names of several words in quotation marks)",
		"Jane Doe can s3:GetObject in Dev":                         "t:1:6: expected can or cannot, not \"Doe\"",
		"ann can":                                                  "t:1:8: the sentence ends where an action such as s3:GetObject is expected",
		"ann can fly in Dev":                                       "t:1:9: \"fly\" is no action; they look like s3:GetObject",
		"ann can s3:a:b in Dev":                                    "is no action",
		"ann can s3:GetObject":                                     "t:1:1: where? say: in ACCOUNT",
		"ann can s3:GetObject in":                                  "t:1:24: the sentence ends where an account is expected",
		"ann can s3:GetObject, in Dev":                             "\"in\" is no action",
		"ann can s3:GetObject in Dev,":                             "the sentence ends where an account is expected",
		"ann can s3:GetObject in Dev with":                         "t:1:29: not understood: \"with\"",
		"ann can s3:GetObject in Dev tomorrow":                     "t:1:29: not understood: \"tomorrow\"; expected on, in, with, without, using, from, when or at",
		"ann can s3:GetObject in Dev from home":                    "\"home\" is no IP address",
		"ann can s3:GetObject in Dev at noon":                      "\"noon\" is no time; write it like 2026-03-01T12:00:00Z",
		"ann can s3:GetObject in Dev when Region":                  "\"Region\" is no condition key; they look like aws:RequestedRegion",
		"ann can s3:GetObject in Dev when aws:x":                   "expected = and a value, or is absent, after aws:x",
		"ann can s3:GetObject in Dev when aws:x =":                 "the sentence ends where a value of aws:x is expected",
		"\"ann can":                                                "t:1:1: the quotation mark is not closed",
		"given":                                                    "given what?",
		"given rain":                                               "not understood: \"rain\"",
		"nobody cannot s3:GetObject in Dev":                        "expected can: a sentence with nobody",
		"only everyone can s3:GetObject in Dev":                    "only takes people and groups",
		"at most some people can s3:x in Dev":                      "a number from 1 is expected, not \"some\"",
		"at most 2 robots can s3:x in Dev":                         "expected: at most 2 people can",
		"# fine\n\nann can s3:GetObject in Dev\n\nbob\n  should\n": "t:6:3: expected can or cannot, not \"should\"",
		"ann can s3:GetObject in \xff":                             "the file is not UTF-8",
	} {
		_, errs := Parse("t", []byte(text))
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%q: %v, want %q", text, errs, want)
		}
	}
	if _, errs := Parse("t", []byte("ann\nbob\n\"\nann can s3:GetObject in Dev")); len(errs) != 3 {
		t.Errorf("%d errors, want 3: %v", len(errs), errs)
	}
}

// All forms of sentences are understood, and told back as they are written.
func TestParseForms(t *testing.T) {
	text := `# a comment
ann can s3:GetObject in Dev # another
"Jane Doe", group "Big Team", members of ops, everyone cannot s3:GetObject, s3:PutObject
    on arn:aws:s3:::a/*, "arn:aws:s3:::b,c/*" in Dev,ou:/Work/Shop , every account
	with permission set Reader without mfa from 2001:db8::1 at 2026-03-01
nobody can iam:CreateUser in every account
only group ops, ann can iam:CreateUser in Dev using Admin
at most 1 person can iam:CreateUser in Dev when aws:RequestedRegion = eu-west-1, eu-west-2
at most 2 people can iam:CreateUser in Dev when aws:A=b when aws:C is absent when aws:D is d
user group can s3:GetObject in Dev with resource policy bucket.json
`
	suite, errs := Parse("t", []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(suite.Expectations) != 7 {
		t.Fatalf("%d sentences", len(suite.Expectations))
	}
	long := suite.Expectations[1]
	if long.Line != 3 || long.Column != 1 || len(long.subjects) != 4 || len(long.actions) != 2 || len(long.resources) != 2 || len(long.places) != 3 {
		t.Errorf("%+v", long)
	}
	if want := `"Jane Doe", group "Big Team", members of ops, everyone cannot s3:GetObject, s3:PutObject on arn:aws:s3:::a/*, "arn:aws:s3:::b,c/*"` +
		` in Dev, ou:/Work/Shop, every account with permission set Reader without mfa from 2001:db8::1 at 2026-03-01`; long.Text != want {
		t.Errorf("told as %s", long.Text)
	}
	if keys := suite.Expectations[5].keys; len(keys) != 3 || keys[0].values[0] != "b" || keys[1].values != nil || keys[2].values[0] != "d" {
		t.Errorf("%+v", keys)
	}
	if last := suite.Expectations[6]; last.subjects[0].kind != person || last.subjects[0].name.text != "group" {
		t.Errorf("%+v", last.subjects)
	}
}

// What is given holds for the sentences below it, and a sentence can say otherwise.
func TestGiven(t *testing.T) {
	suite, errs := Parse("t", []byte(`ann can s3:GetObject in Dev
given mfa from 192.0.2.1
given aws:RequestedRegion = eu-west-1 when aws:SecureTransport = true
ann can s3:GetObject in Dev
ann can s3:GetObject in Dev without mfa when aws:requestedregion = us-east-1
given no mfa
ann can s3:GetObject in Dev
`))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var got []string
	for _, e := range suite.Expectations {
		text := e.from
		if e.mfa != nil {
			text += map[bool]string{true: " mfa", false: " no mfa"}[*e.mfa]
		}
		for _, kv := range e.keys {
			text += " " + kv.key.text + "=" + strings.Join(kv.values, "+")
		}
		got = append(got, text)
	}
	want := []string{"", "192.0.2.1 mfa aws:RequestedRegion=eu-west-1 aws:SecureTransport=true",
		"192.0.2.1 no mfa aws:SecureTransport=true aws:requestedregion=us-east-1",
		"192.0.2.1 no mfa aws:RequestedRegion=eu-west-1 aws:SecureTransport=true"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("sentence %d: %q, want %q", i+1, got[i], want[i])
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("ann can s3:GetObject in Dev")
	f.Add("given mfa\nonly group \"a b\", c can s3:* on arn:aws:s3:::x in ou:/a, every account when aws:x = 1, 2 at 2026-01-01\n")
	f.Fuzz(func(t *testing.T, text string) {
		suite, errs := Parse("t", []byte(text))
		for _, e := range suite.Expectations {
			if len(errs) > 0 {
				break
			}
			// A sentence as it is told means the same.
			again, bad := Parse("t", []byte(e.Text))
			if len(bad) > 0 || len(again.Expectations) != 1 || len(again.Expectations[0].actions) != len(e.actions) {
				t.Fatalf("%q is told as %q: %v", text, e.Text, bad)
			}
		}
	})
}
