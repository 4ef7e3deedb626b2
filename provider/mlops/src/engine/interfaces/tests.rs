use super::*;

#[test]
fn a_description_names_an_object_where_names_stand() {
    for (noun, description, name, is) in [
        (
            "notebook instance",
            "[Do not delete] Network Interface created to access resources in your VPC for SageMaker Notebook Instance churn",
            "churn",
            true,
        ),
        (
            "domain",
            "[DO NOT DELETE] ENI managed by SageMaker for Studio Domain(d-g7djlrunxivy) - a09d795d",
            "d-g7djlrunxivy",
            true,
        ),
        ("endpoint", "ENI managed by SageMaker for endpoint Churn-1 ", "churn-1", true),
        ("endpoint", "ENI managed by SageMaker for churn-1/main", "churn-1", true),
        ("endpoint", "ENI managed by SageMaker for endpoint churn-10", "churn-1", false),
        ("endpoint", "ENI managed by SageMaker for endpoint old-churn-1", "churn-1", false),
        ("training job", "ENI managed by SageMaker for training job churn", "job", false),
        ("training job", "ENI managed by SageMaker for training job job", "job", true),
        ("training job", "ENI managed by SageMaker for endpoint churn", "churn", false),
        ("endpoint", "ENI managed by SageMaker for endpoint my-training", "my-training", true),
        ("model", "ENI managed by SageMaker for endpoint churn", "churn", false),
        ("endpoint", "SageMaker", "", false),
    ] {
        assert_eq!(is_named(&description.to_ascii_lowercase(), noun, name), is, "{noun} {name}: {description}");
    }
}

fn watch(names: &[&str]) -> Watch {
    Watch {
        of: crate::resources::training::training_job::TRAINING_JOB.interfaces.unwrap(),
        groups: vec!["sg-1".to_owned()],
        subnets: vec!["subnet-1".to_owned()],
        names: names.iter().map(|name| ("endpoint", (*name).to_owned())).collect(),
        id: Some("eni-known".to_owned()),
        created: Some(1_700_000_000_000),
        deletes: false,
        refused: None,
        used: BTreeSet::new(),
        unnamed: (BTreeMap::new(), Duration::ZERO),
    }
}

#[test]
fn what_sagemaker_did_not_make_or_made_for_others_is_never_the_objects() {
    let watch = watch(&["churn"]);
    let owner = |id: &str, requester: &str, description: &str, attached: &str| {
        watch.owner(&NetworkInterface {
            id: id.to_owned(),
            requester_id: requester.to_owned(),
            description: description.to_owned(),
            attached: attached.to_owned(),
            ..NetworkInterface::default()
        })
    };
    let later = "2024-01-01T00:00:00.000Z";
    assert_eq!(owner("eni-known", "", "", ""), Owner::Own, "AWS told its ID");
    assert_eq!(owner("eni-1", "AROA:SageMaker", "churn", later), Owner::Own);
    assert_eq!(owner("eni-1", "123456789012", "SageMaker endpoint churn", later), Owner::Own);
    assert_eq!(owner("eni-1", "amazon-rds", "database churn", later), Owner::Other);
    assert_eq!(owner("eni-1", "AROA:SageMaker", "ENI for endpoint other", later), Owner::Other);
    assert_eq!(owner("eni-1", "AROA:SageMaker", "", later), Owner::Unnamed);
    assert_eq!(owner("eni-1", "AROA:SageMaker", "", ""), Owner::Unnamed);
    assert_eq!(owner("eni-1", "AROA:SageMaker", "", "2001-01-01T00:00:00.000Z"), Owner::Other, "from before");
}

#[test]
fn patience_with_those_that_name_nobody_ends_when_nothing_happens() {
    let mut watch = watch(&[]);
    let with = |status: &str| NetworkInterface {
        id: "eni-1".to_owned(),
        status: status.to_owned(),
        ..NetworkInterface::default()
    };
    let (used, available) = (with("in-use"), with("available"));
    let at = |seconds| Duration::from_secs(seconds);
    assert!(!watch.is_idle(&[&used], at(10)));
    assert!(!watch.is_idle(&[&used], at(129)));
    assert!(!watch.is_idle(&[&available], at(131)), "something happened");
    assert!(!watch.is_idle(&[&available], at(250)));
    assert!(watch.is_idle(&[&available], at(251)));
}

#[test]
fn networks_are_found_in_lists_too() {
    let config = |id: &str| Value::object([("subnets", Value::List(vec![Value::from(id)]))]);
    let vpc = |id: &str| Value::object([("vpc_config", config(id))]);
    let job =
        Value::object([("definitions", Value::List(vec![vpc("subnet-1"), vpc("subnet-2")])), ("one", Value::Null)]);
    let mut found = BTreeSet::new();
    texts_at(&job, "definitions.vpc_config.subnets", &mut found);
    texts_at(&job, "one.vpc_config.subnets", &mut found);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["subnet-1", "subnet-2"]);
}
