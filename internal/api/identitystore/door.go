package identitystore

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves the Identity Store API.
type Door struct {
	Directory *directory.Service
	Pages     pagetoken.Codec
	// Instance is whose identity store this is.
	Instance *idc.Instance
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.storeOperations(), d.userOperations(), d.groupOperations(), d.membershipOperations())
}

// ours refuses the id of another identity store.
func (d *Door) ours(id *string) error {
	if *id != d.Instance.IdentityStoreID && *id != d.arn() {
		return idc.NotFoundf("IDENTITY_STORE", *id, "IDENTITY_STORE not found.")
	}
	return nil
}

// on is the resources of a call: the identity store, and what it touches inside.
func (d *Door) on(inside ...string) []string {
	return append([]string{d.arn()}, inside...)
}

func (d *Door) arn() string {
	return arn.IdentityStore(d.Instance.OwnerAccountID, d.Instance.IdentityStoreID).String()
}

// Wildcards that policies use for whole kinds.
func allUsers() string       { return arn.DirectoryUser("*").String() }
func allGroups() string      { return arn.DirectoryGroup("*").String() }
func allMemberships() string { return arn.DirectoryMembership("*").String() }

// Inputs name what is inside by its id or by its ARN.
func userID(s *string) string       { return inside(text(s), arn.DirectoryUser) }
func groupID(s *string) string      { return inside(text(s), arn.DirectoryGroup) }
func membershipID(s *string) string { return inside(text(s), arn.DirectoryMembership) }

// inside is the id in an ARN of one kind; everything else is taken for an id.
func inside(s string, name func(id string) arn.ARN) string {
	if _, id, found := strings.Cut(s, "/"); found && name(id).String() == s {
		return id
	}
	return s
}

func userARN(s *string) string       { return arn.DirectoryUser(userID(s)).String() }
func groupARN(s *string) string      { return arn.DirectoryGroup(groupID(s)).String() }
func membershipARN(s *string) string { return arn.DirectoryMembership(membershipID(s)).String() }

// memberARN is the user a member id names; the union has no other kind.
func memberARN(m *identitystore.MemberId) string {
	if m == nil {
		return allUsers()
	}
	return userARN(m.UserId)
}

// memberUser returns the user id of a member id.
func memberUser(m *identitystore.MemberId) (string, error) {
	if m == nil || m.UserId == nil {
		return "", idc.Errorf(idc.Invalid, "MemberId must name a UserId")
	}
	return userID(m.UserId), nil
}

// page reads where a listing goes on. The function it returns makes the NextToken.
func (d *Door) page(call *awsedge.Call, token *string, maxResults *int32, filters ...string) (store.Page, func(cursor string) *string, error) {
	at, err := call.Page(d.Pages, token, filters...)
	p := store.Page{After: at.After}
	if maxResults != nil {
		p.Limit = int(*maxResults)
	}
	return p, at.Next, err
}

// filterValue returns the value of the one filter a listing may have, "" without.
func filterValue(filters []identitystore.Filter, attribute string) (string, error) {
	switch {
	case len(filters) == 0:
		return "", nil
	case len(filters) > 1:
		return "", idc.Errorf(idc.Invalid, "At most one filter is supported")
	case *filters[0].AttributePath != attribute:
		return "", idc.Errorf(idc.Invalid, "The attribute path %s is not supported as a filter; %s is", *filters[0].AttributePath, attribute)
	}
	return *filters[0].AttributeValue, nil
}

// alternate reads an alternate identifier.
func alternate(a *identitystore.AlternateIdentifier) (directory.Alternate, error) {
	switch {
	case a != nil && a.ExternalId != nil:
		return directory.Alternate{ExternalID: idc.ExternalID{Issuer: *a.ExternalId.Issuer, ID: *a.ExternalId.Id}}, nil
	case a != nil && a.UniqueAttribute != nil:
		by := directory.Alternate{Path: *a.UniqueAttribute.AttributePath}
		if err := json.Unmarshal(a.UniqueAttribute.AttributeValue, &by.Value); err != nil {
			return by, idc.Errorf(idc.Invalid, "The value of the attribute %s must be a string", by.Path).Because(err)
		}
		return by, nil
	}
	return directory.Alternate{}, idc.Errorf(idc.Invalid, "AlternateIdentifier must have an ExternalId or a UniqueAttribute")
}

func operations(in []identitystore.AttributeOperation) []directory.Operation {
	out := make([]directory.Operation, len(in))
	for i, o := range in {
		out[i] = directory.Operation{Path: *o.AttributePath, Value: json.RawMessage(o.AttributeValue)}
	}
	return out
}

// Optional values: the model omits what is empty.

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func externalIDs(in []idc.ExternalID) []identitystore.ExternalId {
	var out []identitystore.ExternalId
	for _, x := range in {
		out = append(out, identitystore.ExternalId{Issuer: &x.Issuer, Id: &x.ID})
	}
	return out
}

// extensions picks the extensions that were asked for by name.
func extensions(all map[string]string, names []string) map[string]awsapi.JSON {
	var out map[string]awsapi.JSON
	for _, name := range names {
		raw, ok := all[name]
		if !ok {
			continue
		}
		if out == nil {
			out = map[string]awsapi.JSON{}
		}
		out[name] = awsapi.JSON(raw)
	}
	return out
}
