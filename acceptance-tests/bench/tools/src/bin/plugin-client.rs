//! Times the calls that Terraform begins every run with, on a provider that listens already, and prints them as JSON.
//!
//! Usage: `plugin-client SOCKET CONFIGURATION`: the path of the provider's Unix socket (without transport security) and
//! a JSON object with the attributes of the provider block that are set; the rest is null.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tfplug::pb::health::HealthCheckRequest;
use tfplug::pb::health::health_client::HealthClient;
use tfplug::pb::tfplugin6::provider_client::ProviderClient;
use tfplug::pb::tfplugin6::{ClientCapabilities, DynamicValue, configure_provider, get_provider_schema};
use tfplug::serve::MAX_MESSAGE_BYTES;
use tonic::transport::{Channel, Endpoint};

/// How often each call that may be repeated is.
const REPEATS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, configuration] = &arguments[..] else {
        let _ = writeln!(std::io::stderr(), "usage: plugin-client SOCKET CONFIGURATION");
        return ExitCode::from(2);
    };
    match measure(socket, configuration).await {
        Ok(figures) => match writeln!(std::io::stdout(), "{figures}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "calling the provider at {socket} failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(socket: &str, configuration: &str) -> Result<Value, Box<dyn Error>> {
    let channel = Endpoint::try_from(format!("unix://{socket}"))?.connect().await?;
    let health = floor(channel.clone()).await?;
    let mut provider = ProviderClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);

    let mut schema_calls = Vec::new();
    let mut schema = get_provider_schema::Response::default();
    for _ in 0..=REPEATS {
        let start = Instant::now();
        schema = provider.get_provider_schema(get_provider_schema::Request {}).await?.into_inner();
        schema_calls.push(start.elapsed());
    }
    let block = schema.provider.as_ref().and_then(|p| p.block.as_ref()).ok_or("the schema has no provider block")?;
    let names = block.attributes.iter().map(|attribute| attribute.name.as_str());
    let config = encode(names.collect(), &serde_json::from_str(configuration)?)?;

    let start = Instant::now();
    let request = configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        config: Some(DynamicValue { msgpack: config, json: vec![] }),
        client_capabilities: Some(ClientCapabilities::default()),
    };
    let configured = provider.configure_provider(request).await?.into_inner();
    if let Some(diagnostic) = configured.diagnostics.first() {
        return Err(format!("ConfigureProvider: {}: {}", diagnostic.summary, diagnostic.detail).into());
    }
    Ok(json!({
        "resources": schema.resource_schemas.len(),
        "health_ms": health.iter().map(milliseconds).collect::<Vec<_>>(),
        "first_schema_ms": milliseconds(&schema_calls[0]),
        "later_schema_ms": schema_calls[1..].iter().map(milliseconds).collect::<Vec<_>>(),
        "configure_ms": milliseconds(&start.elapsed()),
    }))
}

/// The least that a call can take: one without content in either direction.
async fn floor(channel: Channel) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut health = HealthClient::new(channel);
    let mut calls = Vec::new();
    for _ in 0..REPEATS {
        let start = Instant::now();
        health.check(HealthCheckRequest { service: "plugin".to_owned() }).await?;
        calls.push(start.elapsed());
    }
    Ok(calls)
}

fn milliseconds(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The provider block as Terraform sends it: a map with every attribute.
fn encode(names: Vec<&str>, set: &BTreeMap<String, Value>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = Vec::new();
    if let Some(unknown) = set.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("the provider block has no attribute {unknown:?}").into());
    }
    rmp::encode::write_map_len(&mut out, u32::try_from(names.len())?)?;
    for name in names {
        rmp::encode::write_str(&mut out, name)?;
        match set.get(name) {
            None | Some(Value::Null) => rmp::encode::write_nil(&mut out)?,
            Some(Value::Bool(value)) => rmp::encode::write_bool(&mut out, *value)?,
            Some(Value::String(value)) => rmp::encode::write_str(&mut out, value)?,
            Some(other) => return Err(format!("{name} can be text or a truth value, not {other}").into()),
        }
    }
    Ok(out)
}
