//! Accepts connections and owns them: each is one task, first HTTP and, if it asks for it, a
//! WebSocket afterwards.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::hub::Hub;
use crate::{Config, connection, http};

/// How long a client may take to send its request's header.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest request header.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// After an error of accept (too many open files, say) it is tried again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(crate) async fn serve(
    socket: TcpListener,
    hub: Arc<Hub>,
    config: Arc<Config>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let mut stopping = false;
    loop {
        tokio::select! {
            // While others take their goodbye, /health still says what goes on.
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, hub.clone(), config.clone(), stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
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
    hub: Arc<Hub>,
    config: Arc<Config>,
    mut stopped: watch::Receiver<bool>,
) {
    // Small messages that somebody waits for: nothing is gained by collecting them.
    let _ = stream.set_nodelay(true);
    // Whoever comes this late gets one answer.
    let late = *stopped.borrow();
    let upgrade = Arc::new(Mutex::new(None));
    let service = {
        let (hub, upgrade) = (hub.clone(), upgrade.clone());
        service_fn(move |request| {
            let (response, wanted) = http::answer(request, &hub, &config);
            if wanted.is_some() {
                *upgrade.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
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
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let served = tokio::select! {
        served = &mut http => served,
        () = until_stopped(&mut stopped), if !late => {
            http.as_mut().graceful_shutdown();
            http.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a request ended early");
        return;
    }
    let wanted = upgrade.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(wanted) = wanted {
        match wanted.await {
            Ok(upgraded) => connection::run(upgraded, &hub, stopped).await,
            Err(error) => tracing::debug!(%error, "a WebSocket was not opened"),
        }
    }
}

/// Completes when the server ends.
pub(crate) async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // Without a server there is nobody to serve for either.
    let _ = stopped.wait_for(|stop| *stop).await;
}
