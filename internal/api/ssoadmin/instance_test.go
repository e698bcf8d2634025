package ssoadmin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const noInstance = "arn:aws:sso:::instance/ssoins-0000000000000000"

// createInstance makes an account instance as the caller.
func (w *world) createInstance() *string {
	w.World.T.Helper()
	return doortest.Do(w.Client, ssoadmin.CreateInstance, &ssoadmin.CreateInstanceInput{Name: doortest.P("Team"),
		Tags: []ssoadmin.Tag{{Key: doortest.P("team"), Value: doortest.P("x")}}}).InstanceArn
}

// delegate makes the member account administer Identity Center for the organization.
func (w *world) delegate() {
	w.World.T.Helper()
	w.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: "sso.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
}

func TestAccountInstanceFromCreationToDeletion(t *testing.T) {
	w := newWorld(t)
	doortest.Refuse(w.Client, ssoadmin.CreateInstance, &ssoadmin.CreateInstanceInput{}, "AccessDeniedException", "Organization management account is not allowed to perform the operation.")
	w.Caller.AccountID = testidc.Member
	mine := w.createInstance()
	if asked := w.Edge.Last(); !slices.Equal(asked.Resources, []string{"arn:aws:sso:::instance/ssoins-*"}) || !slices.Equal(asked.Keys["aws:RequestTag/team"], []string{"x"}) {
		t.Errorf("authorised %v", asked)
	}
	doortest.Refuse(w.Client, ssoadmin.CreateInstance, &ssoadmin.CreateInstanceInput{}, "ConflictException", *mine)

	got := doortest.Do(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: mine})
	if *got.OwnerAccountId != testidc.Member || *got.Name != "Team" || *got.Status != "ACTIVE" || *got.PermissionSetsEnabled || *got.PrimaryRegion != "us-east-1" ||
		*got.IdentityStoreArn != "arn:aws:identitystore::222222222222:identitystore/"+*got.IdentityStoreId || *got.EncryptionConfigurationDetails.KeyType != "AWS_OWNED_KMS_KEY" {
		t.Errorf("instance %+v", got)
	}
	if tags := doortest.Do(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{InstanceArn: mine, ResourceArn: mine}).Tags; len(tags) != 1 {
		t.Errorf("tags %v", tags)
	}
	doortest.Do(w.Client, ssoadmin.UntagResource, &ssoadmin.UntagResourceInput{InstanceArn: mine, ResourceArn: mine, TagKeys: []string{"team"}})
	if tags := doortest.Do(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{ResourceArn: mine}).Tags; len(tags) != 0 {
		t.Errorf("tags %v", tags)
	}
	doortest.Do(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: mine, Name: doortest.P("Renamed")})

	// Everybody sees what concerns them, page by page.
	for account, want := range map[string]int{testidc.Member: 2, testidc.Management: 1, "999999999999": 0} {
		w.Caller.AccountID = account
		seen, token := 0, (*string)(nil)
		for {
			page := doortest.Do(w.Client, ssoadmin.ListInstances, &ssoadmin.ListInstancesInput{MaxResults: doortest.P(int32(1)), NextToken: token})
			seen += len(page.Instances)
			for _, one := range page.Instances {
				if *one.InstanceArn == *mine && *one.Name != "Renamed" || len(one.Regions) != 1 || !*one.Regions[0].IsPrimaryRegion {
					t.Errorf("%s sees %+v", account, one)
				}
			}
			if token = page.NextToken; token == nil {
				break
			}
		}
		if seen != want {
			t.Errorf("%s sees %d instances, want %d", account, seen, want)
		}
	}

	// The management account has no part in it.
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: mine}, "AccessDeniedException", "")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: mine}, "AccessDeniedException", "")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: w.instance()}, "AccessDeniedException", "organization instance")

	w.Caller.AccountID = testidc.Member
	doortest.Do(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: mine})
	doortest.Refuse(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: mine}, "AccessDeniedException", "")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: mine}, "AccessDeniedException", "")
	if again := w.createInstance(); *again == *mine {
		t.Errorf("the next one is %s, too", *again)
	}
}

