//! What the declarations say beyond the schemas: the operations of AWS's APIs, and what an import does not find.

use std::collections::BTreeSet;

use tfplug::docs::{Kind, Supplement};
use tfplug::schema::{Attribute, Schema};

use crate::engine::{Declared, Delete};
use crate::resources::DECLARED;

/// The API reference of each service.
const REFERENCES: &[(&str, &str)] = &[
    ("Application Auto Scaling", "autoscaling/application/APIReference"),
    ("Budgets", "aws-cost-management/latest/APIReference/API_budgets_"),
    ("CloudWatch", "AmazonCloudWatch/latest/APIReference"),
    ("CloudWatch Logs", "AmazonCloudWatchLogs/latest/APIReference"),
    ("EventBridge", "eventbridge/latest/APIReference"),
    ("IAM", "IAM/latest/APIReference"),
    ("S3", "AmazonS3/latest/API"),
    ("SNS", "sns/latest/api"),
    ("SageMaker", "sagemaker/latest/APIReference"),
    ("Scheduler", "scheduler/latest/APIReference"),
];

/// The operations of the resources that are not declared.
const CODED: &[(&str, &str, &[&str])] = &[
    ("bucket_layout", "S3", &["CreateBucket", "PutBucketPolicy", "PutBucketLifecycleConfiguration", "DeleteBucket"]),
    ("dataset", "S3", &["PutObject", "CopyObject", "PutObjectTagging", "ListObjectsV2", "DeleteObjects"]),
    ("endpoint_alarms", "CloudWatch", &["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"]),
    ("execution_role", "IAM", &["CreateRole", "GetRole", "PutRolePolicy", "DeleteRole"]),
];

/// What a page says beyond its schema.
pub(super) fn supplement(kind: Kind, schema: &Schema) -> Supplement {
    if kind == Kind::ListResource {
        let listed = DECLARED.iter().filter(|declared| (declared.schema)().name == schema.name);
        let operations = listed.filter_map(|declared| Some(declared.list?.operation));
        let references = operations.map(|operation| reference(operation.service, operation.name)).collect();
        return Supplement { unread: Vec::new(), references };
    }
    if kind != Kind::Resource {
        return Supplement::default();
    }
    match DECLARED.iter().find(|declared| (declared.schema)().name == schema.name) {
        Some(declared) => Supplement { unread: unread(declared), references: operations(declared) },
        None => {
            let coded = CODED.iter().filter(|(name, ..)| *name == schema.name);
            let all = coded.flat_map(|(_, service, names)| names.iter().map(|name| reference(service, name)));
            Supplement { unread: Vec::new(), references: all.collect() }
        }
    }
}

/// The configurable attributes that AWS does not return, and that no default stands for.
fn unread(declared: &Declared) -> Vec<String> {
    let object = &(declared.schema)().object;
    let known = ["name", "name_prefix", "region", "timeouts"];
    let local = |a: &&Attribute| {
        a.provider_only && a.mode.is_configurable() && a.default.is_none() && !known.contains(&a.name.as_ref())
    };
    let key: BTreeSet<&str> = declared.key.attributes().collect();
    let local = object.attributes.iter().filter(local).map(|a| a.name.as_ref()).filter(|name| !key.contains(name));
    // What the last update was sent is described beside what is in force, and an import shows it.
    let shown = |name: &&str| !declared.described_as.iter().any(|(attribute, _)| attribute == name);
    let local = local.filter(|name| declared.versions.as_ref().is_none_or(|versions| versions.of != *name));
    let all: BTreeSet<&str> = local.chain(declared.not_described.iter().copied().filter(shown)).collect();
    all.into_iter().map(str::to_owned).collect()
}

fn operations(declared: &Declared) -> Vec<(String, String)> {
    let mut all = vec![declared.create.operation, declared.read.operation];
    all.extend(declared.updates.iter().map(|by| by.operation));
    all.extend(declared.collections.iter().map(|collection| collection.write));
    if let Delete::By(by) = &declared.delete {
        all.push(by.operation);
    }
    all.extend(declared.versions.iter().map(|versions| versions.kind.create.operation));
    let mut references: Vec<_> = Vec::new();
    for operation in all {
        let one = reference(operation.service, operation.name);
        if !references.contains(&one) {
            references.push(one);
        }
    }
    references
}

fn reference(service: &str, operation: &str) -> (String, String) {
    let found = REFERENCES.iter().find(|(name, _)| *name == service);
    // Where a reference is that of several services, the names of its pages begin with the service's.
    let (place, page) = found.map_or(("", ""), |(_, place)| place.split_once("/API_").unwrap_or((place, "")));
    (format!("{service} {operation}"), format!("https://docs.aws.amazon.com/{place}/API_{page}{operation}.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_leads_to_the_reference_of_its_api() {
        for resource in crate::resources::all() {
            let schema = resource.schema();
            let Supplement { references, .. } = supplement(Kind::Resource, &schema);
            assert!(references.len() >= 2, "{}: {references:?}", schema.name);
            let lost: Vec<_> = references.iter().filter(|(_, url)| url.contains(".com//")).collect();
            assert!(lost.is_empty(), "{}: no reference of the service in the table: {lost:?}", schema.name);
        }
    }

    #[test]
    fn what_an_import_does_not_find_is_told_of_what_is_declared_so() {
        let of = |name: &str| {
            let all = crate::resources::all().into_iter().map(|resource| resource.schema());
            let schema = all.into_iter().find(|schema| schema.name == name).unwrap();
            supplement(Kind::Resource, &schema).unread
        };
        assert_eq!(of("endpoint_configuration"), Vec::<String>::new());
        assert!(
            !of("endpoint").contains(&"deployment_config".to_owned()),
            "an import shows what the last update was sent"
        );
        assert!(of("endpoint").contains(&"retain_deployment_config".to_owned()));
        assert_eq!(of("training_job"), ["session_chaining_config", "source_code", "triggers"]);
    }
}
