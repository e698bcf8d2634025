package accesscontrol

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxAttributes is how many tags a session may have ("IAM and AWS STS quotas").
const maxAttributes = 50

// Service keeps the configurations.
type Service struct {
	Store store.Store
}

// Create turns attributes for access control on. No attributes are legal: what an
// identity provider sends is let through then. A second time is a Conflict.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, instanceID string, attributes []idc.AccessControlAttribute) error {
	if err := check(attributes); err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		_, err := tx.AccessControl(instanceID)
		if err == nil {
			return idc.Errorf(idc.Conflict, "InstanceAccessControlAttributeConfiguration already exists for the instance %s.", instanceID).
				With(idc.ReasonAlreadyExists)
		}
		if !idc.IsNotFound(err) {
			return err
		}
		return tx.PutAccessControl(&idc.AccessControlConfiguration{InstanceID: instanceID, Attributes: attributes, Status: idc.AccessControlEnabled})
	})
}

// Get returns the configuration of an instance, or NotFound while it is off.
func (s *Service) Get(ctx context.Context, instanceID string) (*idc.AccessControlConfiguration, error) {
	var c *idc.AccessControlConfiguration
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		c, err = find(r, instanceID)
		return err
	})
	return c, err
}

// Update replaces the whole list of attributes.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, instanceID string, attributes []idc.AccessControlAttribute) error {
	if err := check(attributes); err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := find(tx, instanceID)
		if err != nil {
			return err
		}
		c := *found
		c.Attributes = attributes
		return tx.PutAccessControl(&c)
	})
}

// Delete turns attributes for access control off and forgets the list.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, instanceID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := find(tx, instanceID); err != nil {
			return err
		}
		return tx.DeleteAccessControl(instanceID)
	})
}

func find(r store.AccessControlReader, instanceID string) (*idc.AccessControlConfiguration, error) {
	c, err := r.AccessControl(instanceID)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("InstanceAccessControlAttributeConfiguration", instanceID,
			"Could not find InstanceAccessControlAttributeConfiguration of the instance %s", instanceID)
	}
	return c, err
}

// check refuses keys that are no session tags, keys that are given twice (tag keys
// have no letter case), and sources that do not exist.
func check(attributes []idc.AccessControlAttribute) error {
	if len(attributes) > maxAttributes {
		return idc.Errorf(idc.Invalid, "At most %d attributes for access control can be configured.", maxAttributes)
	}
	seen := map[string]bool{}
	for _, a := range attributes {
		key := strings.ToLower(a.Key)
		switch {
		case strings.HasPrefix(key, "aws:"):
			return idc.Errorf(idc.Invalid, "The key %s begins with aws:, which is reserved.", a.Key)
		case seen[key]:
			return idc.Errorf(idc.Invalid, "The key %s is given twice; keys are compared without regard to case.", a.Key)
		case len(a.Sources) != 1:
			return idc.Errorf(idc.Invalid, "The attribute %s must have exactly one source.", a.Key)
		}
		seen[key] = true
		if _, ok := sources()[a.Sources[0]]; !ok {
			return idc.Errorf(idc.Invalid, "The source %s of the attribute %s is not supported.", a.Sources[0], a.Key)
		}
	}
	return nil
}
