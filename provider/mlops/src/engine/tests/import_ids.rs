//! The import IDs of every kind: its own, its ARN, and those that other tools have for it, told apart.

use tfplug::value::Value;

use super::Story;
use crate::engine::Declared;
use crate::engine::key::shown;
use crate::resources::DECLARED;
use crate::testing::ACCOUNT;

/// A value that each attribute of a key may have.
const VALUES: &[(&str, &str)] = &[
    ("name", "churn"),
    ("arn", "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"),
    ("metric", "AWS/SageMaker/ModelLatency/EndpointName=churn,VariantName=main/Average"),
    ("group_name", "default"),
    ("domain_id", "d-abcdefghijkl"),
    ("service_namespace", "sagemaker"),
    ("resource_id", "endpoint/churn/variant/main"),
    ("scalable_dimension", "sagemaker:variant:DesiredInstanceCount"),
];

/// IDs as other tools write them.
const WRITTEN: &[(&str, &str)] = &[
    ("mlops_autoscaling_target", "endpoint/churn/variant/main|sagemaker:variant:DesiredInstanceCount|sagemaker"),
    ("mlops_endpoint_autoscaling", "endpoint/churn/variant/main|sagemaker:variant:DesiredInstanceCount|sagemaker"),
    (
        "mlops_autoscaling_policy",
        "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:6d8972f3-efc8-437c-92d1-6270f29a66e7:resource/sagemaker/\
         endpoint/churn/variant/main:policyName/churn|sagemaker:variant:DesiredInstanceCount",
    ),
    ("mlops_pipeline_schedule", "churn"),
    ("mlops_studio_user_profile", "churn|d-abcdefghijkl"),
    ("mlops_budget", "123456789012:churn"),
];

fn values(declared: &Declared) -> Value {
    let mut values = Value::object(VALUES.iter().map(|(name, value)| (*name, Value::from(*value))));
    if declared.type_name() == "mlops_pipeline_execution" {
        let arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/hvry16to9gya";
        values.set_attribute("arn", Value::from(arn));
    }
    values
}

/// What an ID is taken for: the key's attributes.
fn taken(declared: &Declared, id: &str) -> Option<Vec<String>> {
    let state = declared.imported(None, id).ok()?;
    declared.key.attributes().map(|a| state.attribute(a).as_str().map(str::to_owned)).collect()
}

#[test]
fn every_form_of_an_id_is_taken_for_the_same_object() {
    for declared in DECLARED {
        let (kind, values) = (declared.type_name(), values(declared));
        let own = declared.key.id(&values).unwrap();
        let wanted: Vec<String> =
            declared.key.attributes().map(|a| values.attribute(a).as_str().unwrap().to_owned()).collect();
        let mut ids = vec![own.clone(), format!("{own}@us-east-1")];
        if declared.arn.names(&declared.key) {
            let region = if declared.arn.regional { "us-east-1" } else { "" };
            let resource = declared.arn.fill(&values).unwrap();
            ids.push(format!("arn:aws:{}:{region}:{ACCOUNT}:{resource}", declared.arn.service));
        }
        let written = WRITTEN.iter().filter(|(of, _)| *of == kind).map(|(_, id)| (*id).to_owned());
        let written: Vec<String> = written.collect();
        assert_eq!(written.len(), declared.other_ids.len(), "{kind}");
        ids.extend(written.iter().map(|id| format!("{id}@us-east-1")));
        ids.extend(written);
        for id in ids {
            assert_eq!(taken(declared, &id).as_ref(), Some(&wanted), "{kind}: {id}");
        }
    }
}

#[test]
fn an_id_that_is_of_no_form_is_refused_with_all_forms() {
    let of = |kind: &str| DECLARED.iter().find(|d| d.type_name() == kind).unwrap();
    for (kind, id) in [
        ("mlops_autoscaling_target", "endpoint/churn/variant/main|sagemaker:variant:DesiredInstanceCount"),
        ("mlops_autoscaling_target", "|sagemaker:variant:DesiredInstanceCount|sagemaker"),
        ("mlops_autoscaling_target", "endpoint/churn/variant/main|sagemaker:variant:Nothing|sagemaker"),
        ("mlops_pipeline_schedule", "a|b"),
        ("mlops_budget", ":churn"),
        ("mlops_budget", "123456789012:a:b"),
        ("mlops_model", "aws|churn"),
    ] {
        assert_eq!(taken(of(kind), id), None, "{kind}: {id}");
        let refused = of(kind).imported(None, id).unwrap_err();
        for form in of(kind).other_ids {
            assert!(refused.0[0].detail.contains(&shown(form)), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn an_id_that_names_another_account_is_refused() {
    let mut terraform = Story::new().await.terraform().await;
    let errors = terraform.import("mlops_budget", "210987654321:churn").await.errors();
    let told = &errors[0].detail;
    assert!(told.contains("belongs to the account 210987654321") && told.contains(ACCOUNT), "{told}");
}
