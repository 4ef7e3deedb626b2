variable "name" {
  description = "Name of the stack, and beginning of the names of what belongs to it. Bucket names are unique in the world, so choose your own."
  type        = string
  default     = "digits"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lowercase letters, digits and inner hyphens."
  }
}

variable "image" {
  description = "Image that prepares, trains, evaluates and serves: SageMaker's scikit-learn container of your region."
  type        = string
  default     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
}

variable "analyzer" {
  description = "Image that compares traffic with a baseline: SageMaker's Model Monitor analyzer of your region."
  type        = string
  default     = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
}

variable "versions" {
  description = "Versions of the model by number, with the hyperparameters that each is trained with. Add one to train, evaluate and register it."
  type        = map(object({ penalty = number, gamma = number }))
  default     = { 1 = { penalty = 1, gamma = 0.01 } }

  validation {
    condition     = alltrue([for version in keys(var.versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "A version is a number: 1, 2 and so on."
  }
}

variable "approved_versions" {
  description = "Versions that may be deployed. The highest of them is; the others wait for an approval."
  type        = set(number)
  default     = [1]

  validation {
    condition     = alltrue([for version in var.approved_versions : contains(keys(var.versions), tostring(version))])
    error_message = "Only versions that exist can be approved."
  }
}

variable "minimum_accuracy" {
  description = "Accuracy on unseen digits that a version must have to be registered."
  type        = number
  default     = 0.95

  validation {
    condition     = var.minimum_accuracy >= 0 && var.minimum_accuracy <= 1
    error_message = "An accuracy is between 0 and 1."
  }
}

variable "parts" {
  description = "Parts of the stack that can be switched off, and the tuning, which can be switched on. Without the endpoint there is nothing to scale, to monitor and to watch."
  type = object({
    tuning      = optional(bool, false)
    endpoint    = optional(bool, true)
    autoscaling = optional(bool, true)
    monitoring  = optional(bool, true)
    alarms      = optional(bool, true)
    dashboard   = optional(bool, true)
    notebook    = optional(bool, true)
    budget      = optional(bool, true)
  })
  default = {}

  validation {
    condition     = !var.parts.endpoint || length(var.approved_versions) > 0
    error_message = "An endpoint needs an approved version."
  }
}

variable "instance_types" {
  description = "Instance types. SageMaker scales no burstable instances (ml.t2), so that the endpoint needs another type as long as it is scaled."
  type = object({
    job      = optional(string, "ml.m5.large")
    endpoint = optional(string, "ml.m5.large")
    notebook = optional(string, "ml.t3.medium")
  })
  default = {}
}

variable "monitoring_schedule" {
  description = "When the captured traffic is compared with the baseline: every hour, unless set. AWS knows hourly and daily schedules."
  type        = string
  default     = "cron(0 * ? * * *)"
}

variable "monthly_budget" {
  description = "What the stack may cost in a month, in USD. The plan warns if the estimate is above it, and AWS if the costs are."
  type        = number
  default     = 200
}

variable "subscriptions" {
  description = "Who is notified of alarms and of the budget, such as [{ protocol = \"email\", endpoint = \"you@example.com\" }]. Nobody unless set."
  type        = list(object({ protocol = string, endpoint = string }))
  default     = null
}
