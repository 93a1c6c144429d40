//! Accepts connections and owns them: each is one task, first HTTP and, if it asks for it, a
//! WebSocket afterwards. Finds out whose each is; what they may say is decided in `http` and
//! `connection`.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cinemasync_server_core::TrustedProxies;
use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, FORWARDED, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::door::Visit;
use crate::hub::Hub;
use crate::tls::{Stream, Tls};
use crate::{Config, connection, http};

/// How long a client may take to send its request's header, and how long it may be silent between
/// two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may speak HTTP: whoever wants more requests connects again.
const HTTP_LIFE: Duration = Duration::from_secs(60);
/// How long the answer under way may then take to be read.
const HTTP_PATIENCE: Duration = Duration::from_secs(10);
/// How many requests one connection may bring: whoever wants more connects again, which is counted.
const MAX_REQUESTS: u32 = 100;
/// Longest request header.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// After an error of accept (too many open files, say) it is tried again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Such an error lasts: it is told this often.
const ACCEPT_WARNING: Duration = Duration::from_secs(10);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What every connection needs to be served.
struct Service {
    hub: Arc<Hub>,
    config: Arc<Config>,
    proxies: TrustedProxies,
    /// None on a plain port.
    tls: Option<Arc<Tls>>,
}

/// Where a connection comes from.
struct Origin {
    peer: IpAddr,
    /// None if that is a proxy, which brings many clients.
    visit: Option<Arc<Visit>>,
}

impl Service {
    /// The answer, and the WebSocket and its client, if one was opened.
    fn answer(
        &self,
        from: &Origin,
        request: hyper::Request<Incoming>,
    ) -> (http::Answer, Option<(OnUpgrade, Arc<Visit>)>) {
        let visit = from.visit.clone().or_else(|| {
            let client = client_of(from.peer, request.headers(), &self.proxies);
            self.hub.door().arrive(client).map(Arc::new)
        });
        let Some(visit) = visit else { return (http::turned_away(), None) };
        let (answer, wanted) = http::answer(request, &visit, &self.hub, &self.config);
        (answer, wanted.map(|wanted| (wanted, visit)))
    }
}

pub(crate) async fn serve(
    socket: TcpListener,
    hub: Arc<Hub>,
    config: Arc<Config>,
    tls: Option<Arc<Tls>>,
    mut stopped: watch::Receiver<bool>,
) {
    let proxies = TrustedProxies::new(config.tls.trusted_proxy.clone());
    let service = Arc::new(Service { hub, config, proxies, tls });
    let mut connections = JoinSet::new();
    let mut stopping = false;
    let mut warned: Option<Instant> = None;
    loop {
        tokio::select! {
            // While others take their goodbye, /health still says what goes on.
            accepted = socket.accept() => match accepted {
                Ok((stream, peer)) => {
                    let peer = peer.ip().to_canonical();
                    let visit = if service.proxies.trusts(peer) {
                        // Whose it is shows with each request.
                        None
                    } else {
                        // Whoever is not even to be told why is closed by dropping the stream.
                        let Some(visit) = service.hub.door().arrive(peer) else { continue };
                        Some(Arc::new(visit))
                    };
                    let from = Origin { peer, visit };
                    connections.spawn(converse(stream, from, service.clone(), stopped.clone()));
                }
                Err(error) => {
                    if warned.is_none_or(|warned| warned.elapsed() >= ACCEPT_WARNING) {
                        warned = Some(Instant::now());
                        tracing::warn!(
                            %error,
                            "connections cannot be accepted; if too many files are open, raise their limit (LimitNOFILE, ulimit -n)"
                        );
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            ended = connections.join_next(), if stopping || !connections.is_empty() => {
                if ended.is_none() {
                    return;
                }
            }
            () = until_stopped(&mut stopped), if !stopping => stopping = true,
        }
    }
}

async fn converse(
    stream: TcpStream,
    from: Origin,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    // Small messages that somebody waits for: nothing is gained by collecting them.
    let _ = stream.set_nodelay(true);
    // Boxed, so that what handshake and HTTP need is given back before the long life of a WebSocket.
    let opened = Box::pin(async {
        let stream = match &service.tls {
            None => Stream::Plain(stream),
            Some(tls) => {
                // Who comes this late is still told; who was there before holds up nothing.
                let late = *stopped.borrow();
                tokio::select! {
                    accepted = tls.accept(stream) => accepted?,
                    () = until_stopped(&mut stopped), if !late => return None,
                }
            }
        };
        speak_http(stream, from, &service, stopped).await
    });
    let opened = opened.await;
    if let Some((upgraded, visit)) = opened {
        connection::run(upgraded, visit, &service.hub).await;
    }
}

/// Answers requests until the connection ends, or becomes the WebSocket of this client.
async fn speak_http(
    stream: Stream,
    from: Origin,
    service: &Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) -> Option<(Upgraded, Arc<Visit>)> {
    // Whoever comes this late gets one answer.
    let late = *stopped.borrow();
    let upgrade = Arc::new(Mutex::new(None));
    let requests = AtomicU32::new(0);
    let answer = {
        let (service, upgrade) = (service.clone(), upgrade.clone());
        service_fn(move |request| {
            let (mut response, wanted) = service.answer(&from, request);
            if let Some(wanted) = wanted {
                *upgrade.lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted);
            } else if requests.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_REQUESTS {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            async move { Ok::<_, std::convert::Infallible>(response) }
        })
    };
    let mut http = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(MAX_HEADER_BYTES)
            .keep_alive(!late)
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades()
    );
    let ended = tokio::select! {
        served = &mut http => Some(served),
        () = until_stopped(&mut stopped), if !late => None,
        () = tokio::time::sleep(HTTP_LIFE) => None,
    };
    let served = match ended {
        Some(served) => served,
        None => {
            http.as_mut().graceful_shutdown();
            // Whoever does not read its answer is cut off.
            tokio::time::timeout(HTTP_PATIENCE, http).await.ok()?
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a request ended early");
        return None;
    }
    let wanted = upgrade.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (wanted, visit) = wanted?;
    match wanted.await {
        Ok(upgraded) => Some((upgraded, visit)),
        Err(error) => {
            tracing::debug!(%error, "a WebSocket was not opened");
            None
        }
    }
}

/// Whose request it is.
fn client_of(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    // What is not text names nobody, but it stands in its place.
    let lines = |name| {
        let lines = headers.get_all(name).iter();
        lines.map(|line| line.to_str().unwrap_or_default()).collect::<Vec<_>>()
    };
    if !proxies.trusts(peer) {
        return peer;
    }
    let (common, standard) = (lines(X_FORWARDED_FOR), lines(FORWARDED));
    proxies.client(peer, common.into_iter(), standard.into_iter())
}

/// Completes when the server ends.
pub(crate) async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // Without a server there is nobody to serve for either.
    let _ = stopped.wait_for(|stop| *stop).await;
}
