package directory

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Alternate is another way to name a user or group: an external id, or the value of a unique attribute
// when Path is set (AlternateIdentifier, Identity Store API Reference).
type Alternate struct {
	ExternalID idc.ExternalID
	Path       string
	Value      string
}

// FindUser returns the user with an alternate identifier: userName, emails.value or an external id.
func (s *Service) FindUser(ctx context.Context, storeID string, by Alternate) (*idc.User, error) {
	var u *idc.User
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		switch path := strings.ToLower(by.Path); {
		case path == "":
			u, err = r.UserByExternalID(storeID, by.ExternalID.Issuer, by.ExternalID.ID)
		case path != "username" && path != "emails.value":
			return notUnique(by.Path)
		case by.Value == "":
			return emptyValue(by.Path)
		case path == "username":
			u, err = r.UserByName(storeID, by.Value)
		default:
			u, err = r.UserByEmail(storeID, by.Value)
		}
		if idc.IsNotFound(err) {
			return userNotFound("")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// FindGroup returns the group with an alternate identifier: displayName or an external id.
func (s *Service) FindGroup(ctx context.Context, storeID string, by Alternate) (*idc.Group, error) {
	var g *idc.Group
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		switch path := strings.ToLower(by.Path); {
		case path == "":
			g, err = r.GroupByExternalID(storeID, by.ExternalID.Issuer, by.ExternalID.ID)
		case path != "displayname":
			return notUnique(by.Path)
		case by.Value == "":
			return emptyValue(by.Path)
		default:
			g, err = r.GroupByName(storeID, by.Value)
		}
		if idc.IsNotFound(err) {
			return idc.NotFoundf("GROUP", "", "GROUP not found.")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

func notUnique(path string) error {
	return idc.Errorf(idc.Invalid, "The attribute %s is not a unique attribute", path)
}

func emptyValue(path string) error {
	return idc.Errorf(idc.Invalid, "attribute value cannot be empty or null for attribute path %s", path)
}
