//! Settings of the applications of Studio. Source: SageMaker API reference, the members of `UserSettings`.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use super::studio::FEATURE;
use crate::aws::arn;

/// What an app runs on unless a space says otherwise.
#[derive(Clone, Debug, Model)]
pub struct ResourceSpec {
    /// ARN of the image.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::IMAGE))]
    sagemaker_image_arn: Option<String>,
    /// ARN of the version of the image. `None`, as a text, removes the one that is set.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::IMAGE_VERSION))]
    sagemaker_image_version_arn: Option<String>,
    /// Alias of the version of the image.
    #[tf(optional, computed, use_state_for_unknown)]
    sagemaker_image_version_alias: Option<String>,
    /// ML compute instance type, such as `ml.t3.medium`; `system` for the JupyterServer app.
    #[tf(optional, computed, use_state_for_unknown)]
    instance_type: Option<String>,
    /// ARN of the lifecycle configuration that runs when the app starts.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    lifecycle_config_arn: Option<String>,
    /// ARN of the training plan whose reserved capacity the app runs on.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_TRAINING_PLAN))]
    training_plan_arn: Option<String>,
}

/// An image of one's own.
#[derive(Clone, Debug, Model)]
pub struct CustomImage {
    /// Name of the image.
    #[tf(required)]
    image_name: String,
    /// Version of the image. AWS takes the newest unless set.
    #[tf(optional)]
    image_version_number: Option<i64>,
    /// Name of the app image configuration, which says how the image runs.
    #[tf(required)]
    app_image_config_name: String,
}

/// A Git repository that users are offered.
#[derive(Clone, Debug, Model)]
pub struct CodeRepository {
    /// URL of the repository.
    #[tf(required)]
    repository_url: String,
}

/// Settings of the JupyterServer app (Studio Classic).
#[derive(Clone, Debug, Model)]
pub struct JupyterServerAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
    /// ARNs of the lifecycle configurations that users can choose. An empty set removes those that are set.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    lifecycle_config_arns: Option<Set<String>>,
    /// Git repositories that users are offered to clone.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    code_repositories: Option<Vec<CodeRepository>>,
}

/// Settings of the KernelGateway app (Studio Classic).
#[derive(Clone, Debug, Model)]
pub struct KernelGatewayAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
    /// Images that users can choose.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_images: Option<Vec<CustomImage>>,
    /// ARNs of the lifecycle configurations that users can choose. An empty set removes those that are set.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    lifecycle_config_arns: Option<Set<String>>,
}

/// Settings of TensorBoard.
#[derive(Clone, Debug, Model)]
pub struct TensorBoardAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
}

/// Access to RStudio.
#[derive(Clone, Debug, Model)]
pub struct RStudioServerProAppSettings {
    /// Whether the user has access: `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    access_status: Option<String>,
    /// Permissions of the user: `R_STUDIO_USER` or `R_STUDIO_ADMIN`. AWS takes `R_STUDIO_USER` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["R_STUDIO_ADMIN", "R_STUDIO_USER"])))]
    user_group: Option<String>,
}

/// Settings of the RSessionGateway app (RStudio).
#[derive(Clone, Debug, Model)]
pub struct RSessionAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
    /// Images that users can choose.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_images: Option<Vec<CustomImage>>,
}

/// Settings of SageMaker Canvas.
#[derive(Clone, Debug, Model)]
pub struct CanvasAppSettings {
    #[tf(optional)]
    time_series_forecasting_settings: Option<TimeSeriesForecastingSettings>,
    #[tf(optional)]
    model_register_settings: Option<ModelRegisterSettings>,
    #[tf(optional)]
    workspace_settings: Option<WorkspaceSettings>,
    /// Data sources that users sign in to with OAuth.
    #[tf(optional, unordered)]
    identity_provider_oauth_settings: Option<Vec<IdentityProviderOauthSetting>>,
    #[tf(optional)]
    direct_deploy_settings: Option<DirectDeploySettings>,
    #[tf(optional)]
    kendra_settings: Option<KendraSettings>,
    #[tf(optional)]
    generative_ai_settings: Option<GenerativeAiSettings>,
    #[tf(optional)]
    emr_serverless_settings: Option<EmrServerlessSettings>,
}

/// Forecasts of time series in Canvas.
#[derive(Clone, Debug, Model)]
pub struct TimeSeriesForecastingSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
    /// ARN of the IAM role that Canvas passes to Amazon Forecast. AWS takes the execution role unless set.
    #[tf(optional, validate(arn::ROLE))]
    amazon_forecast_role_arn: Option<String>,
}

