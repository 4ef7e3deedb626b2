//! SageMaker in memory: models, endpoints, training jobs and model package groups by name, as far as the engine looks at
//! them. What has no name is in `fake_registry`.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json, json};

use super::fake_interfaces::{self, FakeInterface};
use super::{
    fake_lists, fake_monitoring, fake_notebooks, fake_pipelines, fake_registry, fake_scaling, fake_studio, fake_tuning,
    fake_versions,
};
use crate::testing::{Answer, Asked, Stub};

/// What is special about a kind: its noun in operations, its name's member, its ARN's, its status's, the statuses that it
/// goes through, how a missing one is told and how a taken name is.
struct Kind {
    noun: &'static str,
    name: &'static str,
    arn: &'static str,
    status: &'static str,
    life: &'static [&'static str],
    missing: (&'static str, &'static str),
    taken: (&'static str, &'static str),
}

const KINDS: [Kind; 9] = [
    Kind {
        noun: "Model",
        name: "ModelName",
        arn: "ModelArn",
        status: "",
        life: &[],
        missing: ("ValidationException", "Could not find model \"x\"."),
        taken: ("ValidationException", "Cannot create already existing model \"x\"."),
    },
    Kind {
        noun: "Endpoint",
        name: "EndpointName",
        arn: "EndpointArn",
        status: "EndpointStatus",
        life: &["Creating", "InService"],
        missing: ("ValidationException", "Could not find endpoint \"x\"."),
        taken: ("ValidationException", "Cannot create already existing endpoint \"x\"."),
    },
    Kind {
        noun: "EndpointConfig",
        name: "EndpointConfigName",
        arn: "EndpointConfigArn",
        status: "",
        life: &[],
        missing: ("ValidationException", "Could not find endpoint configuration \"x\"."),
        taken: ("ValidationException", "Cannot create already existing endpoint configuration \"x\"."),
    },
    Kind {
        noun: "TrainingJob",
        name: "TrainingJobName",
        arn: "TrainingJobArn",
        status: "TrainingJobStatus",
        life: &["InProgress", "Completed"],
        missing: ("ValidationException", "Requested resource not found."),
        taken: ("ResourceInUse", "Training job names must be unique"),
    },
    Kind {
        noun: "ProcessingJob",
        name: "ProcessingJobName",
        arn: "ProcessingJobArn",
        status: "ProcessingJobStatus",
        life: &["InProgress", "Completed"],
        missing: ("ValidationException", "Could not find requested job with name: x"),
        taken: ("ResourceInUse", "Job name must be unique"),
    },
    Kind {
        noun: "HyperParameterTuningJob",
        name: "HyperParameterTuningJobName",
        arn: "HyperParameterTuningJobArn",
        status: "HyperParameterTuningJobStatus",
        life: &["InProgress", "Completed"],
        missing: ("ResourceNotFound", "Amazon SageMaker can't find a tuning job called x."),
        taken: ("ResourceInUse", "A hyperparameter tuning job with the name, x, already exists."),
    },
    Kind {
        noun: "HumanTaskUi",
        name: "HumanTaskUiName",
        arn: "HumanTaskUiArn",
        status: "HumanTaskUiStatus",
        life: &["Active"],
        missing: ("ResourceNotFound", "There is no human task UI x."),
        taken: ("ResourceInUse", "There is a human task UI x."),
    },
    Kind {
        noun: "ModelPackageGroup",
        name: "ModelPackageGroupName",
        arn: "ModelPackageGroupArn",
        status: "ModelPackageGroupStatus",
        life: &["InProgress", "Completed"],
        missing: ("ValidationException", "ModelPackageGroup x does not exist."),
        taken: ("ValidationException", "Model Package Group already exists: x"),
    },
    Kind {
        noun: "Pipeline",
        name: "PipelineName",
        arn: "PipelineArn",
        status: "",
        life: &[],
        missing: ("ResourceNotFound", "Pipeline 'x' does not exist."),
        taken: ("ValidationException", "Pipeline names must be unique within an AWS account and region."),
    },
];

