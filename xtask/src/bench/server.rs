//! `cargo xtask bench server`: what our server costs and carries, beside a Socket.IO server of the same
//! events, in the same run and turn by turn. The crowd of clients is `signal-server/examples/load`;
//! what it is told, and what its figures mean, is decided here. A room's latency while others flood the
//! server is `floods`.

mod floods;
mod peer;
mod side;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::load::{self, Pins, cell, number};
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::search;
use crate::children;
use crate::workspace::{self, Profile};
use side::{Kind, Side};

/// What `cargo xtask bench server` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Fewer participants and one round: about a minute, and rougher.
    #[arg(long)]
    quick: bool,
    /// How often each server has its turn at what is compared.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: Option<u32>,
}

/// Sizes of one run.
struct Plan {
    rounds: u32,
    /// Idle participants of our server, and of the other.
    idle: [usize; 2],
    /// How long they are idle before memory is looked at.
    settling: Duration,
    /// Who talks.
    talking: usize,
    warm_up: f64,
    seconds: f64,
    /// Length of one try at a rate.
    step: f64,
    /// Seconds of one flood.
    flood: u32,
}

impl Plan {
    fn new(options: &Options) -> Self {
        let mut plan = if options.quick {
            Self {
                rounds: 1,
                idle: [1_500, 300],
                settling: Duration::from_secs(3),
                talking: 1_200,
                warm_up: 0.5,
                seconds: 2.0,
                step: 1.0,
                flood: 1,
            }
        } else {
            Self {
                rounds: 3,
                idle: [10_000, 1_500],
                // Somewhat more than the time between two pings of either server.
                settling: Duration::from_secs(27),
                talking: 1_200,
                warm_up: 1.0,
                seconds: 4.0,
                step: 1.5,
                flood: 2,
            }
        };
        plan.rounds = options.rounds.unwrap_or(plan.rounds);
        plan
    }
}

/// Messages a second at which the CPU time of one is told: for ours, and for the other, which cannot
/// do as many.
const SET_RATES: [f64; 2] = [3_000.0, 600.0];
/// Where the search for the highest rate begins and ends: nobody who talks may say more than 100 messages
/// a second.
const RATES: [[f64; 3]; 2] = [[500.0, 40_000.0, 115_000.0], [50.0, 500.0, 20_000.0]];
/// A rate holds while 99 of 100 messages arrive within this.
const P99_MS: f64 = 50.0;
/// A load generator this busy (of one core) may be what a rate fails by.
const BUSY: f64 = 0.9;
const VISITORS: usize = 200;

const KIB: f64 = 1024.0;

/// Measures.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    load::only_on_linux()?;
    let plan = Plan::new(options);
    let bench = Bench {
        folder: super::scratch("server")?,
        pins: Pins::of_this_machine(),
        profile,
        peer: peer::ready()?,
        plan,
    };
    let mut report = Report::new("server", Machine::of_this_process());
    report.table(bench.conditions());
    bench.memory(&mut report)?;
    bench.turns(&mut report)?;
    let Bench { profile, pins, folder, plan, .. } = &bench;
    floods::measure(&mut report, *profile, pins, folder, plan.flood)?;
    Ok(report)
}

struct Bench {
    folder: PathBuf,
    pins: Pins,
    profile: Profile,
    /// The Python that has the other server's packages.
    peer: Option<PathBuf>,
    plan: Plan,
}

impl Bench {
    fn conditions(&self) -> Table {
        let mut table = Table::new("conditions", &["what", "how"]);
        let mut say = |what: &str, how: String| table.push(vec![what.into(), Cell::Text(how)]);
        say(
            "our server",
            "pings, metrics and every limit as they are by default, for this machine's addresses too; log at info to a file"
                .to_owned(),
        );
        say("clients", "each room from a loopback address of its own, so that no limit for one address is raised".to_owned());
        say("processors", self.pins.to_string());
        let peer = match &self.peer {
            Some(_) => format!("{}; logs nothing", peer::versions()),
            None => "missing: no Python 3 with pip and venv; nothing is compared".to_owned(),
        };
        say("socket.io", peer);
        table
    }

