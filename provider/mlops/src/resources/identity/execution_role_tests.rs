//! The life of a role against a fake IAM, driven as Terraform drives it.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State};
use tfplug::value::{Path, Value};

use super::execution_role::ExecutionRoleResource;
use super::fake_iam::{self, FakeRole, Fault, Roles, changes};
use crate::aws::client::Settings;
use crate::testing::{Offer, Stub, Terraform, terraform};

const ROLE: &str = "mlops_execution_role";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const FOREIGN: &str = "arn:aws:iam::123456789012:policy/foreign";
const EXTRA: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;

struct Bench {
    stub: Stub,
    roles: Roles,
    terraform: Terraform,
    state: Option<State>,
    name: &'static str,
}

impl Bench {
    /// `name` must be the test's own: two resources of one process cannot have one name.
    async fn new(name: &'static str) -> Self {
        Self::failing(name, &[]).await
    }

    async fn failing(name: &'static str, faults: &[Fault]) -> Self {
        let settings = |s: &mut Settings| drop(s.default_tags.insert("team".to_owned(), "ml".to_owned()));
        Self::with(name, faults, Some(settings)).await
    }

    async fn with(name: &'static str, faults: &[Fault], settings: Option<fn(&mut Settings)>) -> Self {
        let (stub, roles) = fake_iam::start(faults).await;
        let offer = Offer { resources: Some(|| vec![Box::new(ExecutionRoleResource)]), settings, ..Offer::default() };
        let terraform = terraform(&stub.url, offer).await;
        Self { stub, roles, terraform, state: None, name }
    }

    fn config(&self, json: &Json) -> Value {
        self.terraform.config(ROLE, json)
    }

    /// Applies; the changes that were made in AWS.
    async fn apply(&mut self, json: &Json) -> Vec<String> {
        let config = self.config(json);
        self.stub.take();
        self.terraform.run(ROLE, &mut self.state, Some(&config)).await.good();
        changes(&self.stub)
    }

    /// Reads and plans; what would change.
    async fn plan(&mut self, json: &Json) -> Vec<String> {
        let config = self.config(json);
        let state = self.state.take().unwrap();
        self.state = self.terraform.refresh(ROLE, &state).await.good();
        let plan = self.terraform.plan(ROLE, self.state.as_ref(), Some(&config)).await.good().unwrap();
        let Value::Object(planned) = &plan.value else { panic!("{plan:?}") };
        let prior = &self.state.as_ref().unwrap().value;
        let changed: Vec<String> =
            planned.iter().filter(|(name, v)| prior.attribute(name) != *v).map(|(name, _)| name.clone()).collect();
        assert_eq!(changed.is_empty(), plan.change == Change::NoOp, "{changed:?} {:?}", plan.change);
        changed
    }

    fn behind_its_back(&self, change: impl Fn(&mut FakeRole)) {
        change(self.roles.lock().unwrap().values_mut().next().unwrap());
    }

    fn role(&self) -> FakeRole {
        self.roles.lock().unwrap()[self.name].clone()
    }

    fn value(&self) -> &Value {
        &self.state.as_ref().unwrap().value
    }

    fn full(&self) -> Json {
        json!({
            "name": self.name,
            "path": "/ml/",
            "description": "Trains",
            "max_session_duration": 7200,
            "permissions_boundary": "arn:aws:iam::123456789012:policy/boundary",
            "trusted_services": ["lambda.amazonaws.com"],
            "access": { "read": ["s3://data-bucket/train/"], "pipelines": true },
            "managed_policy_arns": [READ_ONLY],
            "inline_policies": { "extra": EXTRA },
            "tags": { "owner": "me" },
        })
    }
}

