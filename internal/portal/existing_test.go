package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// entitle gives Ana a role of the member account that exists anyhow.
func (w *world) entitle(name string) *idc.Role {
	w.T.Helper()
	role := w.Role(testidc.Member, name, `{"Version":"2012-10-17","Statement":[]}`)
	w.Update(func(tx store.Tx) error {
		err := tx.PutAccountAccessApplication(&idc.AccountAccessApplication{ID: "1234567890abcdef", InstanceID: w.Instance.ID, Status: "ACTIVE",
			ARN: arn.AccountAccessApplication("us-east-1", testidc.Management, "1234567890abcdef").String(), AccountID: testidc.Management})
		if err != nil {
			return err
		}
		return tx.PutEntitlement(&idc.Entitlement{ID: w.IDs.UUID(), ApplicationID: "1234567890abcdef", PrincipalType: idc.PrincipalUser, PrincipalID: w.ana.ID,
			RoleARN: role.ARN, CreatedAt: w.Clock.Now()})
	})
	return role
}

func TestRolesThatExistStandBesidePermissionSets(t *testing.T) {
	w := newWorld(t)
	w.entitle("Pipeline")
	same := w.entitle("ReadOnly") // the name of a permission set
	_, body := w.do("GET", "/start", true)
	if !strings.Contains(body, "3 roles") || strings.Count(body, "IAM role") != 2 || !strings.Contains(body, "Pipeline") {
		t.Fatalf("the page\n%s", body)
	}
	if strings.Count(body, ">ReadOnly<") != 2 {
		t.Errorf("the role is not shown by its name:\n%s", body)
	}
	for name, shown := range map[string]string{"Pipeline": "Pipeline", same.ARN: "ReadOnly", "ReadOnly": "ReadOnly"} {
		path := "/start/keys?" + url.Values{"account_id": {testidc.Member}, "role_name": {name}}.Encode()
		if !strings.Contains(body, path) {
			t.Errorf("no link to %s", path)
		}
		w.minted = nil
		res, page := w.do("POST", path, true)
		if res.StatusCode != 200 || len(w.minted) != 1 || !strings.HasSuffix(w.minted[0], testidc.Member+" "+name) {
			t.Errorf("%s: minted %v (%d)", name, w.minted, res.StatusCode)
		}
		if !strings.Contains(page, "sso_role_name = "+name+"\n") || !strings.Contains(page, ">"+shown+"<") {
			t.Errorf("the page of %s\n%s", name, page)
		}
	}
}

// application stores an application of the instance.
func (w *world) application(id, name string, edit func(a *idc.Application)) {
	w.T.Helper()
	a := &idc.Application{ID: id, ARN: arn.Application(testidc.Management, w.Instance.ID, id).String(), InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management,
		Name: name, Status: idc.Enabled, Portal: idc.PortalOptions{Visibility: idc.Enabled}, AssignmentRequired: true, CreatedAt: w.Clock.Now()}
	edit(a)
	w.Update(func(tx store.Tx) error {
		if err := tx.PutApplication(a); err != nil {
			return err
		}
		if name == "Not Ana's" {
			return nil
		}
		return tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: id, PrincipalType: idc.PrincipalUser, PrincipalID: w.ana.ID})
	})
}

func TestApplicationsOfThePortal(t *testing.T) {
	w := newWorld(t)
	at := func(address string) func(a *idc.Application) {
		return func(a *idc.Application) {
			a.Description, a.Portal.SignInOrigin, a.Portal.SignInURL = "Dashboards", idc.SignInAtApplication, address
		}
	}
	w.application("apl-1111111111111111", "Grafana", at("https://grafana.example/login?a=1&b=2"))
	w.application("apl-2222222222222222", "Warehouse", func(*idc.Application) {})
	w.application("apl-3333333333333333", "Hidden", func(a *idc.Application) { a.Portal.Visibility = idc.Disabled })
	w.application("apl-4444444444444444", "Off", func(a *idc.Application) { a.Status = idc.Disabled })
	w.application("apl-5555555555555555", "Not Ana's", func(*idc.Application) {})
	w.application("apl-6666666666666666", "Odd", at("javascript:alert(1)"))
	_, body := w.do("GET", "/start", true)
	for text, shown := range map[string]bool{"Grafana": true, "Dashboards": true, `href="https://grafana.example/login?a=1&b=2"`: true, "Warehouse": true,
		"Odd": true, "javascript": false, "Hidden": false, ">Off<": false, "Not Ana's": false} {
		if strings.Contains(body, text) != shown {
			t.Errorf("%s shown: %v\n%s", text, !shown, body)
		}
	}
	if strings.Count(body, "Open<") != 1 {
		t.Error("an application without a page of its own has a button")
	}
	_, body = w.do("GET", "/start?q=grafana", true)
	if !strings.Contains(body, "Dashboards") || strings.Contains(body, "Warehouse") || strings.Contains(body, "Nothing matches") {
		t.Errorf("searching finds\n%s", body)
	}
	if _, body = w.do("GET", "/start?q=qwerty", true); !strings.Contains(body, "Nothing matches") {
		t.Errorf("searching for nothing finds\n%s", body)
	}
}
