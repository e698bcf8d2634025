# People and groups.

resource "aws_identitystore_user" "mira" {
  identity_store_id = local.store
  user_name         = "mira"
  display_name      = "Mira Okonkwo"

  name {
    given_name  = "Mira"
    family_name = "Okonkwo"
  }

  emails {
    value   = "mira@shop.example"
    type    = "work"
    primary = true
  }
}

resource "aws_identitystore_group" "developers" {
  identity_store_id = local.store
  display_name      = "Shop-Developers"
  description       = "They build the shop"
}

resource "aws_identitystore_group_membership" "mira_develops" {
  identity_store_id = local.store
  group_id          = aws_identitystore_group.developers.group_id
  member_id         = aws_identitystore_user.mira.user_id
}