/// An answer that a test puts before SageMaker's own.
pub(super) enum Instead {
    /// This error, and nothing is done.
    Error(&'static str, &'static str),
    /// The connection is cut after the work was done.
    Lost,
    /// It is accepted, and undone for this reason.
    RolledBack(&'static str),
    /// After the work somebody else makes this object.
    Made(&'static str, Json),
}

#[derive(Default)]
pub(super) struct State {
    /// Objects by noun and name.
    pub(super) objects: BTreeMap<(String, String), Map<String, Json>>,
    /// Answers by operation, used up one after the other.
    pub(super) instead: BTreeMap<&'static str, VecDeque<Instead>>,
    /// Objects stay in their first status while this is set.
    pub(super) still: bool,
    /// How often objects were described that exist.
    pub(super) looks: u32,
    /// How often something was created: makes each creation a moment of its own.
    created: u32,
    /// What the models respond, used up one after the other: status and body. Then they respond `ok`.
    pub(super) responses: VecDeque<(u16, &'static str)>,
    /// The status that everything comes to, if it is not the one of success.
    pub(super) end: Option<&'static str>,
    /// The status of what cannot be deleted.
    pub(super) stuck: Option<&'static str>,
    /// What every registration yields.
    pub(super) yields: Option<String>,
    /// Client tokens, with what they yielded.
    pub(super) tokens: BTreeMap<String, String>,
    /// Resource policies by group.
    pub(super) policies: BTreeMap<String, Json>,
    /// How many more calls that change something are carried out before the caller dies; no limit unless set.
    pub(super) lives: Option<u32>,
    /// Schedules of EventBridge Scheduler by name.
    pub(super) schedules: BTreeMap<String, Json>,
    /// How many descriptions of scalable targets do not find what is there.
    pub(super) unseen: u32,
    /// Network interfaces in VPCs.
    pub(super) interfaces: Vec<FakeInterface>,
    /// A directory that is copied to another one at the next creation of what AWS gives a key: what a process leaves that
    /// dies there.
    pub(super) frozen: Option<(PathBuf, PathBuf)>,
}

/// SageMaker, and what it was asked.
pub(super) struct Fake {
    pub(super) stub: Stub,
    pub(super) state: Arc<Mutex<State>>,
}

impl Fake {
    pub(super) async fn start() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let stub = Stub::start(move |asked| answer(&mut shared.lock().unwrap(), asked)).await;
        Self { stub, state }
    }

    /// Somebody else's hands.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap())
    }

    /// The operations since the last call.
    pub(super) fn operations(&self) -> Vec<String> {
        self.stub.take().iter().map(|a| operation(a).to_owned()).collect()
    }
}

impl State {
    /// Makes an object as a request does.
    pub(super) fn create(&mut self, noun: &str, request: Json) {
        let kind = KINDS.iter().find(|k| k.noun == noun).unwrap();
        let Json::Object(mut object) = request else { panic!("a request is an object") };
        let name = object[kind.name].as_str().unwrap().to_owned();
        object.insert("CreationTime".to_owned(), self.moment());
        // `TrainingJob` is `training-job` in an ARN.
        let resource = noun.chars().flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase()));
        let resource: String = resource.skip(1).collect();
        let arn = format!("arn:aws:sagemaker:us-east-1:123456789012:{resource}/{name}");
        object.insert(kind.arn.to_owned(), json!(arn));
        // Where the artifact will be is told from the start.
        if let Some(output) = object.get("OutputDataConfig").and_then(|o| o["S3OutputPath"].as_str()) {
            let uri = format!("{output}/{name}/output/model.tar.gz");
            object.insert("ModelArtifacts".to_owned(), json!({ "S3ModelArtifacts": uri }));
        }
        if noun == "Endpoint" {
            object.insert("LastModifiedTime".to_owned(), object["CreationTime"].clone());
        }
        if let Some(first) = kind.life.first() {
            object.insert(kind.status.to_owned(), json!(first));
        }
        self.objects.insert((noun.to_owned(), name), object);
    }

    /// Copies the directory that is to be frozen.
    pub(super) fn freeze(&mut self) {
        let Some((from, to)) = self.frozen.take() else { return };
        std::fs::create_dir_all(&to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }

    /// The time, as no other creation has it.
    pub(super) fn moment(&mut self) -> Json {
        self.created += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        json!(now + f64::from(self.created) / 1000.0)
    }
}

pub(super) fn operation(asked: &Asked) -> &str {
    // The operations of EC2 are in forms.
    if let Some(form) = std::str::from_utf8(&asked.body).ok().and_then(|body| body.strip_prefix("Action=")) {
        return form.split('&').next().unwrap_or_default();
    }
    let target = asked.headers.iter().find(|(name, _)| name == "x-amz-target").map_or("", |(_, v)| v);
    if asked.path.ends_with("/invocations") { "InvokeEndpoint" } else { target.rsplit('.').next().unwrap_or_default() }
}

fn error((code, message): (&str, &str)) -> Answer {
    Answer(400, vec![], json!({ "__type": code, "message": message }).to_string())
}

