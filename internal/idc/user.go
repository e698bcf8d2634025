package idc

import "time"

// UserStatus says whether a person may sign in.
type UserStatus string

// The two states of a user.
const (
	UserEnabled  UserStatus = "ENABLED"
	UserDisabled UserStatus = "DISABLED"
)

// User is a person in an identity store, where UserName is unique without regard to case.
type User struct {
	ID              string
	IdentityStoreID string
	UserName        string
	DisplayName     string
	Name            PersonName
	Emails          []Email
	Addresses       []Address
	Phones          []PhoneNumber
	Photos          []Photo
	Roles           []UserRole
	ExternalIDs     []ExternalID
	Extensions      map[string]string // extension name to raw JSON

	NickName, ProfileURL, UserType, Title string
	PreferredLanguage, Locale, Timezone   string
	Website, Birthdate                    string

	Status    UserStatus
	Owner     Owner
	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	UpdatedBy string
	Version   Version
}

// PersonName is the structured name of a user.
type PersonName struct {
	Formatted, GivenName, MiddleName, FamilyName, HonorificPrefix, HonorificSuffix string
}

// Email is an e-mail address of a user. Primary, here and in the types below, is
// nil where the source did not say.
type Email struct {
	Value   string
	Type    string
	Primary *bool
}

// Address is a postal address of a user.
type Address struct {
	Formatted, StreetAddress, Locality, Region, PostalCode, Country, Type string
	Primary                                                               *bool
}

// PhoneNumber is a telephone number of a user.
type PhoneNumber struct {
	Value, Type string
	Primary     *bool
}

// Photo is a link to a picture of a user.
type Photo struct {
	Value, Type, Display string
	Primary              *bool
}

// UserRole is a role attribute of a user (SCIM "roles"); it grants nothing.
type UserRole struct {
	Value, Type string
	Primary     *bool
}

// ExternalID is the identifier an external source gave an object.
type ExternalID struct {
	Issuer string
	ID     string
}

// UniqueEmail returns the e-mail address that is marked as primary, which no
// other user may have as primary too, or "".
func (u *User) UniqueEmail() string {
	for _, e := range u.Emails {
		if e.Primary != nil && *e.Primary {
			return e.Value
		}
	}
	return ""
}

// PrimaryEmail returns the address to write to: the one marked as primary or
// else the first, or "".
func (u *User) PrimaryEmail() string {
	if email := u.UniqueEmail(); email != "" {
		return email
	}
	if len(u.Emails) > 0 {
		return u.Emails[0].Value
	}
	return ""
}
