//! A warm pool keeps its training job from being deleted, and is billed until it ends.

use serde_json::{Value as Json, json};

use super::fake::{Instead, operation};
use super::{JOB, Story, job_with};

/// Destroys a job with a warm pool. What was updated and deleted, in order.
async fn destroyed(on_destroy: &str, pool: &str, period: i64) -> Vec<Json> {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let resources = json!({
        "instance_type": "ml.m5.large", "instance_count": 1, "volume_size_in_gb": 10, "keep_alive_period_in_seconds": period,
    });
    let config = job_with(&terraform, json!({ "resource_config": resources, "on_destroy": on_destroy }));
    let mut state = None;
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    story.aws.with(|s| {
        let job = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        job.insert("WarmPoolStatus".to_owned(), json!({ "Status": pool }));
        let refusal = Instead::Error("ResourceInUse", "The training job has an available warm pool.");
        s.instead.insert("DeleteTrainingJob", [refusal].into());
    });
    story.aws.stub.take();
    terraform.run(JOB, &mut state, None).await.good();
    let asked = story.aws.stub.take();
    let changes = asked.iter().filter(|a| ["UpdateTrainingJob", "DeleteTrainingJob"].contains(&operation(a)));
    changes.map(|a| serde_json::from_slice(&a.body).unwrap()).collect()
}

#[tokio::test]
async fn a_warm_pool_ends_with_its_job() {
    let (job, ends) = (json!({ "TrainingJobName": "j" }), json!({ "KeepAlivePeriodInSeconds": 0 }));
    let ended = json!({ "TrainingJobName": "j", "ResourceConfig": ends });
    assert_eq!(destroyed("delete", "Available", 3600).await, [job.clone(), ended.clone(), job.clone()]);
    assert_eq!(destroyed("stop", "Available", 3600).await, [ended], "the job stays, its bill does not");
    assert_eq!(destroyed("stop", "Reused", 3600).await, Vec::<Json>::new(), "another job's");
    assert_eq!(destroyed("retain", "Available", 3600).await, Vec::<Json>::new());
    assert_eq!(destroyed("delete", "Available", 0).await, [job.clone(), job], "it is ending: that is waited for");
}
