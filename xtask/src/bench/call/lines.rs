//! Two people over bad lines, in a lab: late, lossy, and one that is suddenly slow and fast again.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::{first_frame_after, of_peer, of_video, percentile};
use crate::bench::report::{Cell, Report, Table};
use crate::children;
use crate::headless::{Event, Headless};
use crate::netlab::{Direction, Link, Netlab};
use crate::workspace::{self, Profile};

const PATIENCE: Duration = Duration::from_secs(30);
/// Each half of each line is this late, so that a round trip between two people is 40 ms.
const DELAY: Duration = Duration::from_millis(10);
/// How long what is compared is watched.
const BEFORE: u64 = 20;
const LOSSY: u64 = 60;
const SLOW: u64 = 20;
const AFTER: u64 = 25;

/// A call of two in a lab.
struct Call {
    lab: Netlab,
    people: [Headless; 2],
    ids: [String; 2],
}

/// Measures the calls, if this machine lets one make networks.
pub(super) fn measure(report: &mut Report, profile: Profile, folder: &Path) -> Result<()> {
    let mut call = match Call::begin(profile, folder) {
        Ok(call) => call,
        Err(error) => {
            children::check_interrupted()?;
            report.goal(format!("bad lines: not measured: {error:#}"), false);
            return Ok(());
        }
    };
    let first = first_frame_after(call.people[1].history(), &call.ids[0]);
    report.goal(
        format!("first picture at 40 ms round trip within 0.5 s: {:.3}", first.unwrap_or(f64::NAN)),
        first.is_some_and(|first| first <= 0.5),
    );
    call.loss(report)?;
    call.end()?;
    let mut call = Call::begin(profile, folder)?;
    call.drop(report)?;
    call.end()
}

