package session

import (
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The errors of the token endpoint, RFC 6749 section 5.2 and RFC 8628 section 3.5. Texts are for the person
// who reads the client's output; the private causes are for the log.

func invalidRequest(format string, args ...any) error {
	return idc.Errorf(idc.Invalid, format, args...)
}

func invalidClient(why string) error {
	return idc.Errorf(idc.Unauthenticated, "The client id or the client secret is not valid, or the registration has expired.").
		With(idc.ReasonInvalidClient).Because(fmt.Errorf("%s", why))
}

func invalidGrant(why string) error {
	return idc.Errorf(idc.Invalid, "The code or token is not valid, was used already, or its sign-in has ended. Sign in again.").
		With(idc.ReasonInvalidGrant).Because(fmt.Errorf("%s", why))
}

func unauthorizedClient(grantType string) error {
	return idc.Errorf(idc.Invalid, "The client is not registered for the grant type %s.", grantType).
		With(idc.ReasonUnauthorizedClient)
}

func unsupportedGrantType(grantType string) error {
	return idc.Errorf(idc.Invalid, "The grant type %q is not supported.", grantType).With(idc.ReasonUnsupportedGrantType)
}

func invalidMetadata(format string, args ...any) error {
	return idc.Errorf(idc.Invalid, format, args...).With(idc.ReasonInvalidMetadata)
}

func invalidRedirectURI(format string, args ...any) error {
	return idc.Errorf(idc.Invalid, format, args...).With(idc.ReasonInvalidRedirectURI)
}

func invalidScope(scope string) error {
	return idc.Errorf(idc.Invalid, "The scope %q is not supported; %s is.", scope, ScopeAccountAccess).With(idc.ReasonInvalidScope)
}

func authorizationPending() error {
	return idc.Errorf(idc.Invalid, "The person has not decided yet.").With(idc.ReasonAuthorizationPending)
}

func slowDown() error {
	return idc.Errorf(idc.Throttled, "The client polls faster than it was told to.").With(idc.ReasonSlowDown)
}

func deniedByUser() error {
	return idc.Errorf(idc.Denied, "The person refused the request.").With(idc.ReasonAccessDeniedByUser)
}

func expired() error {
	return idc.Errorf(idc.Expired, "The code has expired. Start again.")
}

// signInAgain is the answer to a cookie or access token that is not (any more) good.
func signInAgain() error {
	return idc.Errorf(idc.Unauthenticated, "Session token not found or invalid")
}
