// Package native is the target of accounts that live in Gatehouse: it writes
// provisioned roles into the IAM that package role keeps, where the IAM, STS and
// Organizations APIs show them. One role is written in one transaction.
package native
