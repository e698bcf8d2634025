package directory

import (
	"encoding/json"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Operation changes one attribute (AttributeOperation, Identity Store API Reference). A Value that is
// empty, null, "" or [] removes the attribute.
type Operation struct {
	Path  string          // such as "name.familyName", "emails", "aws:identitystore:enterprise.department"
	Value json.RawMessage // a JSON document
}

// removes reports whether the operation takes the attribute away. Terraform's provider sends the empty
// text for an attribute that was dropped from the configuration.
func (o Operation) removes() bool {
	switch strings.TrimSpace(string(o.Value)) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return false
}

// applyToUser applies one operation. Paths are compared without regard to case, as AWS's own examples
// write them in several ways; whether the result is a well-formed user is for checkUser to say.
func applyToUser(u *idc.User, o Operation) error {
	path := strings.ToLower(o.Path)
	if target := userText(u, path); target != nil {
		return setText(target, o)
	}
	switch path {
	case "name":
		return setWhole(&u.Name, o)
	case "emails":
		return setWhole(&u.Emails, o)
	case "addresses":
		return setWhole(&u.Addresses, o)
	case "phonenumbers":
		return setWhole(&u.Phones, o)
	case "photos":
		return setWhole(&u.Photos, o)
	case "roles":
		return setWhole(&u.Roles, o)
	}
	if name, attribute, found := strings.Cut(o.Path, "."); strings.EqualFold(name, enterprise) {
		return applyToEnterprise(u, attribute, found, o)
	}
	return unknownAttribute(o.Path)
}

func unknownAttribute(path string) error {
	return idc.Errorf(idc.Invalid, "The attribute %s is not supported", path)
}

// userText finds the text attribute under a lower-case path.
func userText(u *idc.User, path string) *string {
	switch path {
	case "username":
		return &u.UserName
	case "displayname":
		return &u.DisplayName
	case "nickname":
		return &u.NickName
	case "profileurl":
		return &u.ProfileURL
	case "usertype":
		return &u.UserType
	case "title":
		return &u.Title
	case "preferredlanguage":
		return &u.PreferredLanguage
	case "locale":
		return &u.Locale
	case "timezone":
		return &u.Timezone
	case "website":
		return &u.Website
	case "birthdate":
		return &u.Birthdate
	case "name.formatted":
		return &u.Name.Formatted
	case "name.givenname":
		return &u.Name.GivenName
	case "name.middlename":
		return &u.Name.MiddleName
	case "name.familyname":
		return &u.Name.FamilyName
	case "name.honorificprefix":
		return &u.Name.HonorificPrefix
	case "name.honorificsuffix":
		return &u.Name.HonorificSuffix
	}
	return nil
}

func setText(target *string, o Operation) error {
	if o.removes() {
		*target = ""
		return nil
	}
	var text string
	if err := json.Unmarshal(o.Value, &text); err != nil {
		return idc.Errorf(idc.Invalid, "The value of the attribute %s must be a string", o.Path).Because(err)
	}
	*target = text
	return nil
}

// setWhole replaces a list or an object. encoding/json compares member names without regard to case, so
// that the PascalCase of the model and the camelCase of the attribute paths both work.
func setWhole[T any](target *T, o Operation) error {
	var value T
	if !o.removes() {
		if err := json.Unmarshal(o.Value, &value); err != nil {
			return idc.Errorf(idc.Invalid, "The value of the attribute %s does not have its shape", o.Path).Because(err)
		}
	}
	*target = value
	return nil
}

// applyToEnterprise changes the whole extension, or one attribute of it.
func applyToEnterprise(u *idc.User, attribute string, one bool, o Operation) error {
	extensions := make(map[string]string, len(u.Extensions)+1)
	for name, raw := range u.Extensions {
		extensions[name] = raw
	}
	u.Extensions = extensions
	if !one {
		if o.removes() {
			delete(extensions, enterprise)
		} else {
			extensions[enterprise] = string(o.Value)
		}
		return nil
	}
	var e enterpriseAttributes
	if raw := extensions[enterprise]; raw != "" {
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			return err
		}
	}
	if err := e.set(strings.ToLower(attribute), o); err != nil {
		return err
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if string(raw) == "{}" {
		delete(extensions, enterprise)
	} else {
		extensions[enterprise] = string(raw)
	}
	return nil
}

func (e *enterpriseAttributes) set(attribute string, o Operation) error {
	switch attribute {
	case "employeenumber":
		return setText(&e.EmployeeNumber, o)
	case "costcenter":
		return setText(&e.CostCenter, o)
	case "organization":
		return setText(&e.Organization, o)
	case "division":
		return setText(&e.Division, o)
	case "department":
		return setText(&e.Department, o)
	case "manager":
		return setWhole(&e.Manager, o)
	case "manager.value":
		var value string
		if err := setText(&value, o); err != nil {
			return err
		}
		e.Manager = nil
		if value != "" {
			e.Manager = &enterpriseManager{Value: value}
		}
		return nil
	}
	return unknownAttribute(o.Path)
}
