//! A web server that misbehaves as told, for the tests of addresses. What is asked of it is remembered.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

#[cfg(target_os = "linux")]
use tokio_rustls::TlsAcceptor;
#[cfg(target_os = "linux")]
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
#[cfg(target_os = "linux")]
use tokio_rustls::rustls::{ServerConfig, crypto};

/// What is told at a path.
#[derive(Clone)]
pub(super) enum Page {
    /// These bytes, whole or in ranges.
    Bytes(Vec<u8>),
    /// These bytes, but none from here on before the gate is opened.
    Gated(Vec<u8>, usize),
    /// These bytes, but the first connection is cut here.
    Cut(Vec<u8>, usize),
    /// Look elsewhere.
    Redirect(String),
    /// Nothing, for ever.
    Silence,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<HashMap<String, Page>>,
    asked: Mutex<Vec<String>>,
    connections: Mutex<Vec<TcpStream>>,
    gate: Mutex<bool>,
    gate_moved: Condvar,
    cut: AtomicBool,
    over: AtomicBool,
}

/// The server; dropping it ends it and all connections.
pub(super) struct Web {
    shared: Arc<Shared>,
    port: u16,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Web {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::<Shared>::default();
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || serve(&listener, &shared)
        });
        Self { shared, port, thread: Some(thread) }
    }

    /// Tells this at a path, and answers its address.
    pub(super) fn page(&self, path: &str, page: Page) -> String {
        self.shared.pages.lock().unwrap().insert(path.to_owned(), page);
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Serves the same over TLS on another port for as long as the runtime lives; answers the port and the
    /// certificate of `localhost`, in PEM.
    #[cfg(target_os = "linux")]
    pub(super) fn over_tls(&self, runtime: &tokio::runtime::Runtime) -> (u16, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![made.cert.der().clone()], key)
                .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listen = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listen).unwrap();
        let (port, plain) = (listener.local_addr().unwrap().port(), self.port);
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not like the certificate goes away.
                    let mut outside = acceptor.accept(connection).await.ok()?;
                    let inside = tokio::net::TcpStream::connect(("127.0.0.1", plain));
                    let mut inside = inside.await.ok()?;
                    tokio::io::copy_bidirectional(&mut outside, &mut inside).await.ok()
                });
            }
        });
        (port, made.cert.pem())
    }

    /// Lets what is gated pass.
    pub(super) fn open_gate(&self) {
        *self.shared.gate.lock().unwrap() = true;
        self.shared.gate_moved.notify_all();
    }

    /// The paths that were asked for, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        self.open_gate();
        // Wakes whoever accepts, and whoever waits for a client.
        TcpStream::connect(("127.0.0.1", self.port)).ok();
        for connection in self.shared.connections.lock().unwrap().drain(..) {
            connection.shutdown(std::net::Shutdown::Both).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut answering = Vec::new();
    for connection in listener.incoming().flatten() {
        if shared.over.load(Ordering::Acquire) {
            break;
        }
        shared.connections.lock().unwrap().push(connection.try_clone().unwrap());
        let shared = Arc::clone(shared);
        // A client that goes away in the middle is no fault of the server.
        answering.push(std::thread::spawn(move || answer(connection, &shared).unwrap_or_default()));
    }
    for thread in answering {
        thread.join().unwrap();
    }
}

fn answer(mut connection: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut start = 0;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.split('-').next().unwrap_or_default().parse().unwrap_or(0);
        }
    }
    let page = shared.pages.lock().unwrap().get(&path).cloned();
    shared.asked.lock().unwrap().push(path);
    match page {
        None => connection.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")?,
        Some(Page::Redirect(to)) => connection.write_all(
            format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").as_bytes(),
        )?,
        Some(Page::Silence) => {
            connection.read_to_end(&mut Vec::new())?;
        }
        Some(Page::Bytes(bytes)) => {
            head(&mut connection, start, bytes.len())?;
            connection.write_all(bytes.get(start..).unwrap_or_default())?;
        }
        Some(Page::Gated(bytes, at)) => {
            head(&mut connection, start, bytes.len())?;
            connection.write_all(bytes.get(start..at).unwrap_or_default())?;
            let gate = shared.gate.lock().unwrap();
            drop(shared.gate_moved.wait_while(gate, |open| !*open).unwrap());
            if shared.over.load(Ordering::Acquire) {
                return Ok(());
            }
            connection.write_all(bytes.get(start.max(at)..).unwrap_or_default())?;
        }
        Some(Page::Cut(bytes, at)) => {
            head(&mut connection, start, bytes.len())?;
            let end = if shared.cut.swap(true, Ordering::AcqRel) { bytes.len() } else { at };
            connection.write_all(bytes.get(start..end).unwrap_or_default())?;
        }
    }
    connection.shutdown(std::net::Shutdown::Both)
}

fn head(connection: &mut TcpStream, start: usize, whole: usize) -> std::io::Result<()> {
    let status = if start == 0 { "200 OK" } else { "206 Partial Content" };
    let length = whole.saturating_sub(start);
    let last = whole.saturating_sub(1);
    write!(
        connection,
        "HTTP/1.1 {status}\r\naccept-ranges: bytes\r\nconnection: close\r\n\
         content-length: {length}\r\ncontent-range: bytes {start}-{last}/{whole}\r\n\r\n"
    )
}
