//! What is rendered, and that each mistake is found at its attribute, also where other values are not known yet.

use serde_json::{Value as Json, json};
use tfplug::diag::Severity;
use tfplug::value::{Path, Value};

use super::{OBJECTS, PipelineDefinitionSource, rendered};
use crate::functions;
use crate::testing::{Offer, terraform};

/// The result of a function of the provider.
fn call(name: &str, arguments: &[&str]) -> Json {
    let function = functions::all().into_iter().find(|f| f.signature().name == name).unwrap();
    let value = function.call(arguments.iter().map(|a| Value::from(*a)).collect()).unwrap();
    json!(value.as_str().unwrap())
}

/// A processing step that needs nothing.
fn processing(name: &str, more: &Json) -> Json {
    let mut step = json!({
        "name": name,
        "processing": {
            "role_arn": "arn:aws:iam::123456789012:role/r",
            "app_specification": { "image_uri": "i:1" },
            "processing_resources": { "cluster_config": {
                "instance_type": "ml.m5.large", "instance_count": "1", "volume_size_in_gb": "30",
            }},
        },
    });
    merge(&mut step, more);
    step
}

fn merge(into: &mut Json, more: &Json) {
    match (into, more) {
        (Json::Object(into), Json::Object(more)) => {
            for (name, value) in more {
                merge(into.entry(name.clone()).or_insert(Json::Null), value);
            }
        }
        (into, more) => *into = more.clone(),
    }
}

fn config(json: &Json) -> Value {
    tfplug::json::from_json(json, &OBJECTS.schema.to_type()).unwrap()
}

fn good(json: &Json) -> Json {
    let (document, diags) = rendered(&config(json));
    assert!(diags.is_empty(), "{diags}");
    serde_json::from_str(&document.unwrap()).unwrap()
}

#[test]
fn references_stand_for_values_of_every_type() {
    let (count, role) = (call("parameter", &["Count"]), call("parameter", &["Role"]));
    let image = format!("{}:1", call("parameter", &["Role"]).as_str().unwrap());
    let document = good(&json!({
        "parameters": [
            { "name": "Count", "type": "Integer", "default_value": "2" },
            { "name": "Role", "type": "String", "enum_values": ["1", "2"], "default_value": "1" },
        ],
        "metadata": { "owner": "us" },
        "mlflow_config": {},
        "pipeline_experiment_config": {},
        "steps": [processing("a", &json!({
            "depends_on": [],
            "processing": {
                "role_arn": role,
                "app_specification": { "image_uri": image },
                "processing_resources": { "cluster_config": { "instance_count": count } },
                "environment": { "N": "7", "M": count },
                "network_config": { "vpc_config": { "subnets": [role, "s-1"], "security_group_ids": ["sg"] } },
                "tags": { "k": "v" },
            },
        }))],
    }));
    assert_eq!(
        document,
        json!({
            "Version": "2020-12-01",
            "Metadata": { "owner": "us" },
            "MlflowConfig": null,
            "PipelineExperimentConfig": null,
            "Parameters": [
                { "Name": "Count", "Type": "Integer", "DefaultValue": 2 },
                { "Name": "Role", "Type": "String", "EnumValues": ["1", "2"], "DefaultValue": "1" },
            ],
            "Steps": [{
                "Name": "a",
                "Type": "Processing",
                "DependsOn": [],
                "Arguments": {
                    "RoleArn": { "Get": "Parameters.Role" },
                    "AppSpecification": { "ImageUri": { "Std:Join": { "On": "", "Values": [{ "Get": "Parameters.Role" }, ":1"] } } },
                    "ProcessingResources": { "ClusterConfig": {
                        "InstanceType": "ml.m5.large", "InstanceCount": { "Get": "Parameters.Count" }, "VolumeSizeInGB": 30,
                    } },
                    "Environment": { "N": "7", "M": { "Get": "Parameters.Count" } },
                    "NetworkConfig": { "VpcConfig": { "Subnets": [{ "Get": "Parameters.Role" }, "s-1"], "SecurityGroupIds": ["sg"] } },
                    "Tags": [{ "Key": "k", "Value": "v" }],
                },
            }],
        })
    );
}

