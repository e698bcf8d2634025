package instance

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobRegion completes the adding or removing of a Region. Payload: Work.
const JobRegion = "instance-region"

const defaultMaxRegions = 6

// AddRegion adds a Region to the organization's instance; it is ADDING until
// JobRegion has run. Errors: Invalid for other instances, Conflict when the instance
// has the Region or another one is being added or removed, QuotaExceeded.
func (s *Service) AddRegion(ctx context.Context, change idc.ChangeSet, id, name string) error {
	limit := s.MaxRegions
	if limit <= 0 {
		limit = defaultMaxRegions
	}
	return s.changeRegions(ctx, change, id, name, func(in *idc.Instance) error {
		if in.HasRegion(name) {
			return idc.Errorf(idc.Conflict, "The Region %s is enabled already.", name)
		}
		if len(in.AllRegions()) >= limit {
			return idc.Errorf(idc.QuotaExceeded, "You have exceeded AWS SSO limits. Cannot create Region more than %d.", limit)
		}
		in.Regions = append(in.Regions, idc.InstanceRegion{Name: name, Status: idc.RegionAdding, AddedAt: change.At})
		return nil
	})
}

// RemoveRegion removes a Region that was added; it is REMOVING until JobRegion has
// run. Errors: Invalid for the primary Region, NotFound, Conflict as AddRegion.
func (s *Service) RemoveRegion(ctx context.Context, change idc.ChangeSet, id, name string) error {
	return s.changeRegions(ctx, change, id, name, func(in *idc.Instance) error {
		if name == in.Region {
			return idc.Errorf(idc.Invalid, "The primary Region %s cannot be removed.", name)
		}
		at := find(in, name)
		if at < 0 {
			return missingRegion(name)
		}
		in.Regions[at].Status = idc.RegionRemoving
		return nil
	})
}

func find(in *idc.Instance, name string) int {
	return slices.IndexFunc(in.Regions, func(r idc.InstanceRegion) bool { return r.Name == name })
}

func missingRegion(name string) error {
	return idc.NotFoundf("Region", name, "Could not find Region %s", name)
}

// changeRegions runs edit unless the Regions are being changed, and enqueues the job.
func (s *Service) changeRegions(ctx context.Context, change idc.ChangeSet, id, name string, edit func(in *idc.Instance) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.InstanceByID(id)
		if idc.IsNotFound(err) {
			return missing(id)
		}
		if err != nil {
			return err
		}
		if found.Kind != idc.InstanceOfOrganization {
			return NotSupported()
		}
		in := *found
		in.Regions = slices.Clone(found.Regions)
		for _, region := range in.Regions {
			if region.Status != idc.RegionActive {
				return idc.Errorf(idc.Conflict, "The Region %s is being changed: its status is %s.", region.Name, region.Status)
			}
		}
		if err := edit(&in); err != nil {
			return err
		}
		if err := tx.PutInstance(&in); err != nil {
			return err
		}
		return enqueue(tx, JobRegion, Work{InstanceID: id, Region: name}, change)
	})
}

// RunRegion does JobRegion. All of it happens with the job's end: nothing is copied
// between Regions.
func (s *Service) RunRegion(_ context.Context, _ idc.ChangeSet, job *idc.Job) (func(store.Tx) error, error) {
	w, err := store.Payload[Work](job)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx) error {
		found, err := tx.InstanceByID(w.InstanceID)
		if err != nil {
			return err
		}
		in := *found
		in.Regions = slices.Clone(found.Regions)
		at := find(&in, w.Region)
		if at < 0 {
			return nil
		}
		switch in.Regions[at].Status {
		case idc.RegionAdding:
			in.Regions[at].Status = idc.RegionActive
		case idc.RegionRemoving:
			in.Regions = slices.Delete(in.Regions, at, at+1)
		default:
			return nil
		}
		return tx.PutInstance(&in)
	}, nil
}

// Region returns one of an instance's Regions, or NotFound.
func Region(in *idc.Instance, name string) (idc.InstanceRegion, error) {
	for _, region := range in.AllRegions() {
		if region.Name == name {
			return region, nil
		}
	}
	return idc.InstanceRegion{}, missingRegion(name)
}
