package idc

import "time"

// HandshakeAction says what a handshake is about.
type HandshakeAction string

// The actions (Organizations, ActionType) that occur within one installation.
const (
	HandshakeInvite             HandshakeAction = "INVITE"
	HandshakeEnableAllFeatures  HandshakeAction = "ENABLE_ALL_FEATURES"
	HandshakeApproveAllFeatures HandshakeAction = "APPROVE_ALL_FEATURES"
)

// HandshakeState is the state of a handshake.
type HandshakeState string

// The states of a handshake (Organizations, HandshakeState).
const (
	HandshakeRequested HandshakeState = "REQUESTED"
	HandshakeOpen      HandshakeState = "OPEN"
	HandshakeCanceled  HandshakeState = "CANCELED"
	HandshakeAccepted  HandshakeState = "ACCEPTED"
	HandshakeDeclined  HandshakeState = "DECLINED"
	HandshakeExpired   HandshakeState = "EXPIRED"
)

// Handshake is an agreement between the organization and an account.
type Handshake struct {
	ID     string // h-...
	ARN    string
	Action HandshakeAction
	// State is what was last said; once the time is over see StateAt.
	State HandshakeState
	// AccountID is the account that is asked, "" while only an e-mail address is known.
	AccountID   string
	ParentID    string // the handshake this one is part of, or ""
	Parties     []HandshakeParty
	Resources   []HandshakeResource
	Tags        []Tag // for the account that joins
	RequestedAt time.Time
	ExpiresAt   time.Time
	EndedAt     time.Time // when it was accepted, declined or canceled
}

// HandshakeParty takes part in a handshake.
type HandshakeParty struct {
	ID   string
	Type string // ACCOUNT, ORGANIZATION or EMAIL
}

// HandshakeResource is a detail of a handshake. Resources of it are its parts.
type HandshakeResource struct {
	Type      string // ACCOUNT, ORGANIZATION, EMAIL, MASTER_EMAIL, MASTER_NAME, NOTES, ...
	Value     string
	Resources []HandshakeResource
}

// StateAt returns the state at t: one that nobody answered in time is expired.
func (h *Handshake) StateAt(t time.Time) HandshakeState {
	if (h.State == HandshakeOpen || h.State == HandshakeRequested) && !t.Before(h.ExpiresAt) {
		return HandshakeExpired
	}
	return h.State
}
