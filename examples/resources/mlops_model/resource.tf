# AWS cannot change a model: a change makes a new one, and the old one goes when nothing serves it any more.
resource "mlops_model" "churn" {
  name_prefix        = "churn-"
  execution_role_arn = "arn:aws:iam::123456789012:role/churn-serving"

  primary_container = {
    image          = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    model_data_url = "s3://churn-project/models/churn-1/output/model.tar.gz"
    environment = {
      SAGEMAKER_CONTAINER_LOG_LEVEL = "20"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
