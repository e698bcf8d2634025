package sts_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// tags are those of a new session of the person.
func (w *granted) tags() []idc.Tag {
	w.T.Helper()
	creds, err := w.sts.RoleCredentials(w.T.Context(), w.caller, testidc.Member, "Deploy")
	if err != nil {
		w.T.Fatal(err)
	}
	_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		w.T.Fatal(err)
	}
	return caller.Tags
}

func (w *granted) configure(attributes ...idc.AccessControlAttribute) {
	w.write(func(tx store.Tx) error {
		return tx.PutAccessControl(&idc.AccessControlConfiguration{InstanceID: w.Instance.ID, Attributes: attributes, Status: idc.AccessControlEnabled})
	})
}

// TestAttributesOfAPersonTagTheSession: every change counts for the next credentials, and for no older ones.
func TestAttributesOfAPersonTagTheSession(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	wants := func(when string, want ...idc.Tag) {
		t.Helper()
		if got := w.tags(); !slices.Equal(got, want) {
			t.Errorf("%s: tags %v, want %v", when, got, want)
		}
	}
	wants("while it is off")
	w.configure(idc.AccessControlAttribute{Key: "Team", Sources: []string{"${path:title}"}}, idc.AccessControlAttribute{Key: "Name", Sources: []string{"${path:userName}"}})
	wants("without a title", idc.Tag{Key: "Name", Value: "ana"})
	w.user.Title = "red"
	w.write(func(tx store.Tx) error { return tx.PutUser(w.user) })
	wants("with a title", idc.Tag{Key: "Team", Value: "red"}, idc.Tag{Key: "Name", Value: "ana"})
	old, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Member, "Deploy")
	if err != nil {
		t.Fatal(err)
	}
	w.user.Title = "blue"
	w.write(func(tx store.Tx) error { return tx.PutUser(w.user) })
	wants("with another title", idc.Tag{Key: "Team", Value: "blue"}, idc.Tag{Key: "Name", Value: "ana"})
	w.configure()
	wants("with an empty list")
	w.write(func(tx store.Tx) error { return tx.DeleteAccessControl(w.Instance.ID) })
	wants("turned off")
	if _, caller, err := w.sts.Open(old.AccessKeyID, old.SessionToken); err != nil || caller.Tags[0].Value != "red" {
		t.Errorf("the older session: %v, %v; want the tags it was issued with", caller.Tags, err)
	}
}

func TestTagsAreAdmittedAndRecorded(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	w.configure(idc.AccessControlAttribute{Key: "Name", Sources: []string{"${path:userName}"}})
	var asked []idc.Tag
	w.sts.Admit = func(_ context.Context, a sts.Admission) error {
		asked = a.Tags
		return nil
	}
	var hop audit.Call
	w.sts.Precede = func(c audit.Call) error { hop = c; return nil }
	w.tags()
	if !slices.Equal(asked, []idc.Tag{{Key: "Name", Value: "ana"}}) {
		t.Errorf("the account was asked about the tags %v", asked)
	}
	parameters := hop.RequestParameters.(map[string]any)
	if tags, ok := parameters["principalTags"].(map[string]any); !ok || tags["Name"] != "ana" {
		t.Errorf("recorded %v, want principalTags", parameters)
	}
}

func TestAttributesThatAreNoTagsGiveNoCredentials(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	get := func() error {
		_, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Member, "Deploy")
		return err
	}
	w.configure(idc.AccessControlAttribute{Key: "Team", Sources: []string{"${path:title}"}})
	w.user.Title = "R&D"
	w.write(func(tx store.Tx) error { return tx.PutUser(w.user) })
	if err := get(); idc.KindOf(err) != idc.Invalid || !strings.Contains(idc.PublicMessage(err), "Team") {
		t.Errorf("error = %v, want one that names the attribute", err)
	}
	w.user.Title = strings.Repeat("x", 256)
	w.write(func(tx store.Tx) error { return tx.PutUser(w.user) })
	var many []idc.AccessControlAttribute
	for i := range 10 {
		many = append(many, idc.AccessControlAttribute{Key: strings.Repeat("k", i+1), Sources: []string{"${path:title}"}})
	}
	w.configure(many...)
	if err := get(); idc.ReasonOf(err) != idc.ReasonPolicyTooLarge {
		t.Errorf("error = %v, want the tags to be too large", err)
	}
}