// TestInstanceGoingCanOnlyBeDescribedAndDeleted: meanwhile nothing works in it.
func TestInstanceGoingCanOnlyBeDescribedAndDeleted(t *testing.T) {
	w := newWorld(t)
	w.Caller.AccountID = testidc.Member
	mine := w.createInstance()
	app := doortest.Do(w.Client, ssoadmin.CreateApplication, &ssoadmin.CreateApplicationInput{InstanceArn: mine, ApplicationProviderArn: doortest.P(custom), Name: doortest.P("Wiki")}).ApplicationArn
	w.Update(func(tx store.Tx) error {
		in, err := tx.InstanceOfAccount(testidc.Member)
		if err != nil {
			return err
		}
		going := *in
		going.Status = idc.InstanceDeleting
		return tx.PutInstance(&going)
	})
	if got := doortest.Do(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: mine}); *got.Status != "DELETE_IN_PROGRESS" {
		t.Errorf("status %s", *got.Status)
	}
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: mine, Name: doortest.P("x")}, "ConflictException", "DELETE_IN_PROGRESS")
	doortest.Refuse(w.Client, ssoadmin.UpdateApplication, &ssoadmin.UpdateApplicationInput{ApplicationArn: app, Name: doortest.P("x")}, "ConflictException", "DELETE_IN_PROGRESS")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: mine}, "ConflictException", "already")
}

// TestNoPermissionSetsInAccountInstances: nor while they are not enabled in the organization's.
func TestNoPermissionSetsInAccountInstances(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	const unsupported = "The operation is not supported for this Identity Center instance"
	ps := w.permissionSet("A")
	refuse := func(in *string) {
		t.Helper()
		own := strings.Replace(*ps, w.Instance.ID, (*in)[strings.LastIndexByte(*in, '/')+1:], 1)
		doortest.Refuse(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: in}, "ValidationException", unsupported)
		doortest.Refuse(w.Client, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: in, Name: p("B")}, "ValidationException", unsupported)
		doortest.Refuse(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: in, PermissionSetArn: &own}, "ValidationException", unsupported)
		doortest.Refuse(w.Client, ssoadmin.ListAccountAssignmentsForPrincipal, &ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: in, PrincipalType: p("USER"),
			PrincipalId: p("c4488478-a0e1-700e-3d75-96c6bb641596")}, "ValidationException", unsupported)
		doortest.Refuse(w.Client, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, &ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput{InstanceArn: in},
			"ValidationException", unsupported)
	}
	w.Update(func(tx store.Tx) error {
		off := *w.Instance
		off.PermissionSetsDisabled = true
		return tx.PutInstance(&off)
	})
	refuse(w.instance())
	on, off := true, false
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), PermissionSetsEnabled: &off}, "ValidationException", "cannot be disabled")
	doortest.Do(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), PermissionSetsEnabled: &on})
	if sets := doortest.Do(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance()}).PermissionSets; len(sets) != 1 {
		t.Errorf("permission sets %v", sets)
	}
	w.Caller.AccountID = testidc.Member
	mine := w.createInstance()
	refuse(mine)
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: mine, PermissionSetsEnabled: &on}, "ValidationException", unsupported)
}

