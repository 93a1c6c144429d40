//! `cargo xtask test` and `cargo xtask ci`: the steps that must hold before a change lands, in the
//! order in which they fail fastest, with a summary. Each step's own work lies elsewhere.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{self, Purpose};
use crate::shell::Invocation;
use crate::{cross, deny, rules, workspace};

/// What `cargo xtask test` and `ci` can be told.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Install missing packages without asking.
    #[arg(long, short)]
    yes: bool,
    /// Do not look at the system's packages.
    #[arg(long)]
    no_setup: bool,
}

/// One step: its name in the summary, and its work.
struct Step {
    name: &'static str,
    work: Box<dyn Fn() -> Result<()>>,
}

fn step(name: &'static str, work: impl Fn() -> Result<()> + 'static) -> Step {
    Step { name, work: Box::new(work) }
}

fn cargo_step(name: &'static str, command: Invocation) -> Step {
    step(name, move || command.run())
}

/// Packages, format, rules, lints, documentation, tests.
pub(crate) fn test(options: &Options) -> Result<()> {
    perform(&test_steps(options))
}

/// The same, then the other systems and the dependencies.
pub(crate) fn ci(options: &Options) -> Result<()> {
    let mut steps = test_steps(options);
    let cross = cross::Options { yes: options.yes, ..cross::Options::default() };
    steps.push(step("cross", move || cross::run(&cross)));
    steps.push(step("deny", || deny::run(&deny::Options::default())));
    perform(&steps)
}

fn test_steps(options: &Options) -> Vec<Step> {
    let mut steps = Vec::new();
    if !options.no_setup {
        let setup = setup::Options { yes: options.yes, ..setup::Options::default() };
        steps.push(step("setup", move || {
            setup::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test], &setup)
        }));
    }
    steps.push(cargo_step("format", Invocation::cargo().args(["fmt", "--all", "--check"])));
    steps.push(step("rules", rules::run));
    steps.push(cargo_step(
        "lints",
        Invocation::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    ));
    steps.push(cargo_step(
        "documentation",
        Invocation::cargo()
            .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"])
            // It is read by who works here: what is private is documented, and may be linked to.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
    ));
    // The examples in the documentation run before the tests, so that the line that closes this
    // output is the one that counts the tests.
    steps.push(cargo_step(
        "doc examples",
        Invocation::cargo().args(["test", "--workspace", "--doc", "--locked", "--quiet"]),
    ));
    let tests = if workspace::find_program("cargo-nextest").is_some() {
        Invocation::cargo().args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"])
    } else {
        Invocation::cargo().args([
            "test",
            "--workspace",
            "--all-targets",
            "--locked",
            "--no-fail-fast",
        ])
    };
    steps.push(cargo_step("tests", tests));
    steps
}

/// Runs all steps, so that one run tells everything; fails if any failed.
fn perform(steps: &[Step]) -> Result<()> {
    let mut outcomes = Vec::new();
    for step in steps {
        eprintln!("\n== {}", step.name);
        let started = Instant::now();
        let result = (step.work)();
        if let Err(error) = &result {
            eprintln!("{}: {error:#}", step.name);
        }
        let failed = result.is_err();
        outcomes.push((step.name, started.elapsed(), failed));
        if failed && step.name == "setup" {
            break;
        }
    }
    eprintln!("\n{}", summary(&outcomes));
    if outcomes.iter().any(|(_, _, failed)| *failed) {
        bail!("not everything holds; the steps that failed are marked above");
    }
    Ok(())
}

fn summary(outcomes: &[(&str, Duration, bool)]) -> String {
    let mut lines = Vec::new();
    for (name, took, failed) in outcomes {
        let verdict = if *failed { "FAILED" } else { "ok" };
        lines.push(format!("{verdict:<7} {name:<14} {:>7.1} s", took.as_secs_f64()));
    }
    let total: f64 = outcomes.iter().map(|(_, took, _)| took.as_secs_f64()).sum();
    lines.push(format!("{:<7} {:<14} {total:>7.1} s", "", "in all"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_each_step_its_verdict_and_its_time() {
        let text = summary(&[
            ("format", Duration::from_millis(1_500), false),
            ("tests", Duration::from_secs(60), true),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "ok      format             1.5 s");
        assert_eq!(lines[1], "FAILED  tests             60.0 s");
        assert_eq!(lines[2], "        in all            61.5 s");
    }

    #[test]
    fn a_failed_step_fails_the_whole_but_the_others_still_run() {
        use std::cell::Cell;
        use std::rc::Rc;
        let ran = Rc::new(Cell::new(0));
        let count = Rc::clone(&ran);
        let steps = [
            step("first", || bail!("no")),
            step("second", move || {
                count.set(count.get() + 1);
                Ok(())
            }),
        ];
        assert!(perform(&steps).is_err());
        assert_eq!(ran.get(), 1);
    }
}
