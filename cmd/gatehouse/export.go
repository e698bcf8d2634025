package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfiguration "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/gatehouse-idc/gatehouse/internal/control"
	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/orgread"
)

// sourceFlags say where a live organization is read from. Without any, AWS's own environment and configuration files
// decide, as they do for the AWS CLI.
type sourceFlags struct {
	Data        string `help:"Data directory of the server running here: ask it, with break-glass credentials." placeholder:"DIR"`
	EndpointURL string `name:"endpoint-url" help:"Ask this server, with AWS credentials from the environment (default: AWS)." placeholder:"URL"`
	Instance    string `help:"ARN of the instance, when there are several." placeholder:"ARN"`
	MemberRole  string `name:"member-role" help:"Role to assume in member accounts, to read roles and customer managed policies there." placeholder:"NAME"`
}

type exportCommand struct {
	sourceFlags
	Output string `short:"o" help:"File to write (default: standard output)." placeholder:"FILE"`
}

// Run writes the organization as one YAML file.
func (c *exportCommand) Run(ctx context.Context, io streams) error {
	file, err := c.read(ctx, io)
	if err != nil {
		return err
	}
	text, err := file.Encode()
	if err != nil {
		return err
	}
	if c.Output == "" || c.Output == "-" {
		_, err = io.stdout.Write(text)
		return err
	}
	return replaceFile(c.Output, text)
}

// replaceFile writes a file as a whole or not at all. It names people, so it is their reader's alone.
func replaceFile(name string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".gatehouse-export-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err := f.Write(text); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// read reads the live organization; what could not be looked at is told on standard error.
func (s *sourceFlags) read(ctx context.Context, io streams) (*orgfile.File, error) {
	source, err := s.source(ctx)
	if err != nil {
		return nil, err
	}
	file, warnings, err := orgread.Read(ctx, source)
	if err != nil {
		return nil, err
	}
	for _, w := range warnings {
		fmt.Fprintf(io.stderr, "gatehouse: note: %s\n", w)
	}
	return file, nil
}

func (s *sourceFlags) source(ctx context.Context) (orgread.Source, error) {
	out := orgread.Source{Instance: s.Instance}
	if s.Data != "" {
		return s.local(ctx, out)
	}
	cfg, err := awsconfiguration.LoadDefaultConfig(ctx, awsconfiguration.WithRetryMode(aws.RetryModeAdaptive), awsconfiguration.WithRetryMaxAttempts(maxAttempts))
	if err != nil {
		return out, err
	}
	out.Config = s.at(cfg, "", "")
	if s.MemberRole != "" {
		client := sts.NewFromConfig(out.Config)
		out.Member = func(_ context.Context, accountID string) (aws.Config, error) {
			member := out.Config.Copy()
			role := "arn:aws:iam::" + accountID + ":role/" + s.MemberRole
			member.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(client, role, func(o *stscreds.AssumeRoleOptions) {
				o.RoleSessionName = "gatehouse-export"
			}))
			return member, nil
		}
	}
	return out, nil
}

// maxAttempts is how often a question is asked when the other side is throttling: Identity Center answers about twenty
// a second.
const maxAttempts = 10

// at points a configuration to a server.
func (s *sourceFlags) at(cfg aws.Config, url, region string) aws.Config {
	if s.EndpointURL != "" {
		url = s.EndpointURL
	}
	if url != "" {
		cfg.BaseEndpoint = &url
	}
	if region != "" {
		cfg.Region = region
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	return cfg
}

// local asks the server of a data directory, which gives credentials of every account.
func (s *sourceFlags) local(ctx context.Context, out orgread.Source) (orgread.Source, error) {
	client := control.Dial(s.Data)
	about, err := client.About(ctx)
	if err != nil {
		return out, err
	}
	account := func(ctx context.Context, accountID string) (aws.Config, error) {
		creds, err := client.Credentials(ctx, control.CredentialsRequest{AccountID: accountID, TTLSeconds: int(exportTTL.Seconds())})
		if err != nil {
			return aws.Config{}, err
		}
		cfg, err := awsconfiguration.LoadDefaultConfig(ctx, awsconfiguration.WithSharedConfigFiles([]string{}), awsconfiguration.WithSharedCredentialsFiles([]string{}),
			awsconfiguration.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(creds.AccessKeyID, creds.SecretAccessKey, creds.SessionToken)))
		return s.at(cfg, about.URL, about.Region), err
	}
	if out.Config, err = account(ctx, ""); err != nil {
		return out, err
	}
	out.Member = account
	return out, nil
}

// exportTTL is how long the credentials of an export live.
const exportTTL = 15 * time.Minute
