package role

import (
	"encoding/json"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// checkPrincipals refuses a trust policy that names a role or user which does
// not exist in an account of ours: IAM answers "Invalid principal in policy".
// Whoever makes an entity of that name later must not find a door open for it.
func checkPrincipals(r store.Reader, document string) error {
	names, err := awsPrincipals(document)
	if err != nil {
		return idc.Errorf(idc.Invalid, "Syntax errors in policy.").With(idc.ReasonMalformedPolicy).Because(err)
	}
	for _, name := range names {
		known, err := principalKnown(r, name)
		if err != nil {
			return err
		}
		if !known {
			return idc.Errorf(idc.Invalid, "Invalid principal in policy: \"AWS\":\"%s\"", name).With(idc.ReasonMalformedPolicy)
		}
	}
	return nil
}

func principalKnown(r store.Reader, name string) (bool, error) {
	parsed, err := arn.Parse(name)
	if err != nil || parsed.Service != "iam" {
		return true, nil // an account id, a unique id, "*", a session: checked by the language
	}
	kind, _, _ := strings.Cut(parsed.Resource, "/")
	if kind != "role" && kind != "user" {
		return true, nil
	}
	if _, err := r.Account(parsed.Account); idc.IsNotFound(err) {
		return true, nil // not an account of ours
	} else if err != nil {
		return false, err
	}
	account, _, roleName, err := arn.ParseRole(name)
	if err != nil {
		return false, nil // native accounts have no IAM users
	}
	found, err := r.Role(account, roleName)
	if idc.IsNotFound(err) {
		return false, nil
	}
	return err == nil && found.ARN == name, err
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
