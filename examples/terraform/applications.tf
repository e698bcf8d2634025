# An application that people sign in to, the issuer whose tokens it may exchange, and the attributes of people that
# become tags of their sessions.

resource "aws_ssoadmin_application" "dashboards" {
  name                     = "Shop dashboards"
  description              = "How the shop is doing"
  application_provider_arn = "arn:aws:sso::aws:applicationProvider/custom"
  instance_arn             = local.instance

  portal_options {
    visibility = "ENABLED"

    sign_in_options {
      application_url = "https://dashboards.shop.example/login"
      origin          = "APPLICATION"
    }
  }
}

resource "aws_ssoadmin_application_assignment_configuration" "dashboards" {
  application_arn     = aws_ssoadmin_application.dashboards.application_arn
  assignment_required = true
}

resource "aws_ssoadmin_application_assignment" "developers" {
  application_arn = aws_ssoadmin_application.dashboards.application_arn
  principal_id    = aws_identitystore_group.developers.group_id
  principal_type  = "GROUP"
}

resource "aws_ssoadmin_application_access_scope" "accounts" {
  application_arn = aws_ssoadmin_application.dashboards.application_arn
  scope           = "sso:account:access"
}

resource "aws_ssoadmin_trusted_token_issuer" "shop" {
  name                      = "shop"
  instance_arn              = local.instance
  trusted_token_issuer_type = "OIDC_JWT"

  trusted_token_issuer_configuration {
    oidc_jwt_configuration {
      claim_attribute_path          = "email"
      identity_store_attribute_path = "emails.value"
      issuer_url                    = "https://tokens.shop.example"
      jwks_retrieval_option         = "OPEN_ID_DISCOVERY"
    }
  }
}

resource "aws_ssoadmin_instance_access_control_attributes" "this" {
  instance_arn = local.instance

  attribute {
    key = "department"
    value {
      source = ["$${path:enterprise.department}"]
    }
  }
}