#[tokio::test]
async fn everything_but_what_iam_decides_is_known_in_the_plan() {
    let mut bench = Bench::new("role-a").await;
    let config = bench.config(&bench.full());
    let plan = bench.terraform.plan(ROLE, None, Some(&config)).await.good().unwrap();
    let Value::Object(planned) = &plan.value else { panic!("{plan:?}") };
    let unknown: Vec<&str> = planned.iter().filter(|(_, v)| !v.is_wholly_known()).map(|(k, _)| k.as_str()).collect();
    assert_eq!(unknown, ["create_date", "unique_id"]);
    assert_eq!(plan.value.attribute("arn"), &Value::from(format!("arn:aws:iam::123456789012:role/ml/{}", bench.name)));
    let policy = plan.value.attribute("policy_json").as_str().unwrap();
    assert!(
        policy.contains("arn:aws:s3:::data-bucket/train/*") && policy.contains(&format!("role/ml/{}", bench.name)),
        "{policy}"
    );
    let trust = plan.value.attribute("assume_role_policy_json").as_str().unwrap();
    assert!(trust.contains(r#"["lambda.amazonaws.com","sagemaker.amazonaws.com"]"#), "{trust}");
    assert!(trust.contains(r#""aws:SourceAccount":["123456789012"]"#), "{trust}");
    assert!(bench.stub.take().is_empty(), "planning asks AWS nothing");
}

#[tokio::test]
async fn a_generated_name_and_unknown_grants_leave_only_what_depends_on_them_unknown() {
    let mut bench = Bench::new("role-b").await;
    let mut config = bench.config(&json!({ "name_prefix": "train-", "access": {} }));
    let plan = bench.terraform.plan(ROLE, None, Some(&config)).await.good().unwrap();
    assert!(plan.value.attribute("name").is_unknown() && plan.value.attribute("arn").is_unknown());
    assert!(plan.value.attribute("policy_json").as_str().is_some(), "logs and metrics do not need the name");

    let read = Path::parse("access.read");
    *config.at_mut(&read).unwrap() = Value::Set(vec!["s3://known-bucket".into(), Value::unknown()]);
    let plan = bench.terraform.plan(ROLE, None, Some(&config)).await.good().unwrap();
    assert!(plan.value.attribute("policy_json").is_unknown());
    assert!(plan.value.attribute("assume_role_policy_json").as_str().is_some());
}

#[tokio::test]
async fn creates_with_all_parts_and_then_plans_nothing() {
    let mut bench = Bench::new("role-c").await;
    let made = bench.apply(&bench.full()).await;
    assert_eq!(made, ["CreateRole", "PutRolePolicy", "PutRolePolicy", "AttachRolePolicy"]);
    let role = bench.role();
    assert_eq!(role.inline["mlops-access"], bench.value().attribute("policy_json").as_str().unwrap().trim_start());
    assert_eq!(role.inline["extra"], EXTRA);
    assert_eq!((role.path.as_str(), role.description.as_str()), ("/ml/", "Trains"));
    assert_eq!(role.max_session_duration, "7200");
    assert_eq!(role.boundary.as_deref(), Some("arn:aws:iam::123456789012:policy/boundary"));
    assert_eq!(role.tags, [("owner", "me"), ("team", "ml")].map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    assert_eq!(bench.value().attribute("create_date"), &Value::from("2026-01-02T03:04:05Z"));
    assert!(bench.plan(&bench.full()).await.is_empty());
    assert!(bench.apply(&bench.full()).await.is_empty());
}

#[tokio::test]
async fn an_existing_role_is_an_error_that_tells_how_to_import() {
    let mut bench = Bench::new("role-d").await;
    let theirs = || FakeRole { path: "/".into(), max_session_duration: "3600".into(), ..FakeRole::default() };
    bench.roles.lock().unwrap().insert(bench.name.to_owned(), theirs());
    let config = bench.config(&bench.full());
    let errors = bench.terraform.run(ROLE, &mut bench.state, Some(&config)).await.errors();
    assert_eq!(errors[0].path, Path::of("name"));
    assert!(
        errors[0].detail.contains(&format!("terraform import mlops_execution_role.NAME {}", bench.name)),
        "{}",
        errors[0].detail
    );
    assert!(bench.state.is_none());
    assert_eq!(bench.role(), theirs(), "it is left alone");
}

#[tokio::test]
async fn a_create_that_fails_half_way_is_in_the_state_and_can_be_destroyed() {
    let mut bench = Bench::failing("role-m", &[("AttachRolePolicy", "AccessDenied", usize::MAX)]).await;
    let config = bench.config(&bench.full());
    let errors = bench.terraform.run(ROLE, &mut bench.state, Some(&config)).await.errors();
    let said = format!("{}: {}", errors[0].summary, errors[0].detail);
    for part in ["attach the policy", READ_ONLY, bench.name, "AccessDenied", "r-1"] {
        assert!(said.contains(part), "{said}");
    }
    let state = bench.state.as_ref().unwrap();
    assert!(state.tainted);
    assert_eq!(state.value.attribute("unique_id"), &Value::from("AROA1"));
    bench.terraform.run(ROLE, &mut bench.state, None).await.good();
    assert!(bench.roles.lock().unwrap().is_empty());
}

#[tokio::test]
async fn drift_is_shown_at_its_attribute_and_mended() {
    type Change = fn(&mut FakeRole);
    let drifts: [(&[&str], Change); 9] = [
        (&["description"], |r| r.description = "Other".into()),
        (&["max_session_duration"], |r| r.max_session_duration = "3600".into()),
        (&["permissions_boundary"], |r| r.boundary = None),
        (&["managed_policy_arns"], |r| r.attached.clear()),
        (&["inline_policies"], |r| drop(r.inline.remove("extra"))),
        (&["policy_json"], |r| drop(r.inline.remove("mlops-access"))),
        (&["policy_json"], |r| drop(r.inline.insert("mlops-access".into(), EXTRA.into()))),
        (&["assume_role_policy_json"], |r| r.trust = EXTRA.into()),
        (&["tags", "tags_all"], |r| drop(r.tags.insert("owner".into(), "you".into()))),
    ];
    let mut bench = Bench::new("role-e").await;
    bench.apply(&bench.full()).await;
    let good = bench.role();
    for (attributes, drift) in drifts {
        bench.behind_its_back(drift);
        assert_eq!(bench.plan(&bench.full()).await, attributes);
        let made = bench.apply(&bench.full()).await;
        assert_eq!(made.len(), 1, "only that is changed: {made:?}");
        assert_eq!(bench.role(), good, "{attributes:?}");
    }
}

#[tokio::test]
async fn other_spellings_and_other_peoples_policies_are_no_drift() {
    let mut bench = Bench::new("role-f").await;
    bench.apply(&bench.full()).await;
    bench.behind_its_back(|role| {
        let respelt = serde_json::to_string_pretty(&serde_json::from_str::<Json>(EXTRA).unwrap()).unwrap();
        role.inline.insert("extra".to_owned(), respelt.replace("\"s3:ListAllMyBuckets\"", "[\"s3:listallmybuckets\"]"));
        let compact = role.inline["mlops-access"].replace("[\"s3:GetObject\"]", "\"s3:GetObject\"");
        role.inline.insert("mlops-access".to_owned(), compact);
        role.attached.insert(FOREIGN.to_owned());
        role.inline.insert("foreign".to_owned(), EXTRA.to_owned());
    });
    assert!(bench.plan(&bench.full()).await.is_empty());
}

#[tokio::test]
async fn an_update_touches_only_what_changed() {
    let steps: [(&str, Json, &[&str]); 9] = [
        ("/description", json!("New"), &["UpdateRole"]),
        ("/permissions_boundary", Json::Null, &["DeleteRolePermissionsBoundary"]),
        ("/source_account_condition", json!(false), &["UpdateAssumeRolePolicy"]),
        ("/access/write", json!(["s3://data-bucket/out/"]), &["PutRolePolicy"]),
        ("/access", Json::Null, &["DeleteRolePolicy"]),
        ("/managed_policy_arns", json!([FOREIGN]), &["AttachRolePolicy", "DetachRolePolicy"]),
        ("/inline_policies", json!({ "other": EXTRA }), &["PutRolePolicy", "DeleteRolePolicy"]),
        ("/tags", json!({ "owner": "you", "new": "x" }), &["TagRole"]),
        ("/tags", Json::Null, &["UntagRole"]),
    ];
    let mut bench = Bench::new("role-g").await;
    let mut config = bench.full();
    bench.apply(&config).await;
    for (pointer, value, wanted) in steps {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        config.pointer_mut(parent).unwrap()[key] = value;
        assert_eq!(bench.apply(&config).await, wanted, "{pointer}");
        assert!(bench.plan(&config).await.is_empty(), "{pointer}");
    }
}

#[tokio::test]
async fn a_failed_update_keeps_what_took_effect() {
    let mut bench = Bench::failing("role-n", &[("TagRole", "AccessDenied", usize::MAX)]).await;
    bench.apply(&bench.full()).await;
    let mut config = bench.full();
    config["description"] = json!("New");
    config["tags"] = json!({ "owner": "you" });
    let value = bench.config(&config);
    bench.terraform.run(ROLE, &mut bench.state, Some(&value)).await.errors();
    assert_eq!(bench.value().attribute("description"), &Value::from("New"));
    assert_eq!(bench.value().attribute("tags").attribute("owner"), &Value::from("me"));
    assert!(!bench.state.as_ref().unwrap().tainted);
}

#[tokio::test]
async fn destroying_is_refused_for_what_others_attached_and_takes_nothing_away() {
    let mut bench = Bench::new("role-h").await;
    let mut config = bench.full();
    bench.apply(&config).await;
    bench.behind_its_back(|role| {
        role.attached.insert(FOREIGN.to_owned());
        role.inline.insert("foreign".to_owned(), EXTRA.to_owned());
        role.profiles.insert("notebooks".to_owned());
    });
    bench.stub.take();
    let errors = bench.terraform.run(ROLE, &mut bench.state, None).await.errors();
    for part in
        [FOREIGN, "inline policy foreign", "instance profile notebooks", "force_detach_policies", "DeleteConflict"]
    {
        assert!(errors[0].detail.contains(part), "{}", errors[0].detail);
    }
    assert!(!errors[0].detail.contains(READ_ONLY), "its own policies do not stand in the way");
    assert!(changes(&bench.stub).is_empty());
    assert!(bench.state.is_some());

    config["force_detach_policies"] = json!(true);
    assert!(bench.apply(&config).await.is_empty(), "the switch alone changes nothing in AWS");
    bench.terraform.run(ROLE, &mut bench.state, None).await.good();
    assert!(bench.roles.lock().unwrap().is_empty() && bench.state.is_none());
}

#[tokio::test]
async fn without_the_account_its_policies_are_known_after_the_apply() {
    let mut bench = Bench::with("role-no-account", &[], Some(|s| s.account_id = None)).await;
    let config = bench.config(&bench.full());
    let plan = bench.terraform.plan(ROLE, None, Some(&config)).await.good().unwrap();
    for attribute in ["arn", "policy_json", "assume_role_policy_json"] {
        assert!(plan.value.attribute(attribute).is_unknown(), "{attribute}");
    }
    assert!(bench.stub.take().is_empty(), "planning asks AWS nothing");
    bench.apply(&bench.full()).await;
    let role = bench.role();
    assert!(role.trust.contains("123456789012") && role.inline["mlops-access"].contains("role/ml/role-no-account"));
    assert!(bench.plan(&bench.full()).await.is_empty(), "the state tells the account from now on");
}

#[tokio::test]
async fn what_is_not_seen_everywhere_yet_is_tried_again() {
    let faults = [
        ("PutRolePolicy", "NoSuchEntity", 1),
        ("AttachRolePolicy", "ConcurrentModification", 1),
        ("DeleteRole", "DeleteConflict", 1),
    ];
    let mut bench = Bench::failing("role-propagation", &faults).await;
    let made = bench.apply(&bench.full()).await;
    assert_eq!(made.iter().filter(|a| *a == "PutRolePolicy").count(), 3, "{made:?}");
    assert_eq!(made.iter().filter(|a| *a == "AttachRolePolicy").count(), 2, "{made:?}");
    bench.terraform.run(ROLE, &mut bench.state, None).await.good();
    assert!(bench.roles.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_imported_role_with_other_spellings_plans_nothing() {
    let mut bench = Bench::new("role-respelt").await;
    bench.apply(&bench.full()).await;
    bench.behind_its_back(|role| {
        for document in role.inline.values_mut().chain([&mut role.trust]) {
            *document = serde_json::to_string_pretty(&serde_json::from_str::<Json>(document).unwrap()).unwrap();
        }
    });
    bench.state = bench.terraform.import(ROLE, bench.name).await.good();
    assert!(bench.plan(&bench.full()).await.is_empty());
}

#[tokio::test]
async fn a_role_that_is_gone_leaves_the_state() {
    let mut bench = Bench::new("role-i").await;
    bench.apply(&bench.full()).await;
    let state = bench.state.clone().unwrap();
    bench.roles.lock().unwrap().clear();
    assert!(bench.terraform.refresh(ROLE, &state).await.good().is_none());
    bench.state = Some(state);
    bench.terraform.run(ROLE, &mut bench.state, None).await.good();
}

#[tokio::test]
async fn an_imported_role_plans_nothing() {
    let mut bench = Bench::new("role-j").await;
    bench.apply(&bench.full()).await;
    for imported in [
        bench.terraform.import(ROLE, bench.name).await.good(),
        bench.terraform.import_by_identity(ROLE, &Value::object([("name", Value::from(bench.name))])).await.good(),
    ] {
        let state = bench.terraform.refresh(ROLE, &imported.unwrap()).await.good();
        assert_eq!(&state.as_ref().unwrap().value, bench.value());
        let config = bench.config(&bench.full());
        let plan = bench.terraform.plan(ROLE, state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp);
    }
}

#[tokio::test]
async fn an_imported_role_with_a_generated_name_takes_over_the_prefix_and_nothing_else() {
    let mut bench = Bench::with("", &[], None).await;
    let config = json!({ "name_prefix": "generated-", "access": { "pipelines": true } });
    bench.apply(&config).await;
    let name = bench.value().attribute("name").as_str().unwrap().to_owned();
    assert!(name.starts_with("generated-") && name.len() == 36, "{name}");
    assert!(bench.value().attribute("policy_json").as_str().unwrap().contains(&name));
    bench.state = bench.terraform.import(ROLE, &name).await.good();
    assert_eq!(bench.plan(&config).await, ["name_prefix"]);
    let named = json!({ "name": name, "access": { "pipelines": true } });
    assert!(bench.plan(&named).await.is_empty(), "what an import writes into a generated configuration");
}

#[tokio::test]
async fn name_path_and_prefix_need_a_new_role() {
    let mut bench = Bench::new("role-k").await;
    bench.apply(&bench.full()).await;
    for (key, value) in [("name", "other"), ("path", "/")] {
        let mut config = bench.full();
        config[key] = json!(value);
        let config = bench.config(&config);
        let plan = bench.terraform.plan(ROLE, bench.state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!((plan.change, plan.requires_replace), (Change::Replace, vec![Path::of(key)]));
    }
    let mut config = bench.full();
    config["name"] = Json::Null;
    for (prefix, change) in [("role-", Change::Update), ("other-", Change::Replace)] {
        config["name_prefix"] = json!(prefix);
        let config = bench.config(&config);
        let plan = bench.terraform.plan(ROLE, bench.state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, change, "{prefix}");
    }
    config["name_prefix"] = json!("role-");
    assert!(bench.apply(&config).await.is_empty(), "a prefix that fits is only noted");
}

#[tokio::test]
async fn bad_input_is_refused_at_its_attribute_before_any_call() {
    let mut bench = Bench::new("role-l").await;
    let long: Vec<String> =
        (0..400).map(|i| format!("s3://data-bucket/a-rather-long-folder-name/number-{i}/")).collect();
    for (config, path, says) in [
        (json!({ "name": "a b" }), "name", "1 to 64"),
        (json!({ "name": "a", "name_prefix": "b" }), "", "name_prefix"),
        (json!({ "path": "ml" }), "path", "begins and ends with a slash"),
        (json!({ "permissions_boundary": "boundary" }), "permissions_boundary", "managed IAM policy"),
        (json!({ "trusted_services": ["lambda"] }), "trusted_services", "lambda.amazonaws.com"),
        (json!({ "access": { "read": ["data-bucket/a"] } }), "access.read", "S3 URI"),
        (json!({ "access": { "kms_keys": ["alias/a"] } }), "access.kms_keys", "not of an alias"),
        (json!({ "access": { "read": long } }), "access", "10240 characters"),
        (json!({ "inline_policies": { "a": "{" } }), "inline_policies[\"a\"]", "JSON"),
        (json!({ "inline_policies": { "a": "[]" } }), "inline_policies[\"a\"]", "`Statement`"),
        (json!({ "access": { "read": ["s3://data-bucket/日本/"] } }), "access", "'日'"),
        (json!({ "inline_policies": { "mlops-access": EXTRA } }), "inline_policies[\"mlops-access\"]", "`access`"),
        (json!({ "inline_policies": { "a/b": EXTRA } }), "inline_policies[\"a/b\"]", "1 to 128"),
        (json!({ "max_session_duration": 60 }), "max_session_duration", "3600"),
    ] {
        let value = bench.config(&config);
        let errors = bench.terraform.run(ROLE, &mut bench.state, Some(&value)).await.errors();
        let error = &errors[0];
        assert!(error.path.to_string().starts_with(path), "{config}: {error}");
        assert!(error.to_string().contains(says), "{config}: {error}");
        assert!(bench.stub.take().is_empty() && bench.state.is_none(), "{config}");
    }
}