#[test]
fn the_other_types_of_steps() {
    let rest = json!({ "arguments_json": json!({ "ClusterId": call("step_property", &["ask", "OutputParameters['id']"]), "N": 1 }).to_string(), "type": "EMR" });
    let mut emr = json!({ "name": "emr" });
    merge(&mut emr, &rest);
    let outputs = json!([{ "output_name": "id", "output_type": "String" }]);
    let document = good(&json!({ "parameters": [{ "name": "Cluster", "type": "String" }], "steps": [
        { "name": "ask", "lambda": { "function_arn": "f", "arguments": { "a": "b" }, "output_parameters": outputs } },
        { "name": "wait", "callback": { "sqs_queue_url": "q", "output_parameters": outputs } },
        emr,
        { "name": "spark", "emr": { "cluster_id": call("parameter", &["Cluster"]), "step_config": {
            "action_on_failure": "CONTINUE",
            "hadoop_jar_step": { "jar": "command-runner.jar", "args": ["spark-submit"], "properties": [{ "key": "k", "value": "v" }] },
        } } },
        { "name": "cluster", "emr": {
            "cluster_config": {
                "release_label": "emr-7.5.0", "tags": [{ "key": "k", "value": "v" }],
                "applications": [{ "name": "Spark" }],
                "configurations": [{ "classification": "spark-defaults", "properties": { "spark.executor_memory": "2g" } }],
                "instances": { "ec2_subnet_id": "s", "instance_groups": [
                    { "instance_role": "MASTER", "instance_type": "m5.xlarge", "instance_count": "1" },
                ] },
            },
            "step_config": { "hadoop_jar_step": { "jar": "command-runner.jar" } },
        } },
        { "name": "serverless", "emr_serverless": { "application_id": "a", "execution_role_arn": "r", "job_config": {
            "execution_role_arn": "j", "execution_timeout_minutes": "5", "tags": { "Some_key": "v" },
            "job_driver": { "spark_submit": { "entry_point": "s3://b/e.py", "entry_point_arguments": ["a"] } },
            "configuration_overrides": { "monitoring_configuration": {
                "s3_monitoring_configuration": { "log_uri": "s3://b/logs" } } },
        } } },
        { "name": "auto", "auto_ml": {
            "role_arn": "arn:aws:iam::123456789012:role/r",
            "input_data_config": [{ "target_attribute_name": "y", "data_source": { "s3_data_source": {
                "s3_data_type": "S3Prefix", "s3_uri": "s3://b/in" } } }],
            "output_data_config": { "s3_output_path": "s3://b/out" },
            "auto_ml_job_config": { "mode": "ENSEMBLING", "completion_criteria": { "max_auto_ml_job_runtime_in_seconds": "9" } },
            "auto_ml_job_objective": { "metric_name": "F1" },
            "problem_type": "BinaryClassification",
            "tags": { "k": "v" },
        } },
        { "name": "config", "endpoint_config": {
            "endpoint_config_name": call("execution_variable", &["PipelineExecutionId"]),
            "production_variants": [{ "variant_name": "main", "model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": "1" }],
        } },
        { "name": "serve", "endpoint": { "endpoint_name": "e", "endpoint_config_name": "c", "tags": { "k": "v" } } },
        { "name": "stop", "fail": { "error_message": "no" } },
    ] }));
    assert_eq!(
        document["Steps"],
        json!([
            { "Name": "ask", "Type": "Lambda", "FunctionArn": "f", "Arguments": { "a": "b" },
              "OutputParameters": [{ "OutputName": "id", "OutputType": "String" }] },
            { "Name": "wait", "Type": "Callback", "SqsQueueUrl": "q", "Arguments": {},
              "OutputParameters": [{ "OutputName": "id", "OutputType": "String" }] },
            { "Name": "emr", "Type": "EMR",
              "Arguments": { "ClusterId": { "Get": "Steps.ask.OutputParameters['id']" }, "N": 1 } },
            { "Name": "spark", "Type": "EMR", "Arguments": { "ClusterId": { "Get": "Parameters.Cluster" }, "StepConfig": {
                "ActionOnFailure": "CONTINUE",
                "HadoopJarStep": { "Jar": "command-runner.jar", "Args": ["spark-submit"], "Properties": [{ "Key": "k", "Value": "v" }] },
            } } },
            { "Name": "cluster", "Type": "EMR", "Arguments": {
                "ClusterConfig": {
                    "ReleaseLabel": "emr-7.5.0", "Tags": [{ "Key": "k", "Value": "v" }],
                    "Applications": [{ "Name": "Spark" }],
                    "Configurations": [{ "Classification": "spark-defaults", "Properties": { "spark.executor_memory": "2g" } }],
                    "Instances": { "Ec2SubnetId": "s", "InstanceGroups": [
                        { "InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1 },
                    ] },
                },
                "StepConfig": { "HadoopJarStep": { "Jar": "command-runner.jar" } },
            } },
            { "Name": "serverless", "Type": "EMRServerless", "Arguments": {
                "ApplicationId": "a", "ExecutionRoleArn": "r", "JobConfig": {
                    "executionRoleArn": "j", "executionTimeoutMinutes": 5, "tags": { "Some_key": "v" },
                    "jobDriver": { "sparkSubmit": { "entryPoint": "s3://b/e.py", "entryPointArguments": ["a"] } },
                    "configurationOverrides": { "monitoringConfiguration": {
                        "s3MonitoringConfiguration": { "logUri": "s3://b/logs" } } },
                },
            } },
            { "Name": "auto", "Type": "AutoML", "Arguments": {
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "InputDataConfig": [{ "TargetAttributeName": "y", "DataSource": { "S3DataSource": {
                    "S3DataType": "S3Prefix", "S3Uri": "s3://b/in" } } }],
                "OutputDataConfig": { "S3OutputPath": "s3://b/out" },
                "AutoMLJobConfig": { "Mode": "ENSEMBLING", "CompletionCriteria": { "MaxAutoMLJobRuntimeInSeconds": 9 } },
                "AutoMLJobObjective": { "MetricName": "F1" },
                "ProblemType": "BinaryClassification",
                "Tags": [{ "Key": "k", "Value": "v" }],
            } },
            { "Name": "config", "Type": "EndpointConfig", "Arguments": {
                "EndpointConfigName": { "Get": "Execution.PipelineExecutionId" },
                "ProductionVariants": [{ "VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1 }],
            } },
            { "Name": "serve", "Type": "Endpoint", "Arguments": {
                "EndpointName": "e", "EndpointConfigName": "c", "Tags": [{ "Key": "k", "Value": "v" }],
            } },
            { "Name": "stop", "Type": "Fail", "Arguments": { "ErrorMessage": "no" } },
        ])
    );
}

#[test]
fn literals_have_the_type_of_what_they_are_compared_with() {
    let reference = |name: &str| call("parameter", &[name]);
    let metric = call("step_property", &["a", "ExitMessage"]);
    let document = good(&json!({
        "parameters": [
            { "name": "S", "type": "String" },
            { "name": "I", "type": "Integer" },
            { "name": "F", "type": "Float", "default_value": "1" },
            { "name": "B", "type": "Boolean", "default_value": "true" },
        ],
        "steps": [processing("a", &json!({})), { "name": "if", "condition": { "conditions": [
            { "type": "Equals", "left_value": reference("S"), "right_value": "1" },
            { "type": "Equals", "left_value": "1", "right_value": reference("I") },
            { "type": "LessThan", "left_value": reference("F"), "right_value": "1" },
            { "type": "Equals", "left_value": reference("B"), "right_value": "true" },
            { "type": "LessThan", "left_value": metric, "right_value": "0.5" },
            { "type": "Equals", "left_value": metric, "right_value": "false" },
            { "type": "Equals", "left_value": metric, "right_value": "Done" },
            { "type": "Or", "conditions": [{ "type": "Not", "condition":
                { "type": "In", "query_value": reference("I"), "values": ["1", "2"] } }] },
        ] } }],
    }));
    let conditions = &document["Steps"][1]["Arguments"]["Conditions"];
    assert_eq!(conditions[0]["RightValue"], json!("1"));
    assert_eq!(conditions[1]["LeftValue"], json!(1));
    assert_eq!(conditions[2]["RightValue"].to_string(), "1.0");
    assert_eq!(conditions[3]["RightValue"], json!(true));
    assert_eq!(conditions[4]["RightValue"].to_string(), "0.5");
    assert_eq!(conditions[5]["RightValue"], json!(false));
    assert_eq!(conditions[6]["RightValue"], json!("Done"));
    assert_eq!(conditions[7]["Conditions"][0]["Condition"]["Values"], json!([1, 2]));
    assert_eq!(document["Parameters"][2]["DefaultValue"].to_string(), "1.0");
    assert_eq!(document["Parameters"][3]["DefaultValue"], json!(true));
}

/// Branches name steps, at any depth, and each is in the one place.
#[test]
fn steps_are_in_their_branches() {
    let equals = json!([{ "type": "Equals", "left_value": "1", "right_value": "1" }]);
    let fail = |name: &str| json!({ "name": name, "fail": { "error_message": "x" } });
    let branch = |name: &str, yes: &[&str], no: &[&str]| json!({ "name": name, "condition": { "conditions": equals, "if_steps": yes, "else_steps": no } });
    let document = good(&json!({ "steps": [
        fail("x"), branch("outer", &["inner", "y"], &["x"]), fail("y"), branch("inner", &[], &["z"]), fail("z"), fail("w"),
    ] }));
    let names = |steps: &Json| {
        steps.as_array().unwrap().iter().map(|s| s["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&document["Steps"]), ["outer", "w"]);
    let outer = &document["Steps"][0]["Arguments"];
    assert_eq!(
        (names(&outer["IfSteps"]), names(&outer["ElseSteps"])),
        (vec!["inner".to_owned(), "y".to_owned()], vec!["x".to_owned()])
    );
    assert_eq!(names(&outer["IfSteps"][0]["Arguments"]["ElseSteps"]), ["z"]);
    for (steps, path, says) in [
        (
            json!([branch("a", &["b"], &["c"]), fail("bb"), fail("c")]),
            "steps[0].condition.if_steps[0]",
            "'b' does not exist",
        ),
        (
            json!([branch("a", &["b"], &["b"]), fail("b")]),
            "steps[0].condition.else_steps[0]",
            "in more than one branch",
        ),
        (json!([branch("a", &["b"], &[]), branch("b", &["a"], &[])]), "steps[0]", "in a branch of 'a' itself"),
        (json!([branch("a", &["a"], &[])]), "steps[0]", "in a branch of 'a' itself"),
    ] {
        let (_, diags) = rendered(&config(&json!({ "steps": steps })));
        assert_eq!(diags.0.len(), 1, "{diags}");
        assert_eq!(diags.0[0].path.to_string(), path, "{diags}");
        assert!(diags.0[0].detail.contains(says), "{diags}");
    }
}

/// A change, the attribute at which it is found, and what is said.
fn mistakes() -> Vec<(Json, &'static str, &'static str)> {
    let at = "steps[0].processing.";
    let inside = |json: Json| json!({ "processing": json });
    let broken = call("parameter", &["Count"]).as_str().unwrap().replace("Get", "get");
    let cluster =
        |name: &str, value: Json| inside(json!({ "processing_resources": { "cluster_config": { name: value } } }));
    vec![
        (cluster("instance_count", call("parameter", &["Cuont"])), "processing_resources.cluster_config.instance_count", "Did you mean 'Count'?"),
        (cluster("instance_count", json!("two")), "processing_resources.cluster_config.instance_count", "must be a number"),
        (cluster("instance_count", json!("101")), "processing_resources.cluster_config.instance_count", "between 1 and 100"),
        (cluster("instance_count", json!(format!("{}0", call("parameter", &["Count"]).as_str().unwrap()))), "processing_resources.cluster_config.instance_count", "must not be part of other text"),
        (inside(json!({ "role_arn": "r" })), "role_arn", "must be"),
        (inside(json!({ "role_arn": broken })), "role_arn", "cut or changed"),
        (inside(json!({ "environment": { "A": call("step_property", &["Trian", "A"]) } })), "environment[\"A\"]", "refers to the step 'Trian'"),
        (inside(json!({ "processing_inputs": [
            { "input_name": "a", "s3_input": { "s3_data_type": "S3Prefix", "s3_uri": call("step_property", &["z", "ProcessingOutputConfg"]), "local_path": "/opt/ml/processing/a" } },
        ] })), "processing_inputs[0].s3_input.s3_uri", "Did you mean 'ProcessingOutputConfig'?"),
        (json!({ "depends_on": ["b"] }), "!steps[0].depends_on[0]", "which does not exist"),
        (json!({ "name": "a b" }), "!steps[0].name", "does not match"),
        (json!({ "cache_config": { "enabled": "true", "expire_after": "30 days" } }), "!steps[0].cache_config.expire_after", "ISO 8601"),
        (json!({ "cache_config": { "enabled": "maybe" } }), "!steps[0].cache_config.enabled", "`true` or `false`"),
        (json!({ "retry_policies": [{ "exception_type": ["Step.THROTTLE"] }] }), "!steps[0].retry_policies[0].exception_type[0]", "Did you mean"),
        (json!({ "property_files": [{ "property_file_name": "p", "output_name": "o", "file_path": "f" }] }), "!steps[0].property_files[0].output_name", "no output 'o'"),
        (json!({ "fail": { "error_message": "x" } }), "!steps[0].fail", "Only one of"),
        (json!({ "type": "EMR" }), "!steps[0].type", "requires `arguments_json`"),
    ]
    .into_iter()
    .map(|(change, path, says)| {
        let path: &'static str = match path.strip_prefix('!') {
            Some(whole) => whole,
            None => Box::leak(format!("{at}{path}").into_boxed_str()),
        };
        (change, path, says)
    })
    .collect()
}

#[test]
fn a_mistake_is_found_at_its_attribute_whatever_else_is_not_known() {
    for (change, path, says) in mistakes() {
        let parameters = json!([{ "name": "Count", "type": "Integer", "default_value": "1" }]);
        let whole =
            json!({ "parameters": parameters, "steps": [processing("a", &change), processing("z", &json!({}))] });
        let known = config(&whole);
        // Values that have nothing to do with it.
        let mut open = known.clone();
        for other in [
            "steps[0].processing.app_specification.image_uri",
            "steps[0].processing.processing_resources.cluster_config.volume_size_in_gb",
            "steps[0].processing.role_arn",
        ] {
            if let Some(value) = open.at_mut(&Path::parse(other)).filter(|_| other != path) {
                *value = Value::unknown();
            }
        }
        for config in [known, open] {
            let (_, diags) = rendered(&config);
            assert_eq!(diags.0.len(), 1, "{path}: {says}: {diags}");
            assert_eq!(diags.0[0].path.to_string(), path, "{diags}");
            assert!(diags.0[0].detail.contains(says) && diags.0[0].severity == Severity::Error, "{diags}");
        }
    }
}

/// What is unknown, at any place, neither is a mistake nor makes one.
#[test]
fn nothing_unknown_is_a_mistake() {
    let metric = call("json_get", &["a", "p", "x.y"]);
    let whole = json!({
        "parameters": [{ "name": "Count", "type": "Integer", "default_value": "1" }],
        "steps": [
            processing("a", &json!({
                "processing": {
                    "processing_output_config": { "outputs": [{ "output_name": "o", "s3_output": { "s3_uri": "s3://bucket/o", "local_path": "/opt/ml/processing/o", "s3_upload_mode": "EndOfJob" } }] },
                    "environment": { "A": call("parameter", &["Count"]) },
                },
                "property_files": [{ "property_file_name": "p", "output_name": "o", "file_path": "f" }],
                "retry_policies": [{ "exception_type": ["Step.THROTTLING"], "max_attempts": "3" }],
            })),
            { "name": "if", "depends_on": ["a"], "condition": { "conditions": [{ "type": "LessThan", "left_value": metric, "right_value": "1" }], "else_steps": ["x"] } },
            { "name": "x", "fail": { "error_message": metric } },
        ],
    });
    let known = config(&whole);
    let mut paths = Vec::new();
    known.clone().transform(&Path::root(), &mut |path, value| {
        if !value.is_null() && !path.0.is_empty() {
            paths.push(path.clone());
        }
        value
    });
    assert!(paths.len() > 50, "{}", paths.len());
    for path in paths {
        let mut open = known.clone();
        *open.at_mut(&path).unwrap() = Value::unknown();
        let (_, diags) = rendered(&open);
        assert!(diags.is_empty(), "{path}: {diags}");
    }
}

#[tokio::test]
async fn terraform_gets_the_json_without_a_call() {
    let offer = Offer { data_sources: Some(|| vec![Box::new(PipelineDefinitionSource)]), ..Offer::default() };
    let mut terraform = terraform("http://127.0.0.1:9", offer).await;
    let step = json!({ "name": "new", "arguments_json": "{}", "type": "Quantum" });
    let (read, warnings) =
        terraform.read_data("mlops_pipeline_definition", &config(&json!({ "steps": [step] }))).await.warned();
    assert_eq!(warnings.len(), 1, "once: {warnings:?}");
    assert_eq!(warnings[0].path.to_string(), "steps[0].type");
    let document: Json = serde_json::from_str(read.attribute("json").as_str().unwrap()).unwrap();
    assert_eq!(document["Steps"], json!([{ "Name": "new", "Type": "Quantum", "Arguments": {} }]));
    assert_eq!(document["PipelineExperimentConfig"]["ExperimentName"], json!({ "Get": "Execution.PipelineName" }));
    let mistake = json!({ "steps": [{ "name": "new" }] });
    let errors = terraform.read_data("mlops_pipeline_definition", &config(&mistake)).await.errors();
    assert!(errors[0].detail.contains("Exactly one of"), "{errors:?}");
}
