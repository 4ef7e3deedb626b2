"""A model from its data to its monitoring, by version 3 of the SDK."""

from __future__ import annotations

import pathlib
import tempfile

import boto3
from common import BUCKET, FLOWER, IMAGE, INSTANCE, METRICS, ROLE, SOURCE, done, irises, text_of, until
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import DefaultModelMonitor
from sagemaker.core.model_monitor.dataset_format import DatasetFormat
from sagemaker.core.parameter import IntegerParameter
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.resources import ModelPackageGroup
from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode
from sagemaker.train.tuner import HyperparameterTuner

session = Session(boto3.Session(), default_bucket=BUCKET)
data = [InputData(channel_name=name, data_source=f"s3://{BUCKET}/data/{name}") for name in ("train", "test")]
table, features = irises(pathlib.Path(tempfile.mkdtemp()))


def model_trainer(in_session: Session) -> ModelTrainer:
    return ModelTrainer(
        training_image=IMAGE,
        source_code=SourceCode(source_dir=SOURCE, entry_script="train.py"),
        role=ROLE,
        compute=Compute(instance_type=INSTANCE, instance_count=1),
        hyperparameters={"max_iter": 200},
        sagemaker_session=in_session,
    )


processor = ScriptProcessor(
    role=ROLE, image_uri=IMAGE, command=["python3"], instance_count=1, instance_type=INSTANCE, sagemaker_session=session
)
raw = session.upload_data(table, key_prefix="raw")
place = ProcessingS3Input(
    s3_uri=raw, local_path="/opt/ml/processing/input", s3_data_type="S3Prefix", s3_input_mode="File"
)
processor.run(
    code=f"{SOURCE}/prepare.py",
    inputs=[ProcessingInput(input_name="raw", s3_input=place)],
    outputs=[
        ProcessingOutput(
            output_name=name,
            s3_output=ProcessingS3Output(
                s3_uri=f"s3://{BUCKET}/data/{name}", local_path=f"/opt/ml/processing/{name}", s3_upload_mode="EndOfJob"
            ),
        )
        for name in ("train", "test")
    ],
)
assert text_of(f"s3://{BUCKET}/data/test/data.csv").count("\n") == 31
done("process")

trainer = model_trainer(session)
trainer.train(data)
job = trainer._latest_training_job
job.refresh()
assert job.training_job_status == "Completed"
artifact = job.model_artifacts.s3_model_artifacts
done("train")

tuner = HyperparameterTuner(
    model_trainer(session), "accuracy", {"max_iter": IntegerParameter(1, 200)}, METRICS, max_jobs=2, max_parallel_jobs=2
)
tuner.tune(data)
assert tuner.describe().training_job_status_counters.completed == 2
assert tuner.best_training_job()
done("tune")

ModelPackageGroup.create(model_package_group_name="irises")
builder = ModelBuilder(
    image_uri=IMAGE, s3_model_data_url=artifact, role_arn=ROLE, instance_type=INSTANCE, sagemaker_session=session
)
model = builder.build()
package = builder.register(
    model_package_group_name="irises",
    content_types=["text/csv"],
    response_types=["text/csv"],
    approval_status="PendingManualApproval",
)
assert package.endswith("model-package/irises/1")
boto3.client("sagemaker").update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
done("register")

endpoint = builder.deploy(endpoint_name="irises", initial_instance_count=1)
assert endpoint.invoke(body=FLOWER, content_type="text/csv").body.read().decode() == "0"
done("deploy")

transformer = Transformer(
    model.model_name, 1, INSTANCE, output_path=f"s3://{BUCKET}/predicted", sagemaker_session=session
)
transformer.transform(session.upload_data(features, key_prefix="features"), content_type="text/csv", split_type="Line")
assert text_of(f"s3://{BUCKET}/predicted/features.csv.out").split() == ["0"] * 50 + ["1"] * 50 + ["2"] * 50
done("transform")

deferred = model_trainer(PipelineSession(boto3.Session(), default_bucket=BUCKET)).train(data)
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
    endpoint_input="irises",
    statistics=monitor.baseline_statistics(),
    constraints=monitor.suggested_constraints(),
    schedule_cron_expression="cron(0 * ? * * *)",
)
until("Scheduled", lambda: monitor.describe_schedule()["MonitoringScheduleStatus"])
monitor.stop_monitoring_schedule()
until("Stopped", lambda: monitor.describe_schedule()["MonitoringScheduleStatus"])
monitor.delete_monitoring_schedule()
endpoint.delete()
done("monitor")