    fn start(&self, kind: Kind<'_>) -> Result<Side> {
        Side::start(kind, self.profile, &self.pins, &self.folder)
    }

    fn memory(&self, report: &mut Report) -> Result<()> {
        let mut table = Table::new(
            "memory",
            &["server", "participants", "base MiB", "KiB each", "RSS KiB each", "joins/s", "lost"],
        );
        let plain = self.idle(&mut table, Kind::Ours { tls: None }, self.plan.idle[0])?;
        let over_tls = self.idle_over_tls(&mut table);
        if let Some(python) = &self.peer {
            self.idle(&mut table, Kind::Socketio { python }, self.plan.idle[1])?;
        }
        report.table(table);
        let count = self.plan.idle[0];
        report.goal(
            format!("an idle participant of {count} in rooms ≤ 6 KiB: {:.1}", plain.each_kib),
            plain.each_kib <= 6.0,
        );
        match over_tls {
            Ok(tls) => report.goal(
                format!("the same over TLS ≤ 16 KiB: {:.1}", tls.each_kib),
                tls.each_kib <= 16.0,
            ),
            // The rest is worth having all the same.
            Err(error) => {
                children::check_interrupted()?;
                report.goal(format!("the same over TLS ≤ 16 KiB: not measured: {error:#}"), false);
            }
        }
        let base_mb = plain.base_bytes / 1e6;
        report.goal(format!("base memory ≤ 8 MB: {base_mb:.1}"), base_mb <= 8.0);
        Ok(())
    }

    fn idle_over_tls(&self, table: &mut Table) -> Result<Idle> {
        let pair = side::certificate(&self.folder)?;
        self.idle(table, Kind::Ours { tls: Some(&pair) }, self.plan.idle[0])
    }

    fn idle(&self, table: &mut Table, kind: Kind<'_>, participants: usize) -> Result<Idle> {
        let mut side = self.start(kind)?;
        eprintln!("{}: {participants} participants who say nothing", side.name());
        let before = side.ask(&json!({ "do": "memory" }))?;
        let gathered = side.ask(&json!({ "do": "gather", "participants": participants }))?;
        children::pause(self.plan.settling)?;
        let after = side.ask(&json!({ "do": "memory" }))?;
        let count = number(&gathered, "participants")?;
        let grown =
            |field| Ok::<_, anyhow::Error>(number(&after, field)? - number(&before, field)?);
        let each_kib = grown("pss_bytes")? / count / KIB;
        let base_bytes = number(&before, "pss_bytes")?;
        table.push(vec![
            side.name().into(),
            Cell::Number(count, 0),
            Cell::Number(base_bytes / KIB / KIB, 1),
            Cell::Number(each_kib, 2),
            Cell::Number(grown("rss_bytes")? / count / KIB, 2),
            Cell::Number(count / number(&gathered, "seconds")?, 0),
            Cell::Number(number(&after, "lost")?, 0),
        ]);
        Ok(Idle { each_kib, base_bytes })
    }

    /// What is compared turn by turn.
    fn turns(&self, report: &mut Report) -> Result<()> {
        let mut sides = vec![(self.start(Kind::Ours { tls: None })?, Found::default())];
        if let Some(python) = &self.peer {
            sides.push((self.start(Kind::Socketio { python })?, Found::default()));
        }
        let mut tables = Tables::new();
        for round in 1..=self.plan.rounds {
            for (side, found) in &mut sides {
                for fresh in [false, true] {
                    self.cycles(side, found, &mut tables, round, fresh)?;
                }
            }
        }
        for (side, _) in &mut sides {
            side.ask(&json!({ "do": "gather", "participants": self.plan.talking }))?;
        }
        for round in 1..=self.plan.rounds {
            for (index, (side, found)) in sides.iter_mut().enumerate() {
                self.set_rate(side, found, &mut tables, round, SET_RATES[index])?;
            }
        }
        for round in 1..=self.plan.rounds {
            for (index, (side, found)) in sides.iter_mut().enumerate() {
                self.highest_rate(side, found, &mut tables, round, RATES[index])?;
            }
        }
        let found: Vec<Found> = sides.into_iter().map(|(_, found)| found).collect();
        conclude(report, tables, &found);
        Ok(())
    }

