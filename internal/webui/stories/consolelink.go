package stories

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

func consoleLinkStories() []Story {
	page := webui.ConsoleLink{
		AccountID: "222222222222", AccountName: "Dev", RoleName: "AdministratorAccess", SessionName: "dana",
		Expires: Now().Add(52 * time.Minute), Destination: "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1",
		PortalURL: "https://gate.securecart.example/start", Endpoint: "https://gate.securecart.example",
		ProfileName: "SecureCart-Dev", Profile: profile,
	}
	other := page
	other.RoleName, other.SessionName, other.ProfileName, other.Profile = "deploy-pipeline", "build-1742", "", ""
	hostile := page
	hostile.AccountName, hostile.RoleName, hostile.SessionName = Hostile, Long, Hostile
	hostile.Destination = "https://" + Long + ".console.aws.amazon.com/" + Long + "/" + Long
	return []Story{
		{"console-link/permission-set", page},
		{"console-link/role", other},
		{"console-link/hostile", hostile},
	}
}
