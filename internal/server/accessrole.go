package server

import (
	"encoding/json"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"

// trustPolicy lets one principal assume a role.
func trustPolicy(principalKind, principal string) (string, error) {
	type statement struct {
		Effect    string
		Principal map[string]string
		Action    string
	}
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"Allow", map[string]string{principalKind: principal}, "sts:AssumeRole"}}})
	return string(text), err
}

// accessRole makes the role through which the management account reaches a new
// account ("OrganizationAccountAccessRole", Organizations User Guide).
func (s *Services) accessRole(tx store.Tx, change idc.ChangeSet, accountID, managementID, name string) error {
	if name == "" {
		return nil
	}
	trust, err := trustPolicy("AWS", arn.Root(managementID).String())
	if err != nil {
		return err
	}
	return s.administratorRole(tx, change, accountID, role.Definition{
		Name: name, Path: "/", TrustPolicy: trust, MaxSessionDuration: time.Hour,
	})
}

func (s *Services) administratorRole(tx store.Tx, change idc.ChangeSet, accountID string, d role.Definition) error {
	created, err := s.Roles.CreateIn(tx, change, accountID, s.IDs.UniqueID(ids.PrefixRole), d)
	if err != nil {
		return err
	}
	created.AttachedPolicies = []string{administratorAccess}
	return tx.PutRole(created)
}
