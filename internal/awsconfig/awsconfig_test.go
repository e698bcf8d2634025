package awsconfig

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	got := Text(Session{"securecart", "https://securecart.awsapps.com/start", "us-east-1", "http://127.0.0.1:8080"},
		Profile{"SecureCart-Dev", "222222222222", "AdministratorAccess"})
	for _, want := range []string{
		"[sso-session securecart]\nsso_start_url = https://securecart.awsapps.com/start\nsso_region = us-east-1\n",
		"[services securecart]\nsso =\n  endpoint_url = http://127.0.0.1:8080\n",
		"sso_oidc =\n  endpoint_url = http://127.0.0.1:8080\n", "sts =\n  endpoint_url = http://127.0.0.1:8080\n",
		"[profile SecureCart-Dev]\nsso_session = securecart\nsso_account_id = 222222222222\nsso_role_name = AdministratorAccess\n" +
			"region = us-east-1\nservices = securecart\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}

func TestProfileNamesCannotBreakTheFile(t *testing.T) {
	if got := ProfileName("Prod] x\n[default", "Read#Only"); strings.ContainsAny(got, "[]\n #") {
		t.Errorf("ProfileName = %q", got)
	}
}
