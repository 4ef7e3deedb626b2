//! `mlops_pipeline`: the definition of a workflow of steps.
//!
//! Quirks of the API: the definition comes back as text, wherever it came from, and not where that was; an update makes a
//! new version, whose number only another operation tells after a creation; a pipeline that is being executed cannot be
//! deleted. Source: SageMaker API reference, CreatePipeline, UpdatePipeline and DeletePipeline.

mod declaration;
pub mod definition;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::PIPELINE;
use crate::aws::arn;
use crate::sagemaker::names;
use crate::shapes::fields::{Created, Tagged};
use crate::shapes::pipeline::{ParallelismConfiguration, PipelineDefinitionS3Location};

/// A SageMaker pipeline: a workflow of steps, such as processing, training, conditions and the registration of a model.
///
/// The definition is a JSON document, given as `definition`, in a local file or in S3. It is compared by meaning: the order of
/// keys, white space, and the time stamps that the SageMaker Python SDK writes are no change. A change makes a new version of
/// the pipeline, in place. `mlops_pipeline_execution` executes it.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "pipeline",
    subcategory = "Pipelines",
    timeouts(create = "10m", update = "10m", delete = "60m"),
    identity("name", optional("region"), derived("account_id")),
    at_most_one_of("name", "name_prefix"),
    exactly_one_of("definition", "definition_file", "definition_s3_location")
)]
pub struct Pipeline {
    /// Name, unique in the account and region. A generated one unless set.
    #[tf(optional, computed, requires_replace, provider_only, validate(names::LONG_NAME))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::LONG_PREFIX))]
    name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Display name. Defaults to the name.
    #[tf(
        optional,
        computed,
        planned,
        use_state_for_unknown,
        rename = "pipeline_display_name",
        validate(names::LONG_NAME)
    )]
    display_name: Option<String>,
    /// Description.
    #[tf(optional, rename = "pipeline_description", validate(Validator::Length { min: 0, max: 3072 }))]
    description: Option<String>,
    /// ARN of the IAM role by which the pipeline creates the jobs of its steps.
    #[tf(required, validate(arn::ROLE))]
    role_arn: String,
    /// Definition, a JSON document of at most 1,048,576 characters: `jsonencode({ Version = "2020-12-01", Steps = [...] })`, or
    /// what `pipeline.definition()` of the SageMaker Python SDK returns. Whichever way it is given, this is what the pipeline
    /// has.
    #[tf(optional, computed, planned, equal_json, rename = "pipeline_definition")]
    definition: Option<String>,
    /// Path of a local file with the definition. The plan reads it and shows what changes.
    #[tf(optional, provider_only)]
    definition_file: Option<String>,
    /// Where the definition is in S3, which SageMaker reads whenever the pipeline is created or updated.
    #[tf(optional, rename = "pipeline_definition_s3_location")]
    definition_s3_location: Option<PipelineDefinitionS3Location>,
    /// Whether time stamps that the SageMaker Python SDK writes into names and S3 URIs, such as `-2025-06-12-17-25-45-935`, are
    /// no change. Older versions of the SDK upload source code to a URI with a time stamp: if a build differs from the former
    /// one in nothing else, the pipeline keeps using the former upload. Set `false` to use every new build. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    ignore_sdk_timestamps: bool,
    /// How many steps of an execution run at the same time, unless the execution says otherwise. All that can unless set.
    /// AWS cannot remove it: if it is no longer set, it stays as it is.
    #[tf(optional, computed, use_state_for_unknown)]
    parallelism_configuration: Option<ParallelismConfiguration>,
    /// What a destroy does: `stop_executions` stops the executions that are running and deletes the pipeline,
    /// `wait_for_executions` waits for their end and deletes it, `retain` keeps it. A deleted pipeline takes the records of
    /// its executions with it. Defaults to `stop_executions`.
    #[tf(optional, computed, provider_only, default = "stop_executions", validate(ON_DESTROY))]
    on_destroy: String,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// SHA-256 of the definition, whatever its spelling; known in the plan unless the definition is in S3.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    definition_sha256: Option<String>,
    /// ID of the latest version.
    #[tf(
        computed,
        changes_with(
            "display_name",
            "description",
            "role_arn",
            "definition",
            "definition_s3_location",
            "parallelism_configuration"
        )
    )]
    pipeline_version_id: Option<i64>,
}

const ON_DESTROY: Validator = Validator::OneOf(&["stop_executions", "wait_for_executions", "retain"]);
