//! What Studio offers its users: the settings of domains, user profiles and shared spaces.
//!
//! Source: SageMaker API reference, `UserSettings` and `DefaultSpaceSettings`. What AWS fills in (ACK's `generator.yaml` for
//! SageMaker, `late_initialize` of domains and user profiles) is computed, too, and keeps its value where a configuration loses it:
//! an update changes what it names, and nothing else.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use super::studio_apps::{
    CanvasAppSettings, CodeEditorAppSettings, JupyterLabAppSettings, JupyterServerAppSettings,
    KernelGatewayAppSettings, RSessionAppSettings, RStudioServerProAppSettings, TensorBoardAppSettings,
};
use crate::aws::arn;

/// A feature that can be switched. Source: SageMaker API reference, `FeatureStatus`.
pub const FEATURE: Validator = Validator::OneOf(&["ENABLED", "DISABLED"]);

/// Settings of users of Studio.
#[derive(Clone, Debug, Model)]
pub struct UserSettings {
    /// ARN of the IAM role that the user's private spaces run with.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::ROLE))]
    execution_role: Option<String>,
    /// IDs of the VPC security groups of the user's apps. Required for a domain whose `app_network_access_type` is `VpcOnly`.
    #[tf(optional, computed, use_state_for_unknown)]
    security_groups: Option<Set<String>>,
    #[tf(optional, computed, use_state_for_unknown)]
    sharing_settings: Option<SharingSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    jupyter_server_app_settings: Option<JupyterServerAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    kernel_gateway_app_settings: Option<KernelGatewayAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    tensor_board_app_settings: Option<TensorBoardAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    r_studio_server_pro_app_settings: Option<RStudioServerProAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    r_session_app_settings: Option<RSessionAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    canvas_app_settings: Option<CanvasAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    code_editor_app_settings: Option<CodeEditorAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    jupyter_lab_app_settings: Option<JupyterLabAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    space_storage_settings: Option<DefaultSpaceStorageSettings>,
    /// What opens first: `studio::` for Studio, `app:JupyterServer:` for Studio Classic.
    #[tf(optional, computed, use_state_for_unknown)]
    default_landing_uri: Option<String>,
    /// Whether users can open Studio: `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    studio_web_portal: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    custom_posix_user_config: Option<CustomPosixUserConfig>,
    /// Further file systems of the user's private spaces.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_file_system_configs: Option<Vec<CustomFileSystemConfig>>,
    #[tf(optional, computed, use_state_for_unknown)]
    studio_web_portal_settings: Option<StudioWebPortalSettings>,
    /// Whether the home EFS file system is mounted into spaces: `Enabled` or `Disabled`; for a user profile also
    /// `DefaultAsDomain`.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Enabled", "Disabled", "DefaultAsDomain"])))]
    auto_mount_home_efs: Option<String>,
}

/// Settings of the shared spaces of a domain.
#[derive(Clone, Debug, Model)]
pub struct DefaultSpaceSettings {
    /// ARN of the IAM role that shared spaces run with.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::ROLE))]
    execution_role: Option<String>,
    /// IDs of the VPC security groups of shared spaces.
    #[tf(optional, computed, use_state_for_unknown)]
    security_groups: Option<Set<String>>,
    #[tf(optional, computed, use_state_for_unknown)]
    jupyter_server_app_settings: Option<JupyterServerAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    kernel_gateway_app_settings: Option<KernelGatewayAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    jupyter_lab_app_settings: Option<JupyterLabAppSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    space_storage_settings: Option<DefaultSpaceStorageSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    custom_posix_user_config: Option<CustomPosixUserConfig>,
    /// Further file systems of shared spaces.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    custom_file_system_configs: Option<Vec<CustomFileSystemConfig>>,
}

/// Sharing of notebooks in Studio Classic.
#[derive(Clone, Debug, Model)]
pub struct SharingSettings {
    /// Whether a shared notebook has its output: `Allowed` or `Disabled`. AWS takes `Disabled` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Allowed", "Disabled"])))]
    notebook_output_option: Option<String>,
    /// S3 URI of the shared snapshots, if the output is allowed.
    #[tf(optional, computed, use_state_for_unknown)]
    s3_output_path: Option<String>,
    /// ID of the KMS key that encrypts the shared output.
    #[tf(optional, computed, use_state_for_unknown)]
    s3_kms_key_id: Option<String>,
}

