package idc

// AccessControlStatus is the status of an instance's attributes for access control.
type AccessControlStatus string

// The statuses (sso-admin, InstanceAccessControlAttributeConfigurationStatus).
const (
	AccessControlEnabled        AccessControlStatus = "ENABLED"
	AccessControlCreating       AccessControlStatus = "CREATION_IN_PROGRESS"
	AccessControlCreationFailed AccessControlStatus = "CREATION_FAILED"
)

// AccessControlConfiguration says which attributes of a person become tags of
// the person's role sessions (attribute-based access control). An instance has
// at most one; one without attributes lets through what an identity provider
// sends, none at all lets nothing through.
type AccessControlConfiguration struct {
	InstanceID   string
	Attributes   []AccessControlAttribute
	Status       AccessControlStatus
	StatusReason string
	Version      Version
}

// AccessControlAttribute is a session tag and where its value comes from.
type AccessControlAttribute struct {
	Key     string   // of the tag
	Sources []string // such as "${path:enterprise.costCenter}"; AWS takes exactly one
}