fn answer(state: &mut State, asked: &Asked) -> Answer {
    let operation = operation(asked);
    if let Some(name) = asked.path.strip_prefix("/schedules/") {
        let missing =
            || Answer(404, vec![("x-amzn-errortype", "ResourceNotFoundException".to_owned())], "{}".to_owned());
        return state.schedules.get(name).map_or_else(missing, |schedule| Answer(200, vec![], schedule.to_string()));
    }
    if let Some(answer) = fake_interfaces::answer(state, operation, asked) {
        return answer;
    }
    if operation.is_empty() {
        // S3, which takes everything and has nothing.
        let body = if asked.path.contains("?versions") { "<ListVersionsResult/>" } else { "" };
        return Answer(200, vec![], body.to_owned());
    }
    if operation == "InvokeEndpoint" {
        let (status, body) = state.responses.pop_front().unwrap_or((200, "ok"));
        let error = json!({ "OriginalStatusCode": status, "OriginalMessage": body }).to_string();
        return match status {
            200 => Answer(200, vec![], body.to_owned()),
            _ => Answer(424, vec![("x-amzn-errortype", "ModelError".to_owned())], error),
        };
    }
    let changes = ["Create", "Update", "Delete", "Add"].iter().any(|verb| operation.starts_with(verb));
    match &mut state.lives {
        Some(0) => return error(("AccessDeniedException", "The caller is dead.")),
        Some(lives) if changes => *lives -= 1,
        _ => {}
    }
    let instead = state.instead.iter_mut().find(|(o, _)| **o == operation).and_then(|(_, left)| left.pop_front());
    if let Some(Instead::Error(code, message)) = instead {
        return error((code, message));
    }
    let mut request: Json = serde_json::from_slice(&asked.body).unwrap();
    if let Some(Instead::RolledBack(reason)) = instead {
        request = json!({ "EndpointName": request["EndpointName"], "FailureReason": reason });
    }
    let done = work(state, operation, request);
    if matches!(instead, Some(Instead::Lost)) {
        // A status that the SDK repeats the request on, as it does on a cut connection.
        return Answer(503, vec![], "{}".to_owned());
    }
    if let Some(Instead::Made(noun, request)) = instead {
        state.create(noun, request);
    }
    match done {
        Ok(body) => Answer(200, vec![], body.to_string()),
        Err(refused) => error(refused),
    }
}

/// What was done, or the code and message of the refusal.
pub(super) type Done = Result<Json, (&'static str, &'static str)>;

fn work(state: &mut State, operation: &str, request: Json) -> Done {
    let own = fake_lists::work(state, operation, &request)
        .or_else(|| fake_versions::work(state, operation, &request))
        .or_else(|| fake_notebooks::work(state, operation, &request))
        .or_else(|| fake_monitoring::work(state, operation, &request))
        .or_else(|| fake_pipelines::work(state, operation, &request))
        .or_else(|| fake_registry::work(state, operation, &request))
        .or_else(|| fake_scaling::work(state, operation, &request))
        .or_else(|| fake_studio::work(state, operation, &request))
        .or_else(|| fake_tuning::work(state, operation, &request));
    if let Some(done) = own {
        return done;
    }
    if operation == "ListTags" {
        let tags = state.objects.values().find(|o| o.values().any(|v| *v == request["ResourceArn"]));
        return Ok(json!({ "Tags": tags.and_then(|o| o.get("Tags")).cloned().unwrap_or(json!([])) }));
    }
    if matches!(operation, "AddTags" | "DeleteTags") {
        return Ok(json!({}));
    }
    if operation == "UpdateEndpointWeightsAndCapacities" {
        let variants = request["DesiredWeightsAndCapacities"].clone();
        let endpoints = state.objects.iter_mut().filter(|((noun, _), _)| noun == "Endpoint");
        endpoints.for_each(|(_, endpoint)| drop(endpoint.insert("ProductionVariants".to_owned(), variants.clone())));
        return Ok(json!({}));
    }
    let Some(kind) = KINDS.iter().filter(|k| operation.ends_with(k.noun)).max_by_key(|k| k.noun.len()) else {
        // Logs, of which there are none.
        return Ok(json!({}));
    };
    let name = request[kind.name].as_str().unwrap_or_default().to_owned();
    let key = (kind.noun.to_owned(), name);
    let exists = state.objects.contains_key(&key);
    match operation.strip_suffix(kind.noun).unwrap() {
        "Create" if exists => Err(kind.taken),
        "Create" => {
            state.create(kind.noun, request);
            Ok(json!({ kind.arn: state.objects[&key][kind.arn] }))
        }
        _ if !exists => Err(kind.missing),
        "Describe" => {
            let (still, end) = (state.still, state.end);
            state.looks += 1;
            let object = state.objects.get_mut(&key).unwrap();
            let answer = Json::Object(object.clone());
            if let (Some(last), false) = (kind.life.last(), still)
                && object[kind.status] != "Failed"
            {
                object.insert(kind.status.to_owned(), json!(end.unwrap_or(last)));
            }
            Ok(answer)
        }
        "Delete" => {
            match state.stuck {
                Some(status) => {
                    drop(state.objects.get_mut(&key).unwrap().insert(kind.status.to_owned(), json!(status)))
                }
                None => drop(state.objects.remove(&key)),
            }
            Ok(json!({}))
        }
        "Update" => {
            let now = state.moment();
            let object = state.objects.get_mut(&key).unwrap();
            if kind.noun == "Endpoint" {
                object.insert("LastModifiedTime".to_owned(), now);
            }
            for (member, value) in request.as_object().into_iter().flatten() {
                match (object.get_mut(member), value) {
                    (Some(Json::Object(old)), Json::Object(new)) => old.extend(new.clone()),
                    _ => drop(object.insert(member.clone(), value.clone())),
                }
            }
            Ok(json!({ kind.arn: object[kind.arn] }))
        }
        "Stop" => Ok(json!({})),
        other => panic!("{other}{}", kind.noun),
    }
}
