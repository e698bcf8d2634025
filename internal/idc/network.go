package idc

import "net/netip"

// NetworkConfiguration limits where an identity store is reached from (Identity
// Store API Reference, NetworkConfiguration). Ranges are CIDR blocks or single
// addresses, as they were given.
type NetworkConfiguration struct {
	// EndpointRequired demands a VPC endpoint.
	EndpointRequired bool
	// APIAllowedRanges are excepted from the other two limits of the API.
	APIAllowedRanges []string
	// APIAllowedVPCs are the only VPCs the API is reached from, when there are any.
	APIAllowedVPCs []string
	// SCIMAllowedRanges are the only ones SCIM is reached from, when there are any.
	SCIMAllowedRanges []string
}

// AdmitsAPI reports whether a call of the API may come from an address. No call
// comes through a VPC endpoint or from a VPC that is known here, so that both limits
// leave only the ranges excepted from them. The zero address is none of those.
func (n *NetworkConfiguration) AdmitsAPI(from netip.Addr) bool {
	if n == nil || !n.EndpointRequired && len(n.APIAllowedVPCs) == 0 {
		return true
	}
	for _, text := range n.APIAllowedRanges {
		if block, err := ParseRange(text); err == nil && block.Contains(from.Unmap()) {
			return true
		}
	}
	return false
}

// ParseRange reads a CIDR block or a single address. An IPv4 block written as IPv6
// is refused: no address would be in it.
func ParseRange(text string) (netip.Prefix, error) {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, Errorf(Invalid, "%s is not an IP address or CIDR range.", text).Because(err)
		}
		block = netip.PrefixFrom(addr, addr.BitLen())
	}
	if block.Addr().Is4In6() || block.Addr().Zone() != "" {
		return netip.Prefix{}, Errorf(Invalid, "%s is not an IP address or CIDR range.", text)
	}
	return block, nil
}
