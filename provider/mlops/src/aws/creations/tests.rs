use std::collections::BTreeMap;

use super::record::Found;
use super::*;

const MODEL: Kind<'_> = Kind {
    type_name: "mlops_model",
    region: "r",
    import: "{}@r",
    delete: "aws sagemaker delete-model --model-name {own} --region r",
};

struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn place(&self, workspace: &str) -> Place {
        Place::new(self.0.path().join(".terraform"), self.0.path(), Some(workspace.to_owned()))
    }

    /// A process of Terraform's.
    fn process(&self) -> Arc<Creations> {
        Creations::load(Some(&self.place("default")), Some("1"), String::new(), Clock::default())
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.0.path().join(".terraform/mlops-creating")).map_or(0, Iterator::count)
    }
}

fn generated() -> Value {
    Value::object([("name", Value::Null), ("image", Value::from("x"))])
}

fn fixed(name: &str) -> Value {
    Value::object([("name", Value::from(name))])
}

fn identity(of: &str) -> Identity {
    BTreeMap::from([("arn".to_owned(), of.to_owned())])
}

fn begin(creations: &Arc<Creations>, planned: &Value, name: &str) -> Creation {
    creations.begin(MODEL, planned, planned.attribute("name").as_str(), || name.to_owned()).unwrap()
}

#[test]
fn an_interrupted_creation_is_taken_up_once() {
    let directory = Directory::new();
    let mut first = begin(&directory.process(), &generated(), "m-1");
    assert!(first.earlier.is_none());
    assert_eq!(directory.files(), 0, "nothing was sent yet");
    assert!(first.remember(Sent::default()).is_none());
    let token = first.token().to_owned();
    let process = directory.process();
    let mut again = begin(&process, &generated(), "m-2");
    assert_eq!((again.name(), again.token(), again.earlier.is_some()), ("m-1", token.as_str(), true));
    let twin = begin(&process, &generated(), "m-2");
    assert_eq!((twin.name(), twin.earlier.is_some()), ("m-2", false), "a twin gets a name of its own");
    again.remember(Sent::default());
    assert_eq!(directory.files(), 1, "the file is the same one");
    again.forget();
    assert_eq!(directory.files(), 0);
}

#[test]
fn two_resources_have_no_name_in_common() {
    let process = Directory::new().process();
    let first = begin(&process, &fixed("n"), "");
    let error = process.begin(MODEL, &fixed("n"), Some("n"), String::new).unwrap_err();
    assert_eq!(error.path.to_string(), "name");
    first.forget();
    begin(&process, &fixed("n"), "");
}

#[test]
fn what_terraform_has_received_is_finished_with() {
    let directory = Directory::new();
    let process = directory.process();
    let mut creation = begin(&process, &fixed("n"), "");
    creation.remember(Sent::default());
    creation.answered(identity("a"), false);
    assert_eq!(directory.files(), 1, "Terraform may die before it writes its state");
    process.released();
    assert_eq!(directory.files(), 0);
    assert!(begin(&directory.process(), &fixed("n"), "").earlier.is_none());
}

#[test]
fn what_terraform_may_not_have_received_is_missed_by_the_next_run() {
    let directory = Directory::new();
    let mut creation = begin(&directory.process(), &fixed("n"), "");
    creation.remember(Sent::default());
    creation.answered(identity("a"), false);
    // Terraform was killed here. The next run may find it in the state.
    let plan = directory.process();
    assert!(plan.left_over().is_empty());
    plan.released();
    let apply = directory.process();
    assert_eq!(apply.left_over().len(), 1, "it did not");
    let earlier = begin(&apply, &fixed("n"), "").earlier.unwrap();
    let found =
        |id: &Identity| earlier.made(Found { identity: id, created: None, untimed: false, description: &Value::Null });
    assert!(found(&identity("a")) && !found(&identity("b")));
}

