package webui

import "time"

// DeviceCode asks for the code a device shows (RFC 8628 section 3.3).
// The form posts user_code.
type DeviceCode struct {
	Form
	// UserCode fills the field again after a failed try.
	UserCode string
	// Username is the signed-in person; empty before sign-in.
	Username string
}

func (p DeviceCode) meta() meta {
	return meta{template: "device-code", title: "Connect a device", status: p.status(), leadsTo: p.LeadsTo}
}

// Client is an OAuth client as the person must judge it.
type Client struct {
	// Name is what the client called itself at registration. Anybody may register
	// any name, so it is shown as a claim.
	Name string
	// Registered is when the client was registered; zero hides it.
	Registered time.Time
}

// Origin is where a request came from.
type Origin struct {
	IP        string
	UserAgent string
	At        time.Time
}

// Consent asks the signed-in person to let a client act for them: a device
// (UserCode set) or a program on this computer (/authorize with PKCE, RedirectURI set).
// The form posts decision=allow or decision=deny.
type Consent struct {
	Form
	// Username and DisplayName show for whom the approval counts.
	Username    string
	DisplayName string
	// SwitchURL signs out and comes back as somebody else; may be empty.
	SwitchURL string
	Client    Client
	// Grants are the things the client will get, in plain words, one a line.
	Grants []string
	// UserCode is shown large, to be compared with the device's. Device flow only.
	UserCode string
	// RedirectURI is where the browser goes with the answer. /authorize only.
	RedirectURI string
	// Origin is where the request came from, YourIP the address this browser comes from.
	Origin Origin
	YourIP string
	// Expires is when the request lapses.
	Expires time.Time
}

func (p Consent) meta() meta {
	title := "Approve a sign-in"
	if p.UserCode != "" {
		title = "Approve a device"
	}
	leadsTo := p.LeadsTo
	if leadsTo == "" {
		leadsTo = p.RedirectURI
	}
	return meta{template: "consent", title: title, status: p.status(), leadsTo: leadsTo}
}

// ElsewhereThanYou reports whether the request came from another address than
// the person's own: the mark of a code sent by a stranger (RFC 8628 section 5.4).
func (p Consent) ElsewhereThanYou() bool {
	return p.Origin.IP != p.YourIP
}

// Outcome ends a device or consent flow whose browser stays here.
type Outcome struct {
	// Allowed tells approval from refusal.
	Allowed bool
	Client  Client
	// PortalURL leads on to the portal; may be empty.
	PortalURL string
}

func (p Outcome) meta() meta {
	if p.Allowed {
		return meta{template: "outcome", title: "Approved"}
	}
	return meta{template: "outcome", title: "Refused"}
}

// onward stands in for a redirect to an address that the form-action directive
// cannot name, an IPv6 literal: the Refresh header and a link lead there.
type onward struct {
	To string
}

func (p onward) meta() meta {
	return meta{template: "onward", title: "Continue"}
}
