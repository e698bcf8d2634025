package behaviour

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// TestCases reads every case: each names a page of AWS's documentation, calls operations that exist and expects
// something.
func TestCases(t *testing.T) {
	services, err := model.Load("../../models")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]*model.Service{}
	for _, s := range services {
		known[s.Name] = s
	}
	folders, err := os.ReadDir("../cases")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, folder := range folders {
		service := folder.Name()
		if known[service] == nil {
			t.Errorf("cases/%s is the folder of no service", service)
			continue
		}
		cases, err := Load(filepath.Join("../cases", service), service)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if names[c.Name] != "" {
				t.Errorf("%s and %s have the same name", c.File, names[c.Name])
			}
			names[c.Name] = c.File
			for _, step := range append(c.Steps, c.Always...) {
				of := service
				if step.Service != "" {
					of = step.Service
				}
				if known[of] == nil || known[of].Operations[step.Call] == nil {
					t.Errorf("%s calls %s %s, which does not exist", c.File, of, step.Call)
				}
			}
		}
	}
	if len(names) < 80 {
		t.Errorf("only %d cases: the walk is broken", len(names))
	}
}

// TestMismatch shows what an expectation takes and what it does not.
func TestMismatch(t *testing.T) {
	got := map[string]any{"Name": "dora", "Count": 3.0, "Live": true, "Tags": []any{map[string]any{"Key": "a"}, map[string]any{"Key": "b"}}, "None": []any{}}
	for _, c := range []struct {
		want any
		why  string // a part; "" is a match
	}{
		{map[string]any{}, ""},
		{map[string]any{"Name": "dora", "Count": 3, "Live": true}, ""},
		{map[string]any{"Name": "~^d.*a$"}, ""},
		{map[string]any{"Name": "~^x"}, "does not match"},
		{map[string]any{"Name": "Dora"}, "not \"Dora\""},
		{map[string]any{"Count": 4}, "not 4"},
		{map[string]any{"Live": false}, "not false"},
		{map[string]any{"Gone": "x"}, "Gone is missing"},
		{map[string]any{"Gone": "!absent"}, ""},
		{map[string]any{"Name": "!absent"}, "is there"},
		{map[string]any{"Gone": "!present"}, "is missing"},
		{map[string]any{"None": "!empty", "Gone": "!empty"}, ""},
		{map[string]any{"Tags": "!empty"}, "is not empty"},
		{map[string]any{"Tags": []any{map[string]any{"Key": "b"}}}, ""},
		{map[string]any{"Tags": []any{map[string]any{"Key": "c"}}}, "has no"},
		{map[string]any{"Tags": []any{}}, "is not empty"},
		{map[string]any{"Tags": map[string]any{"count": 2}}, ""},
		{map[string]any{"Tags": map[string]any{"count": 1}}, "has 2 items"},
		{map[string]any{"Tags": map[string]any{"atLeast": 3}}, "fewer than 3"},
		{map[string]any{"Gone": map[string]any{"atLeast": 1}}, "fewer than 1"},
		{map[string]any{"Tags": map[string]any{"none": []any{map[string]any{"Key": "a"}}}}, "must not be there"},
		{map[string]any{"Tags": map[string]any{"Key": "a"}}, "is a list"},
		{map[string]any{"Name": map[string]any{"x": "y"}}, "not an object"},
	} {
		why := mismatch(c.want, got, "")
		if (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%v: %q, not %q", c.want, why, c.why)
		}
	}
}

// TestRefusedCases shows what is no case.
func TestRefusedCases(t *testing.T) {
	const docs = "docs: https://docs.aws.amazon.com/x\n"
	for text, why := range map[string]string{
		docs + "steps: [{call: A, error: B}]":                                "no name",
		"name: a\nsteps: [{call: A, error: B}]":                              "docs",
		"name: a\n" + docs + "steps: [{call: A}]":                            "expects anything",
		"name: a\n" + docs + "steps: [{error: B}]":                           "calls nothing",
		"name: a\n" + docs + "steps: [{call: A, error: B, expects: {x: 1}}]": "expects",
	} {
		file := filepath.Join(t.TempDir(), "case.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(file); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, not %q", text, err, why)
		}
	}
}
