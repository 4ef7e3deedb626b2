# By the detector's ID, which describe-anomaly-detectors of the AWS CLI has, or by its metric.
terraform import mlops_anomaly_detector.latency AWS/SageMaker/ModelLatency/EndpointName=churn,VariantName=main/Average
