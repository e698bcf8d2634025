package stories

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const cliAgent = "aws-cli/2.36.2 md/awscrt#0.29.1 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.14.0 cfg/retry-mode#standard md/prompt#off"

func consentStories() []Story {
	code := webui.Form{Action: "/device"}
	device := deviceConsent()
	elsewhere := device
	elsewhere.Origin.IP = "203.0.113.77"
	elsewhere.Origin.UserAgent = "python-requests/2.32.5"
	hostile := elsewhere
	hostile.Client.Name = Hostile
	hostile.Origin.UserAgent = Hostile
	hostile.DisplayName = "دانا <b>Developer</b>"
	hostile.RedirectURI = "http://127.0.0.1:43123/oauth/callback?x=%22><script>alert(3)</script>"
	long := device
	long.Client.Name = Long
	long.Origin.IP = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
	long.YourIP = long.Origin.IP
	client := device.Client
	return []Story{
		{"device-code/first", webui.DeviceCode{Form: code, Username: "dana"}},
		{"device-code/wrong", webui.DeviceCode{Form: failed(code, "There is no such code, or it has lapsed. Start again on the device.", "user_code"), UserCode: "BDWP-HQPK", Username: "dana"}},
		{"consent/device", device},
		{"consent/device-elsewhere", elsewhere},
		{"consent/program", programConsent()},
		{"consent/hostile", hostile},
		{"consent/long", long},
		{"outcome/allowed", webui.Outcome{Allowed: true, Client: client, PortalURL: "/start"}},
		{"outcome/denied", webui.Outcome{Client: client, PortalURL: "/start"}},
		{"outcome/hostile", webui.Outcome{Allowed: true, Client: webui.Client{Name: Hostile}}},
	}
}

func deviceConsent() webui.Consent {
	return webui.Consent{
		Form:        webui.Form{Action: "/device/decision", Hidden: []webui.Hidden{{Name: "request", Value: "7c0ffee1"}}},
		Username:    "dana",
		DisplayName: "Dana Developer",
		SwitchURL:   "/signin/restart",
		Client:      webui.Client{Name: "botocore-client-SecureCart", Registered: Now().Add(-3 * time.Minute)},
		Grants:      []string{"See the accounts and roles you have", "Get temporary credentials for them, until you sign out"},
		UserCode:    "BDWP-HQPK",
		Origin:      webui.Origin{IP: "198.51.100.23", UserAgent: cliAgent, At: Now().Add(-100 * time.Second)},
		YourIP:      "198.51.100.23",
		Expires:     Now().Add(8 * time.Minute),
	}
}

func programConsent() webui.Consent {
	c := deviceConsent()
	c.Form.Action = "/authorize/decision"
	c.UserCode = ""
	c.RedirectURI = "http://127.0.0.1:43123/oauth/callback"
	return c
}
