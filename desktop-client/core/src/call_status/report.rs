//! The report that a person sends to whoever helps: figures of the call as plain text, without
//! anybody's name, the room, the server, addresses, chat or film.

use super::{CallStatus, own_figures, path, person_figures};
use crate::interface::Snapshot;
use crate::sentence::Sentence;

/// Writes it. `program` says which program on which system, in one line.
pub fn report(status: &CallStatus, snapshot: &Snapshot, program: &str) -> String {
    let mut lines = vec![program.to_owned()];
    let others = snapshot.participants.len();
    lines.push(format!("A call of {}", others + 1));
    let server = if snapshot.signaling_connected { "reachable" } else { "away" };
    lines.push(format!("Server: {server}"));
    if let Some(error) = snapshot.clock_error_ms {
        lines.push(format!("Clock known to ±{error:.1} ms"));
    }
    lines.push("You".to_owned());
    let own = own_figures(snapshot, status.program());
    lines.extend(own.iter().map(|line| indented(line.as_str())));
    for (number, person) in snapshot.participants.iter().enumerate() {
        let condition = status.of(&person.id).words();
        let way = person.path.map(|way| format!(", {}", path(way))).unwrap_or_default();
        lines.push(format!("Friend {}: {condition}{way}", number + 1));
        let figures = person_figures(person, snapshot);
        lines.extend(figures.iter().map(|line| indented(&joined(line))));
        lines.extend(ranges(status, snapshot, number).iter().map(|line| indented(line)));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A line of figures in English.
fn joined(figures: &[Sentence]) -> String {
    let figures: Vec<&str> = figures.iter().map(Sentence::as_str).collect();
    figures.join(" · ")
}

fn indented(line: &str) -> String {
    format!("  {line}")
}

/// How the figures of the last minutes ranged.
fn ranges(status: &CallStatus, snapshot: &Snapshot, number: usize) -> Option<String> {
    let samples: Vec<_> = status.history(&snapshot.participants.get(number)?.id).collect();
    let range = |values: Vec<f64>| {
        let least = values.iter().copied().min_by(f64::total_cmp)?;
        let most = values.iter().copied().max_by(f64::total_cmp)?;
        Some((least, most))
    };
    let rtt = range(samples.iter().filter_map(|sample| sample.rtt_ms).collect());
    let loss = range(samples.iter().filter_map(|sample| sample.loss_percent).collect());
    let mut parts = Vec::new();
    if let Some((least, most)) = rtt {
        parts.push(format!("{least:.0} to {most:.0} ms"));
    }
    if let Some((least, most)) = loss {
        parts.push(format!("{least:.1} to {most:.1} % lost"));
    }
    (!parts.is_empty()).then(|| format!("Last {} s: {}", samples.len(), parts.join(", ")))
}
