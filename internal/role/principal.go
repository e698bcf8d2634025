package role

import (
	"encoding/json"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// trustedIDs returns the unique ids of the roles that a trust policy names, by
// ARN. It refuses a policy that names a role or user which does not exist in an
// account of ours: IAM answers "Invalid principal in policy". Whoever makes an
// entity of that name later must not find a door open for it.
//
// Roles that Identity Center provisions are left out: they keep their names over
// re-assignments, and nobody else can make one of such a name.
func trustedIDs(r store.Reader, document string) (map[string]string, error) {
	names, err := awsPrincipals(document)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "Syntax errors in policy.").With(idc.ReasonMalformedPolicy).Because(err)
	}
	pins := map[string]string{}
	for _, name := range names {
		if named, err := namesEntity(r, name); err != nil {
			return nil, err
		} else if !named {
			continue
		}
		found, err := entity(r, name)
		if idc.IsNotFound(err) {
			return nil, idc.Errorf(idc.Invalid, "Invalid principal in policy: \"AWS\":\"%s\"", name).With(idc.ReasonMalformedPolicy)
		}
		if err != nil {
			return nil, err
		}
		if !isReserved(found) {
			pins[name] = found.ID
		}
	}
	return pins, nil
}

// namesEntity reports whether a principal is a role or user of an account of ours.
func namesEntity(r store.Reader, name string) (bool, error) {
	parsed, err := arn.Parse(name)
	if err != nil || parsed.Service != "iam" {
		return false, nil // an account id, a unique id, "*", a session: checked by the language
	}
	if kind, _, _ := strings.Cut(parsed.Resource, "/"); kind != "role" && kind != "user" {
		return false, nil
	}
	if _, err := r.Account(parsed.Account); idc.IsNotFound(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}

// entity returns the role of exactly this ARN. Native accounts have no IAM users.
func entity(r store.Reader, name string) (*idc.Role, error) {
	missing := idc.NotFoundf("Principal", name, "The principal %s cannot be found.", name)
	account, _, roleName, err := arn.ParseRole(name)
	if err != nil {
		return nil, missing.Because(err)
	}
	found, err := r.Role(account, roleName)
	if err != nil {
		return nil, err
	}
	if found.ARN != name {
		return nil, missing
	}
	return found, nil
}

// awsPrincipals returns the values of the AWS member of every Principal. The
// document has been checked by package policy.
func awsPrincipals(document string) ([]string, error) {
	var parsed struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &parsed); err != nil {
		return nil, err
	}
	type statement struct{ Principal json.RawMessage }
	statements, err := oneOrMany[statement](parsed.Statement)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range statements {
		if len(s.Principal) == 0 || s.Principal[0] != '{' {
			continue
		}
		var principal struct{ AWS json.RawMessage }
		if err := json.Unmarshal(s.Principal, &principal); err != nil {
			return nil, err
		}
		if len(principal.AWS) == 0 {
			continue
		}
		values, err := oneOrMany[string](principal.AWS)
		if err != nil {
			return nil, err
		}
		names = append(names, values...)
	}
	return names, nil
}

// oneOrMany reads a value that may stand alone or in a list.
func oneOrMany[T any](raw json.RawMessage) ([]T, error) {
	var many []T
	if json.Unmarshal(raw, &many) == nil {
		return many, nil
	}
	var one T
	err := json.Unmarshal(raw, &one)
	return []T{one}, err
}
