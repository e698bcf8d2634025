package instance

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobDelete removes the rest of an instance that is being deleted. Payload: Work.
const JobDelete = "delete-instance"

// Work is the payload of JobDelete and JobRegion.
type Work struct {
	InstanceID string `json:"instance"`
	Region     string `json:"region,omitempty"`
}

const (
	// batch bounds the rows that one transaction removes.
	batch = 200
	// batches bounds the transactions of one run of the job.
	batches = 20
)

// Delete deletes an account instance with all that belongs to it; see the package
// comment. The organization's instance is refused, and a repetition is a Conflict.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.InstanceByID(id)
		if idc.IsNotFound(err) {
			return missing(id)
		}
		if err != nil {
			return err
		}
		if found.Kind == idc.InstanceOfOrganization {
			return idc.Errorf(idc.Denied, "The organization instance cannot be deleted.")
		}
		if found.CurrentStatus() == idc.InstanceDeleting {
			return idc.Errorf(idc.Conflict, "The instance %s is being deleted already.", found.ARN)
		}
		in := *found
		in.Status = idc.InstanceDeleting
		if err := tx.PutInstance(&in); err != nil {
			return err
		}
		gone, err := s.erase(tx, change, &in)
		if err != nil || gone {
			return err
		}
		return enqueue(tx, JobDelete, Work{InstanceID: id}, change)
	})
}

func enqueue(tx store.Tx, kind string, w Work, change idc.ChangeSet) error {
	return store.Enqueue(tx, kind, "instance/"+w.InstanceID, w, change.At, change.At)
}

// erase removes one batch, and the instance itself when nothing else is left.
func (s *Service) erase(tx store.Tx, change idc.ChangeSet, in *idc.Instance) (gone bool, err error) {
	removed, err := application.Erase(tx, in, batch)
	if err != nil || removed == batch {
		return false, err
	}
	more, err := s.Directory.Erase(tx, change, in.IdentityStoreID, batch-removed)
	if err != nil || removed+more == batch {
		return false, err
	}
	if err := tx.DeleteAccessControl(in.ID); err != nil && !idc.IsNotFound(err) {
		return false, err
	}
	return true, tx.DeleteInstance(in.ID)
}

// RunDelete does JobDelete. What one run does not finish the next one does.
func (s *Service) RunDelete(ctx context.Context, change idc.ChangeSet, job *idc.Job) (func(store.Tx) error, error) {
	w, err := store.Payload[Work](job)
	if err != nil {
		return nil, err
	}
	for range batches {
		gone := false
		err := s.Store.Update(ctx, change, func(tx store.Tx) error {
			in, err := tx.InstanceByID(w.InstanceID)
			if idc.IsNotFound(err) {
				gone = true // by a run that was cut off behind its last batch
				return nil
			}
			if err != nil {
				return err
			}
			gone, err = s.erase(tx, change, in)
			return err
		})
		if err != nil || gone {
			return nil, err
		}
	}
	return func(tx store.Tx) error { return enqueue(tx, JobDelete, w, change) }, nil
}
