package iam

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) lastAccessedOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onARN(iam.GenerateServiceLastAccessedDetails, func(in *iam.GenerateServiceLastAccessedDetailsInput) *string { return in.Arn }, d.generateServiceLastAccessed),
		onAccount(iam.GetServiceLastAccessedDetails, d.getServiceLastAccessed),
		onAccount(iam.GetServiceLastAccessedDetailsWithEntities, d.getServiceLastAccessedWithEntities),
		onARN(iam.ListPoliciesGrantingServiceAccess, func(in *iam.ListPoliciesGrantingServiceAccessInput) *string { return in.Arn }, d.listPoliciesGranting),
		awsedge.Op(iam.GenerateOrganizationsAccessReport, d.generateOrganizationsReport,
			awsedge.On(func(call *awsedge.Call, in *iam.GenerateOrganizationsAccessReportInput) []string {
				return []string{arn.ARN{Partition: "aws", Service: "iam", Account: call.Caller.AccountID, Resource: "access-report/" + *in.EntityPath}.String()}
			}),
			keys(func(in *iam.GenerateOrganizationsAccessReportInput) map[string][]string {
				if in.OrganizationsPolicyId == nil {
					return nil
				}
				return map[string][]string{"iam:OrganizationsPolicyId": {*in.OrganizationsPolicyId}}
			})),
		onAccount(iam.GetOrganizationsAccessReport, d.getOrganizationsReport),
	}
}

func (d *Door) generateServiceLastAccessed(ctx context.Context, call *awsedge.Call, in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
	id, err := d.Reports.Generate(ctx, call.Change(), call.Caller.AccountID, *in.Arn, value(in.Granularity))
	if err != nil {
		return nil, err
	}
	return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: &id}, nil
}

// entityReport reads a report on a role or policy.
func (d *Door) entityReport(ctx context.Context, call *awsedge.Call, id string) (*idc.AccessReport, error) {
	report, err := d.Reports.Report(ctx, call.Caller.AccountID, id)
	if err == nil && report.EntityARN == "" {
		return nil, idc.NotFoundf("AccessReport", id, "Job with id %s was not found.", id)
	}
	return report, err
}

// instant is a time on the wire, absent when it is zero.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func failure(r *idc.AccessReport) *iam.ErrorDetails {
	if r.Status != idc.ReportFailed {
		return nil
	}
	return &iam.ErrorDetails{Code: &r.ErrorCode, Message: &r.Error}
}

func status(r *idc.AccessReport) *string { return text(string(r.Status)) }

// numbered gives the items of a finished report cursors that keep their order.
type numbered[T any] struct {
	at   string
	item T
}

// paged pages through the items of a report, which do not change.
func paged[T any](d *Door, call *awsedge.Call, marker *string, max *int32, items []T, filters ...string) (list[T], error) {
	all := make([]numbered[T], len(items))
	for i, item := range items {
		all[i] = numbered[T]{fmt.Sprintf("%06d", i), item}
	}
	page, err := cut(d, call, marker, max, all, func(n numbered[T]) string { return n.at }, filters...)
	out := list[T]{items: []T{}, truncated: page.truncated, marker: page.marker}
	for _, n := range page.items {
		out.items = append(out.items, n.item)
	}
	return out, err
}

// getServiceLastAccessed implements
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html.
func (d *Door) getServiceLastAccessed(ctx context.Context, call *awsedge.Call, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
	report, err := d.entityReport(ctx, call, *in.JobId)
	if err != nil {
		return nil, err
	}
	page, err := paged(d, call, in.Marker, in.MaxItems, report.Services, report.ID)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsOutput{
		JobStatus: status(report), JobType: &report.Granularity, JobCreationDate: &report.CreatedAt, JobCompletionDate: instant(report.CompletedAt),
		Error: failure(report), IsTruncated: page.truncated, Marker: page.marker, ServicesLastAccessed: []iam.ServiceLastAccessed{},
	}
	for _, s := range page.items {
		line := iam.ServiceLastAccessed{ServiceName: &s.Name, ServiceNamespace: &s.Namespace, LastAuthenticated: instant(s.LastAt),
			LastAuthenticatedEntity: text(s.LastEntity), LastAuthenticatedRegion: text(s.LastRegion), TotalAuthenticatedEntities: number(s.Entities)}
		for _, a := range s.Actions {
			line.TrackedActionsLastAccessed = append(line.TrackedActionsLastAccessed, iam.TrackedActionLastAccessed{ActionName: &a.Name,
				LastAccessedTime: instant(a.LastAt), LastAccessedEntity: text(a.LastEntity), LastAccessedRegion: text(a.LastRegion)})
		}
		out.ServicesLastAccessed = append(out.ServicesLastAccessed, line)
	}
	return out, nil
}

