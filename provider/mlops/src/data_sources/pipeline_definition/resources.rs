//! The resources whose arguments steps have: what is refused of a resource is refused of a step.

use std::borrow::Cow;

use tfplug::diag::Diags;
use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use super::attributes::{PipelineDefinition, Step};
use super::nested;
use crate::engine::Declared;
use crate::resources::inference::endpoint::ENDPOINT;
use crate::resources::inference::endpoint_configuration::ENDPOINT_CONFIGURATION;
use crate::resources::inference::transform_job::TRANSFORM_JOB;
use crate::resources::models::model::MODEL;
use crate::resources::models::model_package::MODEL_PACKAGE;
use crate::resources::processing::processing_job::PROCESSING_JOB;
use crate::resources::training::hyper_parameter_tuning_job::HYPER_PARAMETER_TUNING_JOB;
use crate::resources::training::training_job::TRAINING_JOB;

/// The attribute of a step that holds the arguments, and the resource whose they are.
static RESOURCES: [(&str, &Declared); 10] = [
    (Step::PROCESSING, &PROCESSING_JOB),
    (Step::TRAINING, &TRAINING_JOB),
    (Step::TUNING, &HYPER_PARAMETER_TUNING_JOB),
    (Step::TRANSFORM, &TRANSFORM_JOB),
    (Step::MODEL, &MODEL),
    (Step::REGISTER_MODEL, &MODEL_PACKAGE),
    (Step::ENDPOINT_CONFIG, &ENDPOINT_CONFIGURATION),
    (Step::ENDPOINT, &ENDPOINT),
    (Step::QUALITY_CHECK, &PROCESSING_JOB),
    (Step::CLARIFY_CHECK, &PROCESSING_JOB),
];

/// Demands of the attributes of a step what AWS demands of the requests that they become.
pub(super) fn demand(step: &mut Object) {
    for (name, declared) in RESOURCES {
        let arguments = step.attributes.iter_mut().filter(|a| a.name == name);
        arguments.filter_map(nested).for_each(|object| declared.arguments(object));
    }
}

/// What AWS would refuse of the steps though each attribute is right by itself. The values have the types of the attributes.
pub(super) fn check(definition: &Value) -> Diags {
    let mut diags = Diags::new();
    let steps = definition.attribute(PipelineDefinition::STEPS).as_elements().unwrap_or_default();
    for (i, step) in steps.iter().enumerate() {
        let at = Path::of(PipelineDefinition::STEPS).index(i);
        for (name, declared) in RESOURCES.iter().filter(|(name, _)| step.attribute(name).as_entries().is_some()) {
            let at = at.attribute(name);
            for mut diag in declared.hooks.check_config(step.attribute(name)).0 {
                diag.path = Path([at.0.clone(), diag.path.0].concat());
                diags.push(diag);
            }
        }
    }
    diags
}

