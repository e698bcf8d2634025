package identitystore

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves the Identity Store API.
type Door struct {
	Directory *directory.Service
	Pages     pagetoken.Codec
	// Instance is the organization's.
	Instance *idc.Instance
	// Instances knows which instances an account sees, Applications which it administers.
	Instances    *instance.Service
	Applications *application.Service
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.storeOperations(), d.userOperations(), d.groupOperations(), d.membershipOperations())
}

// request is a call whose identity store has been found.
type request struct {
	*awsedge.Call
	instance *idc.Instance // whose identity store it is
}

// op registers an operation: it authorises the identity store and what is touched
// inside, finds the store, and admits callers whose account administers it from
// where its network configuration lets them.
func op[In, Out any](d *Door, typed awsapi.Typed[In, Out], names func(in *In) (storeID *string, inside []string),
	fn func(ctx context.Context, r request, in *In) (*Out, error)) awsedge.Operation {
	return opFound(d, typed, func(in *In) *string { id, _ := names(in); return id },
		func(_ context.Context, _ string, in *In) ([]string, error) {
			_, inside := names(in)
			return inside, nil
		}, fn)
}

// opFound is op for what must be looked up to be authorised.
func opFound[In, Out any](d *Door, typed awsapi.Typed[In, Out], store func(in *In) *string,
	inside func(ctx context.Context, storeID string, in *In) ([]string, error),
	fn func(ctx context.Context, r request, in *In) (*Out, error)) awsedge.Operation {
	on := awsedge.OnFound(func(ctx context.Context, _ *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		found, err := d.find(ctx, *store(in))
		if idc.IsNotFound(err) {
			found, err = d.Instance, nil // who may do nothing there learns nothing
		}
		if err != nil {
			return nil, nil, err
		}
		resources, err := inside(ctx, found.IdentityStoreID, in)
		return append([]string{storeARN(found)}, resources...), nil, err
	})
	run := func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		found, err := d.find(ctx, *store(in))
		if err != nil {
			return nil, err
		}
		r := request{call, found}
		if err := d.admit(ctx, r); err != nil {
			return nil, err
		}
		return fn(ctx, r, in)
	}
	return awsedge.Op(typed, run, on)
}

// find returns the instance whose identity store has an id or ARN. A store whose
// instance is going is gone.
func (d *Door) find(ctx context.Context, name string) (*idc.Instance, error) {
	missing := idc.NotFoundf("IDENTITY_STORE", name, "IDENTITY_STORE not found.")
	in, err := d.Directory.Instance(ctx, name[strings.LastIndexByte(name, '/')+1:])
	if idc.IsNotFound(err) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	if in.CurrentStatus() != idc.InstanceActive || name != in.IdentityStoreID && name != storeARN(in) {
		return nil, missing
	}
	return in, nil
}

// admit refuses accounts that do not administer the identity store, and addresses that
// its network configuration shuts out. Break-glass sessions may look at that
// configuration and change it from anywhere: they are the way back in.
func (d *Door) admit(ctx context.Context, r request) error {
	resource := storeARN(r.instance)
	administers, err := d.Applications.Administers(ctx, r.instance, r.Caller.AccountID)
	if err != nil {
		return err
	}
	if !administers {
		return idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s", r.Caller.ARN, r.Operation.Action, resource)
	}
	about := r.Operation == identitystore.DescribeIdentityStore.Operation || r.Operation == identitystore.UpdateIdentityStore.Operation
	if about && r.Caller.RoleName == role.BreakGlassName || r.instance.Network.AdmitsAPI(r.address()) {
		return nil
	}
	return idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s because its network configuration does not allow the address %s",
		r.Caller.ARN, r.Operation.Action, resource, r.ClientIP)
}

// address is where the call comes from, the zero value when that is not known.
func (r request) address() netip.Addr {
	addr, err := netip.ParseAddr(r.ClientIP)
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

func storeARN(in *idc.Instance) string {
	return arn.IdentityStore(in.OwnerAccountID, in.IdentityStoreID).String()
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
func (d *Door) page(r request, token *string, maxResults *int32, filters ...string) (store.Page, func(cursor string) *string, error) {
	at, err := r.Page(d.Pages, token, append(filters, r.instance.IdentityStoreID)...)
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