func (d *Door) getServiceLastAccessedWithEntities(ctx context.Context, call *awsedge.Call, in *iam.GetServiceLastAccessedDetailsWithEntitiesInput) (*iam.GetServiceLastAccessedDetailsWithEntitiesOutput, error) {
	report, err := d.entityReport(ctx, call, *in.JobId)
	if err != nil {
		return nil, err
	}
	var roles []idc.RoleLastAccessed
	if report.Status == idc.ReportCompleted {
		at := slices.IndexFunc(report.Services, func(s idc.ServiceLastAccessed) bool { return s.Namespace == *in.ServiceNamespace })
		if at < 0 {
			return nil, idc.NotFoundf("Service", *in.ServiceNamespace, "The service %s is not in the report.", *in.ServiceNamespace)
		}
		roles = report.Services[at].Roles
	}
	page, err := paged(d, call, in.Marker, in.MaxItems, roles, report.ID, *in.ServiceNamespace)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsWithEntitiesOutput{
		JobStatus: status(report), JobCreationDate: &report.CreatedAt, JobCompletionDate: instant(report.CompletedAt), Error: failure(report),
		IsTruncated: page.truncated, Marker: page.marker, EntityDetailsList: []iam.EntityDetails{},
	}
	for _, r := range page.items {
		out.EntityDetailsList = append(out.EntityDetailsList, iam.EntityDetails{LastAuthenticated: instant(r.LastAt),
			EntityInfo: &iam.EntityInfo{Arn: &r.ARN, Id: &r.ID, Name: &r.Name, Path: &r.Path, Type: text("ROLE")}})
	}
	return out, nil
}

// listPoliciesGranting has an entry for each service that was asked for, in that order.
func (d *Door) listPoliciesGranting(ctx context.Context, call *awsedge.Call, in *iam.ListPoliciesGrantingServiceAccessInput) (*iam.ListPoliciesGrantingServiceAccessOutput, error) {
	granting, err := d.Reports.PoliciesGranting(ctx, call.Caller.AccountID, *in.Arn, in.ServiceNamespaces)
	if err != nil {
		return nil, err
	}
	entries := make([]iam.ListPoliciesGrantingServiceAccessEntry, len(in.ServiceNamespaces))
	for i, namespace := range in.ServiceNamespaces {
		entries[i] = iam.ListPoliciesGrantingServiceAccessEntry{ServiceNamespace: &namespace, Policies: []iam.PolicyGrantingServiceAccess{}}
		for _, g := range granting[namespace] {
			p := iam.PolicyGrantingServiceAccess{PolicyName: &g.PolicyName, PolicyType: text("MANAGED"), PolicyArn: text(g.PolicyARN)}
			if g.PolicyARN == "" {
				p.PolicyType, p.EntityType, p.EntityName = text("INLINE"), text("ROLE"), &g.RoleName
			}
			entries[i].Policies = append(entries[i].Policies, p)
		}
	}
	page, err := paged(d, call, in.Marker, nil, entries, append([]string{*in.Arn}, in.ServiceNamespaces...)...)
	if err != nil {
		return nil, err
	}
	return &iam.ListPoliciesGrantingServiceAccessOutput{PoliciesGrantingServiceAccess: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) generateOrganizationsReport(ctx context.Context, call *awsedge.Call, in *iam.GenerateOrganizationsAccessReportInput) (*iam.GenerateOrganizationsAccessReportOutput, error) {
	id, err := d.Reports.GenerateOrganization(ctx, call.Change(), call.Caller.AccountID, *in.EntityPath, value(in.OrganizationsPolicyId))
	if err != nil {
		return nil, err
	}
	return &iam.GenerateOrganizationsAccessReportOutput{JobId: &id}, nil
}

// getOrganizationsReport implements
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOrganizationsAccessReport.html.
func (d *Door) getOrganizationsReport(ctx context.Context, call *awsedge.Call, in *iam.GetOrganizationsAccessReportInput) (*iam.GetOrganizationsAccessReportOutput, error) {
	report, err := d.Reports.Report(ctx, call.Caller.AccountID, *in.JobId)
	if err == nil && report.EntityARN != "" {
		err = idc.NotFoundf("AccessReport", *in.JobId, "Job with id %s was not found.", *in.JobId)
	}
	if err != nil {
		return nil, err
	}
	sorted, idle := sortedServices(report.Services, value(in.SortKey)), 0
	for _, s := range sorted {
		if s.LastAt.IsZero() {
			idle++
		}
	}
	page, err := paged(d, call, in.Marker, in.MaxItems, sorted, report.ID, value(in.SortKey))
	if err != nil {
		return nil, err
	}
	out := &iam.GetOrganizationsAccessReportOutput{
		JobStatus: status(report), JobCreationDate: &report.CreatedAt, JobCompletionDate: instant(report.CompletedAt), ErrorDetails: failure(report),
		IsTruncated: page.truncated, Marker: page.marker,
	}
	if report.Status != idc.ReportCompleted {
		return out, nil
	}
	out.NumberOfServicesAccessible, out.NumberOfServicesNotAccessed = number(len(sorted)), number(idle)
	for _, s := range page.items {
		out.AccessDetails = append(out.AccessDetails, iam.AccessDetail{ServiceName: &s.Name, ServiceNamespace: &s.Namespace, Region: text(s.LastRegion),
			EntityPath: text(s.LastEntity), LastAuthenticatedTime: instant(s.LastAt), TotalAuthenticatedEntities: number(s.Entities)})
	}
	return out, nil
}

// sortedServices orders the lines of a report; they are stored by namespace.
func sortedServices(services []idc.ServiceLastAccessed, key string) []idc.ServiceLastAccessed {
	out := slices.Clone(services)
	slices.SortStableFunc(out, func(a, b idc.ServiceLastAccessed) int {
		byName := strings.Compare(a.Namespace, b.Namespace)
		switch key {
		case "SERVICE_NAMESPACE_DESCENDING":
			return -byName
		case "LAST_AUTHENTICATED_TIME_ASCENDING":
			return cmp.Or(a.LastAt.Compare(b.LastAt), byName)
		case "LAST_AUTHENTICATED_TIME_DESCENDING":
			return cmp.Or(b.LastAt.Compare(a.LastAt), byName)
		}
		return byName
	})
	return out
}
