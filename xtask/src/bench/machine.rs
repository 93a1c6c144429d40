//! What a figure was measured on: a figure without its machine says little.

use std::{env, fmt, fs, thread};

use serde_json::{Value, json};

use crate::shell::Invocation;

/// A machine, its system, and the versions that were measured.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    system: String,
    versions: Vec<(&'static str, String)>,
}

impl Machine {
    /// The one that this process runs on.
    pub(crate) fn of_this_process() -> Self {
        let versions = vec![
            ("cinemasync", env!("CARGO_PKG_VERSION").to_owned()),
            ("commit", first_line("git", &["describe", "--always", "--dirty"])),
            ("rustc", first_line("rustc", &["--version"])),
        ];
        Self {
            processor: processor(),
            cores: thread::available_parallelism().map_or(1, std::num::NonZero::get),
            system: system(),
            versions,
        }
    }

    /// As one value.
    pub(crate) fn json(&self) -> Value {
        let mut value = json!({ "cpu": self.processor, "cores": self.cores, "os": self.system });
        for (name, version) in &self.versions {
            value[name] = json!(version);
        }
        value
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} cores), {}", self.processor, self.cores, self.system)?;
        for (name, version) in &self.versions {
            write!(f, "; {name} {version}")?;
        }
        Ok(())
    }
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let answer = Invocation::new(program).args(arguments).read();
    let line = answer.ok().and_then(|(_, text)| text.lines().next().map(str::to_owned));
    line.filter(|line| !line.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

fn processor() -> String {
    if cfg!(target_os = "macos") {
        return first_line("sysctl", &["-n", "machdep.cpu.brand_string"]);
    }
    if cfg!(windows) {
        return env::var("PROCESSOR_IDENTIFIER").unwrap_or_else(|_| "unknown".to_owned());
    }
    field(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default(), "model name", ':')
        .unwrap_or_else(|| env::consts::ARCH.to_owned())
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    field(&release, "PRETTY_NAME", '=').unwrap_or_else(|| env::consts::OS.to_owned())
}

/// The value of `name` in lines of `name: value` or `name="value"`.
fn field(text: &str, name: &str, separator: char) -> Option<String> {
    let pairs = text.lines().filter_map(|line| line.split_once(separator));
    pairs
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_a_field_counts() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2:1\nmodel name\t: Other\n";
        assert_eq!(field(text, "model name", ':').as_deref(), Some("Some CPU @ 2:1"));
        assert_eq!(field("PRETTY_NAME=\"An OS\"\n", "PRETTY_NAME", '=').as_deref(), Some("An OS"));
        assert_eq!(field("", "model name", ':'), None);
    }
}
