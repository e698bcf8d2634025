package iam

import (
	"context"
	"encoding/csv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func (d *Door) credentialReportOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.GenerateCredentialReport, d.generateCredentialReport),
		onAccount(iam.GetCredentialReport, d.getCredentialReport),
	}
}

// generateCredentialReport has nothing to do: the report is made when it is read.
func (d *Door) generateCredentialReport(context.Context, *awsedge.Call, *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
	state := "COMPLETE"
	return &iam.GenerateCredentialReportOutput{State: &state}, nil
}

// credentialColumns are those of "Get credential reports for your AWS account" in the
// IAM User Guide, with what they say of a root user that has no credentials at all.
func credentialColumns() [][2]string {
	return [][2]string{
		{"user", "<root_account>"}, {"arn", ""}, {"user_creation_time", ""},
		{"password_enabled", "false"}, {"password_last_used", "N/A"}, {"password_last_changed", "N/A"}, {"password_next_rotation", "N/A"}, {"mfa_active", "false"},
		{"access_key_1_active", "false"}, {"access_key_1_last_rotated", "N/A"}, {"access_key_1_last_used_date", "N/A"},
		{"access_key_1_last_used_region", "N/A"}, {"access_key_1_last_used_service", "N/A"},
		{"access_key_2_active", "false"}, {"access_key_2_last_rotated", "N/A"}, {"access_key_2_last_used_date", "N/A"},
		{"access_key_2_last_used_region", "N/A"}, {"access_key_2_last_used_service", "N/A"},
		{"cert_1_active", "false"}, {"cert_1_last_rotated", "N/A"}, {"cert_2_active", "false"}, {"cert_2_last_rotated", "N/A"},
	}
}

// getCredentialReport has the row of the root user alone: there are no other users.
func (d *Door) getCredentialReport(ctx context.Context, call *awsedge.Call, _ *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
	account, err := d.Roles.Account(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	var head, row []string
	for _, c := range credentialColumns() {
		switch c[0] {
		case "arn":
			c[1] = arn.Root(account.ID).String()
		case "user_creation_time":
			c[1] = account.JoinedAt.UTC().Format("2006-01-02T15:04:05+00:00")
		}
		head, row = append(head, c[0]), append(row, c[1])
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	if err := w.WriteAll([][]string{head, row}); err != nil {
		return nil, err
	}
	format, now := "text/csv", call.Time.Truncate(time.Second)
	return &iam.GetCredentialReportOutput{Content: []byte(strings.TrimSuffix(out.String(), "\n")), ReportFormat: &format, GeneratedTime: &now}, nil
}
