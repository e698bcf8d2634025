package stories

import (
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

func session() webui.Session {
	return webui.Session{
		Username: "dana", DisplayName: "Dana Developer",
		Ends:       Now().Add(7*time.Hour + 12*time.Minute),
		SignOutURL: "/signin/signout", HomeURL: "/start",
	}
}

func role(account, name, description string) webui.PortalRole {
	return webui.PortalRole{Name: name, Description: description, KeysURL: "/start/keys?account=" + account + "&role=" + name}
}

func accounts() []webui.PortalAccount {
	vendor := role("444444444444", "SecurityAudit", "Reads security settings, for reviews.")
	vendor.Ends = Now().Add(6*24*time.Hour + 3*time.Hour)
	return []webui.PortalAccount{
		{ID: "222222222222", Name: "Dev", Email: "dev@securecart.example", Open: true, Roles: []webui.PortalRole{
			role("222222222222", "AdministratorAccess", "Full access to everything in the account."),
			role("222222222222", "ReadOnlyAccess", ""),
		}},
		{ID: "444444444444", Name: "Production", Email: "production@securecart.example", Roles: []webui.PortalRole{
			role("444444444444", "ReadOnlyAccess", "Looks at everything, changes nothing."), vendor,
		}},
		{ID: "333333333333", Name: "Staging", Email: "staging@securecart.example", Roles: []webui.PortalRole{
			role("333333333333", "PowerUserAccess", "All services, but neither users nor permissions."),
		}},
	}
}

// existing are the roles and applications that are not made of permission sets.
func existing(list []webui.PortalAccount) []webui.PortalAccount {
	deploy := role("444444444444", "deploy-pipeline", "Deploys the shop; kept by the platform team.")
	deploy.ARN = "arn:aws:iam::444444444444:role/platform/deploy-pipeline"
	data := role("444444444444", "data-steward", "")
	data.ARN, data.Ends = "arn:aws:iam::444444444444:role/data-steward", Now().Add(5*time.Hour)
	list[1].Open = true
	list[1].Roles = append(list[1].Roles, data, deploy)
	return list
}

func applications() []webui.PortalApplication {
	return []webui.PortalApplication{
		{Name: "Grafana", Description: "Dashboards of all environments.", URL: "https://grafana.securecart.example/login"},
		{Name: "Query editor", Description: "Queries the warehouse in your name.", URL: "https://query.securecart.example/"},
		{Name: "Warehouse"},
	}
}

func portalStories() []Story {
	page := func(query string, total int, list []webui.PortalAccount) webui.Portal {
		return webui.Portal{Session: session(), Query: query, Total: total, Accounts: list, SearchURL: "/start"}
	}
	opened := accounts()
	for i := range opened {
		opened[i].Open = true
		for j := range opened[i].Roles {
			opened[i].Roles[j].ConsoleURL = "/federation"
		}
	}
	hostile := page(Hostile, 3, []webui.PortalAccount{
		{ID: "555555555555", Name: Hostile, Email: Hostile, Open: true, Roles: []webui.PortalRole{role("555555555555", Hostile, Hostile)}},
		{ID: "666666666666", Name: Long, Email: Long + "@securecart.example", Open: true, Roles: []webui.PortalRole{role("666666666666", Long, Long)}},
		{ID: "777777777777", Name: "إنتاج", Open: true, Roles: []webui.PortalRole{role("777777777777", "ReadOnlyAccess", "")}},
	})
	hostile.Session.DisplayName, hostile.Session.Username = Hostile, Long
	entitled, found, only := page("", 3, existing(accounts())), page("graf", 3, nil), page("", 0, nil)
	entitled.Applications, entitled.TotalApplications = applications(), 3
	found.Applications, found.TotalApplications = applications()[:1], 3
	only.Applications, only.TotalApplications = applications(), 3
	hostile.Applications = []webui.PortalApplication{{Name: Hostile, Description: Hostile, URL: "javascript:alert(1)"}, {Name: Long, Description: Long, URL: "https://example.com/" + Long}}
	hostile.Accounts[0].Roles[0].ARN = Hostile
	return []Story{
		{"portal/roles-and-applications", entitled},
		{"portal/application-found", found},
		{"portal/applications-alone", only},
		{"portal/accounts", page("", 3, accounts())},
		{"portal/opened", page("", 3, opened)},
		{"portal/search", page("prod", 3, opened[1:2])},
		{"portal/nothing-found", page("qwerty", 3, nil)},
		{"portal/no-accounts", page("", 0, nil)},
		{"portal/one-account", page("", 1, opened[:1])},
		{"portal/many", page("", 400, many(400))},
		{"portal/hostile", hostile},
	}
}

func many(n int) []webui.PortalAccount {
	list := make([]webui.PortalAccount, n)
	for i := range list {
		id := fmt.Sprintf("%012d", 100000000000+i*7919)
		list[i] = webui.PortalAccount{ID: id, Name: fmt.Sprintf("team-%03d-workloads", i), Email: fmt.Sprintf("aws+%03d@securecart.example", i),
			Roles: []webui.PortalRole{role(id, "PowerUserAccess", ""), role(id, "ReadOnlyAccess", "")}}
	}
	return list
}

func accessKeysStories() []Story {
	dev := accounts()[0]
	page := webui.AccessKeys{
		Form:        webui.Form{Action: "/start/keys", Hidden: []webui.Hidden{{Name: "account", Value: dev.ID}, {Name: "role", Value: "AdministratorAccess"}}},
		Session:     session(),
		BackURL:     "/start",
		Account:     dev,
		Role:        dev.Roles[0],
		ProfileName: "SecureCart-Dev",
		Profile:     profile,
		Region:      "us-east-1",
	}
	shown := page
	shown.Credentials = &webui.RoleCredentials{
		AccessKeyID:     "ASIAIOSFODNN7EXAMPLE",
		SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		SessionToken:    "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDExample+Token/Is+Long/And+Goes+On+For+A+While/0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ==",
		Expires:         Now().Add(time.Hour),
	}
	ending := page
	ending.Role.Ends = Now().Add(50 * time.Minute)
	ending.Form = failed(ending.Form, "The credentials could not be made just now. Try again in a moment.", "")
	hostile := shown
	hostile.Account.Name, hostile.Role.Name, hostile.ProfileName, hostile.Profile = Hostile, Hostile, Hostile, Hostile
	return []Story{
		{"access-keys/profile", page},
		{"access-keys/credentials", shown},
		{"access-keys/failed", ending},
		{"access-keys/hostile", hostile},
	}
}

const profile = `[sso-session SecureCart]
sso_start_url = https://securecart.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile SecureCart-Dev]
sso_session = SecureCart
sso_account_id = 222222222222
sso_role_name = AdministratorAccess
region = us-east-1
services = SecureCart

[services SecureCart]
sso =
  endpoint_url = http://127.0.0.1:8080
sso_oidc =
  endpoint_url = http://127.0.0.1:8080
sts =
  endpoint_url = http://127.0.0.1:8080
`
