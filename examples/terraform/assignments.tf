# Who may do it where. The policies stand first: what is assigned is provisioned at once, as it is then.

resource "aws_ssoadmin_account_assignment" "developers_in_shop" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.developer.arn
  principal_id       = aws_identitystore_group.developers.group_id
  principal_type     = "GROUP"
  target_id          = aws_organizations_account.shop.id
  target_type        = "AWS_ACCOUNT"

  depends_on = [
    aws_ssoadmin_managed_policy_attachment.developer,
    aws_ssoadmin_permission_set_inline_policy.developer,
    aws_ssoadmin_permissions_boundary_attachment.developer,
  ]
}

resource "aws_ssoadmin_account_assignment" "mira_audits" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.auditor.arn
  principal_id       = aws_identitystore_user.mira.user_id
  principal_type     = "USER"
  target_id          = data.aws_caller_identity.here.account_id
  target_type        = "AWS_ACCOUNT"

  depends_on = [aws_ssoadmin_customer_managed_policy_attachment.auditor]
}