/// Storage of a space.
#[derive(Clone, Debug, Model)]
pub struct DefaultSpaceStorageSettings {
    #[tf(optional, computed, use_state_for_unknown)]
    default_ebs_storage_settings: Option<DefaultEbsStorageSettings>,
}

/// Size of the EBS volume of a space.
#[derive(Clone, Debug, Model)]
pub struct DefaultEbsStorageSettings {
    /// Size in GB that a new space gets.
    #[tf(required)]
    default_ebs_volume_size_in_gb: i64,
    /// Largest size in GB that users may choose.
    #[tf(required)]
    maximum_ebs_volume_size_in_gb: i64,
}

/// POSIX identity that files are read and written with.
#[derive(Clone, Debug, Model)]
pub struct CustomPosixUserConfig {
    /// POSIX user ID.
    #[tf(required)]
    uid: i64,
    /// POSIX group ID.
    #[tf(required)]
    gid: i64,
}

/// A file system of one's own.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("efs_file_system_config", "fsx_lustre_file_system_config", "s3_file_system_config"))]
pub struct CustomFileSystemConfig {
    #[tf(optional)]
    efs_file_system_config: Option<EfsFileSystemConfig>,
    #[tf(optional)]
    fsx_lustre_file_system_config: Option<FsxLustreFileSystemConfig>,
    #[tf(optional)]
    s3_file_system_config: Option<S3FileSystemConfig>,
}

/// An EFS file system.
#[derive(Clone, Debug, Model)]
pub struct EfsFileSystemConfig {
    /// ID of the file system.
    #[tf(required)]
    file_system_id: String,
    /// Directory of the file system that users can access, with everything below it.
    #[tf(optional)]
    file_system_path: Option<String>,
}

/// An FSx for Lustre file system.
#[derive(Clone, Debug, Model)]
pub struct FsxLustreFileSystemConfig {
    /// ID of the file system.
    #[tf(required)]
    file_system_id: String,
    /// Directory of the file system that users can access, with everything below it.
    #[tf(optional)]
    file_system_path: Option<String>,
}

/// A prefix in S3 that is mounted as a file system.
#[derive(Clone, Debug, Model)]
pub struct S3FileSystemConfig {
    /// Path that it is mounted at.
    #[tf(optional)]
    mount_path: Option<String>,
    /// S3 URI of the prefix.
    #[tf(required)]
    s3_uri: String,
}

/// What Studio does not show to its users.
#[derive(Clone, Debug, Model)]
pub struct StudioWebPortalSettings {
    /// Machine-learning tools that are hidden, such as `JumpStart` or `Pipelines`.
    #[tf(optional, computed, use_state_for_unknown)]
    hidden_ml_tools: Option<Set<String>>,
    /// Types of apps that are hidden: `Canvas`, `CodeEditor`, `DetailedProfiler`, `JupyterLab`, `JupyterServer`, `KernelGateway`,
    /// `RSessionGateway`, `RStudioServerPro` or `TensorBoard`.
    #[tf(optional, computed, use_state_for_unknown)]
    hidden_app_types: Option<Set<String>>,
    /// Instance types that are hidden, such as `ml.g5.48xlarge`.
    #[tf(optional, computed, use_state_for_unknown)]
    hidden_instance_types: Option<Set<String>>,
    /// Versions of SageMaker's images that are hidden.
    #[tf(optional, computed, unordered, use_state_for_unknown)]
    hidden_sagemaker_image_version_aliases: Option<Vec<HiddenSagemakerImage>>,
    /// Session name of the execution role: `STATIC`, or `USER_IDENTITY` for the identity of the user.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["STATIC", "USER_IDENTITY"])))]
    execution_role_session_name_mode: Option<String>,
}

/// Versions of an image that are hidden.
#[derive(Clone, Debug, Model)]
pub struct HiddenSagemakerImage {
    /// Name of the image: `sagemaker_distribution`.
    #[tf(optional)]
    sagemaker_image_name: Option<String>,
    /// Aliases of the versions.
    #[tf(optional)]
    version_aliases: Option<Set<String>>,
}
