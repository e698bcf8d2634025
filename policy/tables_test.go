package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// The tables of testdata/tables hold what AWS's documentation says, one line per fact, written by hand. Lines with "#"
// and empty lines are for the reader. There are three kinds:
//
//	*.operators  policy value | request value | one outcome for each of the operators named above
//	*.patterns   entries of an Action or Resource element | action or resource of a request | outcome
//	*.flow       caller and the policies of each layer | decision
//
// Every line is run through the engine in several forms, and through the plain evaluator.

// table reads the lines of one file that say something, each with its cells.
type tableLine struct {
	number int
	cells  []string
}

func eachTable(t *testing.T, pattern string, run func(t *testing.T, lines []tableLine) int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "tables", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var lines []tableLine
			number := 0
			for text := range strings.Lines(string(data)) {
				number++
				if text = strings.TrimSpace(text); text == "" || text[0] == '#' {
					continue
				}
				cells := splitCells(text)
				lines = append(lines, tableLine{number, cells})
			}
			t.Logf("%d decisions", run(t, lines))
		})
	}
}

// splitCells splits at bars that stand between blanks, so that values may hold bars.
func splitCells(line string) []string {
	cells := strings.Split(line, " | ")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// outcomes of a cell
var cellOutcomes = map[string]outcome{"y": holds, "n": fails, "?": doubtful}

// must decodes a JSON value.
func decode(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

// requestValues reads the value of a context key: a string, a list, or "-" for a missing key.
func requestValues(t *testing.T, s string) (values []string, multi, present bool) {
	t.Helper()
	if s == "-" {
		return nil, false, false
	}
	switch v := decode(t, s).(type) {
	case string:
		return []string{v}, false, true
	case []any:
		values = []string{}
		for _, one := range v {
			values = append(values, one.(string))
		}
		return values, true, true
	}
	t.Fatalf("%s is neither a string nor a list", s)
	return nil, false, false
}

// tableWorld is a world in which alice asks for an object of her own account.
func tableWorld(values map[string][]string) *world {
	w := &world{request: policy.Request{
		Principal: worldCallers[0], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333",
	}}
	w.setContext(values)
	return w
}

const allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// checkStatement holds a statement's outcome against what it does as an Allow and as a Deny. body is the statement
// without its Effect, version the member Version with its comma.
func checkStatement(t *testing.T, w *world, at string, version, body string, want outcome) {
	t.Helper()
	for effect, expected := range map[string]policy.Effect{
		"Allow": map[outcome]policy.Effect{holds: policy.Allowed, doubtful: policy.DeniedImplicit, fails: policy.DeniedImplicit}[want],
		"Deny":  map[outcome]policy.Effect{holds: policy.DeniedExplicit, doubtful: policy.DeniedExplicit, fails: policy.Allowed}[want],
	} {
		w.identity = []string{fmt.Sprintf(`{%s"Statement":{"Effect":%q,%s}}`, version, effect, body)}
		if effect == "Deny" {
			w.identity = append(w.identity, allowAll)
		}
		checkWorld(t, w, at+" as "+effect, expected)
	}
}

// checkWorld decides a world with the engine, which must come to what is expected, and with the plain evaluator.
func checkWorld(t *testing.T, w *world, at string, want policy.Effect) {
	t.Helper()
	p := w.compile(t)
	if got := policy.Evaluate(&w.request, p); got.Effect != want {
		t.Errorf("%s: %s by %s, want %s\n%s", at, got.Effect, got.Layer, want, w)
	}
	if got := (&plain{w: w}).decide(t); got != want {
		t.Errorf("%s: the plain evaluator says %s, want %s\n%s", at, got, want, w)
	}
	if r := policy.Bounds(&w.request, &policy.Unknown{}, p); r.Least.Effect != want || r.Most.Effect != want {
		t.Errorf("%s: with nothing unknown between %s and %s, want %s", at, r.Least.Effect, r.Most.Effect, want)
	}
}

// tableState is what directives have set.
type tableState struct {
	values  map[string][]string
	version string
}

// directive handles the lines that tables of conditions and patterns have in common.
func (s *tableState) directive(t *testing.T, cells []string) bool {
	t.Helper()
	if len(cells) != 1 {
		return false
	}
	word, rest, _ := strings.Cut(cells[0], " ")
	switch word {
	case "version":
		s.version = fmt.Sprintf(`"Version":%q,`, rest)
		if rest == "none" {
			s.version = ""
		}
	case "set":
		key, value, _ := strings.Cut(rest, " ")
		s.values[key], _, _ = requestValues(t, value)
	default:
		return false
	}
	return true
}

func newTableState() *tableState {
	return &tableState{values: make(map[string][]string), version: `"Version":"2012-10-17",`}
}

// TestOperatorTables runs the tables of condition operators. Where a line is about an operator without set operator, its
// other forms follow: IfExists and the set operators say the same of a single value, and have their own rules for a
// missing key.
func TestOperatorTables(t *testing.T) {
	eachTable(t, "*.operators", func(t *testing.T, lines []tableLine) (decisions int) {
		state := newTableState()
		var operators []string
		for _, l := range lines {
			if names, ok := strings.CutPrefix(l.cells[0], "operators "); ok {
				operators = strings.Fields(names)
				continue
			}
			if state.directive(t, l.cells) {
				continue
			}
			outcomes := strings.Fields(l.cells[len(l.cells)-1])
			if len(l.cells) != 3 || len(outcomes) != len(operators) {
				t.Fatalf("line %d: %d cells, %d outcomes for %d operators", l.number, len(l.cells), len(outcomes), len(operators))
			}
			values, multi, present := requestValues(t, l.cells[1])
			key := "x:key"
			if multi {
				key = "aws:TagKeys"
			}
			w := tableWorld(without(state.values, nil))
			if present {
				w.values[key] = values
				w.setContext(w.values)
			}
			for i, operator := range operators {
				want, ok := cellOutcomes[outcomes[i]]
				if !ok {
					t.Fatalf("line %d: outcome %q", l.number, outcomes[i])
				}
				for form, want := range operatorForms(operator, want, len(values) > 0, multi) {
					body := fmt.Sprintf(`"Action":"*","Resource":"*","Condition":{%q:{%q:%s}}`, form, key, l.cells[0])
					checkStatement(t, w, fmt.Sprintf("line %d, %s", l.number, form), state.version, body, want)
					decisions += 2
				}
			}
		}
		return decisions
	})
}

// operatorForms are the forms of an operator with their outcomes.
func operatorForms(operator string, want outcome, present, multi bool) map[string]outcome {
	forms := map[string]outcome{operator: want}
	set, _, hasSet := strings.Cut(operator, ":")
	switch {
	case operator == "Null":
	case present && (hasSet || multi):
		forms[operator+"IfExists"] = want
	case present:
		for _, form := range []string{operator + "IfExists", "ForAllValues:" + operator, "ForAnyValue:" + operator, "ForAnyValue:" + operator + "IfExists"} {
			forms[form] = want
		}
	case hasSet && set == "ForAnyValue":
		forms[operator+"IfExists"] = doubtful
	case hasSet:
		forms[operator+"IfExists"] = holds
	default:
		forms[operator+"IfExists"] = holds
		forms["ForAllValues:"+operator] = holds
		forms["ForAllValues:"+operator+"IfExists"] = holds
		forms["ForAnyValue:"+operator] = fails
		forms["ForAnyValue:"+operator+"IfExists"] = doubtful
	}
	return forms
}

// TestPatternTables runs the tables of actions and resources, each line also as NotAction or NotResource. The outcome
// "!" is an entry whose variable has no value: it covers nothing, and what it excludes is doubtful.
func TestPatternTables(t *testing.T) {
	eachTable(t, "*.patterns", func(t *testing.T, lines []tableLine) (decisions int) {
		state := newTableState()
		element, other := "Resource", `"Action":"*"`
		if strings.HasSuffix(t.Name(), "actions.patterns") {
			element, other = "Action", `"Resource":"*"`
		}
		for _, l := range lines {
			if state.directive(t, l.cells) {
				continue
			}
			if len(l.cells) != 3 {
				t.Fatalf("line %d has %d cells", l.number, len(l.cells))
			}
			w := tableWorld(state.values)
			asked := decode(t, l.cells[1]).(string)
			if element == "Action" {
				w.request.Action = asked
			} else {
				w.request.Resource = asked
			}
			want, negated := fails, doubtful
			if l.cells[2] != "!" {
				var ok bool
				if want, ok = cellOutcomes[l.cells[2]]; !ok {
					t.Fatalf("line %d: outcome %q", l.number, l.cells[2])
				}
				negated = invert(want)
			}
			at := fmt.Sprintf("line %d, ", l.number)
			checkStatement(t, w, at+element, state.version, fmt.Sprintf(`%s,%q:%s`, other, element, l.cells[0]), want)
			checkStatement(t, w, at+"Not"+element, state.version, fmt.Sprintf(`%s,"Not%s":%s`, other, element, l.cells[0]), negated)
			decisions += 4
		}
		return decisions
	})
}

// The cast of the flow tables. With "other-" in front they are of another account, or of another name where the account
// does not matter.
var flowPrincipals = map[string]string{
	"everyone": "AWS *", "account": "AWS 111122223333", "root": "AWS arn:aws:iam::111122223333:root",
	"user": "AWS arn:aws:iam::111122223333:user/alice", "userid": "AWS AIDAALICEALICEALICE1",
	"role": "AWS arn:aws:iam::111122223333:role/p/r", "roleid": "AWS AROAROLEROLEROLEROLE",
	"session":   "AWS arn:aws:sts::111122223333:assumed-role/r/s",
	"federated": "AWS arn:aws:sts::111122223333:federated-user/alice",
	"service":   "Service sns.amazonaws.com", "other-service": "Service sqs.amazonaws.com",
	"saml": "Federated arn:aws:iam::111122223333:saml-provider/p", "other-saml": "Federated arn:aws:iam::111122223333:saml-provider/q",
	"oidc": "Federated arn:aws:iam::111122223333:oidc-provider/token.example.com", "google": "Federated accounts.google.com",
}

// abroad moves ARNs and account ids to the other account.
func abroad(s string) string { return strings.ReplaceAll(s, "111122223333", "444455556666") }

func flowPrincipal(t *testing.T, name string) (class, value string) {
	t.Helper()
	p, ok := flowPrincipals[name]
	if !ok {
		if p, ok = flowPrincipals[strings.TrimPrefix(name, "other-")]; !ok {
			t.Fatalf("unknown principal %q", name)
		}
		p = abroad(p)
	}
	class, value, _ = strings.Cut(p, " ")
	return class, value
}

func flowCaller(t *testing.T, name string) policy.Principal {
	t.Helper()
	local := strings.TrimPrefix(name, "other-")
	for _, c := range append(slices.Clone(worldCallers), policy.Principal{
		Type: policy.WebIdentity, ARN: "arn:aws:iam::111122223333:oidc-provider/token.example.com", Account: "111122223333",
	}) {
		kind := []string{"anonymous", "user", "session", "federated", "root", "service", "saml", "google"}[c.Type]
		if kind == "google" && c.Account != "" {
			kind = "oidc"
		}
		if kind != local {
			continue
		}
		if local != name {
			c.ARN, c.Account, c.RoleARN, c.UserARN = abroad(c.ARN), abroad(c.Account), abroad(c.RoleARN), abroad(c.UserARN)
			c.UniqueID, c.CanonicalUser = "", ""
		}
		return c
	}
	t.Fatalf("unknown caller %q", name)
	return policy.Principal{}
}

// flowStatement is a statement about the action of a table.
func flowStatement(effect, action, more string) string {
	return fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":"*"%s}`, effect, action, more)
}

// flowDocument is the document that a sign stands for: + allows the action, o another one, c allows under a condition
// that does not hold, d allows and denies it, n allows and denies under a condition that does not hold.
func flowDocument(t *testing.T, sign, action, principal string) string {
	t.Helper()
	const never = `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`
	allow := flowStatement("Allow", action, principal)
	var statements []string
	switch sign {
	case "+":
		statements = []string{allow}
	case "o":
		statements = []string{flowStatement("Allow", "cloudwatch:PutMetricData", principal)}
	case "c":
		statements = []string{flowStatement("Allow", action, never+principal)}
	case "d":
		statements = []string{allow, flowStatement("Deny", action, principal)}
	case "n":
		statements = []string{allow, flowStatement("Deny", action, never+principal)}
	default:
		t.Fatalf("unknown sign %q", sign)
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func flowDocuments(t *testing.T, cell, action, principal string) []string {
	t.Helper()
	if cell == "-" || cell == "0" {
		return nil
	}
	var out []string
	for sign := range strings.SplitSeq(cell, ",") {
		out = append(out, flowDocument(t, sign, action, principal))
	}
	return out
}

func flowLevels(t *testing.T, cell, action, principal string) [][]string {
	t.Helper()
	if cell == "-" {
		return nil
	}
	var out [][]string
	for level := range strings.SplitSeq(cell, "/") {
		out = append(out, flowDocuments(t, level, action, principal))
	}
	return out
}

// flowResource is a resource's policy: grants by principal, "!" in front denies, "~" denies everyone else (joined by
// "+"), "@role" grants on condition that the caller is the role.
func flowResource(t *testing.T, cell, action string, trust bool) string {
	t.Helper()
	var statements []string
	for entry := range strings.SplitSeq(cell, ",") {
		effect, element := "Allow", "Principal"
		switch {
		case strings.HasPrefix(entry, "!"):
			effect = "Deny"
		case strings.HasPrefix(entry, "~"):
			effect, element = "Deny", "NotPrincipal"
		}
		names, onlyRole := strings.CutSuffix(strings.TrimLeft(entry, "!~"), "@role")
		principals := make(map[string][]string)
		for name := range strings.SplitSeq(names, "+") {
			class, value := flowPrincipal(t, name)
			principals[class] = append(principals[class], value)
		}
		s := fmt.Sprintf(`{"Effect":%q,"Action":%q,%q:%s`, effect, action, element, encode(principals))
		if !trust {
			s += `,"Resource":"*"`
		}
		if onlyRole {
			s += `,"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/p/r"}}`
		}
		statements = append(statements, s+"}")
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// TestFlowTables runs the tables of the evaluation logic.
func TestFlowTables(t *testing.T) {
	effects := map[string]policy.Effect{"allow": policy.Allowed, "deny": policy.DeniedExplicit, "none": policy.DeniedImplicit}
	eachTable(t, "*.flow", func(t *testing.T, lines []tableLine) (decisions int) {
		var asked policy.Request
		trust := false
		for _, l := range lines {
			words := strings.Fields(l.cells[0])
			switch {
			case words[0] == "request":
				asked = policy.Request{Action: words[1], Resource: words[2], ResourceAccount: words[3]}
				continue
			case words[0] == "trust":
				trust = true
				continue
			case words[0] == "caller":
				continue
			case len(l.cells) != 8:
				t.Fatalf("line %d has %d cells", l.number, len(l.cells))
			}
			w := &world{request: asked, resourceKind: policy.ResourcePolicy}
			w.request.Principal = flowCaller(t, words[0])
			for _, flag := range words[1:] {
				w.request.PrincipalInManagementAccount = w.request.PrincipalInManagementAccount || flag == "management-caller"
				w.request.ResourceInManagementAccount = w.request.ResourceInManagementAccount || flag == "management-resource"
				w.request.ServiceLinkedRole = w.request.ServiceLinkedRole || flag == "linked-role"
			}
			arn := w.request.Principal.ARN
			if w.request.Principal.RoleARN != "" {
				arn = w.request.Principal.RoleARN
			}
			w.setContext(map[string][]string{"aws:PrincipalArn": {arn}, "aws:SecureTransport": {"true"}})
			if l.cells[1] != "-" {
				w.resource = flowResource(t, l.cells[1], asked.Action, trust)
				if trust {
					w.resourceKind = policy.TrustPolicy
				}
			}
			w.identity = flowDocuments(t, l.cells[2], asked.Action, "")
			if b := flowDocuments(t, l.cells[3], asked.Action, ""); b != nil {
				w.boundary = b[0]
			}
			w.session = flowDocuments(t, l.cells[4], asked.Action, "")
			w.scps = flowLevels(t, l.cells[5], asked.Action, "")
			w.rcps = flowLevels(t, l.cells[6], asked.Action, `,"Principal":"*"`)
			want, ok := effects[l.cells[7]]
			if !ok {
				t.Fatalf("line %d: decision %q", l.number, l.cells[7])
			}
			checkWorld(t, w, fmt.Sprintf("line %d", l.number), want)
			decisions++
		}
		return decisions
	})
}