// TestNoCustomerManagedKeys: there are none to be found here.
func TestNoCustomerManagedKeys(t *testing.T) {
	w := newWorld(t)
	key := doortest.P("arn:aws:kms:us-east-1:111111111111:key/mrk-00000000000000000000000000000000")
	encryption := func(kind string, key *string) *ssoadmin.UpdateInstanceInput {
		return &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), EncryptionConfiguration: &ssoadmin.EncryptionConfiguration{KeyType: &kind, KmsKeyArn: key}}
	}
	doortest.Do(w.Client, ssoadmin.UpdateInstance, encryption("AWS_OWNED_KMS_KEY", nil))
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, encryption("CUSTOMER_MANAGED_KEY", key), "ResourceNotFoundException/KMS_NotFoundException", *key)
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, encryption("CUSTOMER_MANAGED_KEY", nil), "ValidationException", "KmsKeyArn is required")
	both := encryption("AWS_OWNED_KMS_KEY", nil)
	both.PermissionSetsEnabled = doortest.P(true)
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, both, "ValidationException", "same request")
}

func TestRegionsOnTheWire(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	eu := p("eu-west-1")
	if got := doortest.Do(w.Client, ssoadmin.AddRegion, &ssoadmin.AddRegionInput{InstanceArn: w.instance(), RegionName: eu}); *got.Status != "ADDING" {
		t.Errorf("status %s", *got.Status)
	}
	describe := func() *ssoadmin.DescribeRegionOutput {
		return doortest.Do(w.Client, ssoadmin.DescribeRegion, &ssoadmin.DescribeRegionInput{InstanceArn: w.instance(), RegionName: eu})
	}
	if got := describe(); *got.Status != "ADDING" || *got.IsPrimaryRegion || !got.AddedDate.Equal(w.Clock.Now()) {
		t.Errorf("Region %+v", got)
	}
	doortest.Refuse(w.Client, ssoadmin.AddRegion, &ssoadmin.AddRegionInput{InstanceArn: w.instance(), RegionName: p("eu-west-2")}, "ConflictException", "eu-west-1")
	w.runner.Drain(t.Context())
	if got := describe(); *got.Status != "ACTIVE" {
		t.Errorf("Region %+v", got)
	}
	first := doortest.Do(w.Client, ssoadmin.ListRegions, &ssoadmin.ListRegionsInput{InstanceArn: w.instance(), MaxResults: doortest.P(int32(1))})
	second := doortest.Do(w.Client, ssoadmin.ListRegions, &ssoadmin.ListRegionsInput{InstanceArn: w.instance(), NextToken: first.NextToken})
	if len(first.Regions) != 1 || len(second.Regions) != 1 || *first.Regions[0].RegionName != *eu || !*second.Regions[0].IsPrimaryRegion || second.NextToken != nil {
		t.Errorf("Regions %+v, then %+v", first, second)
	}
	doortest.Refuse(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: w.instance(), RegionName: p("us-east-1")}, "ValidationException", "primary")
	doortest.Refuse(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: w.instance(), RegionName: p("eu-west-2")}, "ResourceNotFoundException", "eu-west-2")
	doortest.Refuse(w.Client, ssoadmin.DescribeRegion, &ssoadmin.DescribeRegionInput{InstanceArn: w.instance(), RegionName: p("eu-west-2")}, "ResourceNotFoundException", "eu-west-2")
	doortest.Refuse(w.Client, ssoadmin.AddRegion, &ssoadmin.AddRegionInput{InstanceArn: p(noInstance), RegionName: eu}, "AccessDeniedException", noInstance)
	doortest.Refuse(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: p(noInstance), RegionName: eu}, "ResourceNotFoundException", noInstance)
	doortest.Refuse(w.Client, ssoadmin.AddRegion, &ssoadmin.AddRegionInput{InstanceArn: w.instance(), RegionName: p("Europe")}, "ValidationException", "regionName")

	w.Caller.AccountID = testidc.Member
	doortest.Refuse(w.Client, ssoadmin.ListRegions, &ssoadmin.ListRegionsInput{InstanceArn: w.instance()}, "AccessDeniedException", "")
	w.delegate()
	doortest.Do(w.Client, ssoadmin.ListRegions, &ssoadmin.ListRegionsInput{InstanceArn: w.instance()})
	doortest.Refuse(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: w.instance(), RegionName: eu}, "AccessDeniedException", "")
	w.Caller.AccountID = testidc.Management
	if got := doortest.Do(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: w.instance(), RegionName: eu}); *got.Status != "REMOVING" {
		t.Errorf("status %s", *got.Status)
	}
	w.runner.Drain(t.Context())
	if got := doortest.Do(w.Client, ssoadmin.ListRegions, &ssoadmin.ListRegionsInput{InstanceArn: w.instance()}).Regions; len(got) != 1 {
		t.Errorf("Regions %+v", got)
	}
}

