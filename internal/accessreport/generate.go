package accessreport

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobReport is the kind of the job that makes a report.
const JobReport = "access-report"

// The granularities of a report on an entity.
const (
	ServiceLevel = "SERVICE_LEVEL"
	ActionLevel  = "ACTION_LEVEL"
)

type job struct{ Report string }

// Generate begins a report on a role or managed policy, and returns its id.
func (s *Service) Generate(ctx context.Context, change idc.ChangeSet, accountID, entityARN, granularity string) (string, error) {
	return s.begin(ctx, change, &idc.AccessReport{AccountID: accountID, EntityARN: entityARN, Granularity: cmp.Or(granularity, ServiceLevel)},
		func(r store.Reader) error {
			_, err := s.subject(r, accountID, entityARN)
			return err
		})
}

func (s *Service) begin(ctx context.Context, change idc.ChangeSet, report *idc.AccessReport, check func(r store.Reader) error) (string, error) {
	report.ID, report.Status = s.IDs.UUID(), idc.ReportInProgress
	report.CreatedAt, report.ExpiresAt = change.At, change.At.Add(keepReport)
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		if err := tx.PutAccessReport(report); err != nil {
			return err
		}
		return store.Enqueue(tx, JobReport, "access-report/"+report.ID, job{report.ID}, change.At, change.At)
	})
	return report.ID, err
}

// RunReport is the handler of JobReport.
func (s *Service) RunReport(ctx context.Context, change idc.ChangeSet, j *idc.Job) (func(store.Tx) error, error) {
	payload, err := store.Payload[job](j)
	if err != nil {
		return nil, err
	}
	var report idc.AccessReport
	err = s.Store.View(ctx, func(r store.Reader) error {
		found, err := r.AccessReport(payload.Report)
		if err != nil {
			return err
		}
		report = *found
		if report.EntityARN == "" {
			report.Services, err = s.ofOrganization(r, &report)
		} else {
			report.Services, err = s.ofEntity(r, &report)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	report.Status, report.CompletedAt = idc.ReportCompleted, change.At
	return func(tx store.Tx) error { return tx.PutAccessReport(&report) }, nil
}

// FailReport tells in a report why it could not be made.
func (s *Service) FailReport(tx store.Tx, change idc.ChangeSet, j *idc.Job, cause error) error {
	payload, err := store.Payload[job](j)
	if err != nil {
		return err
	}
	found, err := tx.AccessReport(payload.Report)
	if idc.IsNotFound(err) {
		return nil // it expired
	}
	if err != nil {
		return err
	}
	report := *found
	report.Status, report.CompletedAt = idc.ReportFailed, change.At
	report.ErrorCode, report.Error = idc.KindOf(cause).String(), idc.PublicMessage(cause)
	return tx.PutAccessReport(&report)
}

// ofEntity says which services the policies of a role, or one policy, give access to,
// and when the roles that have them used each.
func (s *Service) ofEntity(r store.Reader, report *idc.AccessReport) ([]idc.ServiceLastAccessed, error) {
	about, err := s.subject(r, report.AccountID, report.EntityARN)
	if err != nil {
		return nil, err
	}
	allow, err := grantsOf(texts(about.documents), false)
	if err != nil {
		return nil, err
	}
	deny, err := grantsOf(texts(about.documents), true)
	if err != nil {
		return nil, err
	}
	used := map[string][]roleUse{} // by service
	for _, of := range about.roles {
		uses, err := r.ListRoleUses(report.AccountID, of.ID)
		if err != nil {
			return nil, err
		}
		for _, u := range uses {
			used[u.Service] = append(used[u.Service], roleUse{of, u})
		}
	}
	var out []idc.ServiceLastAccessed
	for _, namespace := range s.granted(allow, deny, used) {
		out = append(out, s.line(namespace, about.roles, used[namespace], report.Granularity == ActionLevel, allow))
	}
	return out, nil
}

type roleUse struct {
	role *idc.Role
	use  *idc.RoleUse
}

// granted lists the services that statements allow: those of the reference, and of
// others those that were used.
func (s *Service) granted(allow, deny grants, used map[string][]roleUse) []string {
	var out []string
	for _, namespace := range s.Catalog.Services() {
		if s.grants(allow, namespace) && !deny.deniesWhole(namespace) {
			out = append(out, namespace)
		}
	}
	for namespace, uses := range used {
		if s.Catalog.Name(namespace) == "" && slices.ContainsFunc(uses, func(u roleUse) bool { return allow.action(u.use.Service + ":" + u.use.Action) }) {
			out = append(out, namespace)
		}
	}
	slices.Sort(out)
	return out
}

// line is what a report says of one service.
func (s *Service) line(namespace string, roles []*idc.Role, used []roleUse, actions bool, allow grants) idc.ServiceLastAccessed {
	out := idc.ServiceLastAccessed{Namespace: namespace, Name: cmp.Or(s.Catalog.Name(namespace), namespace)}
	for _, of := range roles {
		last := idc.RoleLastAccessed{ARN: of.ARN, Name: of.Name, ID: of.ID, Path: of.Path}
		for _, u := range used {
			if u.role != of {
				continue
			}
			if u.use.UsedAt.After(last.LastAt) {
				last.LastAt = u.use.UsedAt
			}
			if u.use.UsedAt.After(out.LastAt) {
				out.LastAt, out.LastEntity, out.LastRegion = u.use.UsedAt, of.ARN, u.use.Region
			}
		}
		if !last.LastAt.IsZero() {
			out.Entities++
		}
		out.Roles = append(out.Roles, last)
	}
	if actions {
		out.Actions = s.actions(namespace, used, allow)
	}
	return out
}

// actions lists the actions of a service that statements allow, if the service is
// tracked, and those that were used.
func (s *Service) actions(namespace string, used []roleUse, allow grants) []idc.ActionLastAccessed {
	byName := map[string]idc.ActionLastAccessed{}
	if slices.Contains(s.Tracked, namespace) {
		if service, ok := s.Catalog.Service(namespace); ok {
			for i := range service.Actions {
				if a := &service.Actions[i]; allowed(allow, a) {
					byName[a.Name] = idc.ActionLastAccessed{Name: a.Name}
				}
			}
		}
	}
	for _, u := range used {
		if u.use.UsedAt.After(byName[u.use.Action].LastAt) {
			byName[u.use.Action] = idc.ActionLastAccessed{Name: u.use.Action, LastAt: u.use.UsedAt, LastEntity: u.role.ARN, LastRegion: u.use.Region}
		}
	}
	out := make([]idc.ActionLastAccessed, 0, len(byName))
	for _, a := range byName {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b idc.ActionLastAccessed) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func allowed(allow grants, a *serviceauth.Action) bool { return allow.action(a.FullName()) }
