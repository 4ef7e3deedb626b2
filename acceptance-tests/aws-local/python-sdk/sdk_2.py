"""A model from its data to its monitoring, by version 2 of the SDK."""

from __future__ import annotations

import pathlib
import tempfile

import boto3
from common import BUCKET, FLOWER, IMAGE, INSTANCE, METRICS, ROLE, SOURCE, done, irises, text_of, until
from sagemaker import Session
from sagemaker.deserializers import StringDeserializer
from sagemaker.inputs import TrainingInput
from sagemaker.model_monitor import DataCaptureConfig, DefaultModelMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.serializers import CSVSerializer
from sagemaker.sklearn import SKLearn
from sagemaker.transformer import Transformer
from sagemaker.tuner import HyperparameterTuner, IntegerParameter
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import TrainingStep

session = Session(boto3.Session(), default_bucket=BUCKET)
sagemaker = boto3.client("sagemaker")
data = {name: TrainingInput(f"s3://{BUCKET}/data/{name}") for name in ("train", "test")}
table, features = irises(pathlib.Path(tempfile.mkdtemp()))


def estimator(in_session: Session) -> SKLearn:
    return SKLearn(
        "train.py",
        source_dir=SOURCE,
        framework_version="1.2-1",
        role=ROLE,
        instance_type=INSTANCE,
        hyperparameters={"max_iter": 200},
        metric_definitions=METRICS,
        sagemaker_session=in_session,
    )


processor = ScriptProcessor(
    role=ROLE, image_uri=IMAGE, command=["python3"], instance_count=1, instance_type=INSTANCE, sagemaker_session=session
)
processor.run(
    code=f"{SOURCE}/prepare.py",
    inputs=[ProcessingInput(source=table, destination="/opt/ml/processing/input")],
    outputs=[
        ProcessingOutput(f"/opt/ml/processing/{name}", f"s3://{BUCKET}/data/{name}", output_name=name) for name in data
    ],
)
assert text_of(f"s3://{BUCKET}/data/test/data.csv").count("\n") == 31
done("process")

trainer = estimator(session)
trainer.fit(data)
assert trainer.training_job_analytics.dataframe()["value"][0] > 0.9
done("train")

tuner = HyperparameterTuner(
    estimator(session), "accuracy", {"max_iter": IntegerParameter(1, 200)}, METRICS, max_jobs=2, max_parallel_jobs=2
)
tuner.fit(data)
assert tuner.best_training_job() in tuner.analytics().dataframe()["TrainingJobName"].tolist()
done("tune")

sagemaker.create_model_package_group(ModelPackageGroupName="irises")
package = trainer.register(
    ["text/csv"], ["text/csv"], model_package_group_name="irises", approval_status="PendingManualApproval"
)
sagemaker.update_model_package(ModelPackageArn=package.model_package_arn, ModelApprovalStatus="Approved")
assert package.model_package_arn.endswith("model-package/irises/1")
done("register")

predictor = trainer.deploy(
    1,
    INSTANCE,
    entry_point="inference.py",
    source_dir=SOURCE,
    serializer=CSVSerializer(),
    deserializer=StringDeserializer(),
    data_capture_config=DataCaptureConfig(True, 100, f"s3://{BUCKET}/captured"),
)
assert predictor.predict(FLOWER) == "0"
done("deploy")

(model,) = [model["ModelName"] for model in sagemaker.list_models()["Models"]]
transformer = Transformer(model, 1, INSTANCE, output_path=f"s3://{BUCKET}/predicted", sagemaker_session=session)
transformer.transform(session.upload_data(features, key_prefix="features"), content_type="text/csv", split_type="Line")
assert text_of(f"s3://{BUCKET}/predicted/features.csv.out").split() == ["0"] * 50 + ["1"] * 50 + ["2"] * 50
done("transform")

deferred = estimator(PipelineSession(boto3.Session(), default_bucket=BUCKET)).fit(data)
pipeline = Pipeline("irises", steps=[TrainingStep("Train", deferred)], sagemaker_session=session)
pipeline.upsert(ROLE)
execution = pipeline.start()
execution.wait()
assert [(step["StepName"], step["StepStatus"]) for step in execution.list_steps()] == [("Train", "Succeeded")]
done("pipeline")

monitor = DefaultModelMonitor(ROLE, instance_type=INSTANCE, sagemaker_session=session)
monitor.suggest_baseline(table, DatasetFormat.csv(header=True), output_s3_uri=f"s3://{BUCKET}/baseline", wait=True)
assert monitor.suggested_constraints().body_dict["features"]
monitor.create_monitoring_schedule(
    monitor_schedule_name="irises",
    endpoint_input=predictor.endpoint_name,
    statistics=monitor.baseline_statistics(),
    constraints=monitor.suggested_constraints(),
    schedule_cron_expression="cron(0 * ? * * *)",
)
until("Scheduled", lambda: monitor.describe_schedule()["MonitoringScheduleStatus"])
monitor.stop_monitoring_schedule()
until("Stopped", lambda: monitor.describe_schedule()["MonitoringScheduleStatus"])
monitor.delete_monitoring_schedule()
predictor.delete_endpoint()
done("monitor")