impl Call {
    fn begin(profile: Profile, folder: &Path) -> Result<Self> {
        let lab = Netlab::new(&["server", "anna", "ben"])?;
        let server = lab.serve("server", profile, &[], &folder.join("lines-server.log"))?;
        let program = workspace::program("cinemasync", profile);
        let link = Link { delay: DELAY, ..Link::default() };
        for name in ["anna", "ben"] {
            lab.set_link(name, Direction::Up, link);
            lab.set_link(name, Direction::Down, link);
        }
        let start = |name: &'static str, room: &[&str]| {
            let mut command = lab.command(name, &program);
            command
                .args(["headless", "--server", &server.url(), "--name", name])
                .args(["--camera", "test-pattern:1280x720@30", "--microphone", "tone"])
                .args(room);
            Headless::spawn_as(name, &mut command, &folder.join(format!("lines-{name}.log")))
        };
        let mut anna = start("anna", &["--create"])?;
        let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
        let mut ben = start("ben", &["--join", room.text("code")])?;
        let own = ben.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
        for person in [&mut anna, &mut ben] {
            person.wait_for("a picture", PATIENCE, |event| event.name() == "first_frame")?;
        }
        let ids = [room.text("id").to_owned(), own.text("id").to_owned()];
        // The call goes on without it.
        drop(server);
        Ok(Self { lab, people: [anna, ben], ids })
    }

    fn end(self) -> Result<()> {
        let Self { people, lab, .. } = self;
        people.into_iter().try_for_each(Headless::leave)?;
        drop(lab);
        Ok(())
    }

    /// What both said in the next `seconds`.
    fn watch(&mut self, seconds: u64) -> Result<[Vec<Event>; 2]> {
        let marks = [self.people[0].mark(), self.people[1].mark()];
        children::pause(Duration::from_secs(seconds))?;
        Ok([0, 1].map(|at| self.people[at].history()[marks[at]..].to_vec()))
    }

    /// 2 % of the packets vanish, both ways.
    fn loss(&mut self, report: &mut Report) -> Result<()> {
        eprintln!(
            "call: a line without loss for {BEFORE} s, then with 2 % both ways for {LOSSY} s"
        );
        // Until both have found their bitrate.
        self.watch(10)?;
        let clean = self.watch(BEFORE)?;
        for name in ["anna", "ben"] {
            let link = Link { delay: DELAY, loss: 0.02, ..Link::default() };
            self.lab.set_link(name, Direction::Up, link);
        }
        self.watch(1)?;
        let lossy = self.watch(LOSSY)?;
        let mut table = Table::new(
            "2 % loss both ways, 40 ms round trip",
            &["at", "kbit/s before", "kbit/s", "fps", "longest gap ms", "freezes", "concealed %"],
        );
        let (mut freezes, mut concealed, mut share) = (0.0, 0.0_f64, f64::INFINITY);
        for (at, name) in ["anna", "ben"].into_iter().enumerate() {
            let from = &self.ids[1 - at];
            let received = |looks: &[Event]| mean(&of_peer(looks, from, "received_bps")) / 1_000.0;
            let frozen = of_video(&lossy[at], from, "freezes");
            let froze = frozen.last().unwrap_or(&0.0) - frozen.first().unwrap_or(&0.0);
            let voice = mean(&voice(&lossy[at], from, "concealed_percent"));
            let (before, now) = (received(&clean[at]), received(&lossy[at]));
            table.push(vec![
                name.into(),
                Cell::Number(before, 0),
                Cell::Number(now, 0),
                Cell::Number(mean(&of_video(&lossy[at], from, "fps")), 1),
                Cell::Number(percentile(&mut of_video(&lossy[at], from, "longest_gap_ms"), 1.0), 0),
                Cell::Number(froze, 0),
                Cell::Number(voice, 2),
            ]);
            freezes += froze;
            concealed = concealed.max(voice);
            share = share.min(now / before);
        }
        report.table(table);
        report.goal(format!("2 % loss: no freeze over 300 ms in 60 s: {freezes}"), freezes == 0.0);
        report.goal(
            format!("2 % loss: voice concealed at most 0.5 %: {concealed:.2}"),
            concealed <= 0.5,
        );
        report.goal(
            format!("2 % loss: at least 90 % of the rate without: {:.0} %", share * 100.0),
            share >= 0.9,
        );
        Ok(())
    }

    /// Anna's way out goes from 4 to 0.6 Mbit/s and back.
    fn drop(&mut self, report: &mut Report) -> Result<()> {
        eprintln!("call: 4 Mbit/s for {BEFORE} s, 0.6 for {SLOW} s, 4 again for {AFTER} s");
        let rate = |bps| Link { delay: DELAY, rate_bps: Some(bps), ..Link::default() };
        self.lab.set_link("anna", Direction::Up, rate(4_000_000));
        let before = self.watch(BEFORE)?;
        self.lab.set_link("anna", Direction::Up, rate(600_000));
        let slow = self.watch(SLOW)?;
        self.lab.set_link("anna", Direction::Up, rate(4_000_000));
        let after = self.watch(AFTER)?;
        let (anna, ben) = (self.ids[0].clone(), self.ids[1].clone());
        let sent = |looks: &[Event]| of_peer(looks, &ben, "sent_bps");
        let usual = mean(&sent(&before[0][before[0].len() / 2..]));
        // Looks are a second apart.
        let adapted = sent(&slow[0]).iter().position(|bps| *bps <= 620_000.0);
        let back = sent(&after[0]).iter().position(|bps| *bps >= 0.8 * usual);
        let seconds = |position: Option<usize>| position.map_or(f64::NAN, |at| (at + 1) as f64);
        let (adapted, back) = (seconds(adapted), seconds(back));
        let gap = |looks: &[Event]| percentile(&mut of_video(looks, &anna, "longest_gap_ms"), 1.0);
        let longest = gap(&slow[1]).max(gap(&after[1]));
        let mut table = Table::new(
            "a way out of 4 Mbit/s, 0.6 and 4 again",
            &[
                "kbit/s at 4",
                "at 0.6",
                "adapted s",
                "longest gap ms",
                "delay ms at 0.6",
                "height at 0.6",
                "back to 80 % s",
            ],
        );
        table.push(vec![
            Cell::Number(usual / 1_000.0, 0),
            Cell::Number(mean(&sent(&slow[0][slow[0].len() / 2..])) / 1_000.0, 0),
            Cell::number(Some(adapted).filter(|it| it.is_finite()), 0),
            Cell::Number(longest, 0),
            Cell::Number(
                percentile(&mut of_video(&slow[1], &anna, "capture_to_decode_ms"), 0.5),
                0,
            ),
            Cell::number(of_video(&slow[1], &anna, "height").last().copied(), 0),
            Cell::number(Some(back).filter(|it| it.is_finite()), 0),
        ]);
        report.table(table);
        report.goal(format!("0.6 Mbit/s: adapted within 3 s: {adapted}"), adapted <= 3.0);
        report.goal(
            format!("0.6 Mbit/s: longest freeze 1 s: {:.1}", longest / 1_000.0),
            longest <= 1_000.0,
        );
        report.goal(format!("4 Mbit/s again: 80 % within 15 s: {back}"), back <= 15.0);
        Ok(())
    }
}

fn voice(looks: &[Event], from: &str, field: &str) -> Vec<f64> {
    super::peers(looks, from).filter_map(|peer| peer["audio_in"][field].as_f64()).collect()
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}
