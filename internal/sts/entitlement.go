package sts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Roles that people are entitled to (package accountaccess) are had by the same call
// as the roles of permission sets, under their own name. Where a permission set has
// that name it keeps it, and the entitled role is named by its ARN, which is never
// the name of a permission set. The role is taken by the service
// account-access.amazonaws.com on the person's behalf: its trust policy decides.

// entitledName is the name under which a role is listed and asked for.
func entitledName(r store.PermissionSetReader, role *idc.Role) (string, error) {
	_, err := r.PermissionSetByName(role.Name)
	if idc.IsNotFound(err) {
		return role.Name, nil
	}
	return role.ARN, err
}

// prepareEntitled finds the entitlement to a role of an account; name is one that no
// permission set has.
func prepareEntitled(r store.Reader, out *Session, accountID, name string, now time.Time) error {
	grants, err := accountaccess.Effective(r, out.UserID, now)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(grants, func(g accountaccess.Grant) bool {
		return g.Account.ID == accountID && (g.Role.Name == name || g.Role.ARN == name)
	})
	if at < 0 {
		return noAccess()
	}
	grant := grants[at]
	user, err := r.User(out.UserID)
	if err != nil {
		return err
	}
	instance, err := r.Instance()
	if err != nil {
		return err
	}
	if out.Tags, err = tagsOf(r, instance, user); err != nil {
		return err
	}
	actor := accountaccess.Actor(grant.Application)
	actor.UserID = user.ID
	out.Role, out.Duration, out.SessionName = grant.Role, grant.Role.MaxSessionDuration, SessionName(user.UserName, user.ID)
	out.NotAfter, out.AssignmentID, out.Acting = grant.Validity.EndsAt, grant.Entitlement.ID, &actor
	return nil
}

// admitEntitled asks whether the role lets the service in, at every hop anew. Tags
// that the trust policy does not take stay behind. The person is told what to ask the
// administrator for: that the role is theirs they know.
func (s *Service) admitEntitled(ctx context.Context, in *Session) error {
	if s.AdmitService == nil {
		in.Tags = nil
		return nil
	}
	tagged, err := s.AdmitService(ctx, in.Role, *in.Acting, in.SessionName, in.Tags)
	if idc.KindOf(err) == idc.Denied {
		return idc.Errorf(idc.Denied, "No access: the role %s does not let %s in. Ask the administrator of account %s to allow it "+
			"sts:AssumeRole and sts:SetContext in the role's trust policy.", in.Role.Name, in.Acting.Principal, in.Role.AccountID).Because(err)
	}
	if !tagged {
		in.Tags = nil
	}
	return err
}

// recordEntitledHop leaves the AssumeRole event of the service in the trail of the
// account whose role was taken.
func (s *Service) recordEntitledHop(in Session, creds *idc.Credentials, issued idc.Caller) error {
	by := in.Acting
	parameters := map[string]any{
		"roleArn": in.Role.ARN, "roleSessionName": in.SessionName,
		"durationSeconds":  int(creds.ExpiresAt.Sub(issued.IssuedAt).Seconds()),
		"providedContexts": []map[string]any{{"providerArn": arn.ContextProvider("IdentityCenter").String(), "contextAssertion": audit.Hidden}},
	}
	if len(in.Tags) > 0 {
		tags := make([]map[string]any, len(in.Tags))
		for i, t := range in.Tags {
			tags[i] = map[string]any{"key": t.Key, "value": t.Value}
		}
		parameters["tags"] = tags
	}
	return s.Precede(audit.Call{
		Time: issued.IssuedAt, RequestID: s.IDs.UUID(), Name: "AssumeRole", Source: "sts.amazonaws.com", ReadOnly: true,
		Caller:   idc.Caller{Type: idc.CallerActingService, Acting: by},
		ClientIP: by.Principal, UserAgent: by.Principal, RequestParameters: parameters,
		ResponseElements: map[string]any{
			"credentials": map[string]any{
				"accessKeyId": creds.AccessKeyID, "sessionToken": audit.Hidden, "expiration": creds.ExpiresAt.UTC().Format(time.RFC3339),
			},
			"assumedRoleUser": map[string]any{"assumedRoleId": issued.PrincipalID, "arn": issued.ARN},
		},
		Resources:          []idc.EventResource{{Type: "AWS::IAM::Role", Name: in.Role.ARN}},
		RecipientAccountID: in.Role.AccountID,
	})
}

// withEntitled adds the roles that a person is entitled to to a list of access.
func withEntitled(r store.Reader, list []Access, userID string, now time.Time) ([]Access, error) {
	grants, err := accountaccess.Effective(r, userID, now)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		name, err := entitledName(r, g.Role)
		if err != nil {
			return nil, err
		}
		at, found := slices.BinarySearchFunc(list, g.Account.ID, func(a Access, id string) int { return cmp.Compare(a.Account.ID, id) })
		if !found {
			list = slices.Insert(list, at, Access{Account: g.Account})
		}
		entry := Entry{Name: name, Description: g.Role.Description, EndsAt: g.Validity.EndsAt, RoleARN: g.Role.ARN}
		place, _ := slices.BinarySearchFunc(list[at].Roles, name, func(e Entry, name string) int { return cmp.Compare(e.Name, name) })
		list[at].Roles = slices.Insert(list[at].Roles, place, entry)
	}
	return list, nil
}

// granted reports whether the reason of a session, an assignment or an entitlement,
// still gives the person access.
func granted(r store.Reader, userID, reasonID string, now time.Time) (bool, error) {
	holds, err := assignment.Holds(r, userID, reasonID, now)
	if err != nil || holds {
		return holds, err
	}
	return accountaccess.Holds(r, userID, reasonID, now)
}
