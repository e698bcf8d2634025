package role_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

const (
	account  = testidc.Member
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	audit    = "arn:aws:iam::aws:policy/SecurityAudit"
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}`
	document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
)

type world struct {
	*testidc.World
	*role.Service
}

func newWorld(t *testing.T) *world {
	w := testidc.New(t)
	return &world{World: w, Service: &role.Service{Store: w.Store, IDs: w.IDs}}
}

func (w *world) create(name string) *idc.Role {
	w.T.Helper()
	r, err := w.Create(w.T.Context(), w.Change(), account, role.Definition{Name: name, TrustPolicy: trust})
	w.ok(err)
	return r
}

func (w *world) createPolicy(name, path string) *idc.ManagedPolicy {
	w.T.Helper()
	p, err := w.CreatePolicy(w.T.Context(), w.Change(), account, role.PolicyDefinition{Name: name, Path: path, Document: document})
	w.ok(err)
	return p
}

func (w *world) ok(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) wants(err error, kind idc.Kind, reason idc.Reason, words string) {
	w.T.Helper()
	if err == nil || idc.KindOf(err) != kind || idc.ReasonOf(err) != reason || !strings.Contains(idc.PublicMessage(err), words) {
		w.T.Errorf("error = %v, want %s/%s with %q", err, kind, reason, words)
	}
}

func TestRoleLife(t *testing.T) {
	w := newWorld(t)
	r := w.create("Deploy")
	if r.ARN != "arn:aws:iam::222222222222:role/Deploy" || !strings.HasPrefix(r.ID, "AROA") || r.MaxSessionDuration != time.Hour || r.Path != "/" {
		t.Errorf("created %+v", r)
	}
	_, err := w.Create(t.Context(), w.Change(), account, role.Definition{Name: "deploy", TrustPolicy: trust})
	w.wants(err, idc.Conflict, idc.ReasonAlreadyExists, "Role with name deploy already exists.")
	_, err = w.Get(t.Context(), account, "Nobody")
	w.wants(err, idc.NotFound, "", "The role with name Nobody cannot be found.")

	w.ok(w.Attach(t.Context(), w.Change(), account, "Deploy", readOnly))
	w.ok(w.Attach(t.Context(), w.Change(), account, "Deploy", readOnly))
	w.ok(w.PutInline(t.Context(), w.Change(), account, "Deploy", "p", document))
	w.wants(w.Delete(t.Context(), w.Change(), account, "Deploy"), idc.Conflict, idc.ReasonDeleteConflict, "must detach all policies first")
	w.ok(w.Detach(t.Context(), w.Change(), account, "Deploy", readOnly))
	w.wants(w.Detach(t.Context(), w.Change(), account, "Deploy", readOnly), idc.NotFound, "", readOnly)
	w.wants(w.Delete(t.Context(), w.Change(), account, "Deploy"), idc.Conflict, idc.ReasonDeleteConflict, "must delete policies first")
	w.ok(w.DeleteInline(t.Context(), w.Change(), account, "Deploy", "p"))
	w.wants(w.DeleteInline(t.Context(), w.Change(), account, "Deploy", "p"), idc.NotFound, "", "The role policy with name p cannot be found.")
	w.ok(w.Delete(t.Context(), w.Change(), account, "Deploy"))
	w.View(func(rd store.Reader) error {
		fences, err := rd.ListFences(w.Clock.Now())
		if err != nil || len(fences) != 1 || fences[0].Kind != idc.FenceRole || fences[0].ID != r.ID {
			t.Errorf("sessions of the deleted role are not stopped: %+v, %v", fences, err)
		}
		return nil
	})
	if again := w.create("Deploy"); again.ID == r.ID {
		t.Error("a role made again has the id of the old one, so old trust and sessions would revive")
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	w.create("R")
	create := func(d role.Definition) error {
		_, err := w.Create(t.Context(), w.Change(), account, d)
		return err
	}
	w.wants(create(role.Definition{Name: "x", TrustPolicy: "{"}), idc.Invalid, idc.ReasonMalformedPolicy, "")
	w.wants(create(role.Definition{Name: "x", TrustPolicy: document}), idc.Invalid, idc.ReasonMalformedPolicy, "")
	w.wants(create(role.Definition{Name: "x", TrustPolicy: trust, Path: "/aws-reserved/x/"}), idc.Invalid, "", "path")
	w.wants(create(role.Definition{Name: "x", TrustPolicy: trust, Path: "x"}), idc.Invalid, "", "path")
	w.wants(create(role.Definition{Name: "x", TrustPolicy: trust, MaxSessionDuration: 13 * time.Hour}), idc.Invalid, "", "MaxSessionDuration")
	w.wants(create(role.Definition{Name: "x", TrustPolicy: trust, PermissionsBoundary: "arn:aws:iam::aws:policy/Nope"}), idc.NotFound, "", "Nope")
	long := strings.Replace(trust, "sts:AssumeRole", "sts:AssumeRole"+strings.Repeat("x", 2048), 1)
	w.wants(create(role.Definition{Name: "x", TrustPolicy: long}), idc.QuotaExceeded, "", "Cannot exceed quota for ACLSizePerRole: 2048")

	attach := func(arn string) error { return w.Attach(t.Context(), w.Change(), account, "R", arn) }
	w.wants(attach("arn:aws:iam::aws:policy/Nope"), idc.NotFound, "", "Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable.")
	w.wants(attach("arn:aws:iam::111111111111:policy/Elsewhere"), idc.NotFound, "", "does not exist or is not attachable")
	w.wants(attach("nonsense"), idc.Invalid, "", "nonsense")
	w.Limits.PoliciesPerRole = 1
	w.ok(attach(readOnly))
	w.wants(attach(audit), idc.QuotaExceeded, "", "Cannot exceed quota for PoliciesPerRole: 1")

	big := strings.Replace(document, "s3:ListBucket", "s3:"+strings.Repeat("L", 6000), 1)
	w.ok(w.PutInline(t.Context(), w.Change(), account, "R", "one", big))
	w.ok(w.PutInline(t.Context(), w.Change(), account, "R", "one", big))
	err := w.PutInline(t.Context(), w.Change(), account, "R", "two", big)
	w.wants(err, idc.QuotaExceeded, "", "Maximum policy size of 10240 bytes exceeded for role R")
}

func TestReservedRolesAreUnmodifiable(t *testing.T) {
	w := newWorld(t)
	d := role.ReservedDefinition{AccountID: account, Name: "AWSReservedSSO_X_0011223344556677", Path: "/aws-reserved/sso.amazonaws.com/", TrustPolicy: trust, MaxSessionDuration: 12 * time.Hour, InlinePolicies: map[string]string{}}
	reserved := role.Reserved{Service: w.Service}
	made, err := reserved.Apply(t.Context(), w.Change(), d)
	w.ok(err)
	for name, try := range map[string]func(name string) error{
		"attach":     func(n string) error { return w.Attach(t.Context(), w.Change(), account, n, readOnly) },
		"detach":     func(n string) error { return w.Detach(t.Context(), w.Change(), account, n, readOnly) },
		"put inline": func(n string) error { return w.PutInline(t.Context(), w.Change(), account, n, "p", document) },
		"boundary":   func(n string) error { return w.PutBoundary(t.Context(), w.Change(), account, n, readOnly) },
		"trust":      func(n string) error { return w.UpdateTrust(t.Context(), w.Change(), account, n, trust) },
		"tag":        func(n string) error { return w.Tag(t.Context(), w.Change(), account, n, []idc.Tag{{Key: "k"}}) },
		"delete":     func(n string) error { return w.Delete(t.Context(), w.Change(), account, n) },
		"update": func(n string) error {
			_, err := w.Service.Update(t.Context(), w.Change(), account, n, role.Update{})
			return err
		},
	} {
		for _, n := range []string{d.Name, strings.ToLower(d.Name)} {
			err := try(n)
			if idc.ReasonOf(err) != idc.ReasonUnmodifiable || idc.PublicMessage(err) != "Cannot perform the operation on the protected role 'AWSReservedSSO_X_0011223344556677' - this role is only modifiable by AWS" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	d.Description, d.AttachedPolicies = "changed", []string{readOnly}
	again, err := reserved.Apply(t.Context(), w.Change(), d)
	w.ok(err)
	if again.ID != made.ID || again.Description != "changed" || !again.CreatedAt.Equal(made.CreatedAt) {
		t.Errorf("the role was not changed in place: %+v", again)
	}
	for range 2 {
		w.World.Update(func(tx store.Tx) error { return reserved.Remove(tx, w.Change(), account, d.Name) })
	}
}

// TestReservedNames: nobody may take a name that the server provisions later.
func TestReservedNames(t *testing.T) {
	w := newWorld(t)
	for name, words := range map[string]string{
		"AWSReservedSSO_ReadOnly_0011223344556677": "The role name prefix AWSReservedSSO_ is reserved for AWS IAM Identity Center.",
		"awsreservedsso_x":                         "The role name prefix AWSReservedSSO_ is reserved",
		role.BreakGlassName:                        "The role name GatehouseBreakGlass is reserved.",
		"gatehousebreakglass":                      "The role name GatehouseBreakGlass is reserved.",
	} {
		_, err := w.Create(t.Context(), w.Change(), account, role.Definition{Name: name, TrustPolicy: trust})
		w.wants(err, idc.Invalid, "", words)
	}
	w.create("MyAWSReservedSSO_x")
}

// TestReservedReplacesSquatters: a role that has the name is not adopted, because
// its owner may be trusted and signed in under its unique id.
func TestReservedReplacesSquatters(t *testing.T) {
	w := newWorld(t)
	const name = "AWSReservedSSO_X_0011223344556677"
	squat := w.Role(account, strings.ToLower(name), trust, "arn:aws:iam::aws:policy/AdministratorAccess")
	squat.Tags, squat.PermissionsBoundary = []idc.Tag{{Key: "k", Value: "v"}}, audit
	squat.InlinePolicies = map[string]string{"backdoor": document}
	w.World.Update(func(tx store.Tx) error { return tx.PutRole(squat) })

	made, err := role.Reserved{Service: w.Service}.Apply(t.Context(), w.Change(), role.ReservedDefinition{
		AccountID: account, Name: name, Path: "/aws-reserved/sso.amazonaws.com/", TrustPolicy: trust, MaxSessionDuration: 12 * time.Hour,
	})
	w.ok(err)
	got, err := w.Get(t.Context(), account, name)
	w.ok(err)
	if made.ID == squat.ID || got.ID != made.ID || got.Name != name || got.Path != "/aws-reserved/sso.amazonaws.com/" ||
		len(got.AttachedPolicies)+len(got.InlinePolicies)+len(got.Tags) != 0 || got.PermissionsBoundary != "" {
		t.Errorf("role %+v", got)
	}
	w.View(func(r store.Reader) error {
		fences, err := r.ListFences(w.Clock.Now())
		if len(fences) != 1 || fences[0].Kind != idc.FenceRole || fences[0].ID != squat.ID {
			t.Errorf("sessions of the squatter go on: %+v", fences)
		}
		return err
	})
}

// TestTrustIsPinned: a trust policy trusts the roles it names as they are when it is saved.
func TestTrustIsPinned(t *testing.T) {
	w := newWorld(t)
	w.Role(testidc.Management, "Other", trust)
	first := w.create("Principal")
	provisioned, err := role.Reserved{Service: w.Service}.Apply(t.Context(), w.Change(), role.ReservedDefinition{
		AccountID: account, Name: "AWSReservedSSO_X_0011223344556677", Path: "/aws-reserved/sso.amazonaws.com/", TrustPolicy: trust,
	})
	w.ok(err)
	trusting := strings.Replace(trust, `"111111111111"`, `["`+first.ARN+`","`+provisioned.ARN+`","111111111111","arn:aws:iam::999999999999:role/Elsewhere"]`, 1)
	_, err = w.Create(t.Context(), w.Change(), account, role.Definition{Name: "Target", TrustPolicy: trusting})
	w.ok(err)
	pinned := func(want string) {
		t.Helper()
		got, err := w.Get(t.Context(), account, "Target")
		w.ok(err)
		if len(got.TrustedIDs) != 1 || got.TrustedIDs[first.ARN] != want {
			t.Errorf("pinned %v, want %s for %s alone", got.TrustedIDs, want, first.ARN)
		}
	}
	pinned(first.ID)
	w.ok(w.Delete(t.Context(), w.Change(), account, "Principal"))
	second := w.create("Principal")
	w.ok(w.Tag(t.Context(), w.Change(), account, "Target", []idc.Tag{{Key: "k"}}))
	pinned(first.ID)
	w.ok(w.UpdateTrust(t.Context(), w.Change(), account, "Target", trusting))
	pinned(second.ID)
}

func TestTrustNamesOnlyWhatExists(t *testing.T) {
	w := newWorld(t)
	w.create("Known")
	try := func(principal string) error {
		document := strings.Replace(trust, `"111111111111"`, principal, 1)
		return w.UpdateTrust(t.Context(), w.Change(), account, "Known", document)
	}
	for _, good := range []string{
		`"arn:aws:iam::222222222222:role/Known"`, `"arn:aws:iam::111111111111:root"`, `"999999999999"`,
		`["arn:aws:iam::999999999999:role/Elsewhere","222222222222"]`,
	} {
		if err := try(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		`"arn:aws:iam::222222222222:role/Unknown"`, `"arn:aws:iam::222222222222:role/path/Known"`, `"arn:aws:iam::222222222222:user/ana"`,
		`["222222222222","arn:aws:iam::111111111111:role/Known"]`,
	} {
		w.wants(try(bad), idc.Invalid, idc.ReasonMalformedPolicy, "Invalid principal in policy")
	}
	_, err := w.Create(t.Context(), w.Change(), account, role.Definition{Name: "x", TrustPolicy: strings.Replace(trust, "111111111111", "arn:aws:iam::222222222222:role/Unknown", 1)})
	w.wants(err, idc.Invalid, idc.ReasonMalformedPolicy, "Invalid principal in policy")
}

func TestManagedPolicyVersions(t *testing.T) {
	w := newWorld(t)
	p := w.createPolicy("Local", "/team/")
	if p.ARN != "arn:aws:iam::222222222222:policy/team/Local" || p.DefaultVersion != "v1" {
		t.Errorf("created %+v", p)
	}
	_, err := w.CreatePolicy(t.Context(), w.Change(), account, role.PolicyDefinition{Name: "local", Document: document})
	w.wants(err, idc.Conflict, idc.ReasonAlreadyExists, "already exists")
	other := strings.Replace(document, "ListBucket", "GetObject", 1)
	for i := 2; i <= 5; i++ {
		v, err := w.CreateVersion(t.Context(), w.Change(), p.ARN, other, i == 2)
		w.ok(err)
		if v.ID != fmt.Sprintf("v%d", i) {
			t.Errorf("version %d is %s", i, v.ID)
		}
	}
	_, err = w.CreateVersion(t.Context(), w.Change(), p.ARN, other, false)
	w.wants(err, idc.QuotaExceeded, "", "up to 5 versions")
	w.wants(w.DeleteVersion(t.Context(), w.Change(), p.ARN, "v2"), idc.Conflict, idc.ReasonDeleteConflict, "Cannot delete the default version of a policy.")
	w.wants(w.DeleteVersion(t.Context(), w.Change(), p.ARN, "v9"), idc.NotFound, "", "version v9")
	w.wants(w.SetDefaultVersion(t.Context(), w.Change(), p.ARN, "v9"), idc.NotFound, "", "version v9")
	w.wants(w.DeletePolicy(t.Context(), w.Change(), p.ARN), idc.Conflict, idc.ReasonDeleteConflict, "more than one version")
	for _, id := range []string{"v1", "v3", "v4", "v5"} {
		w.ok(w.DeleteVersion(t.Context(), w.Change(), p.ARN, id))
	}
	w.create("R")
	w.ok(w.PutBoundary(t.Context(), w.Change(), account, "R", p.ARN))
	w.wants(w.DeletePolicy(t.Context(), w.Change(), p.ARN), idc.Conflict, idc.ReasonDeleteConflict, "attached to entities")
	entities, err := w.EntitiesForPolicy(t.Context(), account, p.ARN)
	if err != nil || len(entities.Attached) != 0 || len(entities.Bounded) != 1 {
		t.Errorf("entities %+v, %v", entities, err)
	}
	w.ok(w.DeleteBoundary(t.Context(), w.Change(), account, "R"))
	w.ok(w.DeletePolicy(t.Context(), w.Change(), p.ARN))
	_, err = w.Policy(t.Context(), p.ARN)
	w.wants(err, idc.NotFound, "", "was not found")
}

func TestPoliciesCompileAndFollowChanges(t *testing.T) {
	w := newWorld(t)
	p := w.createPolicy("Local", "/")
	w.create("R")
	w.ok(w.Attach(t.Context(), w.Change(), account, "R", readOnly))
	w.ok(w.Attach(t.Context(), w.Change(), account, "R", p.ARN))
	w.ok(w.PutInline(t.Context(), w.Change(), account, "R", "inline", document))
	w.ok(w.PutBoundary(t.Context(), w.Change(), account, "R", audit))
	load := func() role.Documents {
		var d role.Documents
		w.View(func(r store.Reader) error {
			found, err := r.Role(account, "R")
			w.ok(err)
			d, err = w.Policies(r, found)
			return err
		})
		return d
	}
	d := load()
	var names []string
	for _, doc := range d.Identity {
		names = append(names, doc.Name())
	}
	if got := strings.Join(names, " "); got != readOnly+" "+p.ARN+" inline" {
		t.Errorf("identity policies %s", got)
	}
	if d.Boundary.Name() != audit || d.Trust.Kind() != policy.TrustPolicy {
		t.Errorf("boundary %v, trust %v", d.Boundary, d.Trust)
	}
	allowed := func(action string) bool {
		local := load().Identity[1]
		req := &policy.Request{Principal: policy.Principal{Type: policy.AssumedRole, Account: account}, Action: action, Resource: "*", ResourceAccount: account}
		return policy.Evaluate(req, &policy.Policies{Identity: []*policy.Policy{local}}).Effect == policy.Allowed
	}
	if !allowed("s3:ListBucket") || allowed("s3:GetObject") {
		t.Error("the first version does not decide")
	}
	_, err := w.CreateVersion(t.Context(), w.Change(), p.ARN, strings.Replace(document, "ListBucket", "GetObject", 1), true)
	w.ok(err)
	if allowed("s3:ListBucket") || !allowed("s3:GetObject") {
		t.Error("the new default version does not decide")
	}
}

func TestSAMLProvidersAndAlias(t *testing.T) {
	w := newWorld(t)
	p, err := w.CreateSAMLProvider(t.Context(), w.Change(), account, role.SAMLProviderDefinition{Name: "corp", Metadata: samltest.New(t, "https://idp.example.com").Metadata()})
	w.ok(err)
	_, err = w.CreateSAMLProvider(t.Context(), w.Change(), account, role.SAMLProviderDefinition{Name: "corp", Metadata: samltest.New(t, "https://idp.example.com").Metadata()})
	w.wants(err, idc.Conflict, idc.ReasonAlreadyExists, "corp")
	w.World.Update(func(tx store.Tx) error {
		return role.Reserved{Service: w.Service}.EnsureSAMLProvider(tx, w.Change(), account, "AWSSSO_1234567890abcdef_DO_NOT_DELETE", "<md/>")
	})
	list, err := w.ListSAMLProviders(t.Context(), account)
	if err != nil || len(list) != 2 {
		t.Errorf("providers %v, %v", list, err)
	}
	err = w.DeleteSAMLProvider(t.Context(), w.Change(), account, "arn:aws:iam::222222222222:saml-provider/AWSSSO_1234567890abcdef_DO_NOT_DELETE")
	w.wants(err, idc.Conflict, idc.ReasonUnmodifiable, "protected")
	w.ok(w.DeleteSAMLProvider(t.Context(), w.Change(), account, p.ARN))
	_, err = w.SAMLProvider(t.Context(), account, p.ARN)
	w.wants(err, idc.NotFound, "", p.ARN)

	w.ok(w.SetAlias(t.Context(), w.Change(), account, "secure-cart"))
	w.wants(w.SetAlias(t.Context(), w.Change(), testidc.Management, "secure-cart"), idc.Conflict, idc.ReasonAlreadyExists, "secure-cart")
	for _, bad := range []string{"ab", "Upper", "-x-y", "a--b", "x-", strings.Repeat("a", 64)} {
		w.wants(w.SetAlias(t.Context(), w.Change(), account, bad), idc.Invalid, "", bad)
	}
	w.wants(w.DeleteAlias(t.Context(), w.Change(), account, "other"), idc.NotFound, "", "other")
	w.ok(w.DeleteAlias(t.Context(), w.Change(), account, "secure-cart"))
}
