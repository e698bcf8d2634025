package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/control"
)

type adminCommand struct {
	Credentials credentialsCommand `cmd:"" help:"Print administrator credentials of an account, in the form of credential_process. Audited."`
}

type credentialsCommand struct {
	Data    string        `help:"Data directory of the running server." placeholder:"DIR"`
	Account string        `help:"Account to administer (default: the management account)." placeholder:"ID"`
	TTL     time.Duration `name:"ttl" help:"How long the credentials live." default:"1h"`
}

// processCredentials is what a credential_process prints ("Sourcing credentials
// with an external process", AWS CLI User Guide).
type processCredentials struct {
	Version         int
	AccessKeyId     string //nolint:revive // the name is the format's
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

// Run asks the server on this machine for break-glass credentials.
func (c *credentialsCommand) Run(ctx context.Context, io streams) error {
	creds, err := control.Dial(dataDir(c.Data)).Credentials(ctx, control.CredentialsRequest{
		AccountID: c.Account, TTLSeconds: int(c.TTL.Seconds()),
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(processCredentials{
		Version: 1, AccessKeyId: creds.AccessKeyID, SecretAccessKey: creds.SecretAccessKey,
		SessionToken: creds.SessionToken, Expiration: creds.ExpiresAt.UTC().Format(time.RFC3339),
	}, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.stdout, string(text))
	return err
}

// dataDir is the data directory a command means.
func dataDir(given string) string {
	if given != "" {
		return given
	}
	return config.Default().DataDir
}
