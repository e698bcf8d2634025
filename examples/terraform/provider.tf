terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

# The provider as it is; only where it finds the services is ours.
provider "aws" {
  region = var.region

  endpoints {
    iam           = var.gatehouse
    identitystore = var.gatehouse
    organizations = var.gatehouse
    ssoadmin      = var.gatehouse
    sts           = var.gatehouse
  }
}

data "aws_caller_identity" "here" {}

data "aws_ssoadmin_instances" "this" {}

data "aws_organizations_organization" "this" {}

locals {
  instance = one(data.aws_ssoadmin_instances.this.arns)
  store    = one(data.aws_ssoadmin_instances.this.identity_store_ids)
  root     = one(data.aws_organizations_organization.this.roots).id
}
