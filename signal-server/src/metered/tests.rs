//! The client against services of every kind on the loopback.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cinemasync_protocol::IceServer;
use cinemasync_server_core::metered::{Fault, Pacing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tracing_subscriber::fmt::MakeWriter;

use super::fetch::{FetchError, fetch};
use super::*;
use crate::config::MeteredConfig;

const KEY: &str = "a57a9a52a4a56f5daffb86a0b6179e00e624";
const GOOD: &str = r#"[{"urls":"turn:relay.example:80","username":"ana","credential":"tea"}]"#;
const PATIENCE: Duration = Duration::from_secs(60);

fn service(address: SocketAddr) -> MeteredService {
    let options = MeteredConfig {
        metered_api_key: Some(KEY.to_owned()),
        metered_domain: Some(format!("http://{address}")),
    };
    options.service().unwrap().unwrap()
}

/// Retries at once; nothing else in these tests waits for time to pass.
fn impatient() -> Pacing {
    let soon = Duration::from_millis(1);
    Pacing { least: soon, first_retry: soon, last_retry: soon, ..Pacing::default() }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A service that gives these answers, one a connection, and then no more.
async fn served(answers: Vec<String>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (heard, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = heard.send(request(&mut stream).await);
            // Whoever hears too much may hang up.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, requests)
}

async fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes).await {
            Ok(count) if count > 0 => text.push_str(std::str::from_utf8(&bytes[..count]).unwrap()),
            _ => break,
        }
    }
    text
}

async fn error_of(answer: &str) -> FetchError {
    let (address, _requests) = served(vec![answer.to_owned()]).await;
    let error = fetch(&service(address)).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(KEY) && !text.contains("apiKey"), "{text}");
    error
}

/// Everything that is logged while it lives, by this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(log)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn count(&self, level: &str) -> usize {
        self.text().lines().filter(|line| line.contains(level)).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

struct Delivered(mpsc::UnboundedReceiver<Vec<IceServer>>);

impl Delivered {
    fn start(address: SocketAddr, pacing: Pacing) -> (Metered, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let deliver = move |servers| drop(sender.send(servers));
        (Metered::start(service(address), pacing, deliver), Self(receiver))
    }

    async fn next(&mut self) -> Vec<IceServer> {
        let next = tokio::time::timeout(PATIENCE, self.0.recv()).await;
        next.expect("servers are delivered in time").expect("the task runs")
    }
}

#[tokio::test]
async fn the_documented_request_is_made_and_its_answer_taken() {
    let (address, mut requests) = served(vec![ok(GOOD)]).await;
    let answer = fetch(&service(address)).await.unwrap();
    assert_eq!(answer.servers[0].urls, ["turn:relay.example:80"]);
    assert_eq!(answer.servers[0].credential.as_deref(), Some("tea"));
    let request = requests.recv().await.unwrap().to_lowercase();
    let line = format!("get /api/v1/turn/credentials?apikey={KEY} http/1.1\r\n");
    assert!(request.starts_with(&line), "{request}");
    assert!(request.contains(&format!("host: {address}\r\n")), "{request}");
}

#[tokio::test]
async fn a_chunked_answer_is_taken() {
    let (one, other) = GOOD.split_at(20);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n",
        one.len(),
        other.len()
    );
    let (address, _requests) = served(vec![chunked]).await;
    assert_eq!(fetch(&service(address)).await.unwrap().servers.len(), 1);
}

#[tokio::test]
async fn refusals_and_redirections_are_errors() {
    let unauthorized = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    assert!(matches!(error_of(unauthorized).await, FetchError::Refused(401)));
    let failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
    assert!(matches!(error_of(failed).await, FetchError::Status(500)));
    let elsewhere =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    assert!(matches!(error_of(elsewhere).await, FetchError::Status(302)));
}

#[tokio::test]
async fn garbage_is_an_error() {
    assert!(matches!(error_of("hello\r\n\r\n").await, FetchError::Http(_)));
    assert!(matches!(error_of("").await, FetchError::Http(_)));
    assert!(matches!(error_of(&ok("<html>")).await, FetchError::Answer(Fault::NotJson)));
    assert!(matches!(error_of(&ok("[]")).await, FetchError::Answer(Fault::NoServers)));
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[";
    assert!(matches!(error_of(short).await, FetchError::BrokenOff));
}

#[tokio::test]
async fn a_huge_answer_is_not_read() {
    let body = "x".repeat(1024 * 1024);
    assert!(matches!(error_of(&ok(&body)).await, FetchError::TooLong));
    let header = format!("HTTP/1.1 200 OK\r\nX: {body}");
    assert!(matches!(error_of(&header).await, FetchError::Http(_)));
}

/// Takes the ten seconds that an answer may take.
#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = fetch(&service(listener.local_addr().unwrap())).await.unwrap_err();
    assert!(matches!(error, FetchError::Late));
}

#[tokio::test]
async fn a_service_that_is_not_encrypted_where_it_should_be_is_an_error() {
    let (address, mut requests) = served(vec![ok(GOOD)]).await;
    let mut encrypted = service(address);
    encrypted.encrypted = true;
    let error = fetch(&encrypted).await.unwrap_err();
    assert!(matches!(error, FetchError::Encrypt(_) | FetchError::NoAuthorities), "{error}");
    if let Ok(request) = requests.try_recv() {
        assert!(!request.contains(KEY));
    }
}

#[tokio::test]
async fn relays_are_renewed_and_each_answer_is_delivered() {
    let short = GOOD.replace(r#""username""#, r#""expiryInSeconds":1,"username""#);
    let other = GOOD.replace("tea", "coffee");
    let (address, _requests) = served(vec![ok(&short), ok(&other)]).await;
    let (_metered, mut delivered) = Delivered::start(address, impatient());
    assert_eq!(delivered.next().await[0].credential.as_deref(), Some("tea"));
    // Before the first one's second was over: an empty list would have come then.
    assert_eq!(delivered.next().await[0].credential.as_deref(), Some("coffee"));
}

#[tokio::test]
async fn failures_are_logged_once_and_do_not_end_what_works() {
    let log = Log::default();
    let _listening = log.listen();
    let failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_owned();
    let short = GOOD.replace(r#""username""#, r#""expiryInSeconds":1,"username""#);
    let answers = vec![failed.clone(), failed.clone(), ok("[]"), ok(&short), failed];
    let (address, mut requests) = served(answers).await;
    let (metered, mut delivered) = Delivered::start(address, impatient());
    assert_eq!(delivered.next().await.len(), 1);
    // The service is gone by now: the answer is used to its end, and then no more.
    assert_eq!(delivered.next().await, []);
    drop(metered);
    for _ in 0..5 {
        requests.recv().await.expect("every answer was asked for");
    }
    let text = log.text();
    assert_eq!(log.count(" INFO "), 1, "{text}");
    assert_eq!(log.count(" WARN "), 3, "failing, failing again, expired: {text}");
    assert!(log.count(" DEBUG ") >= 3, "{text}");
    assert!(!text.contains(KEY) && !text.contains("tea"), "{text}");
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let (address, _requests) = served(vec![ok(GOOD)]).await;
    let (metered, mut delivered) = Delivered::start(address, Pacing::default());
    assert_eq!(delivered.next().await.len(), 1);
    drop(metered);
    let ended = tokio::time::timeout(PATIENCE, delivered.0.recv()).await;
    assert_eq!(ended.expect("the task ends"), None);
}
