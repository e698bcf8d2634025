package accessreport_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

type world struct {
	*testidc.World
	t       *testing.T
	reports *accessreport.Service
	runner  *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t), t: t}
	w.reports = &accessreport.Service{Store: w.Store, IDs: w.IDs, Catalog: serviceauth.New(), Tracked: []string{"sso"}, OrganizationID: w.Instance.OrganizationID}
	w.runner = &jobs.Runner{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{accessreport.JobReport: {Run: w.reports.RunReport, Fail: w.reports.FailReport}}}
	return w
}

func document(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func allow(actions ...string) string {
	return `{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}`
}

// role stores a role with one inline policy.
func (w *world) role(name, policy string) *idc.Role {
	w.t.Helper()
	r := w.Role(testidc.Member, name, document(""))
	r.InlinePolicies = map[string]string{"own": policy}
	w.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	return r
}

func (w *world) used(r *idc.Role, action string, at time.Time) {
	w.t.Helper()
	service, name, _ := strings.Cut(action, ":")
	w.Update(func(tx store.Tx) error {
		return tx.RecordRoleUses([]idc.RoleUse{{AccountID: r.AccountID, RoleID: r.ID, Service: service, Action: name, UsedAt: at, Region: "us-east-1"}})
	})
}

// report makes a report and returns it.
func (w *world) report(entity, granularity string) *idc.AccessReport {
	w.t.Helper()
	id, err := w.reports.Generate(w.t.Context(), w.Change(), testidc.Member, entity, granularity)
	if err != nil {
		w.t.Fatal(err)
	}
	if got := w.read(testidc.Member, id); got.Status != idc.ReportInProgress {
		w.t.Errorf("a report that just began is %s", got.Status)
	}
	w.runner.Drain(w.t.Context())
	return w.read(testidc.Member, id)
}

func (w *world) read(account, id string) *idc.AccessReport {
	w.t.Helper()
	got, err := w.reports.Report(w.t.Context(), account, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// lines shows a report briefly.
func lines(r *idc.AccessReport) string {
	var out []string
	for _, s := range r.Services {
		line := s.Namespace
		if s.Entities > 0 {
			line += fmt.Sprintf("(%d,%s)", s.Entities, s.LastEntity[strings.LastIndex(s.LastEntity, "/")+1:])
		}
		out = append(out, line)
	}
	return strings.Join(out, " ")
}

// TestWhichServicesPoliciesGrant, by patterns as policies may have them.
func TestWhichServicesPoliciesGrant(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct{ policy, want string }{
		"one":             {document(allow("sso:ListInstances")), "sso"},
		"letter case":     {document(allow("SSO:listinstances")), "sso"},
		"pattern":         {document(allow("sso:List*", "iam:*")), "iam sso"},
		"matches nothing": {document(allow("sso:Nothing*", "nosuch:*")), ""},
		"prefix pattern":  {document(allow("sso-*:*")), "sso-directory sso-oauth"},
		"denied whole":    {document(allow("sso:*", "iam:*") + `,{"Effect":"Deny","Action":"iam:*","Resource":"*"}`), "sso"},
		"denied in part":  {document(allow("sso:*", "iam:*") + `,{"Effect":"Deny","Action":"iam:Get*","Resource":"*"}`), "iam sso"},
		"denied if":       {document(allow("iam:*") + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), "iam"},
	} {
		r := w.role(strings.ReplaceAll(name, " ", ""), c.policy)
		if got := lines(w.report(r.ARN, "")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	but := w.report(w.role("But", document(`{"Effect":"Allow","NotAction":["iam:*","sso:List*"],"Resource":"*"}`)).ARN, "")
	if got := " " + lines(but) + " "; strings.Contains(got, " iam ") || !strings.Contains(got, " sso ") || !strings.Contains(got, " s3 ") {
		t.Errorf("all but iam: %s", got)
	}
	all := w.report(w.Role(testidc.Member, "Admin", document(""), "arn:aws:iam::aws:policy/AdministratorAccess").ARN, "")
	if len(all.Services) != len(w.reports.Catalog.Services()) {
		t.Errorf("an administrator may use %d services of %d", len(all.Services), len(w.reports.Catalog.Services()))
	}
}

// TestAReportOnARole tells when and where, and at action level which actions, used or not.
func TestAReportOnARole(t *testing.T) {
	w := newWorld(t)
	r := w.role("Reader", document(allow("sso:List*", "iam:Get*", "orders:*")))
	at := w.Clock.Now().Add(-time.Hour)
	w.used(r, "sso:ListInstances", at)
	w.used(r, "sso:ListPermissionSets", at.Add(-time.Hour))
	w.used(r, "orders:Place", at)
	w.used(r, "s3:GetObject", at) // it may not, and tried
	got := w.report(r.ARN, accessreport.ActionLevel)
	if lines(got) != "iam orders(1,Reader) sso(1,Reader)" {
		t.Fatalf("lines %s", lines(got))
	}
	sso := got.Services[2]
	if !sso.LastAt.Equal(at) || sso.LastEntity != r.ARN || sso.LastRegion != "us-east-1" || sso.Name != "AWS IAM Identity Center" {
		t.Errorf("sso %+v", sso)
	}
	last := map[string]time.Time{}
	for _, a := range sso.Actions {
		last[a.Name] = a.LastAt
	}
	if never, listed := last["ListTagsForResource"]; !listed || !never.IsZero() || !last["ListInstances"].Equal(at) || !last["ListPermissionSets"].Equal(at.Add(-time.Hour)) {
		t.Errorf("actions %v", last)
	}
	if _, granted := last["CreatePermissionSet"]; granted {
		t.Error("an action that the role may not use is in the report")
	}
	if len(got.Services[0].Actions) != 0 || len(got.Services[1].Actions) != 1 {
		t.Error("of services that are not tracked, only what was used is told")
	}
	if plain := w.report(r.ARN, ""); plain.Granularity != accessreport.ServiceLevel || plain.Services[2].Actions != nil {
		t.Errorf("at service level %+v", plain.Services[2])
	}
	if _, err := w.reports.Report(t.Context(), testidc.Management, got.ID); !idc.IsNotFound(err) {
		t.Errorf("another account reads the report: %v", err)
	}
}

// TestAReportOnAPolicy is about all roles that have it.
func TestAReportOnAPolicy(t *testing.T) {
	w := newWorld(t)
	policyARN := "arn:aws:iam::222222222222:policy/P"
	w.Update(func(tx store.Tx) error {
		return tx.PutManagedPolicy(&idc.ManagedPolicy{AccountID: testidc.Member, Name: "P", Path: "/", ID: "ANPA1", ARN: policyARN, DefaultVersion: "v1",
			Versions: []idc.PolicyVersion{{ID: "v1", Document: document(allow("sso:*", "iam:*"))}}})
	})
	at := w.Clock.Now().Add(-time.Hour)
	for i, name := range []string{"A", "B", "C"} {
		r := w.Role(testidc.Member, name, document(""), policyARN)
		if name != "C" {
			w.used(r, "sso:ListInstances", at.Add(time.Duration(i)*time.Minute))
		}
	}
	bounded := w.Role(testidc.Member, "Bounded", document(""))
	bounded.PermissionsBoundary = policyARN
	w.Update(func(tx store.Tx) error { return tx.PutRole(bounded) })
	got := w.report(policyARN, "")
	if lines(got) != "iam sso(2,B)" || len(got.Services[1].Roles) != 3 {
		t.Errorf("lines %s, roles %+v", lines(got), got.Services[1].Roles)
	}
	granting, err := w.reports.PoliciesGranting(t.Context(), testidc.Member, "arn:aws:iam::222222222222:role/A", []string{"sso", "s3"})
	if err != nil || len(granting["sso"]) != 1 || granting["sso"][0].PolicyARN != policyARN || granting["s3"] != nil {
		t.Errorf("granting %+v, %v", granting, err)
	}
	inline := w.role("Inline", document(allow("s3:GetObject")))
	granting, err = w.reports.PoliciesGranting(t.Context(), testidc.Member, inline.ARN, []string{"s3"})
	if err != nil || len(granting["s3"]) != 1 || granting["s3"][0] != (accessreport.Granting{PolicyName: "own", RoleName: "Inline"}) {
		t.Errorf("granting %+v, %v", granting, err)
	}
}

// TestReportsThatCannotBe: of what does not exist at the start, or not any more.
func TestReportsThatCannotBe(t *testing.T) {
	w := newWorld(t)
	r := w.role("Gone", document(allow("sso:*")))
	other := w.Role(testidc.Management, "Other", document(""))
	for entity, kind := range map[string]idc.Kind{
		"arn:aws:iam::222222222222:role/None": idc.NotFound, "arn:aws:iam::222222222222:user/ana": idc.NotFound, other.ARN: idc.NotFound,
		"arn:aws:iam::aws:policy/None": idc.NotFound, "arn:aws:iam::111111111111:policy/P": idc.NotFound, "arn:aws:s3:::b": idc.Invalid, "ana": idc.Invalid,
	} {
		if _, err := w.reports.Generate(t.Context(), w.Change(), testidc.Member, entity, ""); idc.KindOf(err) != kind {
			t.Errorf("%s: %v, want %s", entity, err, kind)
		}
	}
	id, err := w.reports.Generate(t.Context(), w.Change(), testidc.Member, r.ARN, "")
	if err != nil {
		t.Fatal(err)
	}
	w.Update(func(tx store.Tx) error { return tx.DeleteRole(testidc.Member, "Gone") })
	w.runner.Drain(t.Context())
	if got := w.read(testidc.Member, id); got.Status != idc.ReportFailed || got.ErrorCode == "" || !strings.Contains(got.Error, "does not exist") {
		t.Errorf("a report on a role that is gone: %+v", got)
	}
}

// TestTheReportOfTheOrganization follows service control policies along the path.
func TestTheReportOfTheOrganization(t *testing.T) {
	w := newWorld(t)
	root := w.Instance.RootID
	w.Update(func(tx store.Tx) error {
		for id, content := range map[string]string{"p-all00000": document(allow("*")), "p-some0000": document(allow("sso:*", "iam:*", "s3:*")),
			"p-deny0000": document(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`)} {
			if err := tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: id, Name: id, Type: idc.PolicyServiceControl, Content: content}); err != nil {
				return err
			}
		}
		for _, a := range []idc.PolicyAttachment{{PolicyID: "p-all00000", TargetID: root}, {PolicyID: "p-some0000", TargetID: testidc.Member}, {PolicyID: "p-deny0000", TargetID: testidc.Member}} {
			if err := tx.PutPolicyAttachment(&a); err != nil {
				return err
			}
		}
		return nil
	})
	at := w.Clock.Now().Add(-time.Hour)
	w.used(w.role("R", document("")), "sso:ListInstances", at)
	management := w.Role(testidc.Management, "M", document(""))
	w.used(management, "sso:ListInstances", at.Add(time.Minute))
	path := w.Instance.OrganizationID + "/" + root
	make := func(entity, policyID string) *idc.AccessReport {
		t.Helper()
		id, err := w.reports.GenerateOrganization(t.Context(), w.Change(), testidc.Management, entity, policyID)
		if err != nil {
			t.Fatal(err)
		}
		w.runner.Drain(t.Context())
		return w.read(testidc.Management, id)
	}
	if got := lines(make(path+"/"+testidc.Member, "")); got != "iam sso(1,222222222222)" {
		t.Errorf("the member may use %s", got)
	}
	everything := len(w.reports.Catalog.Services())
	if got := make(path+"/"+testidc.Management, ""); len(got.Services) != everything {
		t.Errorf("the management account may use %d services", len(got.Services))
	}
	got := make(path, "")
	at2 := slices.IndexFunc(got.Services, func(s idc.ServiceLastAccessed) bool { return s.Namespace == "sso" })
	if sso := got.Services[at2]; len(got.Services) != everything || sso.Entities != 2 || sso.LastEntity != path+"/"+testidc.Management || !sso.LastAt.Equal(at.Add(time.Minute)) {
		t.Errorf("of the root: %d services, sso %+v", len(got.Services), sso)
	}
	if got := lines(make(path, "p-some0000")); got != "iam s3 sso(2,111111111111)" {
		t.Errorf("by the policy: %s", got)
	}
	for _, wrong := range []string{"o-another000/" + root, path + "/ou-none-00000000", path + "/999999999999", w.Instance.OrganizationID} {
		if _, err := w.reports.GenerateOrganization(t.Context(), w.Change(), testidc.Management, wrong, ""); idc.KindOf(err) != idc.Invalid {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if _, err := w.reports.GenerateOrganization(t.Context(), w.Change(), testidc.Management, path, "p-none0000"); idc.KindOf(err) != idc.Invalid {
		t.Errorf("a policy that does not exist: %v", err)
	}
}
