//! Validators of ARNs by the kind of what they name, each with an example that its message and its documentation show.
//!
//! The examples have the forms of the Service Authorization Reference, "Actions, resources, and condition keys".

use tfplug::validator::Validator;

use super::Arn;

/// Whether a text is an ARN of the service of an example, and of its type if the resource of the example begins with one.
fn is_like(text: &str, example: &str) -> bool {
    let (Ok(arn), Ok(example)) = (Arn::parse(text), Arn::parse(example)) else { return false };
    let kind = example.resource.split_once(['/', ':']).map(|(kind, _)| kind);
    arn.service == example.service && kind.is_none_or(|kind| arn.resource_of_type(kind).is_some())
}

/// A validator for each kind: what its ARNs name, and one of them.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $noun:literal, $example:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: Validator = Validator::Text {
                expected: concat!("the ARN of ", $noun, ", such as `", $example, "`"),
                accepts: |s| is_like(s, $example),
            };
        )*

        #[cfg(test)]
        const KINDS: &[(Validator, &str)] = &[$(($name, $example)),*];
    };
}

kinds! {
    /// An alarm of CloudWatch.
    ALARM = "an alarm", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors";
    /// A foundation model in a hub of SageMaker JumpStart.
    BASE_MODEL = "a model in a hub", "arn:aws:sagemaker:eu-west-1:aws:hub-content/SageMakerPublicHub/Model/meta-llama/1.0.0";
    /// A dataset in a hub.
    DATASET = "a dataset in a hub", "arn:aws:sagemaker:eu-west-1:123456789012:hub-content/registry/DataSet/questions/1.0.0";
    /// Repositories may be given with wildcards, so that one ARN stands for all deep-learning images of a region.
    ECR_REPOSITORY = "an ECR repository", "arn:aws:ecr:eu-west-1:123456789012:repository/training";
    /// Content of a private hub.
    HUB_CONTENT = "hub content", "arn:aws:sagemaker:eu-west-1:123456789012:hub-content/models/Model/churn/1.0.0";
    /// A human task UI.
    HUMAN_TASK_UI = "a human task UI", "arn:aws:sagemaker:eu-west-1:394669845002:human-task-ui/PointCloudObjectTracking";
    /// A KMS key. IAM policies take nothing else: they do not resolve aliases.
    KMS_KEY = "a KMS key (not of an alias)", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    /// One of AWS's algorithms for automated labeling (SageMaker API reference, `LabelingJobAlgorithmsConfig`).
    LABELING_ALGORITHM = "an algorithm for automated labeling",
        "arn:aws:sagemaker:eu-west-1:027400017018:labeling-job-algorithm-specification/text-classification";
    /// An image of SageMaker, for Studio.
    IMAGE = "an image", "arn:aws:sagemaker:eu-west-1:123456789012:image/churn";
    /// A Lambda function.
    LAMBDA_FUNCTION = "a Lambda function", "arn:aws:lambda:eu-west-1:123456789012:function:check";
    /// A model.
    MODEL = "a model", "arn:aws:sagemaker:eu-west-1:123456789012:model/churn";
    /// A version in a model package group, or a model package without one.
    MODEL_PACKAGE = "a model package", "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/3";
    /// A model package group.
    MODEL_PACKAGE_GROUP = "a model package group", "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/churn";
    /// A pipeline.
    PIPELINE = "a pipeline", "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn";
    /// An execution of a pipeline.
    PIPELINE_EXECUTION = "an execution of a pipeline",
        "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/abcdefghijkl";
    /// A managed IAM policy, of AWS or of the account.
    POLICY = "a managed IAM policy", "arn:aws:iam::aws:policy/ReadOnlyAccess";
    /// An IAM role.
    ROLE = "an IAM role", "arn:aws:iam::123456789012:role/training";
    /// A profile of Amazon Q Developer, which was CodeWhisperer.
    Q_PROFILE = "an Amazon Q profile", "arn:aws:codewhisperer:eu-west-1:123456789012:profile/ABCDEFGHIJKL";
    /// A secret of Secrets Manager.
    SECRET = "a secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:git-AbCdEf";
    /// An application of IAM Identity Center.
    SIGN_ON_APPLICATION = "an application of IAM Identity Center",
        "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef";
    /// An SNS topic.
    SNS_TOPIC = "an SNS topic", "arn:aws:sns:eu-west-1:123456789012:predictions";
    /// An SQS queue.
    SQS_QUEUE = "an SQS queue", "arn:aws:sqs:eu-west-1:123456789012:callbacks";
    /// A training plan.
    TRAINING_PLAN = "a training plan", "arn:aws:sagemaker:eu-west-1:123456789012:training-plan/nightly";
    /// A work team: private, of a vendor, or the public one.
    WORKTEAM = "a work team", "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/labelers";
}

