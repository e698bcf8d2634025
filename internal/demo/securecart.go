package demo

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The accounts of SecureCart, by name.
const (
	Management = "111111111111"
	Dev        = "222222222222"
	Staging    = "333333333333"
	Production = "444444444444"
)

// Alias is the label of SecureCart's start URL.
const Alias = "securecart"

type place struct {
	id, name, email, unit string
}

// accounts are SecureCart's member accounts; the management account is there already.
func accounts() []place {
	return []place{
		{Dev, "Dev", "aws-dev@securecart.example", "NonProduction"},
		{Staging, "Staging", "aws-staging@securecart.example", "NonProduction"},
		{Production, "Production", "aws-production@securecart.example", "Production"},
	}
}

// units are the OUs below the root.
func units() []string { return []string{"NonProduction", "Production"} }

type permissionSet struct {
	name, description, duration, policy string
}

func permissionSets() []permissionSet {
	return []permissionSet{
		{"AdministratorAccess", "Full access to the account", "PT4H", "arn:aws:iam::aws:policy/AdministratorAccess"},
		{"PowerUserAccess", "Everything but identities and the organization", "PT4H", "arn:aws:iam::aws:policy/PowerUserAccess"},
		{"ReadOnlyAccess", "Look, but do not touch", "PT4H", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
		{"SecurityAudit", "Read the security configuration", "PT1H", "arn:aws:iam::aws:policy/SecurityAudit"},
	}
}

type person struct {
	userName, given, family, group string
}

func people() []person {
	return []person{
		{"dana", "Dana", "Reyes", "SecureCart-Developers"},
		{"omar", "Omar", "Haddad", "SecureCart-Ops"},
		{"sofia", "Sofia", "Lindqvist", "SecureCart-Support"},
		{"anton", "Anton", "Weiss", "SecureCart-Auditors"},
		{"vera", "Vera", "Okafor", "SecureCart-Vendors"},
	}
}

type entitlement struct {
	group, permissionSet string
	scope                idc.Scope
	lasts                time.Duration // 0: no end
}

// vendorsLeave is how long the vendors' access lasts.
const vendorsLeave = 7 * 24 * time.Hour

func entitlements() []entitlement {
	in := func(account string) idc.Scope { return idc.Scope{Kind: idc.ScopeAccount, AccountID: account} }
	return []entitlement{
		{"SecureCart-Developers", "AdministratorAccess", in(Dev), 0},
		{"SecureCart-Developers", "PowerUserAccess", in(Staging), 0},
		{"SecureCart-Developers", "ReadOnlyAccess", in(Production), 0},
		{"SecureCart-Ops", "AdministratorAccess", idc.Scope{Kind: idc.ScopeAll}, 0},
		{"SecureCart-Support", "ReadOnlyAccess", in(Production), 0},
		{"SecureCart-Auditors", "SecurityAudit", in(Production), 0},
		{"SecureCart-Vendors", "SecurityAudit", in(Production), vendorsLeave},
	}
}