    fn cycles(
        &self,
        side: &mut Side,
        found: &mut Found,
        tables: &mut Tables,
        round: u32,
        fresh: bool,
    ) -> Result<()> {
        eprintln!("{}: round {round}, entering and leaving", side.name());
        let command = json!({ "do": "cycles", "visitors": VISITORS, "seconds": self.plan.seconds,
            "fresh": fresh });
        let answer = side.ask(&command)?;
        let per_second = number(&answer, "per_second")?;
        found.cycles[usize::from(fresh)].push(per_second);
        tables.cycles.push(vec![
            side.name().into(),
            if fresh { "connects anew" } else { "stays connected" }.into(),
            Cell::Number(f64::from(round), 0),
            Cell::Number(per_second, 0),
            cell(&answer, "server_us_per_cycle", 0),
            cell(&answer, "server_cpu", 2),
            cell(&answer, "load_cpu", 2),
            cell(&answer, "failed", 0),
        ]);
        Ok(())
    }

    fn set_rate(
        &self,
        side: &mut Side,
        found: &mut Found,
        tables: &mut Tables,
        round: u32,
        rate: f64,
    ) -> Result<()> {
        eprintln!("{}: round {round}, {rate} messages a second", side.name());
        let answer = side.relay(rate, self.plan.warm_up, self.plan.seconds)?;
        found.cost_us.push(number(&answer, "server_us_per_message")?);
        tables.cost.push(vec![
            side.name().into(),
            Cell::Number(f64::from(round), 0),
            Cell::Number(rate, 0),
            cell(&answer, "server_us_per_message", 1),
            cell(&answer, "p50_ms", 2),
            cell(&answer, "p99_ms", 2),
            cell(&answer, "missing", 0),
            cell(&answer, "load_cpu", 2),
        ]);
        Ok(())
    }

    fn highest_rate(
        &self,
        side: &mut Side,
        found: &mut Found,
        tables: &mut Tables,
        round: u32,
        [lowest, start, most]: [f64; 3],
    ) -> Result<()> {
        // From the second round on it is known where to look.
        let start = found.rate.last().map_or(start, |last| last * 0.8);
        let mut best = Value::Null;
        let mut failed = Value::Null;
        let highest = search::highest([lowest, start, most], |rate| {
            eprintln!("{}: round {round}, {rate:.0} messages a second", side.name());
            let answer = side.relay(rate, 0.3, self.plan.step)?;
            let holds = holds(&answer);
            *(if holds { &mut best } else { &mut failed }) = answer;
            Ok(holds)
        })?;
        found.rate.push(highest.unwrap_or_default());
        let busy = failed["load_cpu"].as_f64().is_some_and(|busy| busy >= BUSY);
        found.load_is_the_limit |= busy;
        tables.rate.push(vec![
            side.name().into(),
            Cell::Number(f64::from(round), 0),
            Cell::number(highest, 0),
            cell(&best, "p99_ms", 1),
            cell(&best, "server_cpu", 2),
            cell(&best, "load_cpu", 2),
            cell(&failed, "p99_ms", 1),
            cell(&failed, "server_cpu", 2),
            cell(&failed, "load_cpu", 2),
        ]);
        Ok(())
    }
}

struct Idle {
    each_kib: f64,
    base_bytes: f64,
}

/// What one server reached, round by round.
#[derive(Default)]
struct Found {
    /// Of those who stay connected, and of those who connect anew.
    cycles: [Vec<f64>; 2],
    cost_us: Vec<f64>,
    rate: Vec<f64>,
    load_is_the_limit: bool,
}

struct Tables {
    cycles: Table,
    cost: Table,
    rate: Table,
}

impl Tables {
    fn new() -> Self {
        Self {
            cycles: Table::new(
                "join and leave",
                &[
                    "server",
                    "visitor",
                    "round",
                    "cycles/s",
                    "CPU µs each",
                    "server CPU",
                    "load CPU",
                    "failed",
                ],
            ),
            cost: Table::new(
                "relay at a set rate",
                &[
                    "server",
                    "round",
                    "messages/s",
                    "CPU µs each",
                    "p50 ms",
                    "p99 ms",
                    "missing",
                    "load CPU",
                ],
            ),
            rate: Table::new(
                "highest rate with p99 ≤ 50 ms",
                &[
                    "server",
                    "round",
                    "messages/s",
                    "p99 ms",
                    "server CPU",
                    "load CPU",
                    "above: p99 ms",
                    "above: server CPU",
                    "above: load CPU",
                ],
            ),
        }
    }
}