// TestRegionsAreChangedInThePrimaryOne: the gateway of the test is in us-east-1.
func TestRegionsAreChangedInThePrimaryOne(t *testing.T) {
	w := newWorld(t)
	w.Update(func(tx store.Tx) error {
		moved := *w.Instance
		moved.Region, moved.Regions = "eu-central-1", []idc.InstanceRegion{{Name: "us-east-1", Status: idc.RegionActive}}
		return tx.PutInstance(&moved)
	})
	doortest.Refuse(w.Client, ssoadmin.AddRegion, &ssoadmin.AddRegionInput{InstanceArn: w.instance(), RegionName: doortest.P("eu-west-1")}, "ValidationException", "primary Region eu-central-1")
	doortest.Refuse(w.Client, ssoadmin.RemoveRegion, &ssoadmin.RemoveRegionInput{InstanceArn: w.instance(), RegionName: doortest.P("us-east-1")}, "ValidationException", "primary Region eu-central-1")
	doortest.Do(w.Client, ssoadmin.DescribeRegion, &ssoadmin.DescribeRegionInput{InstanceArn: w.instance(), RegionName: doortest.P("us-east-1")})
}

// TestDelegatedAdministrator may do what the management account may, but for what
// reaches that account and for the instance itself.
func TestDelegatedAdministrator(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	const third = "333333333333"
	w.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: third, Name: "Third", Email: "third@example.com", ParentID: w.Instance.RootID, State: idc.AccountActive, Target: "native"})
	})
	ana := w.User("ana")
	protected, assigned := w.permissionSet("Protected"), w.permissionSet("Assigned")
	edge := func(ps *string, account string) *ssoadmin.CreateAccountAssignmentInput {
		return &ssoadmin.CreateAccountAssignmentInput{InstanceArn: w.instance(), PermissionSetArn: ps, TargetId: &account, TargetType: p("AWS_ACCOUNT"), PrincipalType: p("USER"), PrincipalId: &ana.ID}
	}
	gone := func(in *ssoadmin.CreateAccountAssignmentInput) *ssoadmin.DeleteAccountAssignmentInput {
		out := ssoadmin.DeleteAccountAssignmentInput(*in)
		return &out
	}
	doortest.Do(w.Client, ssoadmin.CreateAccountAssignment, edge(protected, testidc.Management))
	doortest.Do(w.Client, ssoadmin.CreateAccountAssignment, edge(protected, third))
	w.runner.Drain(t.Context())
	doortest.Do(w.Client, ssoadmin.CreateAccountAssignment, edge(assigned, testidc.Management)) // and not yet provisioned

	w.delegate()
	w.Caller.AccountID = testidc.Member
	own := w.permissionSet("Own")
	doortest.Do(w.Client, ssoadmin.PutInlinePolicyToPermissionSet, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: own,
		InlinePolicy: p(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`)})
	doortest.Do(w.Client, ssoadmin.CreateAccountAssignment, edge(own, third))
	w.runner.Drain(t.Context())
	doortest.Do(w.Client, ssoadmin.ProvisionPermissionSet, &ssoadmin.ProvisionPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: own, TargetType: p("ALL_PROVISIONED_ACCOUNTS")})
	doortest.Do(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: w.instance()})
	if rows := doortest.Do(w.Client, ssoadmin.ListAccountAssignments, &ssoadmin.ListAccountAssignmentsInput{InstanceArn: w.instance(), PermissionSetArn: protected, AccountId: p(testidc.Management)}).AccountAssignments; len(rows) != 1 {
		t.Errorf("assignments in the management account: %v", rows)
	}

	const sentence = " permission sets provisioned in the management account"
	for _, ps := range []*string{protected, assigned} {
		doortest.Refuse(w.Client, ssoadmin.UpdatePermissionSet, &ssoadmin.UpdatePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, Description: p("x")}, "AccessDeniedException", "You cannot modify"+sentence)
		doortest.Refuse(w.Client, ssoadmin.AttachManagedPolicyToPermissionSet, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps,
			ManagedPolicyArn: p("arn:aws:iam::aws:policy/AdministratorAccess")}, "AccessDeniedException", "You cannot modify"+sentence)
		doortest.Refuse(w.Client, ssoadmin.DeleteInlinePolicyFromPermissionSet, &ssoadmin.DeleteInlinePolicyFromPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "AccessDeniedException", "You cannot modify"+sentence)
		doortest.Refuse(w.Client, ssoadmin.DeletePermissionsBoundaryFromPermissionSet, &ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "AccessDeniedException", "You cannot modify"+sentence)
		doortest.Refuse(w.Client, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: w.instance(), ResourceArn: ps, Tags: []ssoadmin.Tag{{Key: p("a"), Value: p("b")}}}, "AccessDeniedException", "You cannot modify"+sentence)
		doortest.Refuse(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "AccessDeniedException", "You cannot delete"+sentence)
		doortest.Refuse(w.Client, ssoadmin.CreateAccountAssignment, edge(ps, testidc.Member), "AccessDeniedException", "You cannot assign access to"+sentence)
		doortest.Refuse(w.Client, ssoadmin.DeleteAccountAssignment, gone(edge(ps, third)), "AccessDeniedException", "You cannot remove access to"+sentence)
		doortest.Refuse(w.Client, ssoadmin.ProvisionPermissionSet, &ssoadmin.ProvisionPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, TargetType: p("ALL_PROVISIONED_ACCOUNTS")}, "AccessDeniedException", "You cannot modify"+sentence)
	}
	doortest.Refuse(w.Client, ssoadmin.CreateAccountAssignment, edge(own, testidc.Management), "AccessDeniedException", "management account")
	doortest.Refuse(w.Client, ssoadmin.ProvisionPermissionSet, &ssoadmin.ProvisionPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: own, TargetType: p("AWS_ACCOUNT"), TargetId: p(testidc.Management)}, "AccessDeniedException", "management account")
	doortest.Refuse(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), Name: p("x")}, "AccessDeniedException", "")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstance, &ssoadmin.DeleteInstanceInput{InstanceArn: w.instance()}, "AccessDeniedException", "")
	doortest.Refuse(w.Client, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: w.instance(), ResourceArn: w.instance(), Tags: []ssoadmin.Tag{{Key: p("a"), Value: p("b")}}}, "AccessDeniedException", "")
	doortest.Do(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{InstanceArn: w.instance(), ResourceArn: w.instance()})

	// What the management account gives up, the delegated administrator may have.
	w.Caller.AccountID = testidc.Management
	doortest.Do(w.Client, ssoadmin.DeleteAccountAssignment, gone(edge(assigned, testidc.Management)))
	w.runner.Drain(t.Context())
	w.Caller.AccountID = testidc.Member
	doortest.Do(w.Client, ssoadmin.UpdatePermissionSet, &ssoadmin.UpdatePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: assigned, Description: p("x")})
	doortest.Do(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: assigned})

	w.Update(func(tx store.Tx) error {
		return tx.DeleteDelegatedAdministrator(testidc.Member, "sso.amazonaws.com")
	})
	doortest.Refuse(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance()}, "AccessDeniedException", "neither the owner nor an administrator")
}
