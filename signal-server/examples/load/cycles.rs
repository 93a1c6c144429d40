//! Visitors who enter and leave rooms as fast as the server answers them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::client::{Client, Target};
use crate::process::Process;

/// Visitors of one room; its host makes it three.
const VISITORS: usize = 2;

/// Rooms of one host and two visitors each; `fresh`: each visit is a connection of its own.
pub(crate) async fn run(
    target: &Target,
    server: &Process,
    visitors: usize,
    seconds: f64,
    fresh: bool,
) -> Result<Value> {
    let rooms = visitors / VISITORS;
    if rooms == 0 || !(0.1..600.0).contains(&seconds) {
        bail!("at least {VISITORS} visitors and a span are wanted");
    }
    let mut hosts = Vec::with_capacity(rooms);
    for _ in 0..rooms {
        let mut host = target.connect(target.next_address()).await?;
        let entry = host.create().await?;
        hosts.push((host, entry.room));
    }
    let mut standing = Vec::new();
    if !fresh {
        for _ in 0..rooms * VISITORS {
            standing.push(Some(target.connect(target.next_address()).await?));
        }
    }
    standing.resize_with(rooms * VISITORS, || None);

    let own = Process::own();
    let done = Arc::new(AtomicU64::new(0));
    let codes: Vec<String> = hosts.iter().map(|(_, room)| room.clone()).collect();
    let (cpu, own_cpu) = (server.cpu_seconds()?, own.cpu_seconds()?);
    let start = Instant::now();
    let deadline = start + Duration::from_secs_f64(seconds);
    // The hosts only listen, until all visitors are through.
    let listen = stream::iter(hosts.into_iter().map(|(host, _)| host.listen()))
        .buffer_unordered(rooms)
        .for_each(|()| async {});
    let visits = standing.into_iter().enumerate().map(|(n, client)| {
        visit(target, client, codes[n / VISITORS].clone(), deadline, done.clone())
    });
    let visits = stream::iter(visits).buffer_unordered(rooms * VISITORS).collect::<Vec<_>>();
    let results = tokio::select! {
        results = visits => results,
        () = listen => bail!("the server closed the hosts' connections"),
    };
    let span = start.elapsed().as_secs_f64();
    let (cpu, own_cpu) = (server.cpu_seconds()? - cpu, own.cpu_seconds()? - own_cpu);
    let failed = results.iter().filter(|result| result.is_err()).count();
    if failed == results.len() {
        let first = results.into_iter().next().context("there are visitors")?;
        return first.map(|()| Value::Null).context("every visitor failed");
    }
    let cycles = done.load(Ordering::Relaxed);
    Ok(json!({
        "cycles": cycles,
        "seconds": span,
        "per_second": cycles as f64 / span,
        "failed": failed,
        "server_cpu": cpu / span,
        "load_cpu": own_cpu / span,
        "server_us_per_cycle": cpu * 1e6 / cycles.max(1) as f64,
    }))
}

async fn visit(
    target: &Target,
    standing: Option<Client>,
    room: String,
    deadline: Instant,
    done: Arc<AtomicU64>,
) -> Result<()> {
    if let Some(mut client) = standing {
        while Instant::now() < deadline {
            client.join(&room).await?;
            client.leave().await?;
            done.fetch_add(1, Ordering::Relaxed);
        }
        return Ok(());
    }
    while Instant::now() < deadline {
        let mut client = target.connect(target.next_address()).await?;
        client.join(&room).await?;
        client.leave().await?;
        client.close().await;
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
