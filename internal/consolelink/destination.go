package consolelink

import (
	"net/url"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// consoles are the hosts of AWS's web consoles, one for each partition. Their subdomains are consoles too: those of
// Regions and of services.
var consoles = [...]string{"aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"}

// destination is the address that a link leads on to: a page of AWS's console or of this server. Everything else is
// refused, for a page that shows other people's links is what phishing needs.
func (d *Door) destination(address string) (string, error) {
	refused := idc.Errorf(idc.Invalid, "Destination must be the address of a page of the AWS console or of this server.")
	u, err := url.Parse(address)
	if err != nil {
		return "", refused.Because(err)
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" || u.User != nil || u.Host == "" {
		return "", refused
	}
	if u.Scheme == d.Public.Scheme && strings.EqualFold(u.Host, d.Public.Host) {
		return u.String(), nil
	}
	host := strings.ToLower(u.Host) // with its port: consoles have none
	for _, console := range consoles {
		if host == console || strings.HasSuffix(host, "."+console) {
			return u.String(), nil
		}
	}
	return "", refused
}
