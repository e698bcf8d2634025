package account

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// The reasons that Organizations tells apart beyond the kinds: names of its
// exceptions, and of the reasons inside ConstraintViolationException and
// InvalidInputException.
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
)
