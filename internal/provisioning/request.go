package provisioning

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Provision starts to carry the newest revision of a permission set into one
// account, or with accountID "" into all accounts where it is provisioned. An
// account where it is not provisioned makes the operation fail, as with AWS.
func (s *Service) Provision(ctx context.Context, change idc.ChangeSet, permissionSetID, accountID string) (*idc.Operation, error) {
	opID := s.IDs.UUID()
	var op *idc.Operation
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := permissionset.Find(tx, permissionSetID); err != nil {
			return err
		}
		op = &idc.Operation{
			ID: opID, Kind: idc.OperationProvisioning, Status: idc.OperationInProgress, TargetID: accountID,
			TargetType: "AWS_ACCOUNT", PermissionSetID: permissionSetID, CreatedAt: change.At,
		}
		accounts := []string{accountID}
		if accountID == "" {
			op.TargetType = "ALL_PROVISIONED_ACCOUNTS"
			rows, err := tx.ListProvisioningsOfPermissionSet(permissionSetID, store.Page{})
			if err != nil {
				return err
			}
			accounts = accounts[:0]
			for _, row := range rows {
				accounts = append(accounts, row.AccountID)
			}
		}
		op.Pending = len(accounts)
		if len(accounts) == 0 {
			op.Status, op.CompletedAt = idc.OperationSucceeded, change.At
		}
		if err := tx.PutOperation(op); err != nil {
			return err
		}
		for _, id := range accounts {
			w := assignment.Work{AccountID: id, PermissionSetID: permissionSetID, OperationKind: op.Kind, OperationID: op.ID}
			if err := assignment.EnqueueProvision(tx, w, change.At); err != nil {
				return err
			}
		}
		return nil
	})
	return op, err
}
