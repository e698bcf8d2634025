package e2e

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// ends are the two ways a server's life ends.
var ends = map[string]syscall.Signal{"politely": syscall.SIGTERM, "kill -9": syscall.SIGKILL}

// A login by device code survives the end of the server at every point.
func TestRestartInTheMiddleOfALogin(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		for name, signal := range ends {
			t.Run(name, func(t *testing.T) {
				s := startDemo(t, e, t.TempDir())
				developer := s.user("SecureCart-Developers")
				client := s.register(map[string]any{"clientName": "before the restart", "clientType": "public", "scopes": []string{"sso:account:access"}})
				device := s.startDevice(client)
				s.restart(signal)

				// In the middle of signing in: the password was right, the code is still to come.
				first := developer.visit("/device?user_code=" + device.UserCode)
				f := first.formWith(t, "password")
				factor := developer.submit(first, f, map[string]string{"username": developer.Username, "password": developer.Password})
				factor.formWith(t, "otp")
				s.restart(signal)

				last, err := developer.walk(factor, "allow")
				if err != nil || !last.has("Approved") {
					t.Fatalf("after the restart the sign-in ends at %s: %v: %s", last.URL, err, last.text())
				}
				s.restart(signal)

				tok, failure := s.pollOnce(client, device)
				if failure != nil {
					t.Fatalf("the approved device gets %d %s", failure.Status, failure.Body)
				}
				s.restart(signal)
				c, err := s.roleCredentials(tok.AccessToken, dev, "AdministratorAccess")
				if err != nil {
					t.Fatal(err)
				}
				s.restart(signal)
				arn, err := s.whoAmI(c)
				if err != nil {
					t.Fatalf("credentials of before the restart: %v", err)
				}
				wantARN(t, arn, dev, "AdministratorAccess", developer.Username)
			})
		}
	})
}

// Every assignment that was accepted is provisioned, whatever happens to the server meanwhile.
func TestRestartInTheMiddleOfProvisioning(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, t.TempDir())
		s.asServe()
		operator := s.operator()
		admin := ssoadmin.NewFromConfig(s.awsConfig(operator))
		group := s.lookUpGroup(identitystore.NewFromConfig(s.awsConfig(operator)), "SecureCart-Support")
		requests := map[string]string{} // by permission set name
		for i := range 6 {
			name := fmt.Sprintf("Restart%d", i)
			set, err := admin.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &s.InstanceARN, Name: &name})
			if err != nil {
				t.Fatal(err)
			}
			out, err := admin.CreateAccountAssignment(t.Context(), &ssoadmin.CreateAccountAssignmentInput{
				InstanceArn: &s.InstanceARN, PermissionSetArn: set.PermissionSet.PermissionSetArn, TargetId: aws.String(production),
				TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeGroup, PrincipalId: &group,
			})
			if err != nil {
				t.Fatal(err)
			}
			requests[name] = aws.ToString(out.AccountAssignmentCreationStatus.RequestId)
			if i%2 == 1 {
				s.restart(syscall.SIGKILL)
			}
		}
		for name, id := range requests {
			eventually(t, 90*time.Second, "the assignment of "+name, func() error {
				out, err := admin.DescribeAccountAssignmentCreationStatus(t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
					InstanceArn: &s.InstanceARN, AccountAssignmentCreationRequestId: &id})
				if err != nil {
					return err
				}
				if status := out.AccountAssignmentCreationStatus; status.Status != types.StatusValuesSucceeded {
					return fmt.Errorf("status %s %s", status.Status, aws.ToString(status.FailureReason))
				}
				return nil
			})
		}
		s.wantProvisionedOnce(production, requests)
	})
}

// wantProvisionedOnce looks into the account: one role for each permission set.
func (s *server) wantProvisionedOnce(accountID string, sets map[string]string) {
	s.t.Helper()
	c, err := s.roleCredentials(s.signInWithPKCE(s.user("SecureCart-Ops"), "scopes").AccessToken, accountID, "AdministratorAccess")
	if err != nil {
		s.t.Fatal(err)
	}
	count := map[string]int{}
	pages := iam.NewListRolesPaginator(iam.NewFromConfig(s.awsConfig(c)), &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/")})
	for pages.HasMorePages() {
		out, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range out.Roles {
			parts := strings.Split(aws.ToString(r.RoleName), "_")
			if len(parts) == 3 {
				count[parts[1]]++
			}
		}
	}
	for name := range sets {
		if count[name] != 1 {
			s.t.Errorf("%s has %d roles for %s, want 1", accountID, count[name], name)
		}
	}
}

// What was acknowledged is there after kill -9.
func TestKillLosesNoAcknowledgedWrite(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, t.TempDir())
		ids := identitystore.NewFromConfig(s.awsConfig(s.operator()))
		var acknowledged []string
		var writer sync.WaitGroup
		enough := make(chan struct{})
		writer.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("written-%04d", i)
				_, err := ids.CreateGroup(t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: &s.IdentityStoreID, DisplayName: &name})
				if err != nil {
					return // the server is dead
				}
				acknowledged = append(acknowledged, name)
				if len(acknowledged) == 25 {
					close(enough)
				}
			}
		})
		select {
		case <-enough:
		case <-time.After(30 * time.Second):
			t.Error("25 groups are not written within 30 s")
		}
		s.end(syscall.SIGKILL)
		writer.Wait()
		s.start()

		present := map[string]bool{}
		pages := identitystore.NewListGroupsPaginator(ids, &identitystore.ListGroupsInput{IdentityStoreId: &s.IdentityStoreID})
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range out.Groups {
				present[aws.ToString(g.DisplayName)] = true
			}
		}
		var lost []error
		for _, name := range acknowledged {
			if !present[name] {
				lost = append(lost, errors.New(name))
			}
		}
		if len(lost) > 0 {
			t.Errorf("%d of %d acknowledged groups are lost: %v", len(lost), len(acknowledged), errors.Join(lost...))
		}
	})
}
