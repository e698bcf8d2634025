# A unit with a limit that nobody in it can lift, and an account.

resource "aws_organizations_organizational_unit" "shop" {
  name      = "Shop"
  parent_id = local.root
}

# In the root: an account that was closed stays for 90 days where it was, and a unit that is not empty cannot be
# destroyed. Give it a parent_id where accounts are kept.
resource "aws_organizations_account" "shop" {
  name              = "Shop"
  email             = "aws+shop@shop.example"
  close_on_deletion = true

  lifecycle {
    # The service does not tell them; an import would otherwise replace the account.
    ignore_changes = [role_name, iam_user_access_to_billing, close_on_deletion]
  }
}

resource "aws_organizations_policy" "stay" {
  name        = "StayInTheOrganization"
  description = "No account leaves by itself"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Stay"
      Effect   = "Deny"
      Action   = "organizations:LeaveOrganization"
      Resource = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "unit_stays" {
  policy_id = aws_organizations_policy.stay.id
  target_id = aws_organizations_organizational_unit.shop.id
}
