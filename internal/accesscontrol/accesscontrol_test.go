package accesscontrol_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/accesscontrol"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func attribute(key, source string) idc.AccessControlAttribute {
	return idc.AccessControlAttribute{Key: key, Sources: []string{source}}
}

func TestTheLifeOfAConfiguration(t *testing.T) {
	w := testidc.New(t)
	s := &accesscontrol.Service{Store: w.Store}
	id := w.Instance.ID
	for name, err := range map[string]error{
		"get": func() error { _, err := s.Get(t.Context(), id); return err }(), "update": s.Update(t.Context(), w.Change(), id, nil), "delete": s.Delete(t.Context(), w.Change(), id),
	} {
		if idc.KindOf(err) != idc.NotFound {
			t.Errorf("%s while it is off: %v, want NotFound", name, err)
		}
	}
	if err := s.Create(t.Context(), w.Change(), id, nil); err != nil { // an empty list is legal
		t.Fatal(err)
	}
	if err := s.Create(t.Context(), w.Change(), id, nil); idc.KindOf(err) != idc.Conflict {
		t.Errorf("created twice: %v, want Conflict", err)
	}
	want := []idc.AccessControlAttribute{attribute("Team", "${path:title}"), attribute("CostCenter", "${path:enterprise.costCenter}")}
	if err := s.Update(t.Context(), w.Change(), id, want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), id)
	if err != nil || got.Status != idc.AccessControlEnabled || len(got.Attributes) != 2 || got.Attributes[0].Key != "Team" || got.Attributes[1].Sources[0] != "${path:enterprise.costCenter}" {
		t.Errorf("configuration %+v, %v", got, err)
	}
	if err := s.Delete(t.Context(), w.Change(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), id); idc.KindOf(err) != idc.NotFound {
		t.Errorf("after Delete: %v, want NotFound", err)
	}
}

func TestBadConfigurationsAreRefused(t *testing.T) {
	w := testidc.New(t)
	s := &accesscontrol.Service{Store: w.Store}
	var many []idc.AccessControlAttribute
	for i := range 51 {
		many = append(many, attribute(strings.Repeat("k", i+1), "${path:title}"))
	}
	for words, list := range map[string][]idc.AccessControlAttribute{
		"reserved":           {attribute("AWS:Team", "${path:title}")},
		"given twice":        {attribute("Team", "${path:title}"), attribute("TEAM", "${path:userType}")},
		"exactly one source": {{Key: "Team", Sources: []string{"${path:title}", "${path:userType}"}}},
		"path:phones":        {attribute("Team", "${path:phones}")},
		"source title":       {attribute("Team", "title")},
		"dir:department":     {attribute("Team", "${dir:department}")},
		"source  of":         {attribute("Team", "")},
		"At most 50":         many,
	} {
		for name, err := range map[string]error{"Create": s.Create(t.Context(), w.Change(), w.Instance.ID, list), "Update": s.Update(t.Context(), w.Change(), w.Instance.ID, list)} {
			if idc.KindOf(err) != idc.Invalid || !strings.Contains(idc.PublicMessage(err), words) {
				t.Errorf("%s: %v, want Invalid that says %q", name, err, words)
			}
		}
	}
}

func TestAttributesBecomeTags(t *testing.T) {
	yes := true
	ana := &idc.User{
		UserName: "ana", DisplayName: "Ana García", NickName: "An", UserType: "employee", Title: "Engineer", Locale: "es-ES", Timezone: "Europe/Madrid",
		Name:      idc.PersonName{GivenName: "Ana", FamilyName: "García"},
		Emails:    []idc.Email{{Value: "private@example.com"}, {Value: "ana@example.com", Primary: &yes}},
		Addresses: []idc.Address{{Type: "home", Locality: "Sevilla"}, {Type: "Work", StreetAddress: "Calle 1", Locality: "Madrid", Region: "M", PostalCode: "28001", Country: "ES", Formatted: "Calle 1 Madrid"}},
		Phones:    []idc.PhoneNumber{{Type: "home", Value: "1"}, {Type: "work", Value: "+34 600"}, {Type: "work", Value: "2"}},
		Extensions: map[string]string{"aws:identitystore:enterprise": `{"employeeNumber":"E-7","costCenter":"CC=1","organization":"Org","division":"Div","department":"Dep",` +
			`"manager":{"value":"bob"}}`},
	}
	for source, want := range map[string]string{
		"${path:userName}": "ana", "${path:name.familyName}": "García", "${path:name.givenName}": "Ana", "${path:displayName}": "Ana García",
		"${path:nickName}": "An", "${path:emails[primary eq true].value}": "ana@example.com",
		`${path:addresses[type eq "work"].streetAddress}`: "Calle 1", `${path:addresses[type eq "work"].locality}`: "Madrid",
		`${path:addresses[type eq "work"].region}`: "M", `${path:addresses[type eq "work"].postalCode}`: "28001",
		`${path:addresses[type eq "work"].country}`: "ES", `${path:addresses[type eq "work"].formatted}`: "Calle 1 Madrid",
		`${path:phoneNumbers[type eq "work"].value}`: "+34 600", "${path:userType}": "employee", "${path:title}": "Engineer",
		"${path:locale}": "es-ES", "${path:timezone}": "Europe/Madrid", "${path:enterprise.employeeNumber}": "E-7", "${path:enterprise.costCenter}": "CC=1",
		"${path:enterprise.organization}": "Org", "${path:enterprise.division}": "Div", "${path:enterprise.department}": "Dep", "${path:enterprise.manager.value}": "bob",
	} {
		c := &idc.AccessControlConfiguration{Attributes: []idc.AccessControlAttribute{attribute("K", source)}}
		if got, err := accesscontrol.Tags(c, ana); err != nil || !slices.Equal(got, []idc.Tag{{Key: "K", Value: want}}) {
			t.Errorf("%s: %v, %v; want %q", source, got, err, want)
		}
		if got, err := accesscontrol.Tags(c, &idc.User{}); err != nil || len(got) != 0 {
			t.Errorf("%s of somebody without it: %v, %v; want no tag", source, got, err)
		}
	}
	if got, err := accesscontrol.Tags(nil, ana); err != nil || got != nil {
		t.Errorf("while it is off: %v, %v", got, err)
	}
}

// TestValuesThatAreNoTags: what STS would refuse is refused, not left out: a session without the tag would get past what denies by it.
func TestValuesThatAreNoTags(t *testing.T) {
	c := &idc.AccessControlConfiguration{Attributes: []idc.AccessControlAttribute{attribute("Department", "${path:title}")}}
	for value, ok := range map[string]bool{
		"R and D": true, "R&D": false, "a,b": false, "Köln/Büro_1.2:x=+-@": true, "line\nbreak": false,
		strings.Repeat("é", 256): true, strings.Repeat("é", 257): false,
	} {
		got, err := accesscontrol.Tags(c, &idc.User{Title: value})
		if ok && (err != nil || len(got) != 1 || got[0].Value != value) {
			t.Errorf("%q: %v, %v", value, got, err)
		}
		if !ok && (idc.KindOf(err) != idc.Invalid || !strings.Contains(idc.PublicMessage(err), "Department")) {
			t.Errorf("%q: %v, %v; want a refusal that names the attribute", value, got, err)
		}
	}
}
