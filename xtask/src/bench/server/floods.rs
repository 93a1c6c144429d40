//! A room that behaves, on a server that others flood in several ways at once with its talk: the example
//! `hostile` measures, this runs it and says what is asked of the figures.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bench::load::{Pins, cell};
use crate::bench::report::{Cell, Report, Table};
use crate::server;
use crate::workspace::{self, Profile};

/// In every flood, 99 of 100 messages of the room must arrive within this.
const P99_MS: f64 = 50.0;

/// Floods our server, each way for `seconds`: first from one address, then from many, so that the
/// limits of an address do not help.
pub(super) fn measure(
    report: &mut Report,
    profile: Profile,
    pins: &Pins,
    folder: &Path,
    seconds: u32,
) -> Result<()> {
    let address = server::free_address()?;
    let program = workspace::program("cinemasync-server", profile);
    let arguments = ["--listen", &address.to_string(), "--limit-loopback"].map(str::to_owned);
    let log = folder.join("flooded.log");
    let _server = pins.serve("the flooded server", &program, &arguments, address, &log)?;
    let mut table = Table::new(
        "a room of three while others flood the server",
        &["flood", "from", "messages", "p50 ms", "p99 ms", "longest ms", "thrown out"],
    );
    let mut worst: Option<(f64, String)> = None;
    for (from, option) in [("one address", None), ("many addresses", Some("--many-addresses"))] {
        eprintln!("ours: floods from {from}");
        let hostile = pins
            .run(1, &workspace::example("hostile", profile))
            .args(["--server", &address.to_string(), "--seconds", &seconds.to_string()])
            .args(option);
        let (good, text) = hostile.read()?;
        if !good {
            bail!("the example `hostile` failed; the server's log is {}", log.display());
        }
        for line in lines(&text)? {
            let name = line["flood"].as_str().unwrap_or_default();
            // Without a figure nothing arrived, which is as late as can be.
            let p99 = line["p99_ms"].as_f64().unwrap_or(f64::INFINITY);
            if worst.as_ref().is_none_or(|(worst, _)| p99 > *worst) {
                worst = Some((p99, format!("{name}, from {from}")));
            }
            table.push(vec![
                name.into(),
                from.into(),
                cell(&line, "messages", 0),
                cell(&line, "p50_ms", 2),
                cell(&line, "p99_ms", 2),
                cell(&line, "max_ms", 1),
                Cell::number(line["attackers_thrown_out"].as_f64(), 0),
            ]);
        }
    }
    report.table(table);
    let (p99, what) = worst.context("the example `hostile` told nothing")?;
    report.goal(
        format!("a room's p99 during floods ≤ {P99_MS} ms: at worst {p99:.1} ms ({what})"),
        p99 <= P99_MS,
    );
    Ok(())
}

/// One object a line.
fn lines(text: &str) -> Result<Vec<Value>> {
    let line = |line: &str| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_object() {
        let text =
            "{\"flood\":\"pings\",\"p99_ms\":3.5}\n{\"flood\":\"nothing\",\"p99_ms\":null}\n";
        let lines = lines(text).expect("both are JSON");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["p99_ms"], 3.5);
        assert!(super::lines("oops\n").is_err());
    }
}
