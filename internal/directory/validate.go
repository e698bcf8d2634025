package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The patterns of the service model (UserName, SensitiveStringType), for AWS's sentences.
const (
	namePattern = `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`
	textPattern = `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ` + "\u00a0\u3000" + `]+`
)

const (
	maxUserName   = 128
	maxText       = 1024
	maxPhotos     = 3
	maxExtensions = 10
	// enterprise is the one extension AWS defines (the enterprise user of RFC 7643 section 4.3).
	enterprise = "aws:identitystore:enterprise"
)

// isReserved reports names that cannot name a user or group ("CreateUser", Identity Store API Reference).
func isReserved(name string) bool {
	return slices.Contains([]string{"administrator", "awsadministrators"}, idc.FoldName(name))
}

func resourceOf(err error) string {
	var e *idc.Error
	if errors.As(err, &e) && e.Resource != "" {
		return e.Resource
	}
	return "resource"
}

// constraint is AWS's sentence for a value that breaks a rule of the model; values here are sensitive and
// never repeated.
func constraint(path, rule string) *idc.Error {
	return idc.Errorf(idc.Invalid, "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must %s", path, rule)
}

// class is a set of characters a text may be made of.
type class struct {
	pattern string // as the model writes it
	spaces  string // allowed beside letters, marks, symbols, numbers and punctuation
	max     int    // characters
}

func userNames() class { return class{pattern: namePattern, max: maxUserName} }

func texts() class { return class{pattern: textPattern, spaces: "\t\n\r \u00a0\u3000", max: maxText} }

func (c class) check(path, value string) error {
	if utf8.RuneCountInString(value) > c.max {
		return constraint(path, fmt.Sprintf("have length less than or equal to %d", c.max))
	}
	for _, r := range value {
		if !unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P) && !strings.ContainsRune(c.spaces, r) || r == utf8.RuneError {
			return constraint(path, "satisfy regular expression pattern: "+c.pattern)
		}
	}
	return nil
}

// checkUser says what is wrong with a user as a whole, whichever way it came to be.
func checkUser(u *idc.User) error {
	if err := checkRequired(u); err != nil {
		return err
	}
	if err := userNames().check("userName", u.UserName); err != nil {
		return err
	}
	if isReserved(u.UserName) {
		return idc.Errorf(idc.Invalid, "%s is a reserved name and cannot be used for users or groups.", u.UserName)
	}
	for path, value := range userTexts(u) {
		if err := texts().check(path, value); err != nil {
			return err
		}
	}
	if err := checkCounts(u); err != nil {
		return err
	}
	if u.Birthdate != "" {
		if _, err := time.Parse(time.DateOnly, u.Birthdate); err != nil {
			return idc.Errorf(idc.Invalid, "birthdate must have the form YYYY-MM-DD")
		}
	}
	return checkExtensions(u.Extensions)
}

// checkRequired names what the model calls optional and the service requires.
func checkRequired(u *idc.User) error {
	if u.UserName == "" {
		return idc.Errorf(idc.Invalid, "userName is a required attribute")
	}
	var missing []string
	for _, attribute := range []struct{ name, value string }{
		{"displayname", u.DisplayName}, {"familyname", u.Name.FamilyName}, {"givenname", u.Name.GivenName},
	} {
		if attribute.value == "" {
			missing = append(missing, fmt.Sprintf("%s: The attribute %[1]s is required", attribute.name))
		}
	}
	if len(missing) > 0 {
		return idc.Errorf(idc.Invalid, "%s", strings.Join(missing, ", "))
	}
	return nil
}

