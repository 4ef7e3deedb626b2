//! `prebuilt_image(framework, version, region, options...)`.

use tfplug::resource::{Function, FunctionError, Parameter, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::pipeline_definition::suggestion;
use crate::sagemaker::prebuilt_images::{Argument, Wanted, find};

/// Builds the URI of one of AWS's prebuilt images.
pub struct PrebuiltImage;

const OPTIONS: [&str; 5] =
    ["image_scope", "instance_type", "py_version", "base_framework_version", "container_version"];

impl Function for PrebuiltImage {
    fn signature(&self) -> Signature {
        let options = "A map of what else the image depends on. `image_scope` is what it is for: `training`, `inference`, \
                       `processing`. `instance_type` says which processor it runs on, a GPU (`ml.g5.xlarge`) or Graviton \
                       (`ml.c7g.large`); for a serverless endpoint give any type without them. `py_version` (`py312`), \
                       `base_framework_version` (of `huggingface`: `pytorch2.6.0`) and `container_version` (of `spark`: `v1`) \
                       are as in `image_uris.retrieve` of the SageMaker Python SDK.";
        let options = Parameter {
            name: "options".into(),
            kind: Type::Map(Box::new(Type::String)),
            description: options.into(),
            allow_null: false,
        };
        Signature {
            name: "prebuilt_image".into(),
            summary: "Builds the URI of one of AWS's prebuilt container images".into(),
            description: "Returns the URI of a container image that AWS maintains, in the account that AWS has for it in the \
                          region: of frameworks (`pytorch`, `tensorflow`, `sklearn`, `xgboost`, `huggingface`, `djl-lmi`, \
                          `vllm` ...), of built-in algorithms (`linear-learner`, `kmeans` ...), and of what SageMaker runs in \
                          jobs (`model-monitor`, `clarify`, `spark` ...). Frameworks have the names of \
                          `image_uris.retrieve` in the SageMaker Python SDK, whose tables are the source; an error about a \
                          name lists all of them. What is needed besides the name depends on the image; an error says what \
                          is missing, and what there is. The data source `mlops_prebuilt_image` does the same for the \
                          provider's region.\n\nAWS moves the tags to newer builds of the same version. A URI does not say \
                          whether AWS has withdrawn an old version."
                .into(),
            parameters: vec![
                text("framework", "The framework, algorithm or tool: `pytorch`."),
                Parameter {
                    allow_null: true,
                    ..text("version", "Its version, in full (`2.6.0`) or short (`2.6`). Null if there is only one.")
                },
                text("region", "The region: `eu-west-1`."),
            ],
            variadic: Some(options),
            result: Type::String,
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        // Of several maps the later ones count, as with `merge`.
        let given = || {
            let maps = arguments.iter().enumerate().skip(3);
            maps.flat_map(|(i, map)| map.as_entries().into_iter().flatten().map(move |(name, value)| (i, name, value)))
        };
        if let Some((i, name, _)) = given().find(|(_, name, _)| !OPTIONS.contains(&name.as_str())) {
            let meant = suggestion(name, OPTIONS);
            return Err(failed(i, format!("There is no option {name:?}.{meant} There are {}.", OPTIONS.join(", "))));
        }
        let option = |wanted: &str| given().rfind(|(_, name, _)| *name == wanted);
        let [image_scope, instance_type, py_version, base_framework_version, container_version] =
            OPTIONS.map(|name| option(name).and_then(|(_, _, value)| value.as_str()));
        let wanted = Wanted {
            framework: argument(&arguments, 0)?,
            version: arguments.get(1).and_then(Value::as_str),
            region: argument(&arguments, 2)?,
            image_scope,
            instance_type,
            py_version,
            base_framework_version,
            container_version,
        };
        let blamed = |argument: Argument| match argument {
            Argument::Framework => 0,
            Argument::Version => 1,
            Argument::Region => 2,
            // An option that is missing is missing from the last argument.
            _ => option(argument.name()).map_or(arguments.len() - 1, |(i, ..)| i),
        };
        find(&wanted).map(|image| Value::from(image.uri)).map_err(|(argument, text)| failed(blamed(argument), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Options = [(&'static str, Option<&'static str>)];

    const SCOPE: (&str, Option<&str>) = ("image_scope", Some("training"));
    const CPU: (&str, Option<&str>) = ("instance_type", Some("ml.m5.large"));
    const GPU: (&str, Option<&str>) = ("instance_type", Some("ml.g5.xlarge"));

    fn call(version: Option<&str>, options: &[&Options]) -> Result<Value, FunctionError> {
        let maps =
            options.iter().map(|map| Value::object(map.iter().map(|(name, value)| (*name, Value::from(*value)))));
        let named = [Value::from("pytorch"), Value::from(version), Value::from("eu-west-1")];
        PrebuiltImage.call(named.into_iter().chain(maps).collect())
    }

    #[test]
    fn options_choose_and_later_ones_count() {
        let uri = |end: &str| Ok(Value::from(format!("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-{end}")));
        assert_eq!(call(Some("2.6"), &[&[SCOPE, GPU]]), uri("training:2.6-gpu-py312"));
        assert_eq!(call(Some("2.6.0"), &[&[SCOPE, GPU], &[CPU]]), uri("training:2.6.0-cpu-py312"));
        assert_eq!(call(Some("2.6"), &[&[SCOPE, CPU, ("py_version", None)]]), uri("training:2.6-cpu-py312"));
    }

    #[test]
    fn blames_the_argument() {
        for (version, options, blamed, says) in [
            (None, &[&[SCOPE][..]][..], 1, "Set `version`"),
            (Some("9.9"), &[], 1, "no version"),
            (Some("2.6"), &[], 2, "Set `instance_type`"),
            (Some("2.6"), &[&[SCOPE]], 3, "Set `instance_type`"),
            (Some("2.6"), &[&[("instance_type", Some("?"))], &[SCOPE]], 3, "not an instance type"),
            (Some("2.6"), &[&[SCOPE], &[("image_scop", Some("training"))]], 4, "Did you mean 'image_scope'?"),
        ] {
            let error = call(version, options).unwrap_err();
            assert_eq!(error.argument, Some(blamed), "{}", error.text);
            assert!(error.text.contains(says), "{}", error.text);
        }
    }
}
