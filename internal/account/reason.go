package account

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// The reasons that Organizations tells apart beyond the kinds: names of its
// exceptions, and of the reasons inside ConstraintViolationException,
// HandshakeConstraintViolationException and InvalidInputException.
const (
	reasonNotEmpty    idc.Reason = "OrganizationalUnitNotEmpty"
	reasonDepth       idc.Reason = "OuDepthLimitExceeded"
	reasonNumber      idc.Reason = "OuNumberLimitExceeded"
	reasonTypeOff     idc.Reason = "PolicyTypeNotEnabled"
	reasonTypeOn      idc.Reason = "PolicyTypeAlreadyEnabled"
	reasonContent     idc.Reason = "PolicyContentLimitExceeded"
	reasonImmutable   idc.Reason = "ImmutablePolicy"
	reasonInUse       idc.Reason = "PolicyInUse"
	reasonNotAttached idc.Reason = "PolicyNotAttached"
	reasonMaxAttached idc.Reason = "MaxPolicyTypeAttachmentLimitExceeded"
	reasonMinAttached idc.Reason = "MinPolicyTypeAttachmentLimitExceeded"

	reasonPolicies      idc.Reason = "PolicyNumberLimitExceeded"
	reasonWrongType     idc.Reason = "InvalidEnumPolicyType"
	reasonNonDetachable idc.Reason = "NonDetachablePolicy"
	reasonNoTarget      idc.Reason = "TargetNotSupported"
	reasonNoEffective   idc.Reason = "EffectivePolicyNotFound"

	reasonService            idc.Reason = "UnrecognizedServicePrincipal"
	reasonNoAccess           idc.Reason = "ServiceAccessNotEnabled"
	reasonDelegated          idc.Reason = "DelegatedAdministratorExistsForThisService"
	reasonMasterDelegated    idc.Reason = "CannotRegisterMasterAsDelegatedAdministrator"
	reasonSuspendedDelegated idc.Reason = "CannotRegisterSuspendedAccountAsDelegatedAdministrator"
	reasonMaxDelegated       idc.Reason = "MaxDelegatedAdministratorsForServiceLimitExceeded"
	reasonRegistered         idc.Reason = "AccountAlreadyRegistered"
	reasonNotRegistered      idc.Reason = "AccountNotRegistered"

	reasonPolicyJSON idc.Reason = "InvalidResourcePolicyJson"
	reasonPrincipal  idc.Reason = "InvalidPrincipal"
	reasonAction     idc.Reason = "UnsupportedActionInResourcePolicy"
	reasonResource   idc.Reason = "UnsupportedResourceInResourcePolicy"

	reasonNotInUse       idc.Reason = "AWSOrganizationsNotInUse"
	reasonInOrganization idc.Reason = "AlreadyInOrganization"
	reasonOrgNotEmpty    idc.Reason = "OrganizationNotEmpty"

	reasonClosed          idc.Reason = "AccountAlreadyClosed"
	reasonCloseManagement idc.Reason = "CannotCloseManagementAccount"
	reasonCloseQuota      idc.Reason = "CloseAccountQuotaExceeded"
	reasonCloseRequests   idc.Reason = "CloseAccountRequestsLimitExceeded"
	reasonMasterLeaves    idc.Reason = "MasterCannotLeaveOrganization"
	reasonDelegateLeaves  idc.Reason = "CannotRemoveDelegatedAdministratorFromOrg"
	reasonWait            idc.Reason = "WaitPeriodActive"

	reasonDuplicateHandshake idc.Reason = "DuplicateHandshake"
	reasonHandshakeState     idc.Reason = "HandshakeAlreadyInState"
	reasonTransition         idc.Reason = "InvalidHandshakeTransition"
	reasonPartyType          idc.Reason = "InvalidPartyTypeTarget"
	reasonPartyID            idc.Reason = "InvalidPatternTargetId"
	reasonPartyEmail         idc.Reason = "InvalidEmailAddressTarget"
	reasonHasOrganization    idc.Reason = "AlreadyInAnOrganization"
	reasonHandshakeRate      idc.Reason = "HandshakeRateLimitExceeded"
	reasonAccounts           idc.Reason = "AccountNumberLimitExceeded"
	reasonAllFeatures        idc.Reason = "OrganizationAlreadyHasAllFeatures"
)
