output "bucket" {
  description = "Bucket of the project."
  value       = mlops_bucket_layout.project.name
}

output "splits" {
  description = "Where the splits and the report of the data's quality are."
  value       = mlops_processing_job.preparation.output_uris
}

output "accuracy" {
  description = "Share of unseen digits that each version recognizes."
  value       = { for version, evaluation in local.evaluations : version => evaluation.accuracy }
}

output "reports" {
  description = "The report of each version's evaluation, a page for a browser."
  value       = { for version, job in mlops_processing_job.evaluation : version => "${job.output_uris["report"]}report.html" }
}

output "registered" {
  description = "Version in the registry, and approval, of each version."
  value       = { for version, package in mlops_model_package.digits : version => "${package.model_package_version}: ${package.model_approval_status}" }
}

output "endpoint" {
  description = "The endpoint, and the version that it serves."
  value       = one([for endpoint in mlops_endpoint.digits : { name = endpoint.name, version = local.served }])
}

output "best_hyper_parameters" {
  description = "What the tuning found, if it was switched on."
  value       = one(mlops_hyper_parameter_tuning_job.digits[*].best_training_job.tuned_hyper_parameters)
}

output "notebook" {
  description = "URL of Jupyter on the notebook instance."
  value       = one(mlops_notebook_instance.digits[*].url)
}

output "monthly_cost" {
  description = "What the instances cost in a month."
  value = format("%.2f %s, by the prices of %s",
    data.mlops_cost_estimate.month.monthly_cost,
    data.mlops_cost_estimate.month.currency,
    substr(data.mlops_cost_estimate.month.effective_date, 0, 10),
  )
}
