package policy_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatehouse-idc/gatehouse/policy"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*/*.txtar")

// ruleCase is a file of testdata/evaluate. Its first lines say which rule it shows. Its files are:
//
//	request.json        the request, in the form of testdata/sample.jsonl
//	identity/NAME.json  identity-based policies; likewise session/NAME.json
//	boundary.json       the permissions boundary
//	resource.json       the resource's policy, or trust.json, the role's trust policy
//	scp/1/NAME.json     service control policies by level, 1 being the root; likewise rcp/1/NAME.json
//	scp/2/-             a level with nothing attached
//	want                the decision, AWS's sentence and the reasons
type ruleCase struct {
	request  *policy.Request
	policies *policy.Policies
	want     string
}

func loadRuleCase(t testing.TB, archive *txtar.Archive) *ruleCase {
	t.Helper()
	c := &ruleCase{policies: &policy.Policies{}}
	p := c.policies
	for _, f := range archive.Files {
		parse := func(kind policy.Kind) *policy.Policy {
			pol, err := policy.ParseStored(kind, f.Data)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			return pol.Named(strings.TrimSuffix(path.Base(f.Name), ".json"))
		}
		dir, _, _ := strings.Cut(f.Name, "/")
		switch dir {
		case "request.json":
			var r sampleRequest
			if err := json.Unmarshal(f.Data, &r); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			c.request = r.build(t)
		case "identity":
			p.Identity = append(p.Identity, parse(policy.IdentityPolicy))
		case "session":
			if p.SessionRestricted = true; path.Base(f.Name) != "-" {
				p.Session = append(p.Session, parse(policy.SessionPolicy))
			}
		case "boundary.json":
			p.Boundary = parse(policy.BoundaryPolicy)
		case "resource.json":
			p.Resource = parse(policy.ResourcePolicy)
		case "trust.json":
			p.Resource = parse(policy.TrustPolicy)
		case "scp", "rcp":
			kind, levels := policy.ServiceControlPolicy, &p.SCPs
			if dir == "rcp" {
				kind, levels = policy.ResourceControlPolicy, &p.RCPs
			}
			level, err := strconv.Atoi(strings.Split(f.Name, "/")[1])
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			for len(*levels) < level {
				*levels = append(*levels, nil)
			}
			if path.Base(f.Name) != "-" {
				(*levels)[level-1] = append((*levels)[level-1], parse(kind))
			}
		case "want":
			c.want = string(f.Data)
		default:
			t.Fatalf("unknown file %q", f.Name)
		}
	}
	if c.request == nil {
		t.Fatal("no request.json")
	}
	return c
}

// render writes a decision the way the want sections do.
func (c *ruleCase) render(d policy.Decision) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", d.Effect)
	if d.Layer != policy.LayerNone {
		fmt.Fprintf(&b, " by %s", d.Layer)
	}
	b.WriteByte('\n')
	if d.Effect != policy.Allowed {
		fmt.Fprintln(&b, d.AccessDenied(c.request.Principal.ARN, c.request.Action, c.request.Resource))
	}
	for _, r := range d.Reasons {
		fmt.Fprintf(&b, "- %s", r.Layer)
		if r.Level > 0 {
			fmt.Fprintf(&b, ", level %d", r.Level)
		}
		if r.Statement < 0 {
			b.WriteString(": nothing allows it\n")
			continue
		}
		effect := "Allow"
		if r.Deny {
			effect = "Deny"
		}
		fmt.Fprintf(&b, ", %q: %s in statement %d %q at %s to %s", r.Policy, effect, r.Statement, r.Sid, r.Start, r.End)
		if r.Failed != "" {
			fmt.Fprintf(&b, " held back by %s", r.Failed)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// eachCase runs a test over all cases of a directory and, with -update, writes back what it returns.
func eachCase(t *testing.T, dir string, minimum int, run func(*testing.T, *txtar.Archive) (got, want string)) {
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(files) < minimum {
		t.Fatalf("%d cases in %s, want at least %d: %v", len(files), dir, minimum, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Comment) == 0 {
				t.Error("the case does not say which rule it shows")
			}
			got, want := run(t, archive)
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, want)
			}
			archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestRules runs the cases of testdata/evaluate: one file, one rule.
func TestRules(t *testing.T) {
	eachCase(t, "evaluate", 60, func(t *testing.T, a *txtar.Archive) (string, string) {
		c := loadRuleCase(t, a)
		explained := policy.Explain(c.request, c.policies)
		evaluated := policy.Evaluate(c.request, c.policies)
		if evaluated.Effect != explained.Effect || evaluated.Layer != explained.Layer {
			t.Errorf("Evaluate says %s, Explain %s", c.render(evaluated), c.render(explained))
		}
		if evaluated.Effect == policy.Allowed && evaluated.Reasons != nil {
			t.Error("Evaluate gives reasons for an allowed request")
		}
		return c.render(explained), c.want
	})
}

// TestRefusals runs the cases of testdata/parse. A case holds one document, named after its kind, such as
// identity.json, and in want the refusal of Parse, or "accepted". A second line says what ParseStored thinks
// of it where that differs.
func TestRefusals(t *testing.T) {
	eachCase(t, "parse", 60, func(t *testing.T, a *txtar.Archive) (string, string) {
		var got, want string
		for _, f := range a.Files {
			if f.Name == "want" {
				want = string(f.Data)
				continue
			}
			kind, ok := sampleKinds[strings.TrimSuffix(f.Name, ".json")]
			if !ok {
				t.Fatalf("unknown file %q", f.Name)
			}
			_, err := policy.Parse(kind, f.Data)
			got = refusal(err)
			_, err = policy.ParseStored(kind, f.Data)
			if stored := refusal(err); stored != got {
				got += "stored: " + stored
			}
		}
		return got, want
	})
}

func refusal(err error) string {
	if err == nil {
		return "accepted\n"
	}
	return err.Error() + "\n"
}
