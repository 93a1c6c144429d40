//! People over bad lines, in a lab: late, lossy, one that is suddenly slow and fast again, and one that
//! is too narrow for all whom it is to reach.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::{first_frame_after, of_video};
use crate::bench::report::{Cell, Report, Table};
use crate::bench::search::{mean, percentile};
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

/// Who is there; two unless more are wanted.
const PEOPLE: [&str; 5] = ["anna", "ben", "cleo", "dora", "emil"];
const NARROW_BPS: u64 = 3_000_000;

/// A call in a lab.
struct Call {
    lab: Netlab,
    people: Vec<Headless>,
    ids: Vec<String>,
}

/// Measures the calls, if this machine lets one make networks.
pub(super) fn measure(report: &mut Report, profile: Profile, folder: &Path) -> Result<()> {
    let mut call = match Call::begin(profile, folder, 2) {
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
    let mut call = Call::begin(profile, folder, 2)?;
    call.drop(report)?;
    call.end()?;
    let mut call = Call::begin(profile, folder, PEOPLE.len())?;
    call.narrow(report)?;
    call.end()
}

impl Call {
    fn begin(profile: Profile, folder: &Path, count: usize) -> Result<Self> {
        let names = &PEOPLE[..count];
        let lab = Netlab::new(&[&["server"], names].concat())?;
        let options = ["--max-participants", "8"].map(str::to_owned);
        let server = lab.serve("server", profile, &options, &folder.join("lines-server.log"))?;
        let program = workspace::program("cinemasync", profile);
        let link = Link { delay: DELAY, ..Link::default() };
        for name in names {
            lab.set_link(name, Direction::Up, link);
            lab.set_link(name, Direction::Down, link);
        }
        // Five that show themselves to each other would measure the processor.
        let shows = |name: &str| count == 2 || name == PEOPLE[0];
        let start = |name: &'static str, room: &[&str]| {
            let camera = if shows(name) { "test-pattern:1280x720@30" } else { "none" };
            let mut command = lab.command(name, &program);
            command
                .args(["headless", "--server", &server.url(), "--name", name])
                .args(["--camera", camera, "--microphone", "tone"])
                .args(room);
            Headless::spawn_as(name, &mut command, &folder.join(format!("lines-{name}.log")))
        };
        let (mut people, mut ids, mut code) = (Vec::new(), Vec::new(), String::new());
        for name in names {
            let room = if people.is_empty() { vec!["--create"] } else { vec!["--join", &code] };
            let mut person = start(name, &room)?;
            let room = person.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
            room.text("code").clone_into(&mut code);
            ids.push(room.text("id").to_owned());
            people.push(person);
        }
        let watching = usize::from(count > 2);
        for person in &mut people[watching..] {
            person.wait_for("a picture", PATIENCE, |event| event.name() == "first_frame")?;
        }
        // The call goes on without it.
        drop(server);
        Ok(Self { lab, people, ids })
    }

    fn end(self) -> Result<()> {
        let Self { people, lab, .. } = self;
        people.into_iter().try_for_each(Headless::leave)?;
        drop(lab);
        Ok(())
    }

    /// What both said in the next `seconds`.
    fn watch(&mut self, seconds: u64) -> Result<Vec<Vec<Event>>> {
        let marks: Vec<usize> = self.people.iter_mut().map(Headless::mark).collect();
        children::pause(Duration::from_secs(seconds))?;
        let said = |(person, mark): (&mut Headless, usize)| person.history()[mark..].to_vec();
        Ok(self.people.iter_mut().zip(marks).map(said).collect())
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

impl Call {
    /// Anna's way out is too narrow for what she would send to all the others.
    fn narrow(&mut self, report: &mut Report) -> Result<()> {
        let others = self.people.len() - 1;
        eprintln!("call: one way out of {NARROW_BPS} bit/s to {others} others");
        let link = Link { delay: DELAY, rate_bps: Some(NARROW_BPS), ..Link::default() };
        self.lab.set_link("anna", Direction::Up, link);
        self.watch(8)?;
        let looks = self.watch(BEFORE)?;
        let anna = self.ids[0].clone();
        let mut table = Table::new(
            "a way out of 3 Mbit/s to four others",
            &["at", "kbit/s", "height", "fps", "delay ms", "longest gap ms", "concealed %"],
        );
        let (mut total, mut slowest, mut longest) = (0.0, 0.0_f64, 0.0_f64);
        for (name, looks) in PEOPLE.into_iter().zip(&looks).skip(1) {
            let received = mean(&of_peer(looks, &anna, "received_bps"));
            let delay = percentile(&mut of_video(looks, &anna, "capture_to_decode_ms"), 0.5);
            let gap = percentile(&mut of_video(looks, &anna, "longest_gap_ms"), 1.0);
            table.push(vec![
                name.into(),
                Cell::Number(received / 1_000.0, 0),
                Cell::number(of_video(looks, &anna, "height").last().copied(), 0),
                Cell::Number(mean(&of_video(looks, &anna, "fps")), 1),
                Cell::Number(delay, 0),
                Cell::Number(gap, 0),
                Cell::Number(mean(&voice(looks, &anna, "concealed_percent")), 2),
            ]);
            (total, slowest, longest) = (total + received, slowest.max(delay), longest.max(gap));
        }
        report.table(table);
        let share = total / NARROW_BPS as f64;
        report.goal(
            format!("a narrow way out: used to 60 % at least: {:.0} %", share * 100.0),
            share >= 0.6,
        );
        report.goal(
            format!("a narrow way out: pictures at most 250 ms old: {slowest:.0}"),
            slowest <= 250.0,
        );
        report.goal(
            format!("a narrow way out: longest gap 1 s: {:.1}", longest / 1_000.0),
            longest <= 1_000.0,
        );
        Ok(())
    }
}

fn of_peer(looks: &[Event], id: &str, field: &str) -> Vec<f64> {
    super::peers(looks, id).filter_map(|peer| peer[field].as_f64()).collect()
}

fn voice(looks: &[Event], from: &str, field: &str) -> Vec<f64> {
    super::peers(looks, from).filter_map(|peer| peer["audio_in"][field].as_f64()).collect()
}
