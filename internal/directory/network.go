package directory

import (
	"context"
	"net/netip"
	"regexp"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxNetworkEntries is how long each list of a network configuration may be.
const maxNetworkEntries = 50

var vpcForm = regexp.MustCompile(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)

// SetNetwork replaces the network configuration of an identity store. from is the
// caller's address: a configuration that would not admit it is refused, so that
// nobody locks themselves out by a slip.
func (s *Service) SetNetwork(ctx context.Context, change idc.ChangeSet, storeID string, n idc.NetworkConfiguration, from netip.Addr) error {
	if err := checkNetwork(&n); err != nil {
		return err
	}
	if !n.AdmitsAPI(from) {
		return idc.Errorf(idc.Invalid, "The network configuration would refuse your own address. Add it to ApiAllowSourceIps.")
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.InstanceByIdentityStore(storeID)
		if idc.IsNotFound(err) {
			return storeNotFound(storeID)
		}
		if err != nil {
			return err
		}
		in := *found
		in.Network = &n
		return tx.PutInstance(&in)
	})
}

func checkNetwork(n *idc.NetworkConfiguration) error {
	for _, list := range []struct {
		name   string
		values []string
	}{{"ApiAllowSourceIps", n.APIAllowedRanges}, {"ApiRestrictSourceVpcs", n.APIAllowedVPCs}, {"ScimAllowSourceIps", n.SCIMAllowedRanges}} {
		if len(list.values) > maxNetworkEntries {
			return idc.Errorf(idc.Invalid, "%s can have at most %d items.", list.name, maxNetworkEntries)
		}
	}
	for _, text := range slices.Concat(n.APIAllowedRanges, n.SCIMAllowedRanges) {
		if _, err := idc.ParseRange(text); err != nil {
			return err
		}
	}
	for _, id := range n.APIAllowedVPCs {
		if !vpcForm.MatchString(id) {
			return idc.Errorf(idc.Invalid, "%s is not the id of a VPC.", id)
		}
	}
	return nil
}
