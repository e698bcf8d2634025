package webui_test

import (
	"encoding/base64"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func newDemoSite(t *testing.T) *webui.Site {
	t.Helper()
	site, err := webui.New(webui.Config{
		PublicURL: &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, Demo: true,
		Clock: clock.NewFake(stories.Now()), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// TestFieldNames holds the names that scripts, password managers and the browser
// tests rely on.
func TestFieldNames(t *testing.T) {
	form := webui.Form{Action: "/go", Hidden: []webui.Hidden{{Name: "flow", Value: "f1"}}}
	tests := []struct {
		name   string
		page   webui.Page
		fields map[string]string // name: autocomplete
	}{
		{"sign-in", webui.SignIn{Form: form}, map[string]string{"username": "username", "password": "current-password"}},
		{"factor", webui.Factor{Form: form}, map[string]string{"otp": "one-time-code"}},
		{"enrolment", webui.Enrolment{Form: form}, map[string]string{"otp": "one-time-code", "device_name": "off"}},
		{"set-password", webui.SetPassword{Form: form}, map[string]string{"new_password": "new-password", "confirm_password": "new-password"}},
		{"device-code", webui.DeviceCode{Form: form}, map[string]string{"user_code": "off"}},
		{"consent", webui.Consent{Form: form}, nil},
		{"access-keys", webui.AccessKeys{Form: form}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc := page(t, test.page)
			doc.one(t, "form", "action", "/go", "method", "post")
			doc.one(t, "input", "type", "hidden", "name", "flow", "value", "f1")
			for name, autocomplete := range test.fields {
				if got := doc.one(t, "input", "name", name).attr("autocomplete"); got != autocomplete {
					t.Errorf("%s: autocomplete %q, want %q", name, got, autocomplete)
				}
			}
		})
	}
}

func TestProblemIsSaidAndTied(t *testing.T) {
	doc := page(t, webui.SignIn{Form: webui.Form{Problem: "No match.", ProblemField: "password"}, Username: "dana"})
	doc.one(t, "div", "id", "problem", "role", "alert")
	field := doc.one(t, "input", "aria-invalid", "true")
	if field.attr("name") != "password" || field.attr("aria-describedby") != "problem" || !field.has("autofocus") {
		t.Errorf("field: %v", field.attrs)
	}
	if doc.one(t, "input", "name", "username").attr("value") != "dana" {
		t.Error("the user name must be filled in again")
	}
	if doc.one(t, "input", "name", "password").has("value") {
		t.Error("a password must never be sent back")
	}
}

func TestEnrolmentShowsTheSecretAsPictureAndText(t *testing.T) {
	doc := page(t, webui.Enrolment{QR: []byte("png"), SecretText: "ABCDEFGHIJ"})
	if src := doc.one(t, "img").attr("src"); src != "data:image/png;base64,"+base64.StdEncoding.EncodeToString([]byte("png")) {
		t.Errorf("picture %q", src)
	}
	if text := doc.one(t, "code", "id", "secret").text; text != "ABCD EFGH IJ" {
		t.Errorf("text %q", text)
	}
}

func TestConsentMakesDenyingAsEasyAsAllowing(t *testing.T) {
	for _, yours := range []string{"198.51.100.23", "203.0.113.9"} {
		doc := page(t, webui.Consent{UserCode: "BDWP-HQPK", Client: webui.Client{Name: "cli"},
			Grants: []string{"See <accounts>"}, Origin: webui.Origin{IP: "198.51.100.23", UserAgent: "ua", At: stories.Now()}, YourIP: yours})
		buttons := doc.all("button", "name", "decision")
		if len(buttons) != 2 || buttons[0].attr("value") != "deny" || buttons[1].attr("value") != "allow" {
			t.Fatalf("buttons %v", buttons)
		}
		elsewhere := yours != "198.51.100.23"
		if warned := len(doc.all("div", "role", "alert")) == 1; warned != elsewhere {
			t.Errorf("from %s: warned %v", yours, warned)
		}
		if elsewhere && (buttons[0].attr("class") != "danger" || buttons[1].attr("class") != "other") {
			t.Error("a foreign request must not make Allow the obvious choice")
		}
		var all strings.Builder
		for _, e := range doc {
			all.WriteString(e.text + "\n")
		}
		for _, fact := range []string{"BDWP-HQPK", "cli", "See <accounts>", "198.51.100.23", yours, "ua", "name not verified"} {
			if !strings.Contains(all.String(), fact) {
				t.Errorf("the page does not show %q", fact)
			}
		}
	}
}

func TestPortalListsAccountsAndRoles(t *testing.T) {
	doc := page(t, webui.Portal{Total: 2, Query: `a"b`, SearchURL: "/start", Session: webui.Session{SignOutURL: "/signin/signout", HomeURL: "/start"},
		Accounts: []webui.PortalAccount{
			{ID: "222222222222", Name: "Dev", Open: true, Roles: []webui.PortalRole{{Name: "Admin", KeysURL: "/start/keys?role=a&account=1"}}},
			{ID: "444444444444", Name: "Prod", Roles: []webui.PortalRole{{Name: "Read", KeysURL: "/k", ConsoleURL: "/c", Ends: stories.Now()}}},
		}})
	if rows := doc.all("details"); len(rows) != 2 || !rows[0].has("open") || rows[1].has("open") {
		t.Errorf("rows %v", rows)
	}
	doc.one(t, "a", "href", "/start/keys?role=a&account=1")
	doc.one(t, "a", "href", "/c")
	doc.one(t, "form", "method", "post", "action", "/signin/signout")
	doc.one(t, "form", "method", "get", "action", "/start")
	if got := doc.one(t, "input", "name", "q").attr("value"); got != `a"b` {
		t.Errorf("search %q", got)
	}
}

func TestAccessKeys(t *testing.T) {
	keys := webui.AccessKeys{Account: webui.PortalAccount{ID: "222222222222"}, Role: webui.PortalRole{Name: "Admin"},
		ProfileName: "Dev", Profile: "[profile Dev]\n", Region: "eu-west-1"}
	if doc := page(t, keys); len(doc.all("code", "id", "secret-access-key")) != 0 || len(keys.Environment()) != 0 || keys.CredentialsFile() != "" {
		t.Error("credentials before they were asked for")
	}
	keys.Credentials = &webui.RoleCredentials{AccessKeyID: "ASIAX", SecretAccessKey: "s/e+c", SessionToken: "t==", Expires: stories.Now()}
	doc := page(t, keys)
	want := map[string]string{
		"profile":           "[profile Dev]\n",
		"access-key-id":     "ASIAX",
		"secret-access-key": "s/e+c",
		"session-token":     "t==",
		"env-bash":          "export AWS_ACCESS_KEY_ID=\"ASIAX\"\nexport AWS_SECRET_ACCESS_KEY=\"s/e+c\"\nexport AWS_SESSION_TOKEN=\"t==\"\nexport AWS_REGION=\"eu-west-1\"\n",
		"env-powershell":    "$Env:AWS_ACCESS_KEY_ID=\"ASIAX\"\n$Env:AWS_SECRET_ACCESS_KEY=\"s/e+c\"\n$Env:AWS_SESSION_TOKEN=\"t==\"\n$Env:AWS_REGION=\"eu-west-1\"\n",
		"env-cmd":           "SET AWS_ACCESS_KEY_ID=ASIAX\nSET AWS_SECRET_ACCESS_KEY=s/e+c\nSET AWS_SESSION_TOKEN=t==\nSET AWS_REGION=eu-west-1\n",
		"env-file":          "[222222222222_Admin]\naws_access_key_id=ASIAX\naws_secret_access_key=s/e+c\naws_session_token=t==\n",
	}
	for id, text := range want {
		if got := doc.one(t, "code", "id", id).text; got != text {
			t.Errorf("%s is %q, want %q", id, got, text)
		}
	}
	for _, button := range doc.all("button", "class", "copy") {
		if !button.has("hidden") {
			t.Error("without a script a copy button would do nothing; it must be hidden")
		}
	}
}
