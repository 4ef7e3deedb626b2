//! Scripts as an input of a processing job, and what AWS fills in beside them.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::Value;

use super::fake::operation;
use super::{ROLE, Story};
use crate::testing::Terraform;

const JOB: &str = "mlops_processing_job";

fn job(terraform: &Terraform, code: &std::path::Path, more: Json) -> Value {
    let source = json!({ "s3_uri": "s3://bucket/in/", "local_path": "/opt/ml/processing/input/raw" });
    let output = json!({ "s3_uri": "s3://bucket/out/", "local_path": "/opt/ml/processing/out" });
    let mut config = json!({
        "name": "j",
        "role_arn": ROLE,
        "app_specification": { "image_uri": "i" },
        "source_code": { "directory": code, "entry_point": "main.py", "s3_uri": "s3://bucket/code/" },
        "processing_inputs": [{ "input_name": "raw", "s3_input": source }],
        "processing_output_config": { "outputs": [{ "output_name": "out", "s3_output": output }] },
        "processing_resources": { "cluster_config": { "instance_type": "ml.m5.large", "volume_size_in_gb": 1 } },
    });
    config.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(JOB, &config)
}

/// What the real service describes though it was not sent.
fn fill_in(job: &mut serde_json::Map<String, Json>) {
    for input in job["ProcessingInputs"].as_array_mut().unwrap() {
        input["AppManaged"] = json!(false);
        let source = input["S3Input"].as_object_mut().unwrap();
        for (member, default) in
            [("S3InputMode", "File"), ("S3DataDistributionType", "FullyReplicated"), ("S3CompressionType", "None")]
        {
            source.entry(member).or_insert(json!(default));
        }
    }
    job["ProcessingOutputConfig"]["Outputs"][0]["AppManaged"] = json!(false);
    job["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = json!(1);
}

#[tokio::test]
async fn what_aws_would_refuse_of_a_job_is_refused_in_the_plan() {
    let mut terraform = Story::new().await.terraform().await;
    let code = std::path::Path::new("code");
    let input = |more: Json| {
        let mut input = json!({ "input_name": "raw", "s3_input": { "s3_uri": "s3://bucket/in/" } });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        input
    };
    let store = json!({ "output_name": "out", "feature_store_output": { "feature_group_name": "f" } });
    let managed = input(json!({ "app_managed": true }));
    for (more, told) in [
        (json!({ "processing_inputs": [managed, input(json!({}))] }), "`local_path`"),
        (json!({ "processing_output_config": { "outputs": [store] } }), "`app_managed = true`"),
        (json!({ "processing_inputs": [input(json!({ "app_managed": true, "input_name": "code" }))] }), "another name"),
        (json!({ "processing_inputs": vec![managed.clone(); 10] }), "at most 10"),
    ] {
        let config = job(&terraform, code, more);
        let errors = terraform.validate(JOB, &config).await.errors();
        assert!(errors.len() == 1 && errors[0].detail.contains(told), "{told}: {errors:?}");
    }
    let config = job(&terraform, code, json!({ "processing_inputs": vec![managed.clone(); 9] }));
    terraform.validate(JOB, &config).await.good();
}

#[tokio::test]
async fn scripts_are_an_input_that_a_command_unpacks_and_nothing_of_it_is_drift() {
    let story = Story::new().await;
    let code = tempfile::tempdir().unwrap();
    std::fs::write(code.path().join("main.py"), "print()").unwrap();
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job(&terraform, code.path(), json!({})), None);
    let plan = terraform.plan(JOB, None, Some(&config)).await.good().unwrap();
    let outputs = Value::Map([("out".to_owned(), Value::from("s3://bucket/out/"))].into());
    assert_eq!(plan.value.attribute("output_uris"), &outputs, "known in the plan");
    for sent in ["processing_inputs", "processing_output_config", "processing_resources"] {
        let planned = plan.value.attribute(sent);
        assert!(planned.is_wholly_known(), "what AWS fills in is no noise in the plan: {planned:?}");
    }
    let uri = plan.value.attribute("source_code").attribute("uri").as_str().unwrap().to_owned();
    story.aws.stub.take();
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    let asked = story.aws.stub.take();
    assert!(asked.iter().any(|a| a.method == "PUT" && uri.ends_with(a.path.split('?').next().unwrap())), "{uri}");
    let created = asked.iter().find(|a| operation(a) == "CreateProcessingJob").unwrap();
    let sent: Json = serde_json::from_slice(&created.body).unwrap();
    let input = &sent["ProcessingInputs"][1];
    assert_eq!((&input["InputName"], &input["S3Input"]["S3Uri"]), (&json!("code"), &json!(uri)));
    assert_eq!(
        sent["AppSpecification"]["ContainerEntrypoint"].as_array().unwrap()[4..],
        [json!("python3"), json!("main.py")]
    );
    assert!(input.get("AppManaged").is_none(), "what AWS fills in is not sent: {input}");
    story.aws.with(|s| s.objects.values_mut().for_each(fill_in));
    assert_eq!(terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    let value = &state.as_ref().unwrap().value;
    assert_eq!(value.attribute("processing_inputs").as_elements().map(<[Value]>::len), Some(1));
    assert!(value.attribute("app_specification").attribute("container_entrypoint").is_null());
    let imported = terraform.import(JOB, "j").await.good().unwrap();
    assert_eq!(imported.value.attribute("source_code").attribute("uri"), &Value::from(uri));
    let plan = terraform.plan(JOB, Some(&imported), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update, "only what is local is not known: {plan:?}");
    let own = job(
        &terraform,
        code.path(),
        json!({ "app_specification": { "image_uri": "i", "container_entrypoint": ["python3", "-u"] } }),
    );
    let plan = terraform.plan(JOB, state.as_ref(), Some(&own)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace, "a command of the user's own runs another job");
}

#[tokio::test]
async fn a_job_without_outputs_is_imported_without_a_change() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let without = json!({ "source_code": null, "processing_output_config": null });
    let config = job(&terraform, std::path::Path::new("code"), without);
    terraform.run(JOB, &mut None, Some(&config)).await.good();
    let imported = terraform.import(JOB, "j").await.good().unwrap();
    let plan = terraform.plan(JOB, Some(&imported), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp, "{plan:?}");
}