#[test]
fn a_result_that_terraform_did_not_store_is_told_where_nothing_is_configured() {
    let directory = Directory::new();
    for name in ["stored", "lost"] {
        let mut creation = begin(&directory.process(), &fixed(name), "");
        creation.remember(Sent::default());
        creation.answered(identity(name), false);
    }
    std::fs::write(directory.0.path().join("terraform.tfstate"), r#"{"name": "stored"}"#).unwrap();
    let told = warnings(&directory.place("default"));
    assert_eq!(told.0.len(), 1, "{told}");
    assert!(told.0[0].summary.contains("\"lost\"") && told.0[0].detail.contains("was finished"), "{told}");
}

#[test]
fn the_file_tells_of_what_is_there() {
    let directory = Directory::new();
    let made = |creation: &Creation, id: &Identity, created: Option<i64>| {
        creation.earlier.as_ref().unwrap().made(Found {
            identity: id,
            created,
            untimed: false,
            description: &Value::Null,
        })
    };
    let begun = || begin(&directory.process(), &fixed("n"), "");
    let mut first = begun();
    first.remember(Sent::of(&Value::Null, &[]));
    let at = first.record.started;
    first.answered(Identity::new(), false);
    let taken_over = begun();
    assert!(made(&taken_over, &Identity::new(), Some(at)), "an object without an identity is told by its age");
    assert!(!made(&taken_over, &Identity::new(), Some(at + 3_600_000)), "another one of the name");
    // Killed once more: the same object is still the one.
    taken_over.store(false);
    let mut again = begun();
    assert!(made(&again, &Identity::new(), Some(at)));
    // What is created in its place has another identity.
    again.identified(identity("old"));
    again.remember(Sent::of(&Value::Null, &[]));
    assert!(made(&begun(), &identity("new"), Some(at)) && !made(&begun(), &identity("new"), None));
}

#[test]
fn what_the_state_has_is_finished_with() {
    let directory = Directory::new();
    let mut creation = begin(&directory.process(), &fixed("n"), "");
    creation.remember(Sent::default());
    creation.answered(identity("a"), false);
    directory.process().seen("mlops_model", "r", "n", false);
    assert_eq!(directory.files(), 0);
}

#[test]
fn a_broken_object_is_remembered_until_it_is_gone() {
    let directory = Directory::new();
    let process = directory.process();
    let mut creation = begin(&process, &fixed("n"), "");
    creation.remember(Sent::default());
    creation.answered(identity("a"), true);
    process.released();
    let next = directory.process();
    next.seen("mlops_model", "r", "n", true);
    assert!(next.left_over().is_empty(), "the state has it");
    assert_eq!(directory.files(), 1);
    next.gone("mlops_model", "r", "n");
    assert_eq!(directory.files(), 0);
}

#[test]
fn another_state_or_account_knows_nothing_of_it() {
    let directory = Directory::new();
    let mut creation = begin(&directory.process(), &fixed("n"), "");
    creation.remember(Sent::default());
    let load = |place: &Place, account: Option<&str>, endpoint: &str| {
        Creations::load(Some(place), account, endpoint.to_owned(), Clock::default()).left_over().len()
    };
    let here = directory.place("default");
    assert_eq!(load(&here, Some("1"), ""), 1);
    assert_eq!(load(&here, Some("2"), ""), 0, "another account");
    assert_eq!(load(&here, None, ""), 0, "an account that is not known");
    assert_eq!(load(&here, Some("1"), "http://localhost"), 0, "another AWS");
    assert_eq!(load(&directory.place("prod"), Some("1"), ""), 0, "another workspace");
    let elsewhere = Place::new(here.data_directory.clone(), &std::env::temp_dir(), Some("default".to_owned()));
    assert_eq!(load(&elsewhere, Some("1"), ""), 0, "another directory");
    let backend = br#"{"backend": {"type": "s3", "config": {"bucket": "b"}, "hash": 1}}"#;
    std::fs::write(here.data_directory.join("terraform.tfstate"), backend).unwrap();
    assert_eq!(load(&directory.place("default"), Some("1"), ""), 0, "another backend");
    assert_eq!(warnings(&here).0.len(), 1);
    assert!(warnings(&directory.place("default")).0.is_empty(), "another backend");
}

#[test]
fn the_workspace_is_the_one_that_terraform_has_chosen() {
    let directory = Directory::new();
    let data = directory.0.path().join(".terraform");
    let workspace = |variable: Option<&str>| {
        Place::new(data.clone(), directory.0.path(), variable.map(str::to_owned)).scope.workspace
    };
    assert_eq!(workspace(None), "default");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("environment"), "prod").unwrap();
    assert_eq!(workspace(None), "prod");
    assert_eq!(workspace(Some("dev")), "dev");
}

#[test]
fn that_nothing_can_be_remembered_is_said_once() {
    let directory = Directory::new();
    std::fs::create_dir(directory.0.path().join(".terraform")).unwrap();
    std::fs::write(directory.0.path().join(".terraform/mlops-creating"), "in the way").unwrap();
    let process = directory.process();
    let warning = begin(&process, &fixed("a"), "").remember(Sent::default()).unwrap();
    assert!(warning.detail.contains("imported"), "{}", warning.detail);
    assert!(begin(&process, &fixed("b"), "").remember(Sent::default()).is_none());
}

#[test]
fn a_left_object_is_told_with_the_commands_to_keep_or_delete_it() {
    let directory = Directory::new();
    let mut creation = begin(&directory.process(), &generated(), "m-1");
    creation.remember_beside("s3://b/m-1/source/x/sourcedir.tar.gz");
    creation.remember(Sent::default());
    let told = warnings(&directory.place("default")).0.remove(0);
    let text = format!("{}\n{}", told.summary, told.detail);
    for part in [
        "\"m-1\"",
        "terraform import mlops_model.NAME m-1@r",
        "aws sagemaker delete-model --model-name m-1",
        "s3://b/m-1/",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(warnings(&directory.place("default")).0.is_empty(), "once in a run of Terraform");
    let process = directory.process();
    assert!(process.is_told(&process.left_over()[0]), "the next process of the same run");
}

#[tokio::test]
async fn an_open_request_shows_that_its_process_lives() {
    let directory = Directory::new();
    let mut creation = begin(&directory.process(), &fixed("n"), "");
    creation.remember(Sent::default());
    let started = creation.record.started;
    let cx = tfplug::context::Context::<()>::new(None, tokio_util::sync::CancellationToken::new(), HEARTBEAT * 4);
    creation.watched(cx.pause(HEARTBEAT * 3 / 2)).await.unwrap();
    let record = directory.process().left_over().remove(0);
    assert!(record.alive > started, "{record:?}");
}
