package awsedge

import (
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accountmgmt"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/signin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
)

// ServiceModel is a service with its operations.
type ServiceModel struct {
	*awsapi.Service
	Operations []awsapi.Operation
}

// Services lists every service the edge knows, served or not.
func Services() []ServiceModel {
	return []ServiceModel{
		{&ssoadmin.Service, ssoadmin.Operations},
		{&identitystore.Service, identitystore.Operations},
		{&ssoportal.Service, ssoportal.Operations},
		{&ssooidc.Service, ssooidc.Operations},
		{&organizations.Service, organizations.Operations},
		{&sts.Service, sts.Operations},
		{&iam.Service, iam.Operations},
		{&cloudtrail.Service, cloudtrail.Operations},
		{&signin.Service, signin.Operations},
		{&accountmgmt.Service, accountmgmt.Operations},
		{&accessanalyzer.Service, accessanalyzer.Operations},
		{&accountaccess.Service, accountaccess.Operations},
	}
}
