package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// UserReader reads users. Names and e-mail addresses are compared folded
// (idc.FoldName) within an identity store; ids are unique among all of them.
type UserReader interface {
	User(id string) (*idc.User, error)
	UserByName(identityStoreID, userName string) (*idc.User, error)
	// UserByEmail finds the user whose primary address it is, or else the only
	// one who has it without calling it primary.
	UserByEmail(identityStoreID, email string) (*idc.User, error)
	UserByExternalID(identityStoreID, issuer, id string) (*idc.User, error)
	// UserByAnyExternalID finds the only user who has an external id, whoever gave it.
	UserByAnyExternalID(identityStoreID, id string) (*idc.User, error)
	// ListUsers is ordered by id; the cursor is the last id.
	ListUsers(identityStoreID string, p Page) ([]*idc.User, error)
	CountUsers(identityStoreID string) (int, error)
}

// UserWriter writes users (versioned). PutUser refuses, within an identity
// store, a second user with the same folded name, primary e-mail or external id:
// the Conflict's Resource is "UserName", "Email" or "ExternalId".
type UserWriter interface {
	PutUser(u *idc.User) error
	DeleteUser(id string) error
}