/// The arguments of a step as they are sent.
pub(super) fn sent<'a>(name: &str, arguments: &'a Value) -> Cow<'a, Value> {
    match RESOURCES.iter().find(|(of, _)| *of == name) {
        Some((_, declared)) if arguments.as_entries().is_some() => {
            let mut sent = arguments.clone();
            declared.hooks.adapt(&mut sent);
            Cow::Owned(sent)
        }
        _ => Cow::Borrowed(arguments),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use tfplug::value::Value;

    use super::super::{OBJECTS, rendered};
    use super::*;
    use crate::functions;

    const BASE: &str = "arn:aws:sagemaker:eu-west-1:aws:hub-content/SageMakerPublicHub/Model/meta-llama/2.40.0";

    fn definition(kind: &str, arguments: &Json) -> (Option<Json>, Diags) {
        let step = json!({ "name": "a", kind: arguments });
        let config = json!({ "parameters": [{ "name": "On", "type": "Boolean" }], "steps": [step] });
        let config = tfplug::json::from_json(&config, &OBJECTS.schema.to_type()).unwrap();
        let (text, diags) = rendered(&config);
        (text.map(|text| serde_json::from_str(&text).unwrap()), diags)
    }

    fn with(mut arguments: Json, more: &Json) -> Json {
        arguments.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        arguments
    }

    fn serverless() -> Json {
        json!({
            "role_arn": "arn:aws:iam::123456789012:role/r",
            "output_data_config": { "s3_output_path": "s3://bucket/out" },
            "serverless_job_config": { "base_model_arn": BASE, "job_type": "FineTuning", "accept_eula": "true" },
        })
    }

    #[test]
    fn what_a_serverless_job_cannot_have_a_step_cannot_either() {
        let rule = json!([{ "rule_configuration_name": "r", "rule_evaluator_image": "i" }]);
        let location = json!({ "s3_output_path": "s3://bucket/debug" });
        for (attribute, value) in [
            ("algorithm_specification", json!({ "training_image": "i", "training_input_mode": "File" })),
            ("environment", json!({ "A": "1" })),
            ("retry_strategy", json!({ "maximum_retry_attempts": "2" })),
            ("checkpoint_config", json!({ "s3_uri": "s3://bucket/checkpoints" })),
            ("debug_hook_config", location.clone()),
            ("debug_rule_configurations", rule.clone()),
            ("experiment_config", json!({ "experiment_name": "e" })),
            ("profiler_config", location.clone()),
            ("profiler_rule_configurations", rule),
            ("tensor_board_output_config", location),
        ] {
            let (_, diags) = definition("training", &with(serverless(), &json!({ attribute: value })));
            assert_eq!(diags.0.len(), 1, "{attribute}: {diags}");
            assert_eq!(diags.0[0].path.to_string(), format!("steps[0].training.{attribute}"));
            assert!(diags.0[0].detail.contains("`serverless_job_config`"), "{diags}");
        }
        let stopping = json!({ "max_runtime_in_seconds": "60", "max_wait_time_in_seconds": "60" });
        let spot = |on: &Json| {
            with(serverless(), &json!({ "enable_managed_spot_training": on, "stopping_condition": stopping }))
        };
        let (_, diags) = definition("training", &spot(&json!("true")));
        assert_eq!(diags.0[0].path.to_string(), "steps[0].training.enable_managed_spot_training", "{diags}");
        // What only an execution knows is no mistake.
        let parameter = functions::all().into_iter().find(|f| f.signature().name == "parameter").unwrap();
        let reference = parameter.call(vec![Value::from("On")]).unwrap();
        let (_, diags) = definition("training", &spot(&json!(reference.as_str().unwrap())));
        assert!(diags.is_empty(), "{diags}");
    }

    #[test]
    fn nothing_is_in_a_definition_that_is_not_set() {
        let (document, diags) =
            definition("training", &with(serverless(), &json!({ "enable_managed_spot_training": "false" })));
        assert!(diags.is_empty(), "{diags}");
        assert_eq!(
            document.unwrap()["Steps"][0]["Arguments"],
            json!({
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "OutputDataConfig": { "S3OutputPath": "s3://bucket/out" },
                "ServerlessJobConfig": { "BaseModelArn": BASE, "JobType": "FineTuning", "AcceptEula": true },
            })
        );
    }

    /// What the resource has a default for, and AWS has none.
    #[test]
    fn what_aws_requires_and_no_default_stands_for_must_be_set() {
        let role = "arn:aws:iam::123456789012:role/r";
        let output = json!({ "s3_output_path": "s3://bucket/out" });
        let s3 = |more: Json| with(json!({ "s3_uri": "s3://bucket/in" }), &more);
        let training = |mode: Json, data: Json| {
            json!({
                "role_arn": role,
                "output_data_config": output,
                "algorithm_specification": with(json!({ "training_image": "i" }), &mode),
                "resource_config": { "instance_type": "ml.m5.large", "instance_count": "1", "volume_size_in_gb": "1" },
                "input_data_config": [{ "channel_name": "a", "data_source": { "s3_data_source": s3(data) } }],
            })
        };
        let (mode, data) = (json!({ "training_input_mode": "File" }), json!({ "s3_data_type": "S3Prefix" }));
        let processing = |input: Json, upload: Json| {
            let place = |name: &str, more: Json| {
                with(json!({ "s3_uri": "s3://bucket/x", "local_path": format!("/opt/ml/processing/{name}") }), &more)
            };
            json!({
                "role_arn": role,
                "app_specification": { "image_uri": "i" },
                "processing_resources": { "cluster_config": {
                    "instance_type": "ml.m5.large", "instance_count": "1", "volume_size_in_gb": "1" } },
                "processing_inputs": [{ "input_name": "in", "s3_input": place("in", input) }],
                "processing_output_config": { "outputs": [{ "output_name": "out", "s3_output": place("out", upload) }] },
            })
        };
        let upload = json!({ "s3_upload_mode": "EndOfJob" });
        let nothing = || json!({});
        for (kind, arguments, missing) in [
            ("training", training(mode.clone(), data.clone()), ""),
            ("training", training(nothing(), data.clone()), "algorithm_specification.training_input_mode"),
            ("training", training(mode, nothing()), "input_data_config[0].data_source.s3_data_source.s3_data_type"),
            ("processing", processing(data.clone(), upload.clone()), ""),
            ("processing", processing(nothing(), upload), "processing_inputs[0].s3_input.s3_data_type"),
            ("processing", processing(data, nothing()), "processing_output_config.outputs[0].s3_output.s3_upload_mode"),
        ] {
            let (_, diags) = definition(kind, &arguments);
            let found: Vec<String> = diags.0.iter().map(|d| d.path.to_string()).collect();
            let wanted: Vec<String> =
                (!missing.is_empty()).then(|| format!("steps[0].{kind}.{missing}")).into_iter().collect();
            assert_eq!(found, wanted, "{diags}");
        }
    }

    #[test]
    fn a_number_that_aws_refuses_of_a_resource_is_refused_of_a_step() {
        // Only AWS's model says that no weight is negative.
        let variant = json!({
            "variant_name": "main",
            "model_name": "m",
            "instance_type": "ml.m5.large",
            "initial_instance_count": "1",
            "initial_variant_weight": "-1",
        });
        let (_, diags) = definition("endpoint_config", &json!({ "production_variants": [variant] }));
        let at = "steps[0].endpoint_config.production_variants[0].initial_variant_weight";
        assert_eq!((diags.0.len(), diags.0[0].path.to_string().as_str()), (1, at), "{diags}");
    }
}
