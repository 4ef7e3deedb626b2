use super::*;

fn stack(types: &[&str]) -> Stack {
    Stack {
        partition: "aws".to_owned(),
        account: "123456789012".to_owned(),
        regions: vec!["us-east-1".to_owned()],
        prefixes: vec!["Churn".to_owned()],
        types: (!types.is_empty()).then(|| types.iter().map(|t| (*t).to_owned()).collect()),
        ..Stack::default()
    }
}

/// Each action of the policy with its resources.
fn granted(stack: &Stack, access: Access) -> BTreeMap<String, BTreeSet<String>> {
    let texts = |value: &Value| -> Vec<String> {
        let each = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        each.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for statement in stack.statements(access) {
        for action in texts(&statement["Action"]) {
            all.entry(action).or_default().extend(texts(&statement["Resource"]));
        }
    }
    all
}

#[test]
fn a_model_needs_its_operations_on_models_of_its_name() {
    let all = granted(&stack(&["model"]), Access::Apply);
    let models = BTreeSet::from(["arn:aws:sagemaker:us-east-1:123456789012:model/churn*".to_owned()]);
    for action in ["CreateModel", "DescribeModel", "DeleteModel", "AddTags", "ListTags"] {
        assert_eq!(all.get(&format!("sagemaker:{action}")), Some(&models), "{action}");
    }
    assert_eq!(all["sagemaker:ListEndpoints"], BTreeSet::from(["*".to_owned()]));
    assert!(all["iam:PassRole"].contains("arn:aws:iam::123456789012:role/Churn*"));
    assert!(all["s3:PutObject"].contains("arn:aws:s3:::Churn*/*"), "its scripts");
    assert!(!all.keys().any(|action| action.contains("Endpoint") && action != "sagemaker:ListEndpoints"));
}

#[test]
fn whoever_plans_only_reads_and_whoever_destroys_creates_nothing() {
    let all = stack(&[]);
    let changes = ["Create", "Put", "Update", "Start", "Add", "Tag", "Attach", "Set", "Subscribe", "Register"];
    let named = |access: Access, verbs: &[&str]| -> Vec<String> {
        let actions = granted(&all, access).into_keys();
        actions.filter(|a| verbs.iter().any(|verb| a.split(':').nth(1).unwrap().starts_with(verb))).collect()
    };
    // A presigned URL is made while planning.
    let urls = ["sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl"];
    assert_eq!(named(Access::Plan, &changes), urls);
    assert_eq!(named(Access::Plan, &["Delete", "Stop", "Deregister", "PassRole"]), Vec::<String>::new());
    assert_eq!(named(Access::Destroy, &changes), [urls.as_slice(), &["sagemaker:UpdateTrainingJob"]].concat(),);
    assert!(named(Access::Destroy, &["Delete"]).len() > 30);
    let apply = granted(&all, Access::Apply);
    assert!(granted(&all, Access::Destroy).iter().all(|(a, on)| apply.get(a).is_some_and(|more| on.is_subset(more))));
}

/// Case N23: hashicorp/terraform-provider-aws#34397.
#[test]
fn interfaces_are_waited_for_by_who_destroys_and_deleted_only_if_asked() {
    let mut job = stack(&["training_job"]);
    let of = |job: &Stack, access| {
        let mut all = granted(job, access);
        ["ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface", "sagemaker:DeleteModelPackage"]
            .map(|action| all.remove(action).and_then(|on| on.into_iter().find(|arn| !arn.contains("training-job"))))
    };
    let anywhere = Some("*".to_owned());
    assert_eq!(of(&job, Access::Plan), [None, None, None]);
    assert_eq!(of(&job, Access::Query), [None, None, None]);
    assert_eq!(of(&job, Access::Destroy), [anywhere.clone(), None, None]);
    job.deletes_interfaces = true;
    job.deletes_model_packages = true;
    let interfaces = Some("arn:aws:ec2:us-east-1:123456789012:network-interface/*".to_owned());
    let packages = Some("arn:aws:sagemaker:us-east-1:123456789012:model-package/churn*".to_owned());
    assert_eq!(of(&job, Access::Apply), [anywhere, interfaces, packages]);
    assert_eq!(of(&job, Access::Plan), [None, None, None]);
    let without = Stack { deletes_interfaces: true, ..stack(&["pipeline"]) };
    assert_eq!(of(&without, Access::Apply), [None, None, None]);
    // What the declarations say and the table must be the same.
    let declared = DECLARED.iter().filter(|d| d.interfaces.is_some_and(|i| !i.subnets.is_empty()));
    let declared: BTreeSet<_> = declared.map(|d| (d.schema)().name.to_string()).collect();
    assert_eq!(declared, IN_VPC.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn only_who_scales_may_create_the_role_of_scaling() {
    let of = |types: &[&str], access| granted(&stack(types), access).remove("iam:CreateServiceLinkedRole");
    let role = "arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*";
    assert_eq!(of(&["endpoint_autoscaling"], Access::Apply), Some(BTreeSet::from([role.to_owned()])));
    assert_eq!(of(&["endpoint_autoscaling"], Access::Destroy), None);
    assert_eq!(of(&["endpoint"], Access::Apply), None);
}

#[test]
fn a_domain_needs_its_role_and_with_a_key_a_file_system() {
    let mut domain = stack(&["studio_domain"]);
    let role = "arn:aws:iam::123456789012:role/aws-service-role/sagemaker.amazonaws.com/*";
    let all = granted(&domain, Access::Apply);
    assert_eq!(all["iam:CreateServiceLinkedRole"], BTreeSet::from([role.to_owned()]));
    assert!(!all.contains_key("elasticfilesystem:CreateFileSystem"));
    for (action, on) in [("DeleteApp", "app"), ("DeleteSpace", "space"), ("DeleteUserProfile", "user-profile")] {
        let held = format!("arn:aws:sagemaker:us-east-1:123456789012:{on}/*");
        assert!(granted(&domain, Access::Destroy)[&format!("sagemaker:{action}")].contains(&held), "{action}");
    }
    assert!(all.contains_key("sagemaker:ListDomains") && !all.contains_key("sagemaker:CreateUserProfile"));
    domain.kms_key_arns = vec!["arn:aws:kms:us-east-1:123456789012:key/k".to_owned()];
    assert!(granted(&domain, Access::Apply).contains_key("elasticfilesystem:CreateFileSystem"));
    assert!(!granted(&domain, Access::Destroy).contains_key("elasticfilesystem:CreateFileSystem"));
}

#[test]
fn only_who_queries_may_list_models_and_it_changes_nothing() {
    let of = |access| granted(&stack(&["model", "notification_topic"]), access);
    let mut query = of(Access::Query);
    let anywhere = Some(BTreeSet::from(["*".to_owned()]));
    assert_eq!(query.remove("sagemaker:ListModels"), anywhere);
    assert_eq!(query.remove("sns:ListTopics"), anywhere);
    assert_eq!(query, of(Access::Plan), "and reads what a plan reads");
    for access in [Access::Plan, Access::Destroy, Access::Apply] {
        assert!(!of(access).contains_key("sagemaker:ListModels"), "{access:?}");
    }
}

#[test]
fn what_is_granted_everywhere_changes_little() {
    let everywhere = granted(&stack(&[]), Access::Apply).into_iter().filter(|(_, on)| on.contains("*"));
    let reads = ["Describe", "Get", "List", "View"];
    let changing: Vec<String> = everywhere
        .map(|(action, _)| action)
        .filter(|a| !reads.iter().any(|verb| a.split(':').nth(1).unwrap().starts_with(verb)))
        .filter(|a| !a.starts_with("application-autoscaling:"))
        .collect();
    assert_eq!(
        changing,
        [
            "cloudwatch:DeleteAnomalyDetector",
            "cloudwatch:PutAnomalyDetector",
            "sns:SetSubscriptionAttributes",
            "sns:Unsubscribe"
        ]
    );
}

#[test]
fn the_parts_fit_into_managed_policies_and_are_the_whole() {
    let mut all = stack(&[]);
    all.prefixes = (0..10).map(|i| format!("churn-of-team-{i}")).collect();
    let parts = all.policies(Access::Apply);
    let longest = parts.iter().map(|part| part.to_string().len()).max().unwrap();
    assert!(parts.len() > 1 && longest <= LONGEST, "{} parts, the longest of {longest} characters", parts.len());
    let pairs = |statements: Vec<Value>| -> BTreeSet<(String, String)> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let of = |s: &Value| {
            let resources = list(&s["Resource"]);
            let both = list(&s["Action"])
                .into_iter()
                .flat_map(move |a| resources.clone().into_iter().map(move |r| (a.to_string(), r.to_string())));
            both.collect::<Vec<_>>()
        };
        statements.iter().flat_map(of).collect()
    };
    let of_parts = parts.iter().flat_map(|part| part["Statement"].as_array().unwrap().clone()).collect();
    assert_eq!(pairs(of_parts), pairs(all.statements(Access::Apply)));
}

#[test]
fn the_table_names_what_there_is() {
    let known = names();
    let strange: Vec<&str> = BEYOND
        .iter()
        .flat_map(|(types, ..)| types.iter().copied())
        .filter(|name| *name != SCRIPTS && !known.contains(*name))
        .collect();
    assert_eq!(strange, Vec::<&str>::new());
}