// userTexts lists every free text of a user under its attribute path.
func userTexts(u *idc.User) map[string]string {
	all := map[string]string{
		"displayName": u.DisplayName, "nickName": u.NickName, "profileUrl": u.ProfileURL,
		"userType": u.UserType, "title": u.Title, "preferredLanguage": u.PreferredLanguage,
		"locale": u.Locale, "timezone": u.Timezone, "website": u.Website, "birthdate": u.Birthdate,
		"name.formatted": u.Name.Formatted, "name.givenName": u.Name.GivenName,
		"name.middleName": u.Name.MiddleName, "name.familyName": u.Name.FamilyName,
		"name.honorificPrefix": u.Name.HonorificPrefix, "name.honorificSuffix": u.Name.HonorificSuffix,
	}
	for i, e := range u.Emails {
		at := fmt.Sprintf("emails.%d.member.", i+1)
		all[at+"value"], all[at+"type"] = e.Value, e.Type
	}
	for i, p := range u.Phones {
		at := fmt.Sprintf("phoneNumbers.%d.member.", i+1)
		all[at+"value"], all[at+"type"] = p.Value, p.Type
	}
	for i, r := range u.Roles {
		at := fmt.Sprintf("roles.%d.member.", i+1)
		all[at+"value"], all[at+"type"] = r.Value, r.Type
	}
	for i, p := range u.Photos {
		at := fmt.Sprintf("photos.%d.member.", i+1)
		all[at+"value"], all[at+"type"], all[at+"display"] = p.Value, p.Type, p.Display
	}
	for i, a := range u.Addresses {
		at := fmt.Sprintf("addresses.%d.member.", i+1)
		all[at+"formatted"], all[at+"streetAddress"], all[at+"locality"] = a.Formatted, a.StreetAddress, a.Locality
		all[at+"region"], all[at+"postalCode"], all[at+"country"], all[at+"type"] = a.Region, a.PostalCode, a.Country, a.Type
	}
	return all
}

// checkCounts holds the lists to the sizes of the model: one of each, three photos.
func checkCounts(u *idc.User) error {
	for _, list := range []struct {
		path       string
		count, max int
	}{
		{"emails", len(u.Emails), 1}, {"addresses", len(u.Addresses), 1}, {"phoneNumbers", len(u.Phones), 1},
		{"roles", len(u.Roles), 1}, {"photos", len(u.Photos), maxPhotos},
	} {
		if list.count > list.max {
			return constraint(list.path, fmt.Sprintf("have length less than or equal to %d", list.max))
		}
	}
	for i, p := range u.Photos {
		if p.Value == "" {
			return constraint(fmt.Sprintf("photos.%d.member.value", i+1), "not be null")
		}
	}
	return nil
}

// enterpriseAttributes is the shape of the enterprise extension.
type enterpriseAttributes struct {
	EmployeeNumber string             `json:"employeeNumber,omitempty"`
	CostCenter     string             `json:"costCenter,omitempty"`
	Organization   string             `json:"organization,omitempty"`
	Division       string             `json:"division,omitempty"`
	Department     string             `json:"department,omitempty"`
	Manager        *enterpriseManager `json:"manager,omitempty"`
}

type enterpriseManager struct {
	Value string `json:"value,omitempty"`
}

func checkExtensions(extensions map[string]string) error {
	if len(extensions) > maxExtensions {
		return constraint("extensions", fmt.Sprintf("have length less than or equal to %d", maxExtensions))
	}
	for key, raw := range extensions {
		if key != enterprise {
			return idc.Errorf(idc.Invalid, "The extension %s is not supported", key)
		}
		if err := checkEnterprise(raw); err != nil {
			return err
		}
	}
	return nil
}

func checkEnterprise(raw string) error {
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.DisallowUnknownFields()
	var e enterpriseAttributes
	if err := decoder.Decode(&e); err != nil {
		return idc.Errorf(idc.Invalid, "The value of %s is not valid: it holds the texts employeeNumber, costCenter, organization, division, department and an object manager with a value", enterprise).Because(err)
	}
	values := map[string]string{
		"employeeNumber": e.EmployeeNumber, "costCenter": e.CostCenter, "organization": e.Organization,
		"division": e.Division, "department": e.Department,
	}
	if e.Manager != nil {
		values["manager.value"] = e.Manager.Value
	}
	for path, value := range values {
		if err := texts().check("extensions."+enterprise+"."+path, value); err != nil {
			return err
		}
	}
	return nil
}