fn conclude(report: &mut Report, tables: Tables, found: &[Found]) {
    report.table(tables.cycles);
    report.table(tables.cost);
    report.table(tables.rate);
    let mut medians = Table::new("medians", &["figure", "ours", "socket.io", "ratio"]);
    let mut compare = |figure: &str, decimals, of: &dyn Fn(&Found) -> Option<f64>| {
        let ours = found.first().and_then(of);
        let theirs = found.get(1).and_then(of);
        let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
        medians.push(vec![
            figure.into(),
            Cell::number(ours, decimals),
            Cell::number(theirs, decimals),
            Cell::number(ratio, 2),
        ]);
        (ours, ratio)
    };
    let (_, cycles) =
        compare("join–leave cycles/s, connected", 0, &|f| search::median(&f.cycles[0]));
    compare("join–leave cycles/s, connecting anew", 0, &|f| search::median(&f.cycles[1]));
    let (cost, _) = compare("CPU µs a relayed message", 1, &|f| search::median(&f.cost_us));
    let (_, rate) = compare("messages/s with p99 ≤ 50 ms", 0, &|f| search::median(&f.rate));
    report.table(medians);

    let at_least = |what: &str, ratio: Option<f64>, wanted: f64| match ratio {
        Some(ratio) => {
            (format!("{what} ≥ {wanted} times socket.io: {ratio:.1} times"), ratio >= wanted)
        }
        None => (format!("{what} ≥ {wanted} times socket.io: not compared"), false),
    };
    let (text, met) = at_least("join–leave cycles a second", cycles, 15.0);
    report.goal(text, met);
    let cost = cost.unwrap_or(f64::NAN);
    report.goal(
        format!("server CPU per relayed message at 3,000/s ≤ 20 µs: {cost:.1}"),
        cost <= 20.0,
    );
    let (mut text, met) = at_least("relayed messages a second while p99 ≤ 50 ms", rate, 20.0);
    if found.first().is_some_and(|found| found.load_is_the_limit) {
        text.push_str(" (at least: the load generator was at its end)");
    }
    report.goal(text, met);
}

/// Did the server keep up?
fn holds(answer: &Value) -> bool {
    let is = |field: &str, test: &dyn Fn(f64) -> bool| answer[field].as_f64().is_some_and(test);
    answer["gave_up"] == false
        && is("p99_ms", &|ms| ms <= P99_MS)
        && ["missing", "refused", "lost"].iter().all(|field| is(field, &|count| count == 0.0))
}

/// A file of the repository.
fn source(path: &str) -> PathBuf {
    workspace::root().join(Path::new(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_holds_only_if_every_message_came_in_time() {
        let good =
            json!({ "gave_up": false, "p99_ms": 49.0, "missing": 0, "refused": 0, "lost": 0 });
        assert!(holds(&good));
        let bad = [
            ("gave_up", json!(true)),
            ("p99_ms", json!(51.0)),
            ("p99_ms", Value::Null),
            ("missing", json!(1)),
            ("refused", json!(1)),
            ("lost", json!(1)),
        ];
        for (field, value) in bad {
            let mut answer = good.clone();
            answer[field] = value;
            assert!(!holds(&answer), "{answer}");
        }
    }

    #[test]
    fn without_the_other_server_nothing_is_claimed() {
        let mut report = Report::new("server", Machine::of_this_process());
        let ours = Found { cost_us: vec![18.0], rate: vec![20_000.0], ..Found::default() };
        conclude(&mut report, Tables::new(), &[ours]);
        let text = report.to_string();
        assert!(
            text.contains("NOT MET join–leave cycles a second ≥ 15 times socket.io: not compared"),
            "{text}"
        );
        assert!(text.contains("met     server CPU per relayed message"), "{text}");
    }
}
