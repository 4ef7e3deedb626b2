use super::*;

const BASE: Wanted<'static> = Wanted {
    framework: "",
    version: None,
    region: "us-east-1",
    image_scope: None,
    instance_type: None,
    py_version: None,
    base_framework_version: None,
    container_version: None,
};

fn uri(wanted: Wanted<'_>) -> Result<String, Unavailable> {
    find(&wanted).map(|image| image.uri)
}

#[test]
fn the_table_is_read() {
    assert!(TABLE.images.len() > 70, "{} frameworks", TABLE.images.len());
    for (framework, rows) in &TABLE.images {
        for row in rows {
            let accounts = TABLE.registries.get(row.registries).unwrap_or_else(|| panic!("{framework}: {row:?}"));
            assert!(accounts.keys().all(|account| crate::aws::arn::is_account_id(account)), "{framework}");
            assert!(accounts.values().flat_map(|all| all.split(' ')).all(crate::aws::arn::is_region), "{framework}");
            assert!(!row.tags.is_empty() && !row.versions.is_empty(), "{framework}: {row:?}");
        }
    }
}

/// The URIs are what sagemaker-core 2.27.0 makes; `test_prebuilt_images.py` compares all that it has.
#[test]
fn images_are_those_of_aws() {
    let dlc = "763104351884.dkr.ecr.us-east-1.amazonaws.com";
    for (wanted, expected) in [
        (
            Wanted { framework: "linear-learner", ..BASE },
            "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1",
        ),
        (
            Wanted { framework: "xgboost", version: Some("1.7-1"), region: "eu-west-1", ..BASE },
            "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        ),
        (
            Wanted { framework: "sklearn", version: Some("1.2-1"), region: "cn-north-1", ..BASE },
            "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-scikit-learn:1.2-1-cpu-py3",
        ),
        (
            Wanted { framework: "model-monitor", region: "eu-central-1", ..BASE },
            "048819808253.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-model-monitor-analyzer",
        ),
        (
            Wanted { framework: "clarify", ..BASE },
            "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0",
        ),
        (
            Wanted {
                framework: "pytorch",
                version: Some("2.6"),
                image_scope: Some("inference"),
                instance_type: Some("ml.g5.xlarge"),
                ..BASE
            },
            &format!("{dlc}/pytorch-inference:2.6-gpu-py312"),
        ),
        (
            Wanted { framework: "pytorch", version: Some("2.4.0"), instance_type: Some("ml.c7g.large"), ..BASE },
            &format!("{dlc}/pytorch-inference-graviton:2.4.0-cpu-py311-ubuntu22.04-sagemaker"),
        ),
        (
            Wanted {
                framework: "huggingface",
                version: Some("4.51"),
                base_framework_version: Some("pytorch2.6"),
                image_scope: Some("inference"),
                instance_type: Some("ml.p4d.24xlarge"),
                ..BASE
            },
            &format!("{dlc}/huggingface-pytorch-inference:2.6-transformers4.51.3-gpu-py312-cu124-ubuntu22.04"),
        ),
        (
            Wanted {
                framework: "sagemaker-tritonserver",
                version: Some("25.09"),
                instance_type: Some("ml.g5.xlarge"),
                ..BASE
            },
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:25.09-py3",
        ),
        (
            Wanted {
                framework: "spark",
                version: Some("3.5"),
                py_version: Some("py39"),
                container_version: Some("v1"),
                ..BASE
            },
            "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.5-cpu-py39-v1",
        ),
        (
            Wanted { framework: "spark", version: Some("3.5"), ..BASE },
            "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.5-cpu",
        ),
        (
            Wanted { framework: "sagemaker-base-python", py_version: Some("310"), ..BASE },
            "081325390199.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-310:1.0",
        ),
    ] {
        assert_eq!(uri(wanted).as_deref(), Ok(expected), "{wanted:?}");
    }
}

#[test]
fn the_parts_make_the_uri() {
    let image = find(&Wanted { framework: "xgboost", version: Some("1.7-1"), ..BASE }).unwrap();
    assert_eq!((image.account_id.as_str(), image.repository.as_str()), ("683313688378", "sagemaker-xgboost"));
    assert_eq!(image.tag.as_deref(), Some("1.7-1"));
    assert_eq!(find(&Wanted { framework: "model-monitor", ..BASE }).unwrap().tag, None);
}

#[test]
fn says_what_there_is_instead() {
    use Argument::*;
    let pytorch = Wanted { framework: "pytorch", version: Some("2.6"), instance_type: Some("ml.m5.large"), ..BASE };
    let huggingface = Wanted {
        framework: "huggingface",
        version: Some("4.17"),
        image_scope: Some("inference"),
        instance_type: Some("ml.m5.large"),
        ..BASE
    };
    for (wanted, argument, says) in [
        (Wanted { framework: "pytroch", ..BASE }, Framework, "Did you mean 'pytorch'?"),
        (Wanted { framework: "xgboost", ..BASE }, Version, "Set `version` to one of 1, 0.90-1, 0.90-2"),
        (
            Wanted { framework: "xgboost", version: Some("9.9-9"), ..BASE },
            Version,
            "no version \"9.9-9\"; there are 1, 0.90-1",
        ),
        (Wanted { framework: "linear-learner", version: Some("2"), ..BASE }, Version, "there are 1."),
        (Wanted { framework: "model-monitor", version: Some("1"), ..BASE }, Version, "has no version."),
        (
            Wanted { framework: "linear-learner", region: "xx-north-1", ..BASE },
            Region,
            "no image of linear-learner in \"xx-north-1\"",
        ),
        (pytorch, ImageScope, "Set `image_scope` to one of inference, training."),
        (Wanted { image_scope: Some("serving"), ..pytorch }, ImageScope, "there are inference, training."),
        (
            Wanted { instance_type: None, image_scope: Some("training"), ..pytorch },
            InstanceType,
            "these processors: cpu, gpu.",
        ),
        (Wanted { instance_type: Some("m5.large"), ..pytorch }, InstanceType, "is not an instance type"),
        (
            Wanted { instance_type: Some("ml.inf2.xlarge"), ..pytorch },
            InstanceType,
            "does not run on ml.inf2.xlarge; there are images for arm64, cpu, gpu.",
        ),
        (
            Wanted { framework: "linear-learner", instance_type: Some("ml.m7g.large"), ..BASE },
            InstanceType,
            "for x86 processors",
        ),
        (
            Wanted { image_scope: Some("training"), instance_type: Some("ml.m7g.large"), ..pytorch },
            InstanceType,
            "for cpu, gpu.",
        ),
        (Wanted { image_scope: Some("training"), py_version: Some("py27"), ..pytorch }, PyVersion, "there are py312."),
        (Wanted { framework: "linear-learner", py_version: Some("py3"), ..BASE }, PyVersion, "have no `py_version`."),
        (Wanted { framework: "sagemaker-base-python", ..BASE }, PyVersion, "one of 38, 310"),
        (huggingface, BaseFrameworkVersion, "Set `base_framework_version` to one of pytorch1.10.2"),
        (
            Wanted { base_framework_version: Some("pytorch9"), ..huggingface },
            BaseFrameworkVersion,
            "there are pytorch1.10.2",
        ),
        (
            Wanted { framework: "clarify", container_version: Some("v1"), ..BASE },
            ContainerVersion,
            "no `container_version` to choose",
        ),
    ] {
        let (blamed, text) = find(&wanted).unwrap_err();
        assert_eq!(blamed, argument, "{text}");
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn processors_follow_from_the_instance_type() {
    for (instance_type, processors) in [
        ("ml.m5.large", Some(vec!["m5", "cpu", ""])),
        ("ml.c6i.large", Some(vec!["c6i", "cpu", ""])),
        ("ml.g4dn.xlarge", Some(vec!["g4dn", "gpu", ""])),
        ("ml.gr6.4xlarge", Some(vec!["gr6", "gpu", ""])),
        ("ml.p6-b200.48xlarge", Some(vec!["p6-b200", "gpu", ""])),
        ("ml.c6gn.large", Some(vec!["arm64"])),
        ("ml.m8g.large", Some(vec!["arm64"])),
        ("ml.g5g.xlarge", Some(vec!["arm64-gpu"])),
        ("ml.inf2.xlarge", Some(vec!["inf2", "inf", "neuronx"])),
        ("ml.trn1n.32xlarge", Some(vec!["trn1n", "trn", "neuronx"])),
        ("ml.m5", None),
        ("ml..large", None),
        ("m5.large", None),
        ("ml.large.m5", None),
    ] {
        assert_eq!(processors_of(instance_type), processors, "{instance_type}");
    }
}
