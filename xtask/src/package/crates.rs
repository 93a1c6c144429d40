//! What a program is made of: the crates that are in it, as cargo tells. Those that only build it, or
//! only write code for it, are not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::Invocation;

/// A crate that is in a program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Crate {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// How it may be used, as SPDX has it; empty where the manifest names a file instead.
    pub(crate) licence: String,
    /// Who wrote it.
    pub(crate) authors: Vec<String>,
    /// Where it is developed.
    pub(crate) repository: Option<String>,
    /// Is it one of ours?
    pub(crate) ours: bool,
    /// Its sources.
    pub(crate) folder: PathBuf,
    /// What it is made of itself: places in the list.
    pub(crate) needs: Vec<usize>,
}

/// What the package `root` is made of on the system `target`, itself first.
pub(crate) fn of(root: &str, target: &str) -> Result<Vec<Crate>> {
    let (good, text) = Invocation::cargo()
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", target])
        .read()?;
    if !good {
        bail!("`cargo metadata` failed; is Cargo.lock of this state?");
    }
    let metadata = serde_json::from_str(&text).context("cargo metadata is no JSON")?;
    walk(&metadata, root)
}

/// The system that this machine's programs run on.
pub(crate) fn host() -> Result<String> {
    let (_, text) = Invocation::new("rustc").arg("-vV").read()?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc does not say for which system it builds")?.to_owned())
}

fn walk(metadata: &Value, root: &str) -> Result<Vec<Crate>> {
    let list = |value: &Value, what: &str| {
        value.as_array().cloned().with_context(|| format!("cargo metadata has no {what}"))
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages: BTreeMap<String, Value> = list(&metadata["packages"], "packages")?
        .into_iter()
        .map(|package| (text(&package["id"]), package))
        .collect();
    let nodes: BTreeMap<String, Value> = list(&metadata["resolve"]["nodes"], "resolved packages")?
        .into_iter()
        .map(|node| (text(&node["id"]), node))
        .collect();
    let writes_code = |id: &str| {
        packages[id]["targets"]
            .as_array()
            .is_some_and(|targets| targets.iter().any(|target| target["kind"][0] == "proc-macro"))
    };
    let needs_of = |id: &str| -> BTreeSet<String> {
        let dependencies = nodes[id]["deps"].as_array().map_or(&[][..], Vec::as_slice);
        let in_it = |dependency: &&Value| {
            dependency["dep_kinds"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        let ids = dependencies.iter().filter(in_it).map(|dependency| text(&dependency["pkg"]));
        ids.filter(|id| packages.contains_key(id) && !writes_code(id)).collect()
    };
    let start = packages
        .iter()
        .find(|(_, package)| package["name"] == root && package["source"].is_null())
        .with_context(|| format!("the workspace has no package `{root}`"))?;

    let mut order = vec![start.0.clone()];
    let mut place = BTreeMap::from([(start.0.clone(), 0)]);
    let mut crates = Vec::new();
    while let Some(id) = order.get(crates.len()).cloned() {
        let mut needs = Vec::new();
        for need in needs_of(&id) {
            let next = order.len();
            let at = *place.entry(need.clone()).or_insert(next);
            if at == next {
                order.push(need);
            }
            needs.push(at);
        }
        let package = &packages[&id];
        let authors = package["authors"].as_array().map_or(&[][..], Vec::as_slice);
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        crates.push(Crate {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: text(&package["license"]).replace('/', " OR ").replace("  ", " "),
            authors: authors.iter().map(text).collect(),
            repository: package["repository"].as_str().map(str::to_owned),
            ours: package["source"].is_null(),
            folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
            needs,
        });
    }
    Ok(crates)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, kind: &str, source: &Value) -> Value {
        json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0",
            "authors": ["A"], "repository": null, "source": source,
            "manifest_path": format!("/{name}/Cargo.toml"), "targets": [{ "kind": [kind] }] })
    }

    fn node(name: &str, needs: &[(&str, Value)]) -> Value {
        let needs: Vec<Value> = needs
            .iter()
            .map(|(name, kind)| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] }))
            .collect();
        json!({ "id": name, "deps": needs })
    }

    #[test]
    fn what_only_builds_or_tests_or_writes_code_is_not_in_the_program() {
        let registry = json!("registry");
        let metadata = json!({
            "packages": [
                package("ours", "bin", &Value::Null),
                package("used", "lib", &registry),
                package("deep", "lib", &registry),
                package("derive", "proc-macro", &registry),
                package("syn", "lib", &registry),
                package("cc", "lib", &registry),
                package("proptest", "lib", &registry),
            ],
            "resolve": { "nodes": [
                node("ours", &[("used", Value::Null), ("derive", Value::Null),
                    ("cc", json!("build")), ("proptest", json!("dev"))]),
                node("used", &[("deep", Value::Null)]),
                node("deep", &[]),
                node("derive", &[("syn", Value::Null)]),
                node("syn", &[]), node("cc", &[]), node("proptest", &[]),
            ] }
        });
        let crates = walk(&metadata, "ours").expect("well-formed");
        let names: Vec<&str> = crates.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["ours", "used", "deep"]);
        assert!(crates[0].ours && !crates[1].ours);
        assert_eq!(crates[0].needs, [1]);
        assert_eq!(crates[1].needs, [2]);
        assert_eq!(crates[1].licence, "MIT OR Apache-2.0");
    }
}
