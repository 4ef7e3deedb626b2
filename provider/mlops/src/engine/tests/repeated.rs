//! What AWS describes twice: an import takes over one of them, so that what clients write of it is a configuration.

use serde_json::json;
use tfplug::testing::Change;
use tfplug::value::Path;

use super::{MODEL, Story};

#[tokio::test]
async fn an_imported_model_has_its_artifact_once() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let artifact = "s3://bucket/model.tar.gz";
    let given = json!({ "name": "m", "primary_container": { "image": "i", "model_data_url": artifact } });
    let (config, mut state) = (terraform.config(MODEL, &given), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    story.aws.with(|s| {
        let object = s.objects.get_mut(&("Model".to_owned(), "m".to_owned())).unwrap();
        object["PrimaryContainer"]["ModelDataSource"] = json!({
            "S3DataSource": { "S3Uri": artifact, "S3DataType": "S3Object", "CompressionType": "Gzip" },
        });
    });
    let imported = terraform.import_every_way(MODEL, "m").await.good();
    let container = |name: &str| Path::of("primary_container").attribute(name);
    let value = &imported.as_ref().unwrap().value;
    assert_eq!(value.at(&container("model_data_url")).and_then(|v| v.as_str()), Some(artifact));
    assert!(value.at(&container("model_data_source")).is_some_and(tfplug::value::Value::is_null));
    let again = terraform.refresh(MODEL, imported.as_ref().unwrap()).await.good();
    let plan = terraform.plan(MODEL, again.as_ref(), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
}
