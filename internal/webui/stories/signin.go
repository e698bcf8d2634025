package stories

import (
	"bytes"
	"image/png"

	"github.com/pquerna/otp"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const wrongPassword = "User name and password do not match. Check both and try again."

func signInStories() []Story {
	form := webui.Form{Action: "/signin", Hidden: []webui.Hidden{{Name: "flow", Value: "2f6b1c9a"}}}
	return []Story{
		{"sign-in/first", webui.SignIn{Form: form}},
		{"sign-in/for-a-program", webui.SignIn{Form: form, For: "botocore-client-SecureCart"}},
		{"sign-in/session-ended", webui.SignIn{Form: form, Username: "dana", Notice: "Your session has ended. Sign in again to go on."}},
		{"sign-in/wrong", webui.SignIn{Form: failed(form, wrongPassword, "password"), Username: "dana"}},
		{"sign-in/throttled", webui.SignIn{Form: failed(form, "Too many tries. Wait a minute and try again.", ""), Username: "dana"}},
		{"sign-in/hostile", webui.SignIn{Form: failed(form, wrongPassword, "password"), Username: Hostile, For: Hostile}},
		{"factor/first", webui.Factor{Form: form, Username: "dana", Device: "Dana's phone", RestartURL: "/signin/restart"}},
		{"factor/wrong", webui.Factor{Form: failed(form, "That code is not right, or it was used before. Wait for the next one.", "otp"), Username: "dana", RestartURL: "/signin/restart"}},
		{"enrolment/first", enrolment(form)},
		{"enrolment/wrong", enrolment(failed(form, "That code is not right. Check the time on your device and type the code it shows now.", "otp"))},
		{"set-password/first-administrator", webui.SetPassword{Form: form, Reason: webui.PasswordFirstAdministrator, Username: "admin", MinLength: 12}},
		{"set-password/invitation", webui.SetPassword{Form: form, Reason: webui.PasswordInvitation, Username: "vera", MinLength: 12}},
		{"set-password/must-change", webui.SetPassword{Form: failed(form, "The two passwords are not the same.", "confirm_password"), Reason: webui.PasswordMustChange, Username: "dana", MinLength: 12}},
		{"signed-out/done", webui.SignedOut{SignInURL: "/start"}},
	}
}

func failed(form webui.Form, problem, field string) webui.Form {
	form.Problem, form.ProblemField = problem, field
	return form
}

func enrolment(form webui.Form) webui.Enrolment {
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	return webui.Enrolment{
		Form:       form,
		Username:   "dana",
		QR:         qr("otpauth://totp/SecureCart:dana?secret=" + secret + "&issuer=SecureCart"),
		SecretText: secret,
		RestartURL: "/signin/restart",
	}
}

// qr panics on a fault: the address is a constant of this file.
func qr(address string) []byte {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		panic(err)
	}
	picture, err := key.Image(256, 256)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err)
	}
	return b.Bytes()
}