/// What an alarm does: the services of these ARNs are many (CloudWatch API reference, `PutMetricAlarm`).
pub const ALARM_ACTION: Validator = Validator::Text {
    expected: "the ARN of an action, such as `arn:aws:sns:eu-west-1:123456789012:people` for an SNS topic",
    accepts: |s| Arn::parse(s).is_ok(),
};

/// What judges a fine-tuned model. AWS's model says no more than that it is a text.
pub const EVALUATOR: Validator = Validator::Text {
    expected: "the ARN of an evaluator, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:hub-content/registry/JsonDoc/reward/1.0.0`",
    accepts: |s| Arn::parse(s).is_ok(),
};

/// A KMS key or an alias of one.
pub const KMS_KEY_OR_ALIAS: Validator = Validator::Text {
    expected: "the ARN of a KMS key or alias, such as `arn:aws:kms:eu-west-1:123456789012:alias/schedules`",
    accepts: |s| Arn::is_of(s, "kms", "key") || Arn::is_of(s, "kms", "alias"),
};

/// The version of an image. As elsewhere in settings of Studio, `None` is what removes one (SageMaker API reference, `ResourceSpec`).
pub const IMAGE_VERSION: Validator = Validator::Text {
    expected: "`None` or the ARN of a version of an image, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:image-version/churn/1`",
    accepts: |s| s == "None" || Arn::is_of(s, "sagemaker", "image-version"),
};

/// A lifecycle configuration of Studio.
pub const STUDIO_LIFECYCLE_CONFIG: Validator = Validator::Text {
    expected: "`None` or the ARN of a lifecycle configuration of Studio, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:studio-lifecycle-config/churn`",
    accepts: |s| s == "None" || Arn::is_of(s, "sagemaker", "studio-lifecycle-config"),
};

/// A training plan for apps of Studio.
pub const STUDIO_TRAINING_PLAN: Validator = Validator::Text {
    expected: "`None` or the ARN of a training plan, such as `arn:aws:sagemaker:eu-west-1:123456789012:training-plan/apps`",
    accepts: |s| s == "None" || Arn::is_of(s, "sagemaker", "training-plan"),
};

/// An MLflow app or tracking server, whose types are `mlflow-app` and `mlflow-tracking-server`.
pub const MLFLOW: Validator = Validator::Text {
    expected: "the ARN of an MLflow app or tracking server, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/churn`",
    accepts: |s| Arn::parse(s).is_ok_and(|a| a.service == "sagemaker" && a.resource.starts_with("mlflow-")),
};

/// Reserved capacity for endpoints: a training plan for them, or whatever else AWS's pattern of the member allows.
pub const ML_RESERVATION: Validator = Validator::Text {
    expected: "the ARN of an ML capacity reservation, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:training-plan/endpoints`",
    accepts: |s| Arn::parse(s).is_ok_and(|a| a.service == "sagemaker" && a.resource.contains('/')),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_takes_its_own_arns_only() {
        // A model and a dataset are hub content, and an execution lies below its pipeline: AWS's patterns tell these apart.
        let kind = |arn: &str| {
            let resource = Arn::parse(arn).unwrap();
            let kind = resource.resource.split_once(['/', ':']).map(|(kind, _)| kind.to_owned());
            (resource.service, kind)
        };
        for (validator, example) in KINDS {
            for (_, other) in KINDS {
                let is_one = kind(example) == kind(other);
                assert_eq!(validator.accepts(&(*other).into()), is_one, "{}: {other}", validator.expected());
            }
            assert!(!validator.accepts(&"churn".into()), "{}", validator.expected());
        }
    }

    #[test]
    fn kinds_with_more_than_one_type_take_each() {
        let of = |resource: &str| format!("arn:aws:sagemaker:eu-west-1:123456789012:{resource}");
        for (validator, accepted, refused) in [
            (ALARM_ACTION, "arn:aws:ssm:us-east-1:123456789012:opsitem:3".to_owned(), "people".to_owned()),
            (
                ALARM_ACTION,
                "arn:aws:automate:us-east-1:ec2:stop".to_owned(),
                "arn:aws:sns:us-east-1:ec2:stop".to_owned(),
            ),
            (EVALUATOR, of("hub-content/a/JsonDoc/b"), "b".to_owned()),
            (KMS_KEY_OR_ALIAS, "arn:aws:kms:eu-west-1:123456789012:key/1".to_owned(), of("alias/a")),
            (MLFLOW, of("mlflow-app/a"), of("model/a")),
            (
                ML_RESERVATION,
                of("ml-reservation/a"),
                "arn:aws:ec2:eu-west-1:123456789012:capacity-reservation/a".to_owned(),
            ),
        ] {
            let (_, example) = validator.expected().split_once('`').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            let example = example.split('`').next().unwrap().to_owned();
            assert!(validator.accepts(&example.into()), "{}", validator.expected());
            assert!(validator.accepts(&accepted.clone().into()), "{accepted}");
            assert!(!validator.accepts(&refused.clone().into()), "{refused}");
        }
    }
}
