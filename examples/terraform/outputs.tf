output "instance" {
  description = "ARN of the instance"
  value       = local.instance
}

output "shop_account" {
  description = "Number of the shop's account"
  value       = aws_organizations_account.shop.id
}
