//! What to do about an error of AWS, by its class.

use super::{AwsError, Kind};
use crate::aws::clock;

/// Advice for the class that the error belongs to. None where AWS's own message says it all.
pub(super) fn hint(error: &AwsError) -> Option<String> {
    let by_time = error.status == Some(403) || error.code.starts_with("Expired") || error.code.starts_with("RequestE");
    let of_clock = clock::complaint(error.clock_offset).filter(|_| by_time);
    let of_class = error.advice.clone().or_else(|| by_class(error));
    match (of_clock, of_class) {
        (Some(clock), _) if error.code == "RequestTimeTooSkewed" => Some(clock),
        (Some(clock), Some(class)) => Some(format!("{clock} If that does not help: {class}")),
        (clock, class) => clock.or(class),
    }
}

fn by_class(error: &AwsError) -> Option<String> {
    match error.kind {
        Kind::Connect => Some(
            "Check the network and the region's name; then, if they are set, the endpoint URLs (`endpoints`, \
             `endpoint_url`, the AWS_ENDPOINT_URL variables) and the proxies (`http_proxy`, `https_proxy`, `no_proxy`, \
             the variables of the same names). For a certificate that is not trusted, set `custom_ca_bundle`."
                .to_owned(),
        ),
        Kind::Timeout => Some(
            "The connection was established but no response came. Check proxies and firewalls between here and the \
             endpoint, then apply again."
                .to_owned(),
        ),
        Kind::Credentials if error.code.is_empty() && error.message.contains("SSO") => Some(
            "The profile signs in through IAM Identity Center (SSO), and there is no valid session. Run `aws sso \
             login`, with `--profile` for a profile other than `default`; then run again."
                .to_owned(),
        ),
        Kind::Credentials if error.code.is_empty() => Some(
            "Credentials are looked up in this order: `access_key` and `secret_key` of the provider block; its \
             `profile`; the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the profile named by AWS_PROFILE, \
             or `default`, in the shared configuration and credentials files (keys, SSO, credential_process, roles); \
             a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE); the container credentials endpoint; the EC2 \
             instance's role. Set one of them; for SSO run `aws sso login`."
                .to_owned(),
        ),
        Kind::Service | Kind::Credentials => by_code(error),
        Kind::Other => None,
    }
}

