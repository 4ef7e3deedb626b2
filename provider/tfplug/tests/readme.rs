//! The provider that the README shows: it is shown as it is, and it works.

#![allow(clippy::unwrap_used, dead_code, reason = "a test, and the example's own main")]

#[path = "../examples/note.rs"]
mod note;

use serde_json::json;
use tfplug::testing::{Change, Core};
use tfplug::value::Value;

#[test]
fn the_readme_shows_the_example() {
    let (readme, example) = (include_str!("../README.md"), include_str!("../examples/note.rs"));
    assert!(
        readme.contains(&format!("```rust\n{example}```\n")),
        "README.md shows another provider than examples/note.rs"
    );
}

#[tokio::test]
async fn the_example_lives_the_life_of_a_resource() {
    const NOTE: &str = "notes_note";
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.txt").to_str().unwrap().to_owned();
    let mut terraform = Core::of(note::Notes).await;
    terraform.configure(&Value::object::<&str>([])).await.good();
    let config = |text: &str| json!({ "path": path, "text": text });
    let mut state = None;
    for (text, change) in [("one", Change::Create), ("one", Change::NoOp), ("three", Change::Update)] {
        let config = terraform.config(NOTE, &config(text));
        let plan = terraform.run(NOTE, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, change);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        let length = i64::try_from(text.len()).unwrap();
        assert_eq!(state.as_ref().unwrap().value.attribute("length"), &Value::from(length));
    }
    terraform.import_every_way(NOTE, &path).await.good().unwrap();
    terraform.run(NOTE, &mut state, None).await.good();
    assert!(state.is_none() && !std::path::Path::new(&path).exists());
}
