//! The model registry in memory: packages by ARN, client tokens, what a group holds, resource policies.

use serde_json::{Map, Value as Json, json};

use super::fake::{Done, State};

const KIND: &str = "ModelPackage";
const ABSENT: (&str, &str) = ("ValidationException", "ModelPackage x does not exist.");
const CONFLICT: (&str, &str) = ("ConflictException", "The group is not empty.");
/// How many packages a page lists.
const PAGE: usize = 2;

/// Carries out an operation of the registry; None if it is none, or one on groups that all kinds have.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    let group = request["ModelPackageGroupName"].as_str().unwrap_or_default().to_owned();
    Some(match operation {
        "CreateModelPackage" => Ok(create(state, request)),
        "DescribeModelPackage" => describe(state, request),
        "UpdateModelPackage" => update(state, request),
        "DeleteModelPackage" => {
            let key = key_of(request, "ModelPackageName");
            state.objects.remove(&key).map(|_| json!({})).ok_or(ABSENT)
        }
        "ListModelPackages" => Ok(listed(state, &group, request)),
        "DeleteModelPackageGroup" if !held(state, &group).is_empty() => Err(CONFLICT),
        "PutModelPackageGroupPolicy" => {
            state.policies.insert(group, request["ResourcePolicy"].clone());
            Ok(json!({}))
        }
        "GetModelPackageGroupPolicy" => match state.policies.get(&group) {
            Some(policy) => Ok(json!({ "ResourcePolicy": policy })),
            None => Err(("ValidationException", "Cannot find resource policy for: x")),
        },
        "DeleteModelPackageGroupPolicy" => {
            state.policies.remove(&group);
            Ok(json!({}))
        }
        _ => return None,
    })
}

fn key_of(request: &Json, member: &str) -> (String, String) {
    (KIND.to_owned(), request[member].as_str().unwrap_or_default().to_owned())
}

fn held(state: &State, group: &str) -> Vec<String> {
    let packages = state.objects.iter().filter(|((kind, _), p)| kind == KIND && p["ModelPackageGroupName"] == group);
    packages.map(|((_, arn), _)| arn.clone()).collect()
}

/// A page of a group's versions, in the order of their ARNs as texts: a later version need not be a later item.
fn listed(state: &State, group: &str, request: &Json) -> Json {
    let wanted = &request["ModelApprovalStatus"];
    let packages = held(state, group).into_iter().map(|arn| &state.objects[&(KIND.to_owned(), arn)]);
    let all: Vec<_> = packages.filter(|p| wanted.is_null() || p["ModelApprovalStatus"] == *wanted).collect();
    let from: usize = request["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let members = ["ModelPackageArn", "ModelPackageVersion", "ModelPackageStatus", "CreationTime"];
    let item = |p: &&Map<String, Json>| members.iter().map(|m| ((*m).to_owned(), p[*m].clone())).collect::<Json>();
    let mut answer = json!({ "ModelPackageSummaryList": all.iter().skip(from).take(PAGE).map(item).collect::<Json>() });
    if from + PAGE < all.len() {
        answer["NextToken"] = json!((from + PAGE).to_string());
    }
    answer
}

fn create(state: &mut State, request: &Json) -> Json {
    let token = request["ClientToken"].as_str().unwrap().to_owned();
    if let Some(arn) = state.yields.as_ref().or(state.tokens.get(&token)) {
        return json!({ "ModelPackageArn": arn });
    }
    let arn = register(state, request.clone());
    state.tokens.insert(token, arn.clone());
    state.freeze();
    json!({ "ModelPackageArn": arn })
}

/// Registers a version as a request does, whoever sends it.
pub(super) fn register(state: &mut State, request: Json) -> String {
    let Json::Object(mut package) = request else { panic!("a request is an object") };
    package.remove("ClientToken");
    let moment = state.moment();
    let of = |member: &str| package.get(member).and_then(Json::as_str).map(str::to_owned);
    let resource = match of("ModelPackageGroupName") {
        Some(group) => {
            let version = state.tokens.len() + 1;
            package.insert("ModelPackageVersion".to_owned(), json!(version));
            // As AWS's model demands the member of a version, too, though it has no name.
            package.insert("ModelPackageName".to_owned(), json!(group));
            package.entry("ModelApprovalStatus").or_insert(json!("PendingManualApproval"));
            format!("{group}/{version}")
        }
        None => of("ModelPackageName").unwrap(),
    };
    let arn = format!("arn:aws:sagemaker:us-east-1:123456789012:model-package/{resource}");
    let more = json!({
        "CreationTime": moment, "ModelPackageArn": arn, "ModelPackageStatus": "Pending",
        "ModelPackageStatusDetails": { "ValidationStatuses": [] }, "CertifyForMarketplace": false,
    });
    package.extend(more.as_object().cloned().unwrap());
    let containers = package.get_mut("InferenceSpecification").and_then(|s| s["Containers"].as_array_mut());
    containers.into_iter().flatten().for_each(|container| container["ImageDigest"] = json!("sha256:of-aws"));
    state.objects.insert((KIND.to_owned(), arn.clone()), package);
    arn
}

fn describe(state: &mut State, request: &Json) -> Done {
    let still = state.still;
    state.looks += 1;
    let package = state.objects.get_mut(&key_of(request, "ModelPackageName")).ok_or(ABSENT)?;
    let answer = Json::Object(package.clone());
    if !still && package["ModelPackageStatus"] == "Pending" {
        package.insert("ModelPackageStatus".to_owned(), json!("Completed"));
    }
    Ok(answer)
}

fn update(state: &mut State, request: &Json) -> Done {
    let package = state.objects.get_mut(&key_of(request, "ModelPackageArn")).ok_or(ABSENT)?;
    let mut metadata = package.get("CustomerMetadataProperties").cloned().unwrap_or(json!({}));
    let properties = metadata.as_object_mut().unwrap();
    for (name, value) in request.as_object().unwrap() {
        match name.as_str() {
            "ModelPackageArn" | "ClientToken" => {}
            "CustomerMetadataProperties" => properties.extend(value.as_object().cloned().unwrap()),
            "CustomerMetadataPropertiesToRemove" => {
                value.as_array().unwrap().iter().for_each(|key| drop(properties.remove(key.as_str().unwrap())));
            }
            "AdditionalInferenceSpecificationsToAdd" => append(package, value),
            _ => drop(package.insert(name.clone(), value.clone())),
        }
    }
    package.insert("CustomerMetadataProperties".to_owned(), metadata);
    Ok(json!({ "ModelPackageArn": request["ModelPackageArn"] }))
}

fn append(package: &mut Map<String, Json>, specifications: &Json) {
    let all = package.entry("AdditionalInferenceSpecifications").or_insert(json!([]));
    all.as_array_mut().unwrap().extend(specifications.as_array().cloned().unwrap());
}
