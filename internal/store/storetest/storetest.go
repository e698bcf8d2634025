package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Run tests the stores that open returns. Each call of open returns an empty
// store, which open closes when its test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"Instance", instanceCases()},
		{"User", userCases()},
		{"Group", groupCases()},
		{"Account", accountCases()},
		{"Organization", organizationCases()},
		{"OrganizationPolicy", organizationPolicyCases()},
		{"PermissionSet", permissionSetCases()},
		{"Assignment", assignmentCases()},
		{"Elevation", elevationCases()},
		{"Application", applicationCases()},
		{"AccountAccess", accountAccessCases()},
		{"Role", roleCases()},
		{"AccessReport", accessReportCases()},
		{"Provisioning", provisioningCases()},
		{"Job", jobCases()},
		{"ClientToken", clientTokenCases()},
		{"Credential", credentialCases()},
		{"Session", sessionCases()},
		{"Grant", grantCases()},
		{"Signin", signinCases()},
		{"Audit", auditCases()},
		{"Trail", trailCases()},
		{"Change", changeCases()},
		{"Transaction", transactionCases()},
		{"Concurrency", concurrencyCases()},
		{"Text", textCases()},
		{"Time", timeCases()},
		{"Watch", watchCases()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(&harness{t, open(t)})
				})
			}
		})
	}
}

type testCase struct {
	name string
	run  func(h *harness)
}

// harness is a store and the test it is used in.
type harness struct {
	*testing.T
	store store.Store
}

// base is when the tests take place. It has microseconds, to catch their loss.
func base() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 891234000, time.UTC) }

func change(id string) idc.ChangeSet {
	return idc.ChangeSet{ID: id, At: base(), Actor: "arn:test", UserID: "someone", Why: "a test", Door: "test", RequestID: "r-" + id}
}

// update runs fn in an Update of the change set "change", and fails the test if it fails.
func (h *harness) update(fn func(tx store.Tx) error) {
	h.Helper()
	if err := h.try(fn); err != nil {
		h.Fatalf("Update: %v", err)
	}
}

func (h *harness) try(fn func(tx store.Tx) error) error {
	return h.store.Update(h.Context(), change("change"), fn)
}

func (h *harness) view(fn func(r store.Reader) error) {
	h.Helper()
	if err := h.store.View(h.Context(), fn); err != nil {
		h.Fatalf("View: %v", err)
	}
}

func (h *harness) wantKind(err error, kind idc.Kind) {
	h.Helper()
	if err == nil || idc.KindOf(err) != kind {
		h.Errorf("got error %v, want kind %v", err, kind)
	}
}

// wantConflict checks the answer to a broken uniqueness rule.
func (h *harness) wantConflict(err error, resource string) {
	h.Helper()
	var e *idc.Error
	if !errors.As(err, &e) || e.Kind != idc.Conflict || e.Reason != idc.ReasonUniqueness || e.Resource != resource {
		h.Errorf("got error %v, want a uniqueness Conflict of %s", err, resource)
	}
	if err != nil && idc.PublicMessage(err) == "" {
		h.Errorf("%v has no public message", err)
	}
}

func (h *harness) wantEqual(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// all runs writes and returns the first error.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Filled makes a T in which every member has a value of its own, so that a
// member that is not stored is noticed.
func Filled[T any](seed string) *T {
	v := new(T)
	(&filler{seed: seed}).fill(reflect.ValueOf(v).Elem(), "")
	return v
}

type filler struct {
	seed  string
	count int
	inner []reflect.Type // being filled; a type within itself stays empty
}

func (f *filler) fill(v reflect.Value, name string) {
	f.count++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(base().Add(time.Duration(f.count) * time.Hour)))
	case v.Type() == reflect.TypeFor[idc.Version]():
		// the store's own
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("%s-%s-%d", f.seed, name, f.count))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(f.count))
	case v.CanUint():
		v.SetUint(uint64(f.count))
	case v.Kind() == reflect.Struct:
		f.inner = append(f.inner, v.Type())
		defer func() { f.inner = f.inner[:len(f.inner)-1] }()
		for i := range v.NumField() {
			f.fill(v.Field(i), v.Type().Field(i).Name)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name)
	case v.Kind() == reflect.Slice && slices.Contains(f.inner, v.Type().Elem()):
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i), name)
		}
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, name+"Key")
		f.fill(value, name+"Value")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	default:
		panic("storetest: cannot fill " + v.Type().String())
	}
}

// with returns a changed copy of v.
func with[T any](v *T, edit func(*T)) *T {
	c := *v
	edit(&c)
	return &c
}

// listed returns the keys of what a list returned.
func listed[T any](key func(T) string) func([]T, error) ([]string, error) {
	return func(items []T, err error) ([]string, error) {
		keys := []string{}
		for _, item := range items {
			keys = append(keys, key(item))
		}
		return keys, err
	}
}

// wantList checks which keys a list holds, and their order.
func (h *harness) wantList(what string, read func(r store.Reader) ([]string, error), want ...string) {
	h.Helper()
	h.view(func(r store.Reader) error {
		got, err := read(r)
		if want == nil {
			want = []string{}
		}
		h.wantEqual(what, got, want)
		return err
	})
}
