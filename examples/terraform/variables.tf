variable "gatehouse" {
  description = "Base URL of Gatehouse, such as https://gatehouse.example.com"
  type        = string
}

variable "region" {
  description = "Region of the instance"
  type        = string
  default     = "us-east-1"
}

variable "session_duration" {
  description = "How long sessions of the shop's developers last, in ISO 8601"
  type        = string
  default     = "PT4H"
}
