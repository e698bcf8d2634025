package session

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
)

// contextAAD keeps context assertions apart from everything else that is sealed.
var contextAAD = sealed.Token("identity-context")

// sealContext makes the assertion that an application hands to STS.
func sealContext(ring *sealed.Ring, c idc.IdentityContext) (string, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return ring.SealString(plain, contextAAD), nil
}

// OpenContext verifies a context assertion (STS AssumeRole, ProvidedContexts). The
// ring is the one of session tokens. Errors: Invalid; Expired.
func OpenContext(ring *sealed.Ring, assertion string, now time.Time) (idc.IdentityContext, error) {
	plain, err := ring.OpenString(assertion, contextAAD)
	if err != nil {
		if errors.Is(err, sealed.ErrUnknownKey) || errors.Is(err, sealed.ErrTampered) {
			return idc.IdentityContext{}, idc.Errorf(idc.Invalid, "The context assertion is not valid.").Because(err)
		}
		return idc.IdentityContext{}, err
	}
	var c idc.IdentityContext
	if err := json.Unmarshal(plain, &c); err != nil {
		return idc.IdentityContext{}, err
	}
	if !now.Before(c.ExpiresAt) {
		return idc.IdentityContext{}, idc.Errorf(idc.Expired, "The context assertion has expired.")
	}
	return c, nil
}
