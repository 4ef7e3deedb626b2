//! The members of requests that take one of some values, and these values, which are the SDK's.

/// The name of the type of a member, and its values; None if the member takes any text.
pub(super) fn of(member: &str) -> Option<(&'static str, &'static [&'static str])> {
    ENUMS.iter().find(|(members, ..)| members.contains(&member)).map(|(_, name, values)| (*name, values()))
}

/// All members of the table.
#[cfg(test)]
pub(super) fn members() -> impl Iterator<Item = &'static str> {
    ENUMS.iter().flat_map(|(members, ..)| members.iter().copied())
}

type Enum = (&'static [&'static str], &'static str, fn() -> &'static [&'static str]);

macro_rules! enums {
    ($($name:ident: $($member:literal),+;)+) => {
        &[$((&[$($member),+], stringify!($name), aws_sdk_sagemaker::types::$name::values)),+]
    };
}

/// Complete and right for all requests that steps become: a test compares it with what the SDK takes.
static ENUMS: &[Enum] = enums! {
    AdditionalS3DataSourceDataType: "AdditionalS3DataSource$S3DataType";
    AssemblyType: "TransformOutput$AssembleWith";
    AsyncNotificationTopicTypes: "AsyncInferenceNotificationConfig$IncludeInferenceResponseIn";
    AthenaResultCompressionType: "AthenaDatasetDefinition$OutputCompression";
    AthenaResultFormat: "AthenaDatasetDefinition$OutputFormat";
    AutoMlAlgorithm: "AutoMLAlgorithmConfig$AutoMLAlgorithms";
    AutoMlChannelType: "AutoMLChannel$ChannelType";
    AutoMlMetricEnum: "AutoMLJobObjective$MetricName";
    AutoMlMode: "AutoMLJobConfig$Mode";
    AutoMls3DataType: "AutoMLS3DataSource$S3DataType";
    AutotuneMode: "Autotune$Mode";
    AvailabilityZoneBalanceEnforcementMode: "InferenceComponentAvailabilityZoneBalance$EnforcementMode";
    BatchStrategy: "CreateTransformJobInput$BatchStrategy", "TransformJobDefinition$BatchStrategy";
    CapacityReservationPreference: "ProductionVariantCapacityReservationConfig$CapacityReservationPreference";
    CapacitySizeType: "CapacitySize$Type";
    CaptureMode: "CaptureOption$CaptureMode";
    ClarifyFeatureType: "ClarifyInferenceConfig$FeatureTypes";
    ClarifyTextGranularity: "ClarifyTextConfig$Granularity";
    ClarifyTextLanguage: "ClarifyTextConfig$Language";
    CompleteOnConvergence: "ConvergenceDetected$CompleteOnConvergence";
    CompressionType:
        "AdditionalS3DataSource$CompressionType",
        "AutoMLChannel$CompressionType",
        "Channel$CompressionType",
        "TransformInput$CompressionType";
    ContainerMode: "ContainerDefinition$Mode";
    CustomizationTechnique: "ServerlessJobConfig$CustomizationTechnique";
    DataDistributionType: "DatasetDefinition$DataDistributionType";
    EvaluationType: "ServerlessJobConfig$EvaluationType";
    FileSystemAccessMode: "FileSystemDataSource$FileSystemAccessMode";
    FileSystemType: "FileSystemDataSource$FileSystemType";
    HyperParameterScalingType: "ContinuousParameterRange$ScalingType", "IntegerParameterRange$ScalingType";
    HyperParameterTuningAllocationStrategy: "HyperParameterTuningResourceConfig$AllocationStrategy";
    HyperParameterTuningJobObjectiveType: "HyperParameterTuningJobObjective$Type";
    HyperParameterTuningJobStrategyType: "HyperParameterTuningJobConfig$Strategy";
    HyperParameterTuningJobWarmStartType: "HyperParameterTuningJobWarmStartConfig$WarmStartType";
    InferenceComponentPlacementStrategy: "InferenceComponentSchedulingConfig$PlacementStrategy";
    InferenceExecutionMode: "InferenceExecutionConfig$Mode";
    InputMode: "DatasetDefinition$InputMode";
    JoinSource: "DataProcessing$JoinSource";
    ManagedInstanceScalingScaleInStrategy: "ProductionVariantManagedInstanceScalingScaleInPolicy$Strategy";
    ManagedInstanceScalingStatus: "ProductionVariantManagedInstanceScaling$Status";
    ManagedStorageType: "CreateModelPackageInput$ManagedStorageType";
    ModelApprovalStatus: "CreateModelPackageInput$ModelApprovalStatus";
    ModelCacheSetting: "MultiModelConfig$ModelCacheSetting";
    ModelCardStatus: "ModelPackageModelCard$ModelCardStatus";
    ModelCompressionType: "S3ModelDataSource$CompressionType";
    ModelPackageRegistrationType: "CreateModelPackageInput$ModelPackageRegistrationType";
    OutputCompressionType: "OutputDataConfig$CompressionType";
    Peft: "ServerlessJobConfig$Peft";
    ProblemType: "CreateAutoMLJobInput$ProblemType";
    ProcessingInstanceType:
        "DebugRuleConfiguration$InstanceType",
        "ProcessingClusterConfig$InstanceType",
        "ProcessingClusterConfig$SelectedInstanceType",
        "ProcessingInstancePreference$InstanceType",
        "ProfilerRuleConfiguration$InstanceType";
    ProcessingS3CompressionType: "ProcessingS3Input$S3CompressionType";
    ProcessingS3DataDistributionType: "ProcessingS3Input$S3DataDistributionType";
    ProcessingS3DataType: "ProcessingS3Input$S3DataType";
    ProcessingS3InputMode: "ProcessingS3Input$S3InputMode";
    ProcessingS3UploadMode: "ProcessingS3Output$S3UploadMode";
    ProductionVariantAcceleratorType: "ProductionVariant$AcceleratorType";
    ProductionVariantInferenceAmiVersion: "ProductionVariant$InferenceAmiVersion";
    ProductionVariantInstanceType:
        "AdditionalInferenceSpecificationDefinition$SupportedRealtimeInferenceInstanceTypes",
        "InferenceComponentSpecification$InstanceType",
        "InferenceSpecification$SupportedRealtimeInferenceInstanceTypes",
        "InstancePool$InstanceType",
        "ProductionVariant$InstanceType";
    RecordWrapper: "Channel$RecordWrapperType";
    RedshiftResultCompressionType: "RedshiftDatasetDefinition$OutputCompression";
    RedshiftResultFormat: "RedshiftDatasetDefinition$OutputFormat";
    RepositoryAccessMode: "ImageConfig$RepositoryAccessMode";
    RoutingStrategy: "ProductionVariantRoutingConfig$RoutingStrategy";
    S3DataDistribution: "S3DataSource$S3DataDistributionType";
    S3DataType: "S3DataSource$S3DataType", "TransformS3DataSource$S3DataType";
    S3ModelDataType: "S3ModelDataSource$S3DataType";
    ServerlessJobType: "ServerlessJobConfig$JobType";
    SkipModelValidation: "CreateModelPackageInput$SkipModelValidation";
    SplitType: "TransformInput$SplitType";
    TrafficRoutingConfigType: "TrafficRoutingConfig$Type";
    TrainingInputMode:
        "AlgorithmSpecification$TrainingInputMode",
        "Channel$InputMode",
        "HyperParameterAlgorithmSpecification$TrainingInputMode";
    TrainingInstanceType:
        "HyperParameterTuningInstanceConfig$InstanceType",
        "HyperParameterTuningResourceConfig$InstanceType",
        "InstanceGroup$InstanceType",
        "InstancePreference$InstanceType",
        "ResourceConfig$InstanceType",
        "ResourceConfig$SelectedInstanceType";
    TrainingJobEarlyStoppingType: "HyperParameterTuningJobConfig$TrainingJobEarlyStoppingType";
    TrainingRepositoryAccessMode: "TrainingImageConfig$TrainingRepositoryAccessMode";
    TransformInstanceType:
        "AdditionalInferenceSpecificationDefinition$SupportedTransformInstanceTypes",
        "InferenceSpecification$SupportedTransformInstanceTypes",
        "TransformResources$InstanceType";
};
