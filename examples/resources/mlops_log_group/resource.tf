# Made before the first training job writes to it, so that nothing is kept for longer.
resource "mlops_log_group" "training" {
  name              = "/aws/sagemaker/TrainingJobs"
  retention_in_days = 30
}