fn by_code(error: &AwsError) -> Option<String> {
    let role = ["iam:PassRole", "Could not assume role", "cannot assume the role", "unable to assume role"];
    if error.service != "STS" && role.iter().any(|words| error.message.contains(words)) {
        return Some(
            "The role must exist, its trust policy must allow `sts:AssumeRole` to `sagemaker.amazonaws.com` (as that \
             of `mlops_execution_role` does), and the caller needs `iam:PassRole` on it. A role created a moment ago \
             may not have propagated yet: `propagation_timeout` of the provider block says how long to wait."
                .to_owned(),
        );
    }
    if let Some(advice) = of_scaling(error) {
        return Some(advice);
    }
    let advice = match error.code.as_str() {
        "MalformedPolicy" if error.message.contains("principal") => {
            "Each principal that the policy names must exist. One created a moment ago may not have propagated yet: \
             `propagation_timeout` of the provider block says how long to wait."
        }
        "AccessDenied" | "AccessDeniedException" | "Forbidden" | "UnauthorizedOperation" | "AuthorizationError" => {
            return Some(denied(error));
        }
        "BadRequest" if error.operation.starts_with("Head") => {
            "S3 gives no reason in responses to HEAD requests. Usually the session has expired: get new credentials \
             with `aws sso login`, or fresh temporary keys; then run again."
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "TokenRefreshRequired"
        | "ExpiredTokenRequest" => {
            "The session has expired. Get new credentials: `aws sso login`, or fresh temporary keys; then run again."
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "InvalidToken" => {
            "The access key does not exist. It may be mistyped or deleted, belong to another partition (China, \
             GovCloud), be meant for a local endpoint, or be a temporary key whose session token is missing or \
             outdated."
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => {
            "The secret key does not belong to the access key, or a proxy modifies the request."
        }
        "RequestTimeTooSkewed" => "The local clock is wrong. Set it, then run again.",
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "PriorRequestNotComplete" => {
            "AWS throttled the call and all its retries. Raise `max_retries`, set `retry_mode = \"adaptive\"`, or run \
             Terraform with a lower `-parallelism`."
        }
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException"
        | "TemporaryRedirect" => {
            "The bucket is in another region. Set `region` of the resource or of the provider to it."
        }
        "OptInRequired" | "RegionDisabledException" => {
            "The region or the service is not enabled in this account. Enable it in the account's settings first."
        }
        "ResourceLimitExceeded"
        | "ServiceQuotaExceededException"
        | "LimitExceeded"
        | "LimitExceededException"
        | "TooManyBuckets" => {
            "A quota of the account is exhausted. Request an increase in Service Quotas, delete what is not needed, \
             or choose another instance type."
        }
        _ if error.status.is_some_and(|s| s >= 500) => "This is a failure on AWS's side. Run again a little later.",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// AWS refuses changes of an endpoint because of its scalable targets. Source: SageMaker developer guide, "Update or delete
/// endpoints that use automatic scaling"; the text of DeleteEndpoint: awslabs/stable-diffusion-aws-extension issue 161.
fn of_scaling(error: &AwsError) -> Option<String> {
    let message = error.message.to_ascii_lowercase();
    let of_targets = message.contains("scalable target");
    match error.operation {
        "UpdateEndpoint" if of_targets => Some(
            "A variant that is registered with Application Auto Scaling keeps its instance type and cannot be removed. Run \
             `terraform apply -replace=mlops_autoscaling_target.NAME`, or with `mlops_endpoint_autoscaling.NAME`: the variant is \
             deregistered before the endpoint is updated, and registered again afterwards. That happens by itself if the endpoint has \
             `configuration` and the target refers to the endpoint, or with `replace_triggered_by` in the `lifecycle` block of the \
             target, as in its example. A target that this configuration does not manage: `aws \
             application-autoscaling deregister-scalable-target --service-namespace sagemaker --resource-id \
             endpoint/NAME/variant/VARIANT --scalable-dimension sagemaker:variant:DesiredInstanceCount`."
                .to_owned(),
        ),
        "DeleteEndpoint" if of_targets => Some(
            "Allow the caller `application-autoscaling:DeregisterScalableTarget`, which AWS uses to deregister the variants \
             of the endpoint; or deregister them first."
                .to_owned(),
        ),
        _ => None,
    }
}

fn denied(error: &AwsError) -> String {
    let named = error.message.split_once("perform: ").and_then(|(_, rest)| rest.split([' ', '\n']).next());
    let action = match named.filter(|a| a.contains(':')) {
        Some(action) => action.trim_end_matches(['.', ',']).to_owned(),
        None => iam_action(error.service, error.operation),
    };
    match error.operation {
        "AssumeRole" | "AssumeRoleWithWebIdentity" => format!(
            "Allow the caller `{action}` on the role, and allow the caller in the role's trust policy; conditions \
             there (external ID, session tags, source identity, audience) must be met too."
        ),
        _ if action.starts_with("kms:") => format!(
            "Allow `{action}` in the key policy, to whoever uses the key: the caller, and the execution role where a \
             job or an endpoint does. The IAM policies of both must allow it too, unless the key policy names them."
        ),
        _ => format!(
            "Allow the caller `{action}`: in its IAM policies, and in the permissions boundary, service control \
             policy, bucket or key policy that may deny it."
        ),
    }
}

/// The IAM action that an operation needs, where it is not simply of the same name (Service Authorization Reference).
fn iam_action(service: &str, operation: &str) -> String {
    // Where it is not the service's name in lower case.
    const PREFIXES: [(&str, &str); 15] = [
        ("Application Auto Scaling", "application-autoscaling"),
        ("Augmented AI Runtime", "sagemaker"),
        ("CloudWatch Logs", "logs"),
        ("Cost Explorer", "ce"),
        ("EventBridge", "events"),
        ("EventBridge Scheduler", "scheduler"),
        ("Resource Groups Tagging API", "tag"),
        ("SageMaker Edge Manager", "sagemaker"),
        ("SageMaker Feature Store Runtime", "sagemaker"),
        ("SageMaker Geospatial", "sagemaker-geospatial"),
        ("SageMaker Metrics", "sagemaker"),
        ("SageMaker Runtime", "sagemaker"),
        ("Secrets Manager", "secretsmanager"),
        ("Service Quotas", "servicequotas"),
        ("Step Functions", "states"),
    ];
    const S3: [(&str, &str); 24] = [
        ("AbortMultipartUpload", "AbortMultipartUpload"),
        ("CompleteMultipartUpload", "PutObject"),
        ("CopyObject", "PutObject"),
        ("CreateMultipartUpload", "PutObject"),
        ("DeleteBucketCors", "PutBucketCORS"),
        ("DeleteBucketEncryption", "PutEncryptionConfiguration"),
        ("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
        ("DeleteBucketOwnershipControls", "PutBucketOwnershipControls"),
        ("DeleteBucketTagging", "PutBucketTagging"),
        ("DeleteObjects", "DeleteObject"),
        ("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
        ("GetBucketCors", "GetBucketCORS"),
        ("GetBucketEncryption", "GetEncryptionConfiguration"),
        ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
        ("GetBucketNotificationConfiguration", "GetBucketNotification"),
        ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
        ("HeadBucket", "ListBucket"),
        ("HeadObject", "GetObject"),
        ("ListMultipartUploads", "ListBucketMultipartUploads"),
        ("ListObjectVersions", "ListBucketVersions"),
        ("ListObjectsV2", "ListBucket"),
        ("PutBucketEncryption", "PutEncryptionConfiguration"),
        ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
        ("UploadPart", "PutObject"),
    ];
    const S3_TOO: [(&str, &str); 3] = [
        ("PutBucketCors", "PutBucketCORS"),
        ("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
        ("PutBucketNotificationConfiguration", "PutBucketNotification"),
    ];
    let prefix = PREFIXES.iter().find(|(name, _)| *name == service).map(|(_, prefix)| (*prefix).to_owned());
    let prefix = prefix.unwrap_or_else(|| service.to_ascii_lowercase().replace(' ', "-"));
    let renamed = S3.iter().chain(&S3_TOO).find(|(name, _)| service == "S3" && *name == operation);
    format!("{prefix}:{}", renamed.map_or(operation, |(_, action)| action))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(service: &'static str, operation: &'static str, code: &str, message: &str) -> String {
        let error = AwsError {
            service,
            operation,
            code: code.into(),
            message: message.into(),
            kind: Kind::Service,
            ..AwsError::default()
        };
        hint(&error).unwrap_or_default()
    }

    #[test]
    fn a_refusal_because_of_a_scalable_target_says_what_to_do() {
        let of =
            |operation: &'static str, message: &str| service("SageMaker", operation, "ValidationException", message);
        let registered = "The variant(s) \"main\" must be deregistered as scalable targets with AWS Auto Scaling.";
        assert!(of("UpdateEndpoint", registered).contains("terraform apply -replace=mlops_autoscaling_target.NAME"));
        let denied = "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity \
                      used to invoke DeleteEndpoint does not have permission to deregister the scalable target.";
        assert!(of("DeleteEndpoint", denied).contains("`application-autoscaling:DeregisterScalableTarget`"));
        assert_eq!(of("UpdateEndpoint", "Could not find endpoint configuration"), "");
    }

    #[test]
    fn a_denial_names_the_action_to_allow() {
        for (name, operation, message, action) in [
            ("S3", "HeadBucket", "", "`s3:ListBucket`"),
            ("S3", "CreateBucket", "", "`s3:CreateBucket`"),
            ("S3", "PutBucketCors", "", "`s3:PutBucketCORS`"),
            ("SageMaker", "CreateModel", "", "`sagemaker:CreateModel`"),
            ("SageMaker Runtime", "InvokeEndpoint", "", "`sagemaker:InvokeEndpoint`"),
            ("CloudWatch Logs", "GetLogEvents", "", "`logs:GetLogEvents`"),
            ("Application Auto Scaling", "PutScalingPolicy", "", "`application-autoscaling:PutScalingPolicy`"),
            ("EventBridge Scheduler", "CreateSchedule", "", "`scheduler:CreateSchedule`"),
            ("Service Quotas", "GetServiceQuota", "", "`servicequotas:GetServiceQuota`"),
            ("Budgets", "ViewBudget", "", "`budgets:ViewBudget`"),
            (
                "SageMaker",
                "CreateModel",
                "User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: y",
                "`iam:PassRole`",
            ),
            (
                "SageMaker",
                "CreateTrainingJob",
                "User: x is not authorized to perform: kms:CreateGrant on resource: k because no policy allows it",
                "`kms:CreateGrant` in the key policy",
            ),
        ] {
            let advice = service(name, operation, "AccessDenied", message);
            assert!(advice.contains(action), "{operation}: {advice}");
        }
        assert!(service("STS", "AssumeRole", "AccessDenied", "").contains("trust policy"));
    }

    #[test]
    fn a_role_that_cannot_be_used_has_its_own_advice() {
        let assume = "Could not assume role arn:aws:iam::1:role/r. Please ensure that the role exists and allows principal \
                      'sagemaker.amazonaws.com' to assume the role.";
        let pass = "User: u is not authorized to perform: iam:PassRole on resource: r because no policy allows it";
        for (code, message) in [("ValidationException", assume), ("AccessDeniedException", pass)] {
            let advice = service("SageMaker", "CreateModel", code, message);
            for words in ["must exist", "`sagemaker.amazonaws.com`", "`iam:PassRole`"] {
                assert!(advice.contains(words), "{code}: {advice}");
            }
        }
        assert!(!service("STS", "AssumeRole", "AccessDenied", "Could not assume role").contains("sagemaker"));
    }

    #[test]
    fn a_wrong_clock_is_told_where_it_may_be_the_cause() {
        let at = |status, code: &str, clock_offset| {
            let error = AwsError {
                service: "S3",
                operation: "HeadBucket",
                code: code.into(),
                status,
                clock_offset,
                kind: Kind::Service,
                ..AwsError::default()
            };
            hint(&error).unwrap_or_default()
        };
        let both = at(Some(403), "Forbidden", 3600);
        assert!(both.contains("60 minutes behind") && both.contains("s3:ListBucket"), "{both}");
        assert!(at(Some(400), "ExpiredToken", -3600).contains("60 minutes ahead"));
        assert!(at(Some(400), "BadRequest", 0).contains("session has expired"));
        for (status, code, offset) in [(Some(403), "Forbidden", 200), (Some(404), "NotFound", 3600)] {
            assert!(!at(status, code, offset).contains("clock"), "{code}");
        }
    }

    #[test]
    fn each_class_has_its_advice() {
        for (code, words) in [
            ("ExpiredToken", "aws sso login"),
            ("UnrecognizedClientException", "access key does not exist"),
            ("ThrottlingException", "max_retries"),
            ("PermanentRedirect", "another region"),
            ("ResourceLimitExceeded", "Service Quotas"),
            ("RequestTimeTooSkewed", "clock"),
        ] {
            assert!(service("S3", "PutObject", code, "").contains(words), "{code}");
        }
        assert_eq!(service("S3", "PutObject", "MalformedXML", ""), "");
        let mut error = AwsError { kind: Kind::Credentials, ..AwsError::default() };
        assert!(hint(&error).is_some_and(|h| h.contains("AWS_PROFILE")));
        error.kind = Kind::Connect;
        assert!(hint(&error).is_some_and(|h| h.contains("endpoint_url")));
    }
}
