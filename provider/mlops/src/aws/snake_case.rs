//! The names of AWS's members as Terraform's attributes have them.

/// Names of products and formats that are one word, and the same as one word of the API's.
const ONE_WORD: [(&str, &str); 6] = [
    ("CloudWatch", "Cloudwatch"),
    ("ETag", "Etag"),
    ("FSx", "Fsx"),
    ("MLflow", "Mlflow"),
    ("OAuth", "Oauth"),
    ("SageMaker", "Sagemaker"),
];

/// The API's member name in snake case: `S3OutputPath` becomes `s3_output_path`, `EnableSSMAccess` `enable_ssm_access`,
/// `sageMakerImageArn` `sagemaker_image_arn`. Names may begin with a small letter, as they do in messages of validation.
pub fn snake_case(name: &str) -> String {
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    let pascal =
        ONE_WORD.iter().fold(first.to_ascii_uppercase() + rest, |name, (parts, word)| name.replace(parts, word));
    let chars: Vec<char> = pascal.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (i, c) in chars.iter().enumerate() {
        let word_begins = c.is_ascii_uppercase()
            && i > 0
            && chars[i - 1] != '_'
            && (!chars[i - 1].is_ascii_uppercase() || chars.get(i + 1).is_some_and(char::is_ascii_lowercase));
        if word_begins {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_snake_case() {
        for (api, ours) in [
            ("EndpointName", "endpoint_name"),
            ("S3OutputPath", "s3_output_path"),
            ("KmsKeyId", "kms_key_id"),
            ("EnableSSMAccess", "enable_ssm_access"),
            ("MaxRuntimeInSeconds", "max_runtime_in_seconds"),
            ("KMSKeyId", "kms_key_id"),
            ("s3OutputPath", "s3_output_path"),
            ("Snake_Case", "snake_case"),
            ("", ""),
            ("ETag", "etag"),
            ("S3ETag", "s3_etag"),
            ("ModelDataETag", "model_data_etag"),
            ("sageMakerImageArn", "sagemaker_image_arn"),
            ("EnableSageMakerMetricsTimeSeries", "enable_sagemaker_metrics_time_series"),
            ("MLflowConfig", "mlflow_config"),
            ("MlflowVersion", "mlflow_version"),
            ("FSxLustreConfig", "fsx_lustre_config"),
            ("AICloudWatchLogs", "ai_cloudwatch_logs"),
            ("IdentityProviderOAuthSettings", "identity_provider_oauth_settings"),
        ] {
            assert_eq!(snake_case(api), ours);
        }
    }
}