/// Registration of models from Canvas.
#[derive(Clone, Debug, Model)]
pub struct ModelRegisterSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
    /// ARN of the IAM role that registers models in another account.
    #[tf(optional, validate(arn::ROLE))]
    cross_account_model_register_role_arn: Option<String>,
}

/// Where Canvas stores what it makes.
#[derive(Clone, Debug, Model)]
pub struct WorkspaceSettings {
    /// S3 URI of the artifacts.
    #[tf(optional)]
    s3_artifact_path: Option<String>,
    /// ID of the KMS key that encrypts the artifacts.
    #[tf(optional)]
    s3_kms_key_id: Option<String>,
}

/// A data source that users of Canvas sign in to with OAuth.
#[derive(Clone, Debug, Model)]
pub struct IdentityProviderOauthSetting {
    /// `SalesforceGenie` or `Snowflake`.
    #[tf(optional, validate(Validator::OneOf(&["SalesforceGenie", "Snowflake"])))]
    data_source_name: Option<String>,
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
    /// ARN of the secret in Secrets Manager that has the credentials of the identity provider.
    #[tf(optional, validate(arn::SECRET))]
    secret_arn: Option<String>,
}

/// Deployment of models from Canvas.
#[derive(Clone, Debug, Model)]
pub struct DirectDeploySettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
}

/// Queries of documents in Canvas.
#[derive(Clone, Debug, Model)]
pub struct KendraSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
}

/// Generative AI in Canvas.
#[derive(Clone, Debug, Model)]
pub struct GenerativeAiSettings {
    /// ARN of the IAM role that fine-tunes models in Amazon Bedrock.
    #[tf(optional, validate(arn::ROLE))]
    amazon_bedrock_role_arn: Option<String>,
}

/// Data processing of Canvas on EMR Serverless.
#[derive(Clone, Debug, Model)]
pub struct EmrServerlessSettings {
    /// ARN of the IAM role that the jobs run with.
    #[tf(optional, validate(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    status: Option<String>,
}

/// Settings of the Code Editor app.
#[derive(Clone, Debug, Model)]
pub struct CodeEditorAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
    /// Images that users can choose.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_images: Option<Vec<CustomImage>>,
    /// ARNs of the lifecycle configurations that users can choose. An empty set removes those that are set.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    lifecycle_config_arns: Option<Set<String>>,
    #[tf(optional, computed, use_state_for_unknown)]
    app_lifecycle_management: Option<AppLifecycleManagement>,
    /// ARN of a lifecycle configuration that runs before the default one.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    built_in_lifecycle_config_arn: Option<String>,
}

/// Settings of the JupyterLab app.
#[derive(Clone, Debug, Model)]
pub struct JupyterLabAppSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
    /// Images that users can choose.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_images: Option<Vec<CustomImage>>,
    /// ARNs of the lifecycle configurations that users can choose. An empty set removes those that are set.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    lifecycle_config_arns: Option<Set<String>>,
    /// Git repositories that users are offered to clone.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    code_repositories: Option<Vec<CodeRepository>>,
    #[tf(optional, computed, use_state_for_unknown)]
    app_lifecycle_management: Option<AppLifecycleManagement>,
    #[tf(optional, computed, use_state_for_unknown)]
    emr_settings: Option<EmrSettings>,
    /// ARN of a lifecycle configuration that runs before the default one.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::STUDIO_LIFECYCLE_CONFIG))]
    built_in_lifecycle_config_arn: Option<String>,
}

/// When an app is stopped.
#[derive(Clone, Debug, Model)]
pub struct AppLifecycleManagement {
    #[tf(optional)]
    idle_settings: Option<IdleSettings>,
}

/// Stopping of apps that nobody uses, which ends their cost.
#[derive(Clone, Debug, Model)]
pub struct IdleSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, validate(FEATURE))]
    lifecycle_management: Option<String>,
    /// Minutes without use after which an app is stopped.
    #[tf(optional)]
    idle_timeout_in_minutes: Option<i64>,
    /// Least that users may choose instead.
    #[tf(optional)]
    min_idle_timeout_in_minutes: Option<i64>,
    /// Most that users may choose instead.
    #[tf(optional)]
    max_idle_timeout_in_minutes: Option<i64>,
}

/// Use of EMR from JupyterLab.
#[derive(Clone, Debug, Model)]
pub struct EmrSettings {
    /// ARNs of the IAM roles that the execution role may assume to reach clusters and applications.
    #[tf(optional, validate(arn::ROLE))]
    assumable_role_arns: Option<Set<String>>,
    /// ARNs of the IAM roles that clusters and jobs may run with.
    #[tf(optional, validate(arn::ROLE))]
    execution_role_arns: Option<Set<String>>,
}
