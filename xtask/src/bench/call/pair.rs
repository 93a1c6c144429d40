//! Two people at 720p30 with voices, on loopback: what it costs and how late it is, beside two pages of
//! a browser in the same run.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{browser, first_frame_after, of_video};
use crate::bench::browser as chromium;
use crate::bench::cost;
use crate::bench::report::{Cell, Report, Table};
use crate::bench::search::{mean, percentile};
use crate::children;
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

/// How long CPU time is counted.
const SECONDS: u64 = 15;
/// How often the two meet anew, to time the first picture.
const MEETINGS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

struct Figures {
    first_frame: f64,
    cores: f64,
    fps: f64,
    height: f64,
    delay_p95: f64,
}

/// Measures both and compares.
pub(super) fn measure(report: &mut Report, profile: Profile, folder: &Path) -> Result<()> {
    let server = LocalServer::start(profile, &folder.join("pair-server.log"))?;
    let ours = ours(profile, &server, folder)?;
    let theirs = match chromium::program() {
        Some(program) => Some(browser::measure(&program, &server.url(), folder, SECONDS)?),
        None => None,
    };
    let mut table = Table::new(
        "two at 720p30",
        &[
            "program",
            "first frame s",
            "cores",
            "fps",
            "height",
            "cores a Mpixel/s",
            "delay ms, p95 of seconds",
        ],
    );
    let row = |name: &'static str, first, cores, fps, height, delay| {
        vec![
            name.into(),
            Cell::Number(first, 3),
            Cell::Number(cores, 2),
            Cell::Number(fps, 1),
            Cell::Number(height, 0),
            Cell::Number(cores_a_megapixel(cores, fps, height), 4),
            Cell::number(delay, 1),
        ]
    };
    table.push(row(
        "cinemasync",
        ours.first_frame,
        ours.cores,
        ours.fps,
        ours.height,
        Some(ours.delay_p95),
    ));
    if let Some(page) = &theirs {
        table.push(row("a page", page.first_frame, page.cores, page.fps, page.height, None));
    }
    report.table(table);
    report.goal(
        format!("first picture on loopback within 0.15 s: {:.3}", ours.first_frame),
        ours.first_frame <= 0.15,
    );
    report.goal(
        format!("capture to decoded within 70 ms in 95 % of seconds: {:.1}", ours.delay_p95),
        ours.delay_p95 <= 70.0,
    );
    let compare = |what: &str, ours: f64, theirs: Option<f64>| match theirs {
        Some(theirs) => (
            format!("{what} at most half of a page's: {ours:.2} of {theirs:.2}"),
            ours <= theirs / 2.0,
        ),
        None => {
            (format!("{what} at most half of a page's: not compared, there is no browser"), false)
        }
    };
    let (text, met) =
        compare("first picture", ours.first_frame, theirs.as_ref().map(|page| page.first_frame));
    report.goal(text, met);
    // A page that finds the machine slow sends smaller pictures, and fewer.
    let page = theirs.map(|page| cores_a_megapixel(page.cores, page.fps, page.height));
    let own = cores_a_megapixel(ours.cores, ours.fps, ours.height);
    let (text, met) =
        compare("cores for 10 million pixels a second", own * 10.0, page.map(|it| it * 10.0));
    report.goal(text, met);
    Ok(())
}

/// Cores for a million pixels a second, of pictures of the usual shape.
fn cores_a_megapixel(cores: f64, fps: f64, height: f64) -> f64 {
    cores / (fps * height * height / 9.0 * 16.0 / 1e6)
}

fn ours(profile: Profile, server: &LocalServer, folder: &Path) -> Result<Figures> {
    let program = workspace::program("cinemasync", profile);
    let start = |name: &'static str, room: &[&str]| {
        let mut words =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        words.extend(
            ["--camera", "test-pattern:1280x720@30", "--microphone", "tone"].map(str::to_owned),
        );
        words.extend(room.iter().map(|word| (*word).to_owned()));
        Headless::spawn(name, &program, &words, &[], &folder.join(format!("pair-{name}.log")))
    };
    let mut host = start("Anna", &["--create"])?;
    let room = host.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let (code, host_id) = (room.text("code").to_owned(), room.text("id").to_owned());
    let mut first = Vec::new();
    for meeting in 1.. {
        let mut guest = start("Ben", &["--join", &code])?;
        guest.wait_for("a picture", PATIENCE, |event| event.name() == "first_frame")?;
        first.extend(first_frame_after(guest.history(), &host_id));
        if meeting < MEETINGS {
            guest.leave()?;
            continue;
        }
        children::pause(Duration::from_secs(5))?;
        let mark = guest.mark();
        let (start, cpu) = (Instant::now(), cost::of_family(guest.id())?);
        children::pause(Duration::from_secs(SECONDS))?;
        let cores = (cost::of_family(guest.id())? - cpu) / start.elapsed().as_secs_f64();
        let looks = guest.history()[mark..].to_vec();
        let of = |field: &str| of_video(&looks, &host_id, field);
        let figures = Figures {
            first_frame: percentile(&mut first, 0.5),
            cores,
            fps: mean(&of("fps")),
            height: of("height").last().copied().unwrap_or_default(),
            delay_p95: percentile(&mut of("capture_to_decode_ms"), 0.95),
        };
        guest.leave()?;
        host.leave()?;
        return Ok(figures);
    }
    unreachable!("the last meeting returns")
}
