package accesscontrol

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// sources are the attributes of a person that may become tags, for the built-in
// directory and external identity providers ("Attribute mappings").
func sources() map[string]func(u *idc.User) (string, error) {
	plain := func(read func(u *idc.User) string) func(*idc.User) (string, error) {
		return func(u *idc.User) (string, error) { return read(u), nil }
	}
	address := func(read func(a idc.Address) string) func(*idc.User) (string, error) {
		return plain(func(u *idc.User) string { return read(workAddress(u)) })
	}
	return map[string]func(u *idc.User) (string, error){
		"${path:userName}":                                plain(func(u *idc.User) string { return u.UserName }),
		"${path:name.familyName}":                         plain(func(u *idc.User) string { return u.Name.FamilyName }),
		"${path:name.givenName}":                          plain(func(u *idc.User) string { return u.Name.GivenName }),
		"${path:displayName}":                             plain(func(u *idc.User) string { return u.DisplayName }),
		"${path:nickName}":                                plain(func(u *idc.User) string { return u.NickName }),
		"${path:emails[primary eq true].value}":           plain((*idc.User).UniqueEmail),
		`${path:addresses[type eq "work"].streetAddress}`: address(func(a idc.Address) string { return a.StreetAddress }),
		`${path:addresses[type eq "work"].locality}`:      address(func(a idc.Address) string { return a.Locality }),
		`${path:addresses[type eq "work"].region}`:        address(func(a idc.Address) string { return a.Region }),
		`${path:addresses[type eq "work"].postalCode}`:    address(func(a idc.Address) string { return a.PostalCode }),
		`${path:addresses[type eq "work"].country}`:       address(func(a idc.Address) string { return a.Country }),
		`${path:addresses[type eq "work"].formatted}`:     address(func(a idc.Address) string { return a.Formatted }),
		`${path:phoneNumbers[type eq "work"].value}`:      plain(workPhone),
		"${path:userType}":                                plain(func(u *idc.User) string { return u.UserType }),
		"${path:title}":                                   plain(func(u *idc.User) string { return u.Title }),
		"${path:locale}":                                  plain(func(u *idc.User) string { return u.Locale }),
		"${path:timezone}":                                plain(func(u *idc.User) string { return u.Timezone }),
		"${path:enterprise.employeeNumber}":               fromEnterprise(func(e *enterprise) string { return e.EmployeeNumber }),
		"${path:enterprise.costCenter}":                   fromEnterprise(func(e *enterprise) string { return e.CostCenter }),
		"${path:enterprise.organization}":                 fromEnterprise(func(e *enterprise) string { return e.Organization }),
		"${path:enterprise.division}":                     fromEnterprise(func(e *enterprise) string { return e.Division }),
		"${path:enterprise.department}":                   fromEnterprise(func(e *enterprise) string { return e.Department }),
		"${path:enterprise.manager.value}":                fromEnterprise(func(e *enterprise) string { return e.Manager.Value }),
	}
}

// workAddress is the first address of type work.
func workAddress(u *idc.User) idc.Address {
	for _, a := range u.Addresses {
		if strings.EqualFold(a.Type, "work") {
			return a
		}
	}
	return idc.Address{}
}

func workPhone(u *idc.User) string {
	for _, p := range u.Phones {
		if strings.EqualFold(p.Type, "work") {
			return p.Value
		}
	}
	return ""
}

// enterprise is the extension of RFC 7643 section 4.3, as a directory stores it.
type enterprise struct {
	EmployeeNumber string `json:"employeeNumber"`
	CostCenter     string `json:"costCenter"`
	Organization   string `json:"organization"`
	Division       string `json:"division"`
	Department     string `json:"department"`
	Manager        struct {
		Value string `json:"value"`
	} `json:"manager"`
}

func fromEnterprise(read func(e *enterprise) string) func(*idc.User) (string, error) {
	return func(u *idc.User) (string, error) {
		raw := u.Extensions["aws:identitystore:enterprise"]
		if raw == "" {
			return "", nil
		}
		var e enterprise
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			return "", err
		}
		return read(&e), nil
	}
}

// maxValue is how long the value of a session tag may be, in characters.
const maxValue = 256

// tagValue is what STS takes as the value of a session tag.
var tagValue = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// Tags returns the session tags of a person, in the order of the configuration; c
// may be nil. An attribute without a value gives no tag. A value that STS does not
// take as a tag is refused, naming the attribute: a session without its tag could
// get past a policy that denies by it.
func Tags(c *idc.AccessControlConfiguration, u *idc.User) ([]idc.Tag, error) {
	if c == nil || len(c.Attributes) == 0 {
		return nil, nil
	}
	known := sources()
	var tags []idc.Tag
	for _, a := range c.Attributes {
		read, ok := known[a.Sources[0]]
		if !ok {
			continue // a source of another version
		}
		value, err := read(u)
		if err != nil {
			return nil, err
		}
		if value == "" {
			continue
		}
		if utf8.RuneCountInString(value) > maxValue || !tagValue.MatchString(value) {
			return nil, idc.Errorf(idc.Invalid, "The value of the attribute %s cannot be passed as a session tag: "+
				`it must have at most %d characters and match [\p{L}\p{Z}\p{N}_.:/=+\-@]*. Ask your administrator to correct it.`, a.Key, maxValue)
		}
		tags = append(tags, idc.Tag{Key: a.Key, Value: value})
	}
	return tags, nil
}
