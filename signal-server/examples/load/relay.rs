//! A crowd that talks at a set rate, whether or not the server keeps up. A message's latency counts
//! from the moment it was due: what waits because the server is slow is not forgiven.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::crowd::Crowd;
use crate::latency::Latency;
use crate::process::Process;

/// After so many messages, the readers get their turn.
const IN_A_ROW: u64 = 8;
/// How long the last messages may be under way.
const DRAIN: Duration = Duration::from_secs(5);
/// Who is so much behind its own plan gives up: the server (or we) cannot do it.
const HOPELESS: Duration = Duration::from_secs(1);

/// Sends `rate` messages a second for `warm_up` and then `seconds`, of which alone is told.
pub(crate) async fn run(
    crowd: &mut Crowd,
    server: &Process,
    rate: f64,
    warm_up: f64,
    seconds: f64,
) -> Result<Value> {
    if !(rate > 0.0 && warm_up >= 0.0 && seconds > 0.0 && rate * (warm_up + seconds) < 1e9) {
        bail!("a rate and a span are wanted");
    }
    let tally = crowd.tally.clone();
    let (delivered_before, refused_before) = (tally.delivered(), tally.refused());
    let zero = Instant::from_std(tally.zero);
    // Nothing is due before the first look at the clock is over.
    let start = tally.now_nanos() + 10_000_000;
    let due = |number: u64| start + (number as f64 * 1e9 / rate) as u64;
    let first = (rate * warm_up) as u64;
    let total = (rate * (warm_up + seconds)) as u64;
    tally.open_window(due(first), due(total));

    let own = Process::own();
    let mut begin = None;
    let mut lateness = Latency::new();
    let mut sent = 0;
    let mut gave_up = false;
    let count = crowd.members.len() as u64;
    while sent < total {
        let due_nanos = due(sent);
        let now = tally.now_nanos();
        if now < due_nanos {
            sleep_until(zero + Duration::from_nanos(due_nanos)).await;
            continue;
        }
        let late = Duration::from_nanos(now - due_nanos);
        if late > HOPELESS {
            gave_up = true;
            break;
        }
        if sent == first {
            begin = Some((now, server.cpu_seconds()?, own.cpu_seconds()?, tally.delivered()));
        }
        if sent >= first {
            lateness.add(now - due_nanos);
        }
        let sender = usize::try_from(sent % count).expect("below the number of members");
        crowd.members[sender].chat(crowd.dialect, due_nanos).await?;
        sent += 1;
        if sent.is_multiple_of(IN_A_ROW) {
            tokio::task::yield_now().await;
            answer_pings(crowd).await?;
        }
    }
    let now = tally.now_nanos();
    let end = (now, server.cpu_seconds()?, own.cpu_seconds()?, tally.delivered());
    let last_call = Instant::now() + DRAIN;
    while tally.delivered() - delivered_before < sent && Instant::now() < last_call {
        answer_pings(crowd).await?;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let latency = tally.open_window(0, 0);
    let delivered = tally.delivered() - delivered_before;

    let mut answer = json!({
        "rate": rate,
        "gave_up": gave_up,
        "sent": sent,
        "missing": sent.saturating_sub(delivered),
        "refused": tally.refused() - refused_before,
        "lost": tally.lost(),
        "p50_ms": latency.percentile_ms(0.50),
        "p99_ms": latency.percentile_ms(0.99),
        "late_p99_ms": lateness.percentile_ms(0.99),
    });
    if let Some(begin) = begin {
        let span = (end.0 - begin.0) as f64 / 1e9;
        let relayed = end.3 - begin.3;
        let cpu = end.1 - begin.1;
        answer["seconds"] = json!(span);
        answer["relayed"] = json!(relayed);
        answer["server_cpu"] = json!(cpu / span);
        answer["load_cpu"] = json!((end.2 - begin.2) / span);
        answer["server_us_per_message"] = json!(cpu * 1e6 / relayed.max(1) as f64);
    }
    Ok(answer)
}

async fn answer_pings(crowd: &mut Crowd) -> Result<()> {
    while let Ok((member, answer)) = crowd.answers.try_recv() {
        crowd.members[member].say(answer.to_owned()).await?;
    }
    Ok(())
}
