package orgfile_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// company is an organization with one of everything.
func company() *orgfile.File {
	return &orgfile.File{
		Version:  orgfile.Version,
		Instance: orgfile.Instance{ARN: "arn:aws:sso:::instance/ssoins-0123456789abcdef", IdentityStoreID: "d-1234567890", Region: "eu-west-1"},
		Organization: orgfile.Organization{
			ID: "o-example", RootID: "r-abcd", ManagementAccount: "Management",
			PolicyTypes: []string{orgfile.ServiceControlPolicy},
		},
		OrganizationalUnits: []orgfile.OrganizationalUnit{
			{Path: "/Workloads", ID: "ou-abcd-11111111"},
			{Path: "/Workloads/Production", ID: "ou-abcd-22222222", Tags: map[string]string{"stage": "prod"}},
			{Path: "ou-abcd-33333333", ID: "ou-abcd-33333333", Name: "A/B", In: "/Workloads"},
		},
		Accounts: []orgfile.Account{
			{Name: "Management", ID: "111111111111", OU: "/"},
			{Name: "Shop", ID: "012345678901", OU: "/Workloads/Production", Email: "shop@example.com", IAM: &orgfile.IAM{
				Policies: []orgfile.CustomerPolicy{{Name: "Limits", Document: "{\n  \"Version\": \"2012-10-17\"\n}\n"}},
				Roles:    []orgfile.Role{{PermissionSet: "Operator", ARN: "arn:aws:iam::012345678901:role/x", ID: "AROAEXAMPLE"}},
			}},
			{Name: "Lab", ID: "333333333333", OU: "ou-abcd-33333333"},
			{Name: "Old", ID: "444444444444", OU: "/", State: "CLOSED"},
		},
		OrganizationPolicies: []orgfile.OrganizationPolicy{
			{Name: "FullAWSAccess", ID: "p-FullAWSAccess", Type: orgfile.ServiceControlPolicy, AWSManaged: true, Document: "{}",
				AttachedTo: []orgfile.Target{{OU: "/"}, {OU: "/Workloads"}, {Account: "Shop"}}},
			{Name: "Guard", ID: "p-guard", Type: orgfile.ServiceControlPolicy, Document: "{}", AttachedTo: []orgfile.Target{{OU: "/Workloads/Production"}}},
			{Name: "Rcp", ID: "p-rcp", Type: orgfile.ResourceControlPolicy, Document: "{}", AttachedTo: []orgfile.Target{{OU: "/"}}},
		},
		PermissionSets: []orgfile.PermissionSet{
			{Name: "Operator", ARN: "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-1", SessionDuration: "PT4H",
				ManagedPolicies:         []string{"arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"},
				CustomerManagedPolicies: []orgfile.CustomerPolicyReference{{Name: "Limits"}}, InlinePolicy: "{}",
				PermissionsBoundary: &orgfile.Boundary{CustomerManagedPolicy: &orgfile.CustomerPolicyReference{Name: "Limits", Path: "/x/"}},
				Tags:                map[string]string{"b": "2", "a": "1"}},
			{Name: "Reader", ARN: "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-2",
				PermissionsBoundary: &orgfile.Boundary{ManagedPolicy: "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		},
		ManagedPolicies: []orgfile.ManagedPolicy{{ARN: "arn:aws:iam::aws:policy/Brandnew", Document: "{}"}},
		Users: []orgfile.User{
			{UserName: "ann", ID: "u-1", DisplayName: "Ann", GivenName: "Ann", FamilyName: "A", Emails: []string{"ann@example.com"}},
			{UserName: "bob", ID: "u-2", Disabled: true},
			{UserName: "yes", ID: "u-3"}, // a word with a meaning in YAML
		},
		Groups: []orgfile.Group{
			{Name: "Operators", ID: "g-1", Members: []string{"yes", "ann", "bob"}},
			{Name: "Twins", ID: "g-2"}, {Name: "Twins", ID: "g-3", Description: "the other"},
		},
		Assignments: []orgfile.Assignment{
			{Account: "Shop", PermissionSet: "Operator", Group: "Operators"},
			{Account: "Lab", PermissionSet: "Reader", User: "ann"},
			{Account: "Old", PermissionSet: "Reader", User: "ann"},
		},
	}
}

// Whatever order things were collected in, the file is the same, and reading it gives the same again.
func TestOneTextForOneOrganization(t *testing.T) {
	first, err := company().Encode()
	if err != nil {
		t.Fatal(err)
	}
	shuffled := company()
	slices.Reverse(shuffled.Accounts)
	slices.Reverse(shuffled.OrganizationalUnits)
	slices.Reverse(shuffled.OrganizationPolicies)
	slices.Reverse(shuffled.OrganizationPolicies[2].AttachedTo)
	slices.Reverse(shuffled.PermissionSets)
	slices.Reverse(shuffled.Users)
	slices.Reverse(shuffled.Groups)
	slices.Reverse(shuffled.Groups[2].Members)
	slices.Reverse(shuffled.Assignments)
	second, err := shuffled.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("the order of collection shows:\n%s", diff)
	}
	read, err := orgfile.Decode(first)
	if err != nil {
		t.Fatalf("%v\n%s", err, first)
	}
	third, err := read.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(third)); diff != "" {
		t.Errorf("reading changes it:\n%s", diff)
	}
	if got := read.Accounts[len(read.Accounts)-1].ID; got != "012345678901" {
		t.Errorf("the account id became %q", got)
	}
	if !slices.Equal(read.PermissionSets[0].ManagedPolicies, company().PermissionSets[0].ManagedPolicies) {
		t.Error("the managed policies of a permission set lost their order")
	}
}

// Documents come back byte for byte, whatever is in them.
func FuzzText(f *testing.F) {
	for _, s := range []string{"{}", "{\n}\n", " {\n }", "\n\n", "a: b\n# c", "x\r\ny\n", "\ttab\n", "end \n \n", "'", "\"", "é\u0085\u2028\ufeff", "- a\n\n\n", "\\n", "~", "|\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range text { // what IAM lets into a document
			if r != '\t' && r != '\n' && r != '\r' && (r < ' ' || r > 0xff || r >= 0x7f && r < 0xa0 && r != 0x85) {
				t.Skip()
			}
		}
		file := &orgfile.File{ManagedPolicies: []orgfile.ManagedPolicy{{ARN: "arn:aws:iam::aws:policy/X", Document: orgfile.Text(text)}}}
		out, err := file.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := orgfile.Decode(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := back.ManagedPolicies[0].Document; string(got) != text {
			t.Errorf("%q became %q\n%s", text, got, out)
		}
	})
}

