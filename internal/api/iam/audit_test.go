package iam_test

import (
	"encoding/csv"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestWhatAnAccountDoesNotHave: audit tools get empty lists and AWS's words for what they name.
func TestWhatAnAccountDoesNotHave(t *testing.T) {
	w := newWorld(t)
	c := w.Client
	users := doortest.Do(c, iam.ListUsers, &iam.ListUsersInput{})
	groups := doortest.Do(c, iam.ListGroups, &iam.ListGroupsInput{})
	profiles := doortest.Do(c, iam.ListInstanceProfiles, &iam.ListInstanceProfilesInput{})
	certificates := doortest.Do(c, iam.ListServerCertificates, &iam.ListServerCertificatesInput{})
	devices := doortest.Do(c, iam.ListVirtualMFADevices, &iam.ListVirtualMFADevicesInput{})
	for name, is := range map[string]struct {
		n         int
		truncated *bool
	}{"users": {len(users.Users), users.IsTruncated}, "groups": {len(groups.Groups), groups.IsTruncated}, "profiles": {len(profiles.InstanceProfiles), profiles.IsTruncated},
		"certificates": {len(certificates.ServerCertificateMetadataList), certificates.IsTruncated}, "devices": {len(devices.VirtualMFADevices), devices.IsTruncated}} {
		if is.n != 0 || is.truncated == nil || *is.truncated {
			t.Errorf("%s: %+v", name, is)
		}
	}
	doortest.Refuse(c, iam.ListUsers, &iam.ListUsersInput{Marker: p("x")}, "ValidationError", "marker")
	doortest.Refuse(c, iam.GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{}, "NoSuchEntity", "The Password Policy with domain name 222222222222 cannot be found.")
	ana, gone := p("ana"), "The user with name ana cannot be found."
	doortest.Refuse(c, iam.GetUser, &iam.GetUserInput{UserName: ana}, "NoSuchEntity", gone)
	w.asked("iam:GetUser", "arn:aws:iam::222222222222:user/ana")
	doortest.Refuse(c, iam.GetLoginProfile, &iam.GetLoginProfileInput{UserName: ana}, "NoSuchEntity", gone)
	doortest.Refuse(c, iam.ListAccessKeys, &iam.ListAccessKeysInput{UserName: ana}, "NoSuchEntity", gone)
	doortest.Refuse(c, iam.ListMFADevices, &iam.ListMFADevicesInput{UserName: ana}, "NoSuchEntity", gone)
	doortest.Refuse(c, iam.ListUserPolicies, &iam.ListUserPoliciesInput{UserName: ana}, "NoSuchEntity", gone)
	doortest.Refuse(c, iam.GetUser, &iam.GetUserInput{}, "ValidationError", "Must specify userName when calling with non-User credentials")
	doortest.Refuse(c, iam.ListAccessKeys, &iam.ListAccessKeysInput{}, "ValidationError", "Must specify userName")
	doortest.Refuse(c, iam.GetGroup, &iam.GetGroupInput{GroupName: p("g")}, "NoSuchEntity", "The group with name g cannot be found.")
	doortest.Refuse(c, iam.GetInstanceProfile, &iam.GetInstanceProfileInput{InstanceProfileName: p("i")}, "NoSuchEntity", "Instance Profile i cannot be found.")
	doortest.Refuse(c, iam.GetServerCertificate, &iam.GetServerCertificateInput{ServerCertificateName: p("c")}, "NoSuchEntity", "The Server Certificate with name c cannot be found.")
}

// TestTheCredentialReport has the root user alone, who has no credentials.
func TestTheCredentialReport(t *testing.T) {
	w := newWorld(t)
	if state := *doortest.Do(w.Client, iam.GenerateCredentialReport, &iam.GenerateCredentialReportInput{}).State; state != "COMPLETE" {
		t.Errorf("state %s", state)
	}
	got := doortest.Do(w.Client, iam.GetCredentialReport, &iam.GetCredentialReportInput{})
	rows, err := csv.NewReader(strings.NewReader(string(got.Content))).ReadAll()
	if err != nil || len(rows) != 2 || len(rows[0]) != 22 {
		t.Fatalf("report %q, %v", got.Content, err)
	}
	row := map[string]string{}
	for i, name := range rows[0] {
		row[name] = rows[1][i]
	}
	if row["user"] != "<root_account>" || row["arn"] != "arn:aws:iam::222222222222:root" || row["user_creation_time"] != "2026-03-01T12:00:00+00:00" ||
		row["password_enabled"] != "false" || row["access_key_1_active"] != "false" || row["cert_2_active"] != "false" {
		t.Errorf("row %v", row)
	}
}

// TestAccountSummary has AWS's keys, with what is there and what may be.
func TestAccountSummary(t *testing.T) {
	w := newWorld(t)
	_, err := w.roles.CreatePolicy(t.Context(), w.Change(), testidc.Member, role.PolicyDefinition{Name: "P", Document: document})
	if err != nil {
		t.Fatal(err)
	}
	got := doortest.Do(w.Client, iam.GetAccountSummary, &iam.GetAccountSummaryInput{}).SummaryMap
	for key, want := range map[string]int32{"Roles": 1, "Policies": 1, "PolicyVersionsInUse": 1, "Providers": 0, "RolesQuota": 1000, "PoliciesQuota": 1500,
		"VersionsPerPolicyQuota": 5, "AssumeRolePolicySizeQuota": 2048, "Users": 0, "AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0, "GlobalEndpointTokenVersion": 1} {
		if have, ok := got[key]; !ok || have != want {
			t.Errorf("%s is %d (%v), want %d", key, have, ok, want)
		}
	}
	if len(got) != 34 {
		t.Errorf("%d keys, AWS has 34", len(got))
	}
}

// TestAuthorizationDetails pages through roles and policies with everything that decides about access.
func TestAuthorizationDetails(t *testing.T) {
	w := newWorld(t)
	made, err := w.roles.CreatePolicy(t.Context(), w.Change(), testidc.Member, role.PolicyDefinition{Name: "P", Document: document, Description: "d"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.roles.CreateVersion(t.Context(), w.Change(), made.ARN, document, false); err != nil {
		t.Fatal(err)
	}
	r := w.Role(testidc.Member, "Full", trust, made.ARN, readOnly)
	r.InlinePolicies, r.PermissionsBoundary, r.Tags = map[string]string{"own": document}, made.ARN, []idc.Tag{{Key: "Team", Value: "a"}}
	used := w.Clock.Now().Add(-time.Hour)
	w.Update(func(tx store.Tx) error {
		if err := tx.RecordRoleUses([]idc.RoleUse{{AccountID: testidc.Member, RoleID: r.ID, Service: "sso", Action: "X", UsedAt: used, Region: "us-east-1"}}); err != nil {
			return err
		}
		return tx.PutRole(r)
	})
	var roles []iam.RoleDetail
	var policies []iam.ManagedPolicyDetail
	in := &iam.GetAccountAuthorizationDetailsInput{MaxItems: p(int32(1))}
	for pages := 0; ; pages++ {
		out := doortest.Do(w.Client, iam.GetAccountAuthorizationDetails, in)
		if len(out.RoleDetailList)+len(out.Policies) != 1 || pages > 9 {
			t.Fatalf("a page of %d roles and %d policies", len(out.RoleDetailList), len(out.Policies))
		}
		roles, policies = append(roles, out.RoleDetailList...), append(policies, out.Policies...)
		if in.Marker = out.Marker; !*out.IsTruncated {
			break
		}
	}
	if len(roles) != 2 || len(policies) != 2 {
		t.Fatalf("%d roles, %d policies", len(roles), len(policies))
	}
	if of := roles[0]; *of.RoleName != reserved || *of.RolePolicyList[0].PolicyName != "AwsSSOInlinePolicy" || of.RoleLastUsed == nil || of.RoleLastUsed.LastUsedDate != nil {
		t.Errorf("the reserved role %+v", of)
	}
	full := roles[1]
	if *full.RolePolicyList[0].PolicyDocument != document || len(full.AttachedManagedPolicies) != 2 || *full.PermissionsBoundary.PermissionsBoundaryArn != made.ARN ||
		*full.Tags[0].Key != "Team" || !full.RoleLastUsed.LastUsedDate.Equal(used) || *full.RoleLastUsed.Region != "us-east-1" || *full.AssumeRolePolicyDocument != trust {
		t.Errorf("the role %+v", full)
	}
	if own := policies[0]; *own.Arn != made.ARN || len(own.PolicyVersionList) != 2 || *own.PolicyVersionList[0].Document != document || !*own.PolicyVersionList[0].IsDefaultVersion ||
		*own.AttachmentCount != 1 || *own.PermissionsBoundaryUsageCount != 1 || *own.Description != "d" {
		t.Errorf("the policy %+v", own)
	}
	if aws := policies[1]; *aws.Arn != readOnly || *aws.AttachmentCount != 2 || len(aws.PolicyVersionList) != 1 {
		t.Errorf("the AWS managed policy %+v", aws)
	}
	only := doortest.Do(w.Client, iam.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []string{"LocalManagedPolicy", "User"}})
	if len(only.RoleDetailList) != 0 || len(only.Policies) != 1 {
		t.Errorf("filtered: %d roles, %d policies", len(only.RoleDetailList), len(only.Policies))
	}
	if got := doortest.Do(w.Client, iam.GetRole, &iam.GetRoleInput{RoleName: p("Full")}).Role.RoleLastUsed; got == nil || !got.LastUsedDate.Equal(used) {
		t.Errorf("GetRole tells %+v", got)
	}
	if got := doortest.Do(w.Client, iam.ListRoles, &iam.ListRolesInput{}).Roles[1]; got.RoleLastUsed != nil {
		t.Error("ListRoles tells the last use, which AWS's does not")
	}
}

// runReports makes the reports that were begun.
func (w *world) runReports() {
	w.World.T.Helper()
	(&jobs.Runner{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{accessreport.JobReport: {Run: w.reports.RunReport, Fail: w.reports.FailReport}}}).Drain(w.World.T.Context())
}

// TestReportsOverTheWire: begin, read what is there, page, sort.
func TestReportsOverTheWire(t *testing.T) {
	w := newWorld(t)
	c := w.Client
	r := w.Role(testidc.Member, "R", trust)
	r.InlinePolicies = map[string]string{"own": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sso:*","iam:*"],"Resource":"*"}]}`}
	used := w.Clock.Now().Add(-time.Hour)
	w.Update(func(tx store.Tx) error {
		if err := tx.RecordRoleUses([]idc.RoleUse{{AccountID: testidc.Member, RoleID: r.ID, Service: "sso", Action: "ListInstances", UsedAt: used, Region: "us-east-1"}}); err != nil {
			return err
		}
		return tx.PutRole(r)
	})
	id := doortest.Do(c, iam.GenerateServiceLastAccessedDetails, &iam.GenerateServiceLastAccessedDetailsInput{Arn: &r.ARN, Granularity: p("ACTION_LEVEL")}).JobId
	w.asked("iam:GenerateServiceLastAccessedDetails", r.ARN)
	if got := doortest.Do(c, iam.GetServiceLastAccessedDetails, &iam.GetServiceLastAccessedDetailsInput{JobId: id}); *got.JobStatus != "IN_PROGRESS" || got.JobCompletionDate != nil {
		t.Errorf("at first %+v", got)
	}
	w.runReports()
	got := doortest.Do(c, iam.GetServiceLastAccessedDetails, &iam.GetServiceLastAccessedDetailsInput{JobId: id, MaxItems: p(int32(2))})
	if *got.JobStatus != "COMPLETED" || *got.JobType != "ACTION_LEVEL" || len(got.ServicesLastAccessed) != 2 || !*got.IsTruncated || got.Error != nil {
		t.Errorf("a page %+v", got)
	}
	if idle := got.ServicesLastAccessed[0]; *idle.ServiceNamespace != "iam" || idle.LastAuthenticated != nil || idle.LastAuthenticatedEntity != nil || *idle.TotalAuthenticatedEntities != 0 {
		t.Errorf("a service that was never used %+v", idle)
	}
	rest := doortest.Do(c, iam.GetServiceLastAccessedDetails, &iam.GetServiceLastAccessedDetailsInput{JobId: id, Marker: got.Marker}).ServicesLastAccessed
	if len(rest) != 1 || *rest[0].LastAuthenticatedEntity != r.ARN || !rest[0].LastAuthenticated.Equal(used) || *rest[0].TrackedActionsLastAccessed[0].ActionName != "ListInstances" {
		t.Errorf("the last page %+v", rest)
	}
	with := doortest.Do(c, iam.GetServiceLastAccessedDetailsWithEntities, &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: id, ServiceNamespace: p("sso")}).EntityDetailsList
	if len(with) != 1 || *with[0].EntityInfo.Arn != r.ARN || *with[0].EntityInfo.Type != "ROLE" || !with[0].LastAuthenticated.Equal(used) {
		t.Errorf("entities %+v", with)
	}
	doortest.Refuse(c, iam.GetServiceLastAccessedDetailsWithEntities, &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: id, ServiceNamespace: p("ec2")}, "NoSuchEntity", "ec2")
	doortest.Refuse(c, iam.GetOrganizationsAccessReport, &iam.GetOrganizationsAccessReportInput{JobId: id}, "NoSuchEntity", *id)
	doortest.Refuse(c, iam.GenerateServiceLastAccessedDetails, &iam.GenerateServiceLastAccessedDetailsInput{Arn: p("arn:aws:s3:::a-bucket-here")}, "InvalidInput", "not that of")
	granting := doortest.Do(c, iam.ListPoliciesGrantingServiceAccess, &iam.ListPoliciesGrantingServiceAccessInput{Arn: &r.ARN, ServiceNamespaces: []string{"sso", "ec2"}}).PoliciesGrantingServiceAccess
	if len(granting) != 2 || *granting[0].Policies[0].PolicyType != "INLINE" || *granting[0].Policies[0].EntityName != "R" || len(granting[1].Policies) != 0 {
		t.Errorf("granting %+v", granting)
	}

	path := w.Instance.OrganizationID + "/" + w.Instance.RootID
	c.Caller.AccountID = testidc.Management
	id = doortest.Do(c, iam.GenerateOrganizationsAccessReport, &iam.GenerateOrganizationsAccessReportInput{EntityPath: p(path + "/" + testidc.Management)}).JobId
	w.runReports()
	org := doortest.Do(c, iam.GetOrganizationsAccessReport, &iam.GetOrganizationsAccessReportInput{JobId: id, SortKey: p("SERVICE_NAMESPACE_DESCENDING"), MaxItems: p(int32(1))})
	if *org.JobStatus != "COMPLETED" || *org.NumberOfServicesAccessible < 300 || *org.NumberOfServicesNotAccessed != *org.NumberOfServicesAccessible || *org.AccessDetails[0].ServiceNamespace != "xray" {
		t.Errorf("of the organization %+v", org)
	}
}
