package webui

// SignIn asks for the user name and the password.
// The form posts username and password.
type SignIn struct {
	Form
	// Username fills the field again after a failed try.
	Username string
	// For is the name of the OAuth client that asked for the sign-in, as it called
	// itself. Empty when the person goes to the portal.
	For string
	// Notice is a neutral remark above the form, such as "Your session has ended."
	Notice string
}

func (p SignIn) meta() meta {
	return meta{template: "sign-in", title: "Sign in", status: p.status(), leadsTo: p.LeadsTo}
}

// Factor asks for the code of a registered authenticator.
// The form posts otp.
type Factor struct {
	Form
	// Username is shown, so that the person sees whose code is asked for.
	Username string
	// Device is the name the person gave the authenticator; may be empty.
	Device string
	// RestartURL begins the sign-in anew, as somebody else.
	RestartURL string
}

func (p Factor) meta() meta {
	return meta{template: "factor", title: "Enter your code", status: p.status(), leadsTo: p.LeadsTo}
}

// Enrolment registers an authenticator at the first sign-in.
// The form posts otp and device_name.
type Enrolment struct {
	Form
	Username string
	// QR is the PNG of the otpauth:// address; SecretText is the same secret in
	// base32, shown in groups of four for typing.
	QR         []byte
	SecretText string
	// DeviceName fills the field again after a failed try.
	DeviceName string
	RestartURL string
}

func (p Enrolment) meta() meta {
	return meta{template: "enrolment", title: "Set up your second factor", status: p.status(), leadsTo: p.LeadsTo}
}

// PasswordReason says why a new password is asked for.
type PasswordReason string

// The reasons for a new password.
const (
	// PasswordFirstAdministrator: the one-time link that serve prints at its first start.
	PasswordFirstAdministrator PasswordReason = "first-administrator"
	// PasswordInvitation: a one-time link an administrator handed out.
	PasswordInvitation PasswordReason = "invitation"
	// PasswordMustChange: the password was set by somebody else or has expired.
	PasswordMustChange PasswordReason = "must-change"
)

// SetPassword asks for a new password, twice.
// The form posts new_password and confirm_password.
type SetPassword struct {
	Form
	Reason   PasswordReason
	Username string
	// MinLength is the shortest accepted password, in characters.
	MinLength int
}

func (p SetPassword) meta() meta {
	return meta{template: "set-password", title: "Choose a password", status: p.status(), leadsTo: p.LeadsTo}
}

// SignedOut confirms the end of a session.
type SignedOut struct {
	SignInURL string
}

func (p SignedOut) meta() meta {
	return meta{template: "signed-out", title: "Signed out"}
}
