package session

import (
	"net/url"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// IssuerURL is the AWS-shaped identifier of an instance, good as a start URL everywhere.
func IssuerURL(in *idc.Instance) string { return "https://identitycenter.amazonaws.com/" + in.ID }

// StartURL is the AWS-shaped start URL that newer AWS CLIs accept without calling it: the alias's where there
// is one, else the issuer URL.
func StartURL(in *idc.Instance) string {
	if in.StartURLAlias != "" {
		return "https://" + in.StartURLAlias + ".awsapps.com/start"
	}
	return IssuerURL(in)
}

// isOurs reports whether a start URL names this instance: the portal's own address, the alias's or the
// identity store's under awsapps.com, or the issuer URL. A slash or a fragment at the end does not matter,
// as people copy the address from the browser.
func (s *Service) isOurs(raw string, in *idc.Instance) bool {
	u, err := url.Parse(raw)
	if err != nil || u.RawQuery != "" || u.User != nil {
		return false
	}
	u.Fragment, u.RawFragment = "", ""
	got := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(u.String(), "#"), "/"))
	ours := []string{s.url("/start"), IssuerURL(in), "https://" + in.IdentityStoreID + ".awsapps.com/start"}
	if in.StartURLAlias != "" {
		ours = append(ours, StartURL(in))
	}
	for _, address := range ours {
		if got == strings.ToLower(address) {
			return true
		}
	}
	return false
}

// wrongStartURL tells what would be right: the text is all a person sees of a mistyped configuration.
func (s *Service) wrongStartURL(in *idc.Instance) error {
	return invalidRequest("The start URL is not one of this instance. Use %s or %s.", StartURL(in), s.url("/start"))
}
