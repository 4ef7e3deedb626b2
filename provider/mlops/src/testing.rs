//! For tests: a stand-in for AWS that answers by a function and remembers what it was asked, and the provider in front
//! of it, driven as Terraform drives it.

use std::sync::{Arc, Mutex};

use tfplug::async_trait;
use tfplug::diag::{Diag, Result};
use tfplug::pb::tfplugin6::provider_server::ProviderServer;
use tfplug::resource::{Action, DataSource, EphemeralResource, Function, ListResource, Provider, Resource};
use tfplug::rpc::Server;
use tfplug::schema::Schema;
use tfplug::testing::Core;
use tfplug::value::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::aws::client::{Aws, Settings};
use crate::aws::creations::Place;

/// The account that the stand-in is.
pub(crate) const ACCOUNT: &str = "123456789012";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `POST` ...
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The whole body.
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// A parameter of the AWS query protocol: `Action`, `RoleName` ...
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let body = String::from_utf8_lossy(&self.body).into_owned();
        body.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key == name).then(|| crate::aws::policy_json::percent_decoded(&value.replace('+', " ")))
        })
    }
}

/// An answer: status, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Answer(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) String);

type Answers = dyn Fn(&Asked) -> Answer + Send + Sync;

/// The stand-in for AWS.
pub(crate) struct Stub {
    /// Where it listens.
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    /// Starts to answer, on a port of its own, until the test's runtime ends.
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer): (_, Arc<Answers>) = (asked.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, log.clone(), answer.clone()));
            }
        });
        Self { url, asked }
    }

    /// What was asked since the last call.
    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn converse(stream: TcpStream, log: Arc<Mutex<Vec<Asked>>>, answer: Arc<Answers>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let mut first = line.split(' ').map(str::to_owned);
        let (method, path) = (first.next().unwrap(), first.next().unwrap());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, v)| v.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let request = Asked { method, path, headers, body };
        let Answer(status, headers, body) = answer(&request);
        log.lock().unwrap().push(request);
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let text = format!("HTTP/1.1 {status} -\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
        if stream.get_mut().write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Makes objects of a kind.
type Make<T> = Option<fn() -> Vec<Box<T>>>;

/// What a provider of a test offers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Offer {
    /// Managed resources.
    pub(crate) resources: Make<dyn Resource<Aws>>,
    /// Data sources.
    pub(crate) data_sources: Make<dyn DataSource<Aws>>,
    /// Ephemeral resources.
    pub(crate) ephemeral_resources: Make<dyn EphemeralResource<Aws>>,
    /// List resources.
    pub(crate) list_resources: Make<dyn ListResource<Aws>>,
    /// Actions.
    pub(crate) actions: Make<dyn Action<Aws>>,
    /// Functions.
    pub(crate) functions: Make<dyn Function>,
    /// Changes the settings.
    pub(crate) settings: Option<fn(&mut Settings)>,
}

/// Terraform in front of a provider of a test.
pub(crate) type Terraform = Core<ProviderServer<Server<TestProvider>>>;

/// A provider that offers what a test needs.
pub(crate) struct TestProvider {
    url: String,
    offer: Offer,
    place: Option<Place>,
}

#[async_trait]
impl Provider for TestProvider {
    type Client = Aws;

    fn name(&self) -> &'static str {
        "mlops"
    }

    fn schema(&self) -> Schema {
        Schema::default()
    }

    async fn configure(&self, _config: Value, _terraform_version: &str) -> Result<Aws> {
        let mut settings = Settings::local(&self.url).map_err(|e| Diag::error("No client", e))?;
        settings.account_id = Some(ACCOUNT.to_owned());
        settings.place.clone_from(&self.place);
        if let Some(change) = self.offer.settings {
            change(&mut settings);
        }
        Ok(Aws::new(settings))
    }

    fn released(&self, aws: &Aws) {
        aws.creations().released();
    }

    fn resources(&self) -> Vec<Box<dyn Resource<Aws>>> {
        self.offer.resources.map_or_else(Vec::new, |f| f())
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Aws>>> {
        self.offer.data_sources.map_or_else(Vec::new, |f| f())
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn EphemeralResource<Aws>>> {
        self.offer.ephemeral_resources.map_or_else(Vec::new, |f| f())
    }

    fn list_resources(&self) -> Vec<Box<dyn ListResource<Aws>>> {
        self.offer.list_resources.map_or_else(Vec::new, |f| f())
    }

    fn actions(&self) -> Vec<Box<dyn Action<Aws>>> {
        self.offer.actions.map_or_else(Vec::new, |f| f())
    }

    fn functions(&self) -> Vec<Box<dyn Function>> {
        self.offer.functions.map_or_else(Vec::new, |f| f())
    }
}

/// Terraform in front of a provider that takes `url` for AWS.
pub(crate) async fn terraform(url: &str, offer: Offer) -> Terraform {
    process(url, offer, None).await.terraform
}

/// A process of the provider.
pub(crate) struct Process {
    /// The Terraform that it serves.
    pub(crate) terraform: Terraform,
    /// The same Terraform's other hand, to say something while the first one waits.
    pub(crate) other: Terraform,
    /// Says that Terraform is done with the process.
    pub(crate) release: Box<dyn Fn()>,
}

/// Starts a process in a place where creations are remembered.
pub(crate) async fn process(url: &str, offer: Offer, place: Option<Place>) -> Process {
    let server = Server::new(TestProvider { url: url.to_owned(), offer, place });
    let release = Box::new(server.on_release());
    let service = ProviderServer::new(server);
    let mut terraform = Core::new(service.clone()).await;
    terraform.configure(&Value::object::<String>([])).await.good();
    Process { terraform, other: Core::new(service).await, release }
}