// Faults of a file are told with their line.
func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "the file is empty",
		"version: 2\n":                      "version 2 of the format; this program reads version 1",
		"accounts: []\n":                    "version 0",
		"version: 1\nacounts: []\n":         "line 2: field acounts not found",
		"version: 1\nversion: 1\n":          `line 2: mapping key "version" already defined at line 1`,
		"version: 1\nusers: 3\n":            "line 2: cannot unmarshal",
		"version: 1\n---\nversion: 1\n":     "more than one document",
		"version: 1\nusers:\n\t- x\n":       "line 3",
		"version: 1\nusers: *nothing\n":     "unknown anchor",
		"version: 1\ngroups:\n- nme: x\n":   "line 3: field nme not found in type Group",
		"version: 1\norganization: [x]\n":   "cannot unmarshal",
		"\xff\xfe":                          "",
		"version: 1\nassignments: {a: 1}\n": "cannot unmarshal",
	} {
		if _, err := orgfile.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A reference that leads nowhere, or to two things, makes a file useless.
func TestIndexRefuses(t *testing.T) {
	for want, change := range map[string]func(f *orgfile.File){
		`management_account: no account is called "Nobody"; there is Lab, Management, Old, Shop`: func(f *orgfile.File) { f.Organization.ManagementAccount = "Nobody" },
		`account Lab: no organizational unit is called "/Gone"`:                                  func(f *orgfile.File) { f.Accounts[2].OU = "/Gone" },
		`organizational unit "/Gone/X": no organizational unit is called "/Gone"`: func(f *orgfile.File) {
			f.OrganizationalUnits = append(f.OrganizationalUnits, orgfile.OrganizationalUnit{Path: "/Gone/X", ID: "ou-x"})
		},
		"lies in itself": func(f *orgfile.File) { f.OrganizationalUnits[2].In = "ou-abcd-33333333" },
		"not the only one of it": func(f *orgfile.File) {
			f.OrganizationalUnits = append(f.OrganizationalUnits, orgfile.OrganizationalUnit{Path: "/Workloads", ID: "ou-x"})
		},
		`two of kind account with the id 111111111111`: func(f *orgfile.File) { f.Accounts[1].ID = "111111111111" },
		`2 of kind group are called "Twins"; use an id`: func(f *orgfile.File) {
			f.Assignments[0].Group = "Twins"
		},
		"either user or group is needed":           func(f *orgfile.File) { f.Assignments[0].User = "ann" },
		`assignment 1: no permission set`:          func(f *orgfile.File) { f.Assignments[0].PermissionSet = "Gone" },
		`group Operators: no user is called "eve"`: func(f *orgfile.File) { f.Groups[0].Members[0] = "eve" },
		"attached_to needs either ou or account":   func(f *orgfile.File) { f.OrganizationPolicies[0].AttachedTo[0].Account = "Lab" },
		`unknown type "TAG_POLICY"`:                func(f *orgfile.File) { f.OrganizationPolicies[0].Type = "TAG_POLICY" },
		"a user without name or id":                func(f *orgfile.File) { f.Users[0].ID = "" },
		`account Shop, role arn:`:                  func(f *orgfile.File) { f.Accounts[1].IAM.Roles[0].PermissionSet = "Gone" },
	} {
		f := company()
		change(f)
		if _, err := f.Index(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAccess(t *testing.T) {
	ix, err := company().Index()
	if err != nil {
		t.Fatal(err)
	}
	user := func(name string) *orgfile.User {
		u, err := ix.User(name)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	account := func(name string) *orgfile.Account {
		a, err := ix.Account(name)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	show := func(grants []orgfile.Grant) (out []string) {
		for _, g := range grants {
			by := ""
			if g.Group != nil {
				by = " by " + g.Group.Name
			}
			out = append(out, g.PermissionSet.Name+" in "+g.Account.Name+by)
		}
		return out
	}
	for name, want := range map[string][]string{
		"ANN": {"Reader in Lab", "Operator in Shop by Operators"}, // not in the closed account
		"bob": nil,                                                // disabled
		"u-3": {"Operator in Shop by Operators"},
	} {
		if got := show(ix.GrantsOfUser(user(name))); !slices.Equal(got, want) {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"Management": "o-example/r-abcd/", "Shop": "o-example/r-abcd/ou-abcd-11111111/ou-abcd-22222222/",
		"Lab": "o-example/r-abcd/ou-abcd-11111111/ou-abcd-33333333/",
	} {
		if got := ix.OrganizationPath(account(name)); got != want {
			t.Errorf("path of %s: %s, want %s", name, got, want)
		}
	}
	var levels []string
	for _, level := range ix.PolicyLevels(orgfile.ServiceControlPolicy, account("Shop")) {
		var names []string
		for _, p := range level {
			names = append(names, p.Name)
		}
		levels = append(levels, strings.Join(names, "+"))
	}
	if want := []string{"FullAWSAccess", "FullAWSAccess", "Guard", "FullAWSAccess"}; !slices.Equal(levels, want) {
		t.Errorf("levels %q, want %q", levels, want)
	}
	if got := ix.PolicyLevels(orgfile.ResourceControlPolicy, account("Shop")); got != nil {
		t.Errorf("policies of a type that is not enabled apply: %v", got)
	}
	unit, err := ix.Unit("Workloads")
	if err != nil || len(ix.AccountsBelow(unit)) != 2 || len(ix.AccountsBelow(nil)) != 4 {
		t.Errorf("accounts below Workloads: %v, %v", ix.AccountsBelow(unit), err)
	}
	if _, read := ix.CustomerPolicyOf(account("Lab"), orgfile.CustomerPolicyReference{Name: "Limits"}); read {
		t.Error("an account that nobody looked into counts as read")
	}
	if p, read := ix.CustomerPolicyOf(account("Shop"), orgfile.CustomerPolicyReference{Name: "limits", Path: "/"}); p == nil || !read {
		t.Error("the policy was not found")
	}
	if p, read := ix.CustomerPolicyOf(account("Shop"), orgfile.CustomerPolicyReference{Name: "Limits", Path: "/x/"}); p != nil || !read {
		t.Error("a policy at another path was found")
	}
}

func TestReferences(t *testing.T) {
	groups := company().Groups
	names := orgfile.NewNames(groups, func(g orgfile.Group) (string, string) { return g.Name, g.ID })
	for _, c := range [][3]string{
		{"Operators", "g-1", "Operators"}, {"Twins", "g-2", "g-2"}, {"g-1", "g-9", "g-9"}, {"", "g-4", "g-4"},
	} {
		if got := names.Reference(c[0], c[1]); got != c[2] {
			t.Errorf("%q %q is called %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// The published schema has the members that the program has, and requires those that are always written.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("../../docs/reference/organization.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		Additional *bool                      `json:"additionalProperties"`
		Defs       map[string]json.RawMessage `json:"$defs"`
	}
	var root object
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	defs := map[string]reflect.Type{
		"instance": reflect.TypeFor[orgfile.Instance](), "organization": reflect.TypeFor[orgfile.Organization](),
		"organizational_unit": reflect.TypeFor[orgfile.OrganizationalUnit](), "account": reflect.TypeFor[orgfile.Account](),
		"iam": reflect.TypeFor[orgfile.IAM](), "customer_policy": reflect.TypeFor[orgfile.CustomerPolicy](), "role": reflect.TypeFor[orgfile.Role](),
		"organization_policy": reflect.TypeFor[orgfile.OrganizationPolicy](), "target": reflect.TypeFor[orgfile.Target](),
		"permission_set": reflect.TypeFor[orgfile.PermissionSet](), "customer_policy_reference": reflect.TypeFor[orgfile.CustomerPolicyReference](),
		"boundary": reflect.TypeFor[orgfile.Boundary](), "managed_policy": reflect.TypeFor[orgfile.ManagedPolicy](),
		"user": reflect.TypeFor[orgfile.User](), "group": reflect.TypeFor[orgfile.Group](), "assignment": reflect.TypeFor[orgfile.Assignment](),
	}
	check := func(name string, o object, typ reflect.Type) {
		var have, required []string
		for i := range typ.NumField() {
			tag, optional := strings.CutSuffix(typ.Field(i).Tag.Get("yaml"), ",omitempty")
			have = append(have, tag)
			if !optional {
				required = append(required, tag)
			}
		}
		var written []string
		for p := range o.Properties {
			written = append(written, p)
		}
		for _, list := range [][]string{have, required, written, o.Required} {
			slices.Sort(list)
		}
		if !slices.Equal(have, written) {
			t.Errorf("%s: the schema has %q, the program %q", name, written, have)
		}
		if !slices.Equal(required, o.Required) {
			t.Errorf("%s: the schema requires %q, the program writes always %q", name, o.Required, required)
		}
		if o.Additional == nil || *o.Additional {
			t.Errorf("%s: the schema allows more", name)
		}
	}
	check("the file", root, reflect.TypeFor[orgfile.File]())
	if len(root.Defs) != len(defs) {
		t.Errorf("%d definitions, want %d", len(root.Defs), len(defs))
	}
	for name, typ := range defs {
		var o object
		if err := json.Unmarshal(root.Defs[name], &o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		check(name, o, typ)
	}
}
