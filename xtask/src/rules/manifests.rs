//! Who may depend on whom, in the manifests, as `cargo metadata` reads them. A pure core's manifest
//! proves that it is pure.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Violation;
use crate::shell::Invocation;

/// What one of our crates may depend on.
struct Rule {
    name: &'static str,
    /// Crates of ours, without its tests.
    ours: &'static [&'static str],
    /// All other crates it may have; `None`: not limited here.
    others: Option<&'static [&'static str]>,
}

const PURE: &[&str] = &["blake3", "bytes", "serde", "serde_json", "thiserror", "tracing"];

/// What signs tokens and the credentials of TURN: pure arithmetic.
const SERVER_CORE: &[&str] =
    &["base64", "blake3", "bytes", "hmac", "serde", "serde_json", "sha1", "sha2", "thiserror"];

const RULES: &[Rule] = &[
    Rule { name: "cinemasync-protocol", ours: &[], others: Some(PURE) },
    Rule {
        name: "cinemasync-server-core",
        ours: &["cinemasync-protocol"],
        others: Some(SERVER_CORE),
    },
    Rule { name: "cinemasync-core", ours: &["cinemasync-protocol"], others: Some(PURE) },
    Rule {
        name: "cinemasync-server",
        ours: &["cinemasync-protocol", "cinemasync-server-core"],
        others: None,
    },
    Rule {
        name: "cinemasync",
        ours: &["cinemasync-protocol", "cinemasync-core", "cinemasync-server"],
        others: None,
    },
    // Everybody compiles xtask before anything else.
    Rule {
        name: "xtask",
        ours: &[],
        others: Some(&["anyhow", "clap", "ctrlc", "nix", "pulldown-cmark", "serde_json", "syn"]),
    },
];

/// The workspace's packages, as `cargo metadata` tells them.
pub(crate) fn read(root: &Path) -> Result<Value> {
    let (good, text) = Invocation::cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .folder(root)
        .read()?;
    if !good {
        bail!("`cargo metadata` failed; is a Cargo.toml broken?");
    }
    serde_json::from_str(&text).context("cargo metadata answered something that is not JSON")
}

/// Adds what the manifests break.
pub(crate) fn check(metadata: &Value, violations: &mut Vec<Violation>) -> Result<()> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let is_ours = |name: &str| packages.iter().any(|package| package["name"] == name);
    for package in packages {
        let name = package["name"].as_str().context("a package without a name")?;
        let mut report = |text: String| {
            violations.push(Violation { file: format!("Cargo.toml of {name}"), line: 0, text });
        };
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            report("the import rules (xtask/src/rules) do not know this crate: add it".to_owned());
            continue;
        };
        let dependencies = package["dependencies"].as_array().context("no list of dependencies")?;
        for dependency in dependencies.iter().filter(|dependency| dependency["kind"] != "dev") {
            let needed = dependency["name"].as_str().context("a dependency without a name")?;
            let allowed = if is_ours(needed) {
                rule.ours.contains(&needed)
            } else {
                rule.others.is_none_or(|others| others.contains(&needed))
            };
            if !allowed {
                report(format!("`{name}` must not depend on `{needed}`"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(packages: &Value) -> Vec<String> {
        let mut violations = Vec::new();
        check(&json!({ "packages": packages }), &mut violations).expect("well-formed");
        violations.into_iter().map(|violation| violation.text).collect()
    }

    #[test]
    fn a_core_that_depends_on_a_runtime_is_found() {
        let packages = json!([{ "name": "cinemasync-core", "dependencies": [
            { "name": "serde", "kind": null }, { "name": "tokio", "kind": null } ] }]);
        assert_eq!(broken(&packages), ["`cinemasync-core` must not depend on `tokio`"]);
    }

    #[test]
    fn the_server_must_not_know_the_client() {
        let packages = json!([
            { "name": "cinemasync-core", "dependencies": [] },
            { "name": "cinemasync-server", "dependencies": [
                { "name": "cinemasync-core", "kind": null } ] }]);
        assert_eq!(broken(&packages), ["`cinemasync-server` must not depend on `cinemasync-core`"]);
    }

    #[test]
    fn tests_may_depend_on_more() {
        let packages = json!([{ "name": "cinemasync-core", "dependencies": [
            { "name": "proptest", "kind": "dev" } ] }]);
        assert!(broken(&packages).is_empty());
    }

    #[test]
    fn a_crate_without_a_rule_is_found() {
        assert_eq!(broken(&json!([{ "name": "new", "dependencies": [] }])).len(), 1);
    }
}
