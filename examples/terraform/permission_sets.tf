# What people may do: all four kinds of policies of a permission set.

resource "aws_ssoadmin_permission_set" "developer" {
  name             = "ShopDeveloper"
  description      = "Builds the shop"
  instance_arn     = local.instance
  session_duration = var.session_duration

  tags = {
    team = "shop"
  }
}

resource "aws_ssoadmin_managed_policy_attachment" "developer" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.developer.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_ssoadmin_permission_set_inline_policy" "developer" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.developer.arn
  inline_policy      = data.aws_iam_policy_document.own_department.json
}

# Only what belongs to one's own department: the tag of the session comes from the directory (applications.tf).
data "aws_iam_policy_document" "own_department" {
  statement {
    sid       = "OwnDepartment"
    actions   = ["iam:PassRole"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/department"
      values   = ["$${aws:PrincipalTag/department}"]
    }
  }
}

resource "aws_ssoadmin_permissions_boundary_attachment" "developer" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.developer.arn

  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  }
}

# A policy that accounts keep themselves is named; it must be there in every account that the set is assigned in.
resource "aws_ssoadmin_permission_set" "auditor" {
  name             = "ShopAuditor"
  instance_arn     = local.instance
  session_duration = "PT1H"
}

resource "aws_iam_policy" "read_orders" {
  name        = "ReadOrders"
  path        = "/shop/"
  description = "Reads what was ordered"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:ListBucket"]
      Resource = ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"]
    }]
  })
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "auditor" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.auditor.arn

  customer_managed_policy_reference {
    name = aws_iam_policy.read_orders.name
    path = aws_iam_policy.read_orders.path
  }
}
