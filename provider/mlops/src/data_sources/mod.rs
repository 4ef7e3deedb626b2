//! The provider's data sources.

pub mod caller_identity;
pub mod cost_estimate;
pub mod deployer_policy;
pub mod endpoint;
pub mod inference;
pub mod model_packages;
pub mod pipeline_definition;
pub mod prebuilt_image;
pub mod s3_object;
pub mod service_quota;

use tfplug::resource::DataSource;

use crate::aws::client::Aws;
use crate::engine::data::{Newest, Source};
use crate::resources::models::model_package::MODEL_PACKAGE;
use crate::resources::processing::processing_job::PROCESSING_JOB;
use crate::resources::training::training_job::TRAINING_JOB;
use crate::sagemaker::operation::operation;

/// The data sources that read objects of declared kinds.
pub static DECLARED: &[Source] = &[
    Source {
        newest: Some(Newest {
            list: operation!(list_model_packages, ListModelPackages),
            items: "model_package_summary_list",
            by: &[
                ("model_package_group_name", "Name or ARN of the model package group whose newest version is read."),
                (
                    "model_approval_status",
                    "Approval status: with a group, only versions of this status count, `Approved`, `Rejected` or \
                     `PendingManualApproval`.",
                ),
            ],
            only: ("model_package_status", "Completed"),
            number: "model_package_version",
        }),
        ..Source::of(
            &MODEL_PACKAGE,
            "A model package, whoever registered it: one that is known by its ARN, or the newest version of a model \
             package group, for example the newest approved one. The newest version is the one with the greatest version \
             number, among those that can be used (`model_package_status` is `Completed`).",
        )
    },
    Source::of(
        &PROCESSING_JOB,
        "A SageMaker processing job, whoever ran it: its inputs and outputs, its status and its exit message.",
    ),
    Source::of(
        &TRAINING_JOB,
        "A SageMaker training job, whoever ran it: its settings, its status, its metrics and its model artifact.",
    ),
];

/// All data sources.
pub fn all() -> Vec<Box<dyn DataSource<Aws>>> {
    let coded: [Box<dyn DataSource<Aws>>; 10] = [
        Box::new(caller_identity::CallerIdentitySource),
        Box::new(cost_estimate::CostEstimateSource),
        Box::new(deployer_policy::DeployerPolicySource),
        Box::new(endpoint::EndpointSource),
        Box::new(inference::InferenceSource),
        Box::new(model_packages::ModelPackagesSource),
        Box::new(pipeline_definition::PipelineDefinitionSource),
        Box::new(prebuilt_image::PrebuiltImageSource),
        Box::new(s3_object::S3ObjectSource),
        Box::new(service_quota::ServiceQuotaSource::default()),
    ];
    let declared = DECLARED.iter().map(|source| Box::new(source) as Box<dyn DataSource<Aws>>);
    coded.into_iter().chain(declared).collect()
}
