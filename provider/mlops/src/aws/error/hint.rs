//! What to do about an error of AWS, by its class.

use super::{AwsError, Kind};

/// Advice for the class that the error belongs to. None where AWS's own message says it all.
pub(super) fn hint(error: &AwsError) -> Option<String> {
    match error.kind {
        Kind::Connect => Some(
            "Check the network and the region's name; then, if they are set, the endpoint URLs (`endpoints`, \
             `endpoint_url`, the AWS_ENDPOINT_URL variables) and the proxies (`http_proxy`, `https_proxy`, `no_proxy`, \
             the variables of the same names). For a certificate that is not trusted, set `custom_ca_bundle`."
                .to_owned(),
        ),
        Kind::Timeout => Some(
            "The connection stood but nothing came back. Check proxies and firewalls between here and the endpoint, then \
             apply again."
                .to_owned(),
        ),
        Kind::Credentials if error.code.is_empty() && error.message.contains("SSO") => Some(
            "The profile signs in through IAM Identity Center (SSO), where nobody is signed in, or no longer. Run \
             `aws sso login`, with `--profile` for another profile than `default`; then run again."
                .to_owned(),
        ),
        Kind::Credentials if error.code.is_empty() => Some(
            "Credentials are looked for in this order: `access_key` and `secret_key` of the provider block; its `profile`; \
             the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the profile named by AWS_PROFILE, or `default`, in \
             the shared configuration and credentials files (keys, SSO, credential_process, roles); a web identity token \
             (AWS_WEB_IDENTITY_TOKEN_FILE); the container's credentials endpoint; the EC2 instance's role. Set one of \
             them; for SSO run `aws sso login`."
                .to_owned(),
        ),
        Kind::Service | Kind::Credentials => by_code(error),
        Kind::Other => None,
    }
}

fn by_code(error: &AwsError) -> Option<String> {
    let advice = match error.code.as_str() {
        "AccessDenied" | "AccessDeniedException" | "Forbidden" | "UnauthorizedOperation" | "AuthorizationError" => {
            return Some(denied(error));
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "TokenRefreshRequired"
        | "ExpiredTokenRequest" => {
            "The session has ended. Get new credentials: `aws sso login`, or fresh temporary keys; then run again."
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "InvalidToken" => {
            "AWS does not know the access key. It may be mistyped or deleted, belong to another partition (China, \
             GovCloud), be meant for a local endpoint, or be a temporary key whose session token is missing or old."
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => {
            "The secret key does not belong to the access key, or a proxy changes the request on its way."
        }
        "RequestTimeTooSkewed" => "The clock of this machine is wrong. Set it, then run again.",
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "PriorRequestNotComplete" => {
            "AWS kept throttling for all the retries. Raise `max_retries`, set `retry_mode = \"adaptive\"`, or run Terraform \
             with a lower `-parallelism`."
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
            "A quota of the account is used up. Ask for more in Service Quotas, remove what is not needed, or choose \
             another instance type."
        }
        _ if error.status.is_some_and(|s| s >= 500) => "This is a failure on AWS's side. Run again a little later.",
        _ => return None,
    };
    Some(advice.to_owned())
}

fn denied(error: &AwsError) -> String {
    let named = error.message.split_once("perform: ").and_then(|(_, rest)| rest.split([' ', '\n']).next());
    let action = match named.filter(|a| a.contains(':')) {
        Some(action) => action.trim_end_matches(['.', ',']).to_owned(),
        None => iam_action(error.service, error.operation),
    };
    match error.operation {
        "AssumeRole" | "AssumeRoleWithWebIdentity" => format!(
            "Allow `{action}` on the role to the caller, and name the caller in the role's trust policy; conditions there \
             (external id, session tags, source identity, audience) must be met too."
        ),
        _ => format!(
            "Allow `{action}` to the caller: in its IAM policies, and in the permissions boundary, service control policy, \
             bucket or key policy that may deny it."
        ),
    }
}

/// The IAM action that an operation needs, where it is not simply of the same name (Service Authorization Reference).
fn iam_action(service: &str, operation: &str) -> String {
    const PREFIXES: [(&str, &str); 3] =
        [("SageMaker Runtime", "sagemaker"), ("CloudWatch Logs", "logs"), ("Logs", "logs")];
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
    let prefix = prefix.unwrap_or_else(|| service.to_ascii_lowercase());
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
    fn a_denial_names_the_action_to_allow() {
        for (name, operation, message, action) in [
            ("S3", "HeadBucket", "", "`s3:ListBucket`"),
            ("S3", "CreateBucket", "", "`s3:CreateBucket`"),
            ("S3", "PutBucketCors", "", "`s3:PutBucketCORS`"),
            ("SageMaker", "CreateModel", "", "`sagemaker:CreateModel`"),
            ("SageMaker Runtime", "InvokeEndpoint", "", "`sagemaker:InvokeEndpoint`"),
            ("CloudWatch Logs", "GetLogEvents", "", "`logs:GetLogEvents`"),
            (
                "SageMaker",
                "CreateModel",
                "User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: y",
                "`iam:PassRole`",
            ),
        ] {
            let advice = service(name, operation, "AccessDenied", message);
            assert!(advice.contains(action), "{operation}: {advice}");
        }
        assert!(service("STS", "AssumeRole", "AccessDenied", "").contains("trust policy"));
    }

    #[test]
    fn each_class_has_its_advice() {
        for (code, words) in [
            ("ExpiredToken", "aws sso login"),
            ("UnrecognizedClientException", "does not know the access key"),
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
