//! Scripts of a processing job: its container gets the archive as an input, and a command that unpacks and runs it.

use tfplug::value::{Path, Value};

use super::script;

/// The name of the input.
pub const NAME: &str = "code";
/// Where the container finds it.
const DIRECTORY: &str = "/opt/ml/processing/input/code";
/// Unpacks the archive where it is, and gives way to the command that follows.
const UNPACK: [&str; 4] =
    ["/bin/sh", "-c", "cd /opt/ml/processing/input/code && tar -xzf sourcedir.tar.gz && exec \"$@\"", "sh"];

/// The command that runs a script, unless the user names one.
fn interpreter(entry_point: &str) -> &'static [&'static str] {
    match entry_point.rsplit_once('.') {
        Some((_, "py")) => &["python3"],
        Some((_, "sh")) => &["/bin/sh"],
        _ => &[],
    }
}

/// Adds the archive to the request of a processing job.
pub fn give(request: &mut Value, uri: &str, entry_point: &str) {
    let mut inputs = request.attribute("processing_inputs").as_elements().unwrap_or_default().to_vec();
    let source = [
        ("s3_uri", uri),
        ("local_path", DIRECTORY),
        ("s3_data_type", "S3Prefix"),
        ("s3_input_mode", "File"),
        // Each instance needs all of it.
        ("s3_data_distribution_type", "FullyReplicated"),
    ];
    let source = Value::object(source.map(|(member, text)| (member, Value::from(text))));
    inputs.push(Value::object([("input_name", Value::from(NAME)), ("s3_input", source)]));
    request.set_attribute("processing_inputs", Value::List(inputs));
    let Some(container) = request.at_mut(&Path::of("app_specification")) else { return };
    let own = container.attribute("container_entrypoint").as_elements().map(<[Value]>::to_vec);
    let runs = own.unwrap_or_else(|| interpreter(entry_point).iter().map(|word| Value::from(*word)).collect());
    let script = if runs.is_empty() { format!("./{entry_point}") } else { entry_point.to_owned() };
    let command = UNPACK.iter().map(|word| Value::from(*word)).chain(runs).chain([Value::from(script)]);
    container.set_attribute("container_entrypoint", Value::List(command.collect()));
}

/// Takes the archive out of what AWS says of a processing job: it is shown as `source_code`.
pub fn hide(state: &Value, value: &mut Value) {
    let entry_point = value.attribute("app_specification").attribute("container_entrypoint");
    let command: Vec<String> =
        entry_point.as_elements().unwrap_or_default().iter().filter_map(|w| w.as_str().map(str::to_owned)).collect();
    let inputs = value.attribute("processing_inputs").as_elements().unwrap_or_default().to_vec();
    let archive = inputs.iter().position(|i| i.attribute("input_name").as_str() == Some(NAME));
    let (Some(at), Some((script, runs))) =
        (archive, command.strip_prefix(&UNPACK.map(str::to_owned)[..]).and_then(<[String]>::split_last))
    else {
        return;
    };
    let script = if runs.is_empty() { script.strip_prefix("./").unwrap_or(script) } else { script };
    if state.attribute(script::AT).is_null() && state.attribute("app_specification").is_null() {
        let uri = inputs[at].attribute("s3_input").attribute("s3_uri").as_str().unwrap_or_default().to_owned();
        value.set_attribute(script::AT, script::recognise(script, &uri));
    }
    if value.attribute(script::AT).is_null() {
        return;
    }
    let others: Vec<Value> = inputs.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, i)| i.clone()).collect();
    let none = others.is_empty() && state.attribute("processing_inputs").is_null();
    value.set_attribute("processing_inputs", if none { Value::Null } else { Value::List(others) });
    let own = if runs == interpreter(script) {
        Value::Null
    } else {
        Value::List(runs.iter().map(|word| Value::from(word.as_str())).collect())
    };
    if let Some(container) = value.at_mut(&Path::of("app_specification")) {
        container.set_attribute("container_entrypoint", own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARCHIVE: &str =
        "s3://b/source/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/sourcedir.tar.gz";

    fn words(words: &[&str]) -> Value {
        Value::List(words.iter().map(|word| Value::from(*word)).collect())
    }

    /// What AWS is sent for an entry point and a command of the user's, and what is shown of that after an import.
    fn shown(entry_point: &str, own: Value, inputs: Value) -> (Vec<String>, Value) {
        let container = Value::object([("container_entrypoint", own)]);
        let mut job = Value::object([("app_specification", container), ("processing_inputs", inputs)]);
        give(&mut job, ARCHIVE, entry_point);
        let sent = job.attribute("app_specification").attribute("container_entrypoint").as_elements().unwrap();
        let sent = sent.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        hide(&Value::Null, &mut job);
        (sent, job)
    }

    #[test]
    fn a_script_runs_by_its_kind_or_by_the_users_command_and_is_shown_as_it_was_written() {
        let input = || Value::object([("input_name", Value::from("raw"))]);
        for (entry_point, own, runs) in [
            ("main.py", Value::Null, vec!["python3", "main.py"]),
            ("bin/main.sh", Value::Null, vec!["/bin/sh", "bin/main.sh"]),
            ("main", Value::Null, vec!["./main"]),
            ("job.py", words(&["spark-submit", "--verbose"]), vec!["spark-submit", "--verbose", "job.py"]),
        ] {
            for inputs in [Value::Null, Value::List(vec![input()])] {
                let (sent, job) = shown(entry_point, own.clone(), inputs.clone());
                assert_eq!(sent[..2], ["/bin/sh", "-c"]);
                assert_eq!(sent[4..], runs, "{entry_point}");
                assert_eq!(job.attribute(script::AT).attribute("entry_point"), &Value::from(entry_point));
                assert_eq!(job.attribute("processing_inputs"), &inputs, "{entry_point}");
                assert_eq!(job.attribute("app_specification").attribute("container_entrypoint"), &own, "{entry_point}");
            }
        }
    }

    #[test]
    fn what_is_not_the_providers_is_shown_as_it_is() {
        let source = Value::object([("s3_uri", Value::from("s3://b/theirs.tar.gz"))]);
        let theirs = Value::object([("input_name", Value::from(NAME)), ("s3_input", source)]);
        let container = Value::object([("container_entrypoint", words(&["python3", "main.py"]))]);
        let job = Value::object([("app_specification", container), ("processing_inputs", Value::List(vec![theirs]))]);
        let mut read = job.clone();
        hide(&Value::Null, &mut read);
        assert_eq!(read, job);
    }
}
