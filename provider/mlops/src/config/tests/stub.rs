//! A server that records requests and responds as instructed. It stands for AWS and for proxies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One recorded request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Method, target and version.
    pub(super) line: String,
    /// The headers, names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// The access key and the region that the request is signed with: `KEY/REGION`.
    pub(super) fn signer(&self) -> String {
        let credential = self.header("authorization").split_once("Credential=").map_or("", |(_, rest)| rest);
        let parts: Vec<&str> = credential.split('/').collect();
        if parts.len() > 2 { format!("{}/{}", parts[0], parts[2]) } else { String::new() }
    }

    /// The value of a form field, decoded.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let value = self.body.split('&').find_map(|f| f.strip_prefix(name)?.strip_prefix('='))?;
        let mut bytes = Vec::new();
        let mut rest = value.bytes();
        while let Some(b) = rest.next() {
            bytes.push(match b {
                b'%' => u8::from_str_radix(&format!("{}{}", rest.next()? as char, rest.next()? as char), 16).ok()?,
                b'+' => b' ',
                b => b,
            });
        }
        String::from_utf8(bytes).ok()
    }
}

/// What the server does with a request.
pub(super) struct Reply {
    /// The status; 0 to cut the connection instead.
    status: u16,
    /// All headers but the body's length.
    headers: String,
    body: String,
}

/// A reply as AWS gives it.
impl From<(u16, String)> for Reply {
    fn from((status, body): (u16, String)) -> Self {
        Self { status, headers: "content-type: text/xml\r\nx-amzn-requestid: req-1\r\n".to_owned(), body }
    }
}

impl Reply {
    /// A reply with these headers alone.
    pub(super) fn bare(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        Self { status, headers, body: body.to_owned() }
    }
}

type Answer = dyn Fn(&Request) -> Reply + Send + Sync;

/// The server. It lives as long as the process.
pub(super) struct Stub {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    pub(super) fn new<R: Into<Reply>>(answer: impl Fn(&Request) -> R + Send + Sync + 'static) -> Self {
        Self::listen("http", Arc::new(move |r| answer(r).into()), None)
    }

    /// The same over TLS, with the certificate of a fresh authority, whose PEM is returned.
    pub(super) fn tls(answer: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static) -> (Self, String) {
        Self::tls_with(answer, |_| {})
    }

    /// The same, with another certificate.
    pub(super) fn tls_with(
        answer: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
        change: impl FnOnce(&mut rcgen::CertificateParams),
    ) -> (Self, String) {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        change(&mut params);
        let signing_key = rcgen::KeyPair::generate().unwrap();
        let cert = params.self_signed(&signing_key).unwrap();
        let made = rcgen::CertifiedKey { cert, signing_key };
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        (Self::listen("https", Arc::new(move |r| answer(r).into()), Some(Arc::new(config))), made.cert.pem())
    }

    fn listen(scheme: &str, answer: Arc<Answer>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log, tls) = (answer.clone(), log.clone(), tls.clone());
                std::thread::spawn(move || match tls {
                    None => serve(stream, &*answer, &log),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).unwrap();
                        serve(rustls::StreamOwned::new(connection, stream), &*answer, &log)
                    }
                });
            }
        });
        Self { url, requests }
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The `Action` of each request, in order.
    pub(super) fn actions(&self) -> Vec<String> {
        self.requests().iter().filter_map(|r| r.field("Action")).collect()
    }
}

fn serve<S: Read + Write>(stream: S, answer: &Answer, log: &Mutex<Vec<Request>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let mut request = Request { line: line.trim().to_owned(), headers: Vec::new(), body: String::new() };
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
        stream.read_exact(&mut body).ok()?;
        request.body = String::from_utf8_lossy(&body).into_owned();
        log.lock().unwrap().push(request.clone());
        let Reply { status, headers, body } = answer(&request);
        if status == 0 {
            return None;
        }
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}", body.len());
        let extra =
            if request.line.contains("/api/token") { "x-aws-ec2-metadata-token-ttl-seconds: 600\r\n" } else { "" };
        stream.get_mut().write_all(format!("{head}{extra}\r\n{body}").as_bytes()).ok()?;
        stream.get_mut().flush().ok()?;
    }
}

/// A port on which nobody listens.
pub(super) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that accepts connections and says nothing.
pub(super) fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        let held: Vec<TcpStream> = listener.incoming().flatten().collect();
        drop(held);
    });
    url
}

/// STS in the account 123456789012. Role credentials have the key `ROLE-` and the role's name.
pub(super) fn sts(request: &Request) -> (u16, String) {
    let role = request.field("RoleArn").unwrap_or_default();
    let name = role.rsplit('/').next().unwrap_or_default().to_owned();
    let credentials = |result: &str| {
        format!(
            "<{result}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{result}Result><AssumedRoleUser>\
             <AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/{name}/s</Arn></AssumedRoleUser>\
             <Credentials><AccessKeyId>ROLE-{name}</AccessKeyId><SecretAccessKey>role-secret-{name}</SecretAccessKey>\
             <SessionToken>role-token-{name}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </{result}Result></{result}Response>"
        )
    };
    match request.field("Action").as_deref() {
        Some("GetCallerIdentity") => (
            200,
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>U</UserId><Account>123456789012</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
                .to_owned(),
        ),
        Some("AssumeRole") => (200, credentials("AssumeRole")),
        Some("AssumeRoleWithWebIdentity") => (200, credentials("AssumeRoleWithWebIdentity")),
        _ => (404, String::new()),
    }
}

/// An error of STS.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>"
    );
    (status, body)
}
