use std::net::TcpListener;
use std::time::Instant;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;

use super::*;
use crate::aws::error::Kind;

/// How long a call took that nobody answers.
async fn took<T, E>(call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>) -> Duration
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let started = Instant::now();
    let Err(error) = call.await else { panic!("nobody answers") };
    assert_eq!(aws_error("X", "Y", error).kind, Kind::Timeout);
    started.elapsed()
}

#[tokio::test]
async fn an_attempt_ends_with_its_limit() {
    let ms = Duration::from_millis;
    // The system accepts connections for who listens.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = Settings::local(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    settings.sdk = settings.sdk.into_builder().retry_config(RetryConfig::disabled()).build();
    settings.limits = Limits { call: ms(200), transfer: ms(1200), invocation: ms(600) };
    let aws = Aws::new(settings).region(None);
    let (s3, runtime) = (aws.s3(), aws.sagemaker_runtime());
    let (call, transfer, invocation) = (ms(200)..ms(590), ms(1200)..ms(3000), ms(600)..ms(1190));
    let body = || ByteStream::from_static(b"x");
    assert!(call.contains(&took(s3.head_bucket().bucket("b").send()).await));
    assert!(call.contains(&took(s3.list_objects_v2().bucket("b").send()).await));
    assert!(call.contains(&took(aws.sagemaker().list_models().send()).await));
    assert!(call.contains(&took(aws.iam().list_roles().send()).await));
    assert!(transfer.contains(&took(s3.put_object().bucket("b").key("k").body(body()).send()).await));
    let part = s3.upload_part().bucket("b").key("k").upload_id("u").part_number(1).body(body());
    assert!(transfer.contains(&took(part.send()).await));
    let complete = s3.complete_multipart_upload().bucket("b").key("k").upload_id("u");
    assert!(transfer.contains(&took(complete.send()).await));
    assert!(invocation.contains(&took(runtime.invoke_endpoint().endpoint_name("e").send()).await));
}

#[test]
fn the_limits_are_those_that_are_documented() {
    let Limits { call, transfer, invocation } = Limits::default();
    assert_eq!((call.as_secs(), transfer.as_secs(), invocation.as_secs()), (60, 600, 500));
    let documented = crate::config::schema().description.to_string();
    for words in ["60 seconds", "10 minutes", "500 seconds"] {
        assert!(documented.contains(words), "{words}");
    }
}
