//! Golden policies: what each grant compiles to, and that it can be recovered.

use serde_json::{Value as Json, json};
use tfplug::model::Set;

use super::access::{Access, AccountContext, compile};
use super::decompile;

const FACTS: AccountContext<'static> = AccountContext {
    partition: "aws",
    account_id: "123456789012",
    role_arn: "arn:aws:iam::123456789012:role/ml/train",
};

fn set(all: &[&str]) -> Option<Set<String>> {
    Some(all.iter().map(|s| (*s).to_owned()).collect())
}

/// Grants without the defaults that a configuration has.
fn nothing() -> Access {
    Access::default()
}

fn statements(access: &Access) -> Json {
    let policy = compile(access, FACTS).unwrap().expect("a policy");
    let policy: Json = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy["Version"], "2012-10-17");
    policy["Statement"].clone()
}

#[test]
fn no_grant_is_no_policy() {
    assert_eq!(compile(&nothing(), FACTS).unwrap(), None);
}

#[test]
fn the_defaults_are_logs_and_metrics_of_sagemaker() {
    assert_eq!(
        statements(&Access { logs: true, metrics: true, ..nothing() }),
        json!([
            {
                "Sid": "WriteLogs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "Resource": ["arn:aws:logs:*:123456789012:log-group:/aws/sagemaker/*"],
            },
            {
                "Sid": "PublishMetrics",
                "Effect": "Allow",
                "Action": ["cloudwatch:PutMetricData"],
                "Resource": ["*"],
                "Condition": { "StringLike": { "cloudwatch:namespace": ["/aws/sagemaker/*", "aws/sagemaker/*"] } },
            },
        ])
    );
}

#[test]
fn storage_is_granted_by_folder_object_and_bucket() {
    let access = Access {
        read: set(&["s3://one/data/", "s3://two", "s3://one/config.json"]),
        write: set(&["s3://one/models/", "s3://one/cost$/"]),
        delete: set(&["s3://three/tmp*"]),
        ..nothing()
    };
    assert_eq!(
        statements(&access),
        json!([
            {
                "Sid": "ReadObjects", "Effect": "Allow", "Action": ["s3:GetObject"],
                "Resource": [
                    "arn:aws:s3:::one/config.json", "arn:aws:s3:::one/config.json/*", "arn:aws:s3:::one/data/*",
                    "arn:aws:s3:::two/*",
                ],
            },
            {
                "Sid": "WriteObjects", "Effect": "Allow", "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::one/cost${$}/*", "arn:aws:s3:::one/models/*"],
            },
            {
                "Sid": "DeleteObjects", "Effect": "Allow", "Action": ["s3:DeleteObject"],
                "Resource": ["arn:aws:s3:::three/tmp*"],
            },
            {
                "Sid": "LocateBuckets", "Effect": "Allow", "Action": ["s3:GetBucketLocation"],
                "Resource": ["arn:aws:s3:::one", "arn:aws:s3:::three", "arn:aws:s3:::two"],
            },
            { "Sid": "ListBuckets", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::two"] },
            {
                "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::one"],
                "Condition": { "StringLike": { "s3:prefix": [
                    "config.json", "config.json/*", "cost${$}/*", "data/*", "models/*",
                ] } },
            },
            {
                "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::three"],
                "Condition": { "StringLike": { "s3:prefix": ["tmp*"] } },
            },
        ])
    );
}

#[test]
fn pipelines_run_their_own_jobs_and_pass_this_role_to_sagemaker_only() {
    let access = Access { pipelines: true, pipeline_job_prefixes: set(&["Churn-"]), ..nothing() };
    let all = statements(&access);
    let resources: Vec<&str> = all[0]["Resource"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert_eq!(resources.len(), 15, "five kinds of object, `pipelines-` and two spellings of `Churn-`");
    assert!(resources.contains(&"arn:aws:sagemaker:*:123456789012:training-job/pipelines-*"));
    assert!(resources.contains(&"arn:aws:sagemaker:*:123456789012:model/churn-*"));
    assert!(resources.iter().all(|r| r.ends_with("-*")), "{resources:?}");
    assert_eq!(
        all[1],
        json!({
            "Sid": "PassThisRole", "Effect": "Allow", "Action": ["iam:PassRole"],
            "Resource": ["arn:aws:iam::123456789012:role/ml/train"],
            "Condition": { "StringEquals": { "iam:PassedToService": ["sagemaker.amazonaws.com"] } },
        })
    );
    assert_eq!(all.as_array().unwrap().len(), 2);
}

#[test]
fn the_registry_includes_no_approval() {
    let all = statements(&Access { model_registry: set(&["Churn"]), ..nothing() });
    assert_eq!(
        all[0]["Resource"],
        json!([
            "arn:aws:sagemaker:*:123456789012:model-package-group/Churn",
            "arn:aws:sagemaker:*:123456789012:model-package-group/churn",
            "arn:aws:sagemaker:*:123456789012:model-package/Churn/*",
            "arn:aws:sagemaker:*:123456789012:model-package/churn/*",
        ])
    );
    assert!(!all.to_string().contains("UpdateModelPackage"));
}

#[test]
fn only_what_takes_no_narrower_resource_is_granted_on_every_resource() {
    for statement in statements(&everything()).as_array().unwrap() {
        let wide = statement["Resource"].as_array().unwrap().iter().any(|r| r == "*");
        let sid = statement["Sid"].as_str().unwrap_or_default();
        assert_eq!(wide, ["PublishMetrics", "LogInToRegistries", "JoinVpc"].contains(&sid), "{statement}");
        for action in statement["Action"].as_array().unwrap() {
            let action = action.as_str().unwrap();
            assert!(!action.ends_with(":*") && action != "*", "{action}");
        }
    }
}

#[test]
fn the_partition_is_in_every_arn() {
    let china = AccountContext {
        partition: "aws-cn",
        account_id: "123456789012",
        role_arn: "arn:aws-cn:iam::123456789012:role/a",
    };
    let access = Access { read: set(&["s3://one"]), logs: true, pipelines: true, ..nothing() };
    let policy = compile(&access, china).unwrap().unwrap();
    assert!(policy.contains("arn:aws-cn:s3:::one") && !policy.contains("arn:aws:"), "{policy}");
}

#[test]
fn a_malformed_uri_is_named() {
    let error = compile(&Access { read: set(&["one/data"]), ..nothing() }, FACTS).unwrap_err();
    assert!(error.0.contains("\"one/data\""), "{error}");
}

fn everything() -> Access {
    Access {
        read: set(&["s3://one/data/", "s3://two", "s3://one/config.json"]),
        write: set(&["s3://one/models/", "s3://one/cost$/"]),
        delete: set(&["s3://one/checkpoints/"]),
        kms_keys: set(&["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]),
        ecr_repositories: set(&["arn:aws:ecr:eu-west-1:763104351884:repository/*"]),
        logs: true,
        metrics: true,
        metric_namespaces: set(&["Churn"]),
        vpc: true,
        model_registry: set(&["Churn", "fraud"]),
        pipelines: true,
        pipeline_job_prefixes: set(&["Churn-"]),
        lambda_functions: set(&["arn:aws:lambda:eu-west-1:123456789012:function:check"]),
        sqs_queues: set(&["arn:aws:sqs:eu-west-1:123456789012:callbacks"]),
        sns_topics: set(&["arn:aws:sns:eu-west-1:123456789012:predictions"]),
        secrets: set(&["arn:aws:secretsmanager:eu-west-1:123456789012:secret:git-AbCdEf"]),
        endpoints: set(&["digits"]),
        start_pipelines: set(&["Churn"]),
        start_stop_notebook_instances: set(&["Analysis"]),
        recreate_endpoints: set(&["Churn"]),
    }
}

#[test]
fn grants_are_recovered_from_the_policy() {
    let one_by_one = [
        Access { read: set(&["s3://one/data"]), ..nothing() },
        Access { logs: true, ..nothing() },
        Access { metrics: true, ..nothing() },
        Access { metric_namespaces: set(&["A", "B/*"]), ..nothing() },
        Access { pipelines: true, ..nothing() },
        Access { endpoints: set(&["Mixed-Case"]), ..nothing() },
        Access { start_pipelines: set(&["Mixed-Case"]), ..nothing() },
        Access { start_stop_notebook_instances: set(&["Mixed-Case"]), ..nothing() },
        Access { recreate_endpoints: set(&["Mixed-Case"]), ..nothing() },
    ];
    for access in one_by_one.into_iter().chain([everything()]) {
        let policy = compile(&access, FACTS).unwrap().unwrap();
        assert_eq!(decompile::access(&policy, FACTS), Some(access));
    }
}

#[test]
fn a_policy_of_other_making_is_not_taken_for_grants() {
    let policy = compile(&everything(), FACTS).unwrap().unwrap();
    for (from, to) in
        [("s3:GetObject", "s3:Get*"), ("\"Allow\"", "\"Deny\""), ("ReadObjects", "Other"), ("two/*", "two/x")]
    {
        assert!(policy.contains(from));
        assert_eq!(decompile::access(&policy.replace(from, to), FACTS), None, "{to}");
    }
    assert_eq!(decompile::access("[]", FACTS), None);
}
