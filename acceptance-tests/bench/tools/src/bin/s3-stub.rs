//! An S3 that stores nothing: it reads what clients send, counts it and says that all is well, so that a client's own
//! speed is what limits an upload. One thread per connection, plain HTTP/1.1 on the loopback interface.
//!
//! It prints its address, and at `GET /_stub/stats` gives the objects and bytes it has taken since the last such
//! request. It ends with its standard input.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Read buffer of a connection: large bodies pass through it in few calls.
const BUFFER: usize = 256 * 1024;
/// Longest line of a request that is accepted.
const LINE: u64 = 64 * 1024;

#[derive(Default)]
struct Taken {
    objects: AtomicU64,
    bytes: AtomicU64,
    uploads: AtomicU64,
}

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "serving S3's stand-in on the loopback interface failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "http://{}", listener.local_addr()?)?;
    stdout.flush()?;
    let taken = Arc::new(Taken::default());
    std::thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let taken = taken.clone();
            // A connection that breaks is the client's to notice.
            std::thread::spawn(move || converse(&connection, &taken));
        }
    });
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).map(|_| ())
}

/// What matters of a request's head.
#[derive(Debug, Default, PartialEq)]
struct Head {
    method: String,
    path: String,
    query: String,
    /// Bytes that follow.
    length: u64,
    /// Bytes that they stand for, where they are wrapped in chunks with signatures or checksums.
    content: u64,
    /// Whether the client waits for a word before it sends them.
    waits: bool,
}

impl Head {
    /// None at the end of the connection.
    fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Self>> {
        let mut line = String::new();
        if reader.by_ref().take(LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_ascii_whitespace().map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut head = Self { method, path: path.to_owned(), query: query.to_owned(), ..Self::default() };
        let mut decoded = None;
        loop {
            line.clear();
            if reader.by_ref().take(LINE).read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.length = number(value)?,
                "x-amz-decoded-content-length" => decoded = Some(number(value)?),
                "expect" => head.waits = true,
                "transfer-encoding" => return Err(std::io::Error::other("bodies must have a Content-Length")),
                _ => {}
            }
        }
        head.content = decoded.unwrap_or(head.length);
        Ok(Some(head))
    }
}

fn number(text: &str) -> std::io::Result<u64> {
    text.parse().map_err(std::io::Error::other)
}

fn converse(connection: &TcpStream, taken: &Taken) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(BUFFER, connection);
    let mut writer = connection;
    while let Some(head) = Head::read(&mut reader)? {
        if head.waits {
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        discard(&mut reader, head.length)?;
        writer.write_all(answer(&head, taken).as_bytes())?;
    }
    Ok(())
}

fn discard(reader: &mut impl BufRead, mut left: u64) -> std::io::Result<()> {
    while left > 0 {
        let there = reader.fill_buf()?.len();
        if there == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let passed = there.min(usize::try_from(left).unwrap_or(usize::MAX));
        reader.consume(passed);
        left -= passed as u64;
    }
    Ok(())
}

const ETAG: &str = "ETag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\n";

fn answer(head: &Head, taken: &Taken) -> String {
    let has = |name: &str| head.query.split('&').any(|p| p.split('=').next() == Some(name));
    let (bucket, key) = head.path.trim_start_matches('/').split_once('/').unwrap_or((&head.path, ""));
    let place = format!("<Bucket>{bucket}</Bucket><Key>{key}</Key>");
    match head.method.as_str() {
        "GET" if head.path == "/_stub/stats" => {
            let [objects, bytes] = [&taken.objects, &taken.bytes].map(|counter| counter.swap(0, Ordering::Relaxed));
            reply("200 OK", "", &format!("{{\"objects\": {objects}, \"bytes\": {bytes}}}"))
        }
        "PUT" => {
            taken.bytes.fetch_add(head.content, Ordering::Relaxed);
            if !has("partNumber") {
                taken.objects.fetch_add(1, Ordering::Relaxed);
            }
            reply("200 OK", ETAG, "")
        }
        "POST" if has("uploads") => {
            let id = taken.uploads.fetch_add(1, Ordering::Relaxed);
            let inner = format!("{place}<UploadId>upload-{id}</UploadId>");
            reply("200 OK", "", &document("InitiateMultipartUploadResult", &inner))
        }
        "POST" if has("uploadId") => {
            taken.objects.fetch_add(1, Ordering::Relaxed);
            let inner = format!("{place}<ETag>\"d41d8cd98f00b204e9800998ecf8427e-2\"</ETag>");
            reply("200 OK", "", &document("CompleteMultipartUploadResult", &inner))
        }
        "GET" if has("list-type") => {
            let inner = format!("<Name>{bucket}</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>");
            reply("200 OK", "", &document("ListBucketResult", &inner))
        }
        "DELETE" => reply("204 No Content", "", ""),
        // An answer to HEAD has no body, whatever its length says.
        "HEAD" => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        _ => reply("501 Not Implemented", "", &document("Error", "<Code>NotImplemented</Code>")),
    }
}

fn document(root: &str, inner: &str) -> String {
    format!("<?xml version=\"1.0\"?><{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</{root}>")
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = if status.starts_with("204") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status}\r\nx-amz-request-id: stub\r\n{headers}{length}\r\n{body}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        Head::read(&mut text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn heads_are_read() {
        let put = "PUT /b/k?partNumber=1&uploadId=u HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\
                   X-Amz-Decoded-Content-Length: 4\r\n\r\n";
        let expected = Head {
            method: "PUT".into(),
            path: "/b/k".into(),
            query: "partNumber=1&uploadId=u".into(),
            length: 9,
            content: 4,
            waits: true,
        };
        assert_eq!(head(put), expected);
        assert_eq!(Head::read(&mut &b""[..]).unwrap(), None);
        assert!(Head::read(&mut &b"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n"[..]).is_err());
        assert!(Head::read(&mut &b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"[..]).is_err());
    }

    #[test]
    fn an_object_counts_once_however_it_is_sent() {
        let taken = Taken::default();
        let ask = |line: &str, length: u64| {
            answer(&head(&format!("{line} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n")), &taken)
        };
        ask("PUT /b/small", 5);
        assert!(ask("POST /b/large?uploads", 0).contains("<UploadId>upload-0<"));
        ask("PUT /b/large?partNumber=1&uploadId=upload-0", 7);
        ask("PUT /b/large?partNumber=2&uploadId=upload-0", 1);
        ask("POST /b/large?uploadId=upload-0", 3);
        assert!(ask("GET /_stub/stats", 0).ends_with("{\"objects\": 2, \"bytes\": 13}"));
        assert!(ask("GET /_stub/stats", 0).ends_with("{\"objects\": 0, \"bytes\": 0}"));
    }

    #[test]
    fn a_body_that_ends_early_is_an_error() {
        let mut body = &b"abcdef"[..];
        discard(&mut body, 4).unwrap();
        assert_eq!(body, b"ef");
        assert!(discard(&mut body, 3).is_err());
    }
}
