"""What is particular to each folder of examples: what it needs, how it is changed, what its plan cannot know."""

from __future__ import annotations

from dataclasses import dataclass, field

UPDATE = ["update"]
REPLACE = ["delete", "create"]
REPLACE_IN_USE = ["create", "delete"]
CREATE = ["create"]
DELETE = ["delete"]


@dataclass
class Change:
    """Another text in a file of the folder, and what the plan then does, by address."""

    old: str
    new: str
    actions: dict[str, list[str]] = field(default_factory=dict)
    file: str = "*.tf"


# What an example refers to without having it: another example, applied first.
NEEDS = {"data-sources/mlops_inference": "resources/mlops_endpoint"}

CHANGES = {
    "provider": [Change('"eu-west-1"', '"us-west-2"')],
    "functions/parse_arn": [Change("123456789012:endpoint", "210987654321:endpoint")],
    "functions/parse_s3_uri": [Change('churn/model.tar.gz")', 'churn/other.tar.gz")')],
    "functions/s3_uri": [Change('"churn-project"', '"pets-project"')],
    "data-sources/mlops_caller_identity": [Change(" in ", " at ")],
    "data-sources/mlops_inference": [Change("3,4,80.0", "60,0,10.0")],
    "resources/mlops_bucket_layout": [
        Change("expiration_days = 30", "expiration_days = 60", {"mlops_bucket_layout.project": UPDATE}),
        Change('project = "churn"', 'project = "other"', {"mlops_bucket_layout.project": UPDATE}),
        Change('"churn-prediction-storage"', '"churn-other-storage"', {"mlops_bucket_layout.project": REPLACE}),
    ],
    "resources/mlops_dataset": [
        Change("a", "b", {"mlops_dataset.pets": UPDATE, "mlops_dataset.labels": UPDATE}, "images/labels.csv"),
        Change('["**/*.txt"]', '["**/*.csv"]', {"mlops_dataset.pets": UPDATE}),
        Change('"data/pets"', '"data/animals"', {"mlops_dataset.pets": REPLACE}),
    ],
    "resources/mlops_execution_role": [
        Change('model_registry   = ["churn"]', 'model_registry   = ["other"]', {"mlops_execution_role.training": UPDATE}),
        Change("Trains and registers", "Trains", {"mlops_execution_role.training": UPDATE}),
        Change("vpc       = true", "vpc       = false", {"mlops_execution_role.pipeline": UPDATE}),
        Change('path        = "/ml/"', 'path        = "/"', {"mlops_execution_role.training": REPLACE}),
    ],
    "resources/mlops_training_job": [
        Change('create = "3h"', 'create = "2h"', {"mlops_training_job.churn": UPDATE}),
        Change('max_depth = "4"', 'max_depth = "3"', {"mlops_training_job.churn": REPLACE}),
        Change("0,", "1,", {"mlops_dataset.customers": UPDATE, "mlops_training_job.churn": REPLACE}, "customers.csv"),
        Change("random_state=0)", "random_state=1)", {"mlops_training_job.churn": REPLACE}, "training/train.py"),
    ],
    "resources/mlops_model": [
        Change('= "20"', '= "30"', {"mlops_model.churn": REPLACE_IN_USE}),
        Change("round(p, 3)", "round(p, 2)", {"mlops_model.churn": REPLACE_IN_USE}, "serving/inference.py"),
        Change("0.9", "0.8", {"mlops_dataset.churn": UPDATE}, "model/weights.json"),
    ],
    "resources/mlops_endpoint_configuration": [
        Change(
            "initial_variant_weight = 9",
            "initial_variant_weight = 4",
            {"mlops_endpoint_configuration.churn": REPLACE_IN_USE},
        ),
        Change("= 2048", "= 4096", {"mlops_endpoint_configuration.serverless": REPLACE}),
    ],
    "resources/mlops_endpoint": [
        Change(
            "initial_instance_count = 2",
            "initial_instance_count = 1",
            {"mlops_endpoint_configuration.churn": REPLACE_IN_USE, "mlops_endpoint.churn": UPDATE},
        ),
        Change("round(p, 3)", "round(p, 2)", {
            "mlops_model.churn": REPLACE_IN_USE,
            "mlops_endpoint_configuration.churn": REPLACE_IN_USE,
            "mlops_endpoint.churn": UPDATE,
        }, "serving/inference.py"),
        Change("= 300", "= 0", {"mlops_endpoint.churn": UPDATE}),
    ],
    "stacks/first-light": [
        Change("expiration_days = 30", "expiration_days = 10", {"mlops_bucket_layout.project": UPDATE}),
        # Another model, trained and served before the one that it replaces goes.
        Change('default     = "0.1"', 'default     = "0.2"', {
            "mlops_training_job.digits": REPLACE_IN_USE,
            "mlops_model.digits": REPLACE_IN_USE,
            "mlops_endpoint_configuration.digits": REPLACE_IN_USE,
            "mlops_endpoint.digits": UPDATE,
        }),
    ],
}  # fmt: skip

# No description of AWS's has these: they come from the user's machine, or are the provider's own.
LOCAL = {
    "mlops_bucket_layout": {"force_destroy"},
    "mlops_dataset": {"source", "include", "exclude"},
    "mlops_training_job": {"source_code", "triggers", "timeouts"},
    "mlops_model": {"source_code"},
    # AWS tells the deployment of the last update only, and nothing before the first.
    "mlops_endpoint": {"deployment_config", "timeouts"},
}

# What AWS alone decides. Everything else in the plan of a stack is known before the apply.
ONLY_AWS_KNOWS = {
    "stacks/first-light": {
        # Identifiers and times that AWS gives.
        "mlops_execution_role.project.create_date",
        "mlops_execution_role.project.unique_id",
        "mlops_training_job.digits.creation_time",
        "mlops_training_job.digits.training_end_time",
        "mlops_model.digits.creation_time",
        "mlops_endpoint_configuration.digits.creation_time",
        "mlops_endpoint.digits.creation_time",
        # What becomes of a job or an endpoint.
        "mlops_training_job.digits.training_job_status",
        "mlops_training_job.digits.failure_reason",
        "mlops_training_job.digits.final_metrics",
        "mlops_training_job.digits.training_time_in_seconds",
        "mlops_training_job.digits.billable_time_in_seconds",
        "mlops_endpoint.digits.endpoint_status",
        "mlops_endpoint.digits.failure_reason",
        # The endpoint's answer.
        "data.mlops_inference.held_out",
    },
}
