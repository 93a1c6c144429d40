//! Figures that depend on the machine, to be read and not asserted:
//! `cargo nextest run --run-ignored only -E 'test(/bulk::tests::figures/)' --no-capture`.

use std::time::{Duration, Instant};

use super::path::{Conditions, Way};
use super::*;

/// Seconds of processor time that this process has used.
fn processor_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks =
        after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Sends from the answering side, which has the film, until told to stop.
fn pour(bulk: Bulk) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let message = Bytes::from(vec![7; MAX_MESSAGE_BYTES]);
        while bulk.send(message.clone()).await.is_ok() {}
    })
}

/// Bytes of messages that came within `span`.
async fn drained(side: &mut Side, span: Duration) -> u64 {
    let by = tokio::time::Instant::now() + span;
    let mut bytes = 0;
    while let Ok(Some((_, event))) = tokio::time::timeout_at(by, side.events.recv()).await {
        if let BulkEvent::Message(message) = event {
            bytes += message.len() as u64;
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure of the machine"]
async fn on_loopback() {
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    let shared = Arc::clone(&b.bulk.shared);
    let pouring = pour(b.bulk);
    for _ in 0..8 {
        let (began, before) = (Instant::now(), processor_secs());
        let bytes = drained(&mut a, Duration::from_secs(1)).await as f64;
        let secs = began.elapsed().as_secs_f64();
        let processor = processor_secs() - before;
        let throttle = shared.throttle();
        println!(
            "{:6.1} MB/s, {:4.2} s of processor a GB sent and received, rate {:6.1} MB/s, queue {:?}",
            bytes / secs / 1e6,
            processor / (bytes / 1e9),
            throttle.rate(Instant::now()) / 1e6,
            throttle.queue(),
        );
    }
    pouring.abort();
}

async fn over(mbit: f64, call_mbit: f64, rtt_ms: u64, lost_percent: f64, secs: u64) {
    let mut way = Way::new(Conditions {
        bits_per_sec: mbit * 1e6,
        one_way: Duration::from_millis(rtt_ms / 2),
        lost_per_million: (lost_percent * 10_000.0) as u64,
    });
    let mut a = side(Role::Opens, Some(Way::wrap(&way.back)));
    let mut b = side(Role::Answers, Some(Way::wrap(&way.there)));
    connect(&mut a, &mut b).await;
    if call_mbit > 0.0 {
        way.call(call_mbit * 1e6);
    }
    println!("{mbit} Mbit/s with a call of {call_mbit}, {rtt_ms} ms, {lost_percent} % loss:");
    let shared = Arc::clone(&b.bulk.shared);
    let pouring = pour(b.bulk);
    let (mut total, mut met) = (0, Vec::new());
    for second in 0..secs {
        let bytes = drained(&mut a, Duration::from_secs(1)).await;
        let met_now = way.there.take_met_ms();
        if second < 3 || second % 10 == 9 {
            let throttle = shared.throttle();
            println!(
                "  second {second}: {:.2} MB, rate {:.2} MB/s, queue {:?}",
                bytes as f64 / 1e6,
                throttle.rate(Instant::now()) / 1e6,
                throttle.queue(),
            );
        }
        total += bytes;
        met.extend(met_now);
    }
    met.sort_by(f64::total_cmp);
    let at = |share: f64| met.get((met.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "  {:.2} MB/s; the call's queue: median {:.1}, p95 {:.1}, p99 {:.1} ms",
        total as f64 / 1e6 / secs as f64,
        at(0.5),
        at(0.95),
        at(0.99),
    );
    pouring.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure of the machine"]
async fn over_a_bottleneck() {
    over(20.0, 0.1, 40, 1.0, 30).await;
    over(20.0, 4.0, 40, 1.0, 30).await;
    over(6.0, 2.5, 40, 0.0, 30).await;
    over(50.0, 2.5, 40, 0.0, 10).await;
}

/// How long a request and its answer of one block take over an idle bundle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure of the machine"]
async fn a_block_after_a_pause() {
    for lost_per_million in [0, 10_000] {
        let way = Way::new(Conditions {
            bits_per_sec: 50e6,
            one_way: Duration::from_millis(20),
            lost_per_million,
        });
        let mut a = side(Role::Opens, Some(Way::wrap(&way.back)));
        let mut b = side(Role::Answers, Some(Way::wrap(&way.there)));
        connect(&mut a, &mut b).await;
        let mut took = Vec::new();
        for _ in 0..40 {
            let began = Instant::now();
            a.bulk.send_urgent(Bytes::from_static(b"block")).unwrap();
            messages(&mut b, 1).await;
            for i in 0..16 {
                b.bulk.send(message(i, MAX_MESSAGE_BYTES)).await.unwrap();
            }
            messages(&mut a, 16).await;
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        println!("first {:?}", took[..3].iter().map(|ms| *ms as u32).collect::<Vec<_>>());
        took.sort_by(f64::total_cmp);
        println!(
            "{} % loss: request to whole block: median {:.0} ms, p90 {:.0}, most {:.0}",
            lost_per_million / 10_000,
            took[20],
            took[36],
            took[39]
        );
    }
}

async fn messages(side: &mut Side, count: usize) {
    let mut came = 0;
    while came < count {
        let (_, event) = side.events.recv().await.unwrap();
        came += usize::from(matches!(event, BulkEvent::Message(_)));
    }
}
