//! The bill of materials of a program, as CycloneDX 1.5: the crates that are in it, their licences and
//! sums, and which needs which.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::crates::Crate;
use super::product::Release;
use crate::workspace;

/// The bill of the program that the first of `crates` is.
pub(crate) fn of(crates: &[Crate], release: &Release) -> Result<Value> {
    let lock = workspace::root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock)
        .with_context(|| format!("cannot read {}", lock.display()))?;
    let sums = sums(&lock);
    let (program, parts) = crates.split_first().context("a program is made of something")?;
    let mut main = component(program, &sums);
    main["type"] = json!("application");
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": format!("{}T00:00:00Z", release.day()),
            "component": main,
        },
        "components": parts.iter().map(|one| component(one, &sums)).collect::<Vec<_>>(),
        "dependencies": crates.iter().map(|one| json!({
            "ref": address(one),
            "dependsOn": one.needs.iter().map(|need| address(&crates[*need])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    }))
}

/// What a package is called wherever packages are listed.
fn address(one: &Crate) -> String {
    format!("pkg:cargo/{}@{}", one.name, one.version.replace('+', "%2B"))
}

fn component(one: &Crate, sums: &BTreeMap<(String, String), String>) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": address(one),
        "name": one.name,
        "version": one.version,
        "purl": address(one),
    });
    if !one.licence.is_empty() {
        component["licenses"] = json!([{ "expression": one.licence }]);
    }
    if let Some(sum) = sums.get(&(one.name.clone(), one.version.clone())) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    if let Some(url) = &one.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": url }]);
    }
    component
}

/// The sum of each crate by name and version, from `Cargo.lock`.
fn sums(lock: &str) -> BTreeMap<(String, String), String> {
    let mut sums = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            let start = format!("{name} = \"");
            let line = package.lines().find_map(|line| line.strip_prefix(&start));
            line.and_then(|line| line.strip_suffix('"')).map(str::to_owned)
        };
        if let (Some(name), Some(version), Some(sum)) =
            (field("name"), field("version"), field("checksum"))
        {
            sums.insert((name, version), sum);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn one(name: &str, needs: &[usize]) -> Crate {
        Crate {
            name: name.into(),
            version: "1.0.0+x".into(),
            licence: "MIT".into(),
            authors: Vec::new(),
            repository: None,
            ours: false,
            folder: PathBuf::new(),
            needs: needs.to_vec(),
        }
    }

    #[test]
    fn a_bill_names_parts_and_who_needs_them() {
        let release = Release {
            version: "1.0.0".into(),
            seconds: 0,
            home: None,
            maintainer: "A <a@b.c>".into(),
        };
        let bill = of(&[one("a", &[1]), one("b", &[])], &release).expect("the lock is there");
        assert_eq!(bill["metadata"]["component"]["type"], "application");
        assert_eq!(bill["components"][0]["purl"], "pkg:cargo/b@1.0.0%2Bx");
        assert_eq!(bill["dependencies"][0]["dependsOn"][0], bill["components"][0]["bom-ref"]);
    }

    #[test]
    fn sums_are_read_from_the_lock() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
                    checksum = \"00ff\"\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
        let sums = sums(lock);
        assert_eq!(sums.len(), 1);
        assert_eq!(sums[&("a".to_owned(), "1.0.0".to_owned())], "00ff");
    }
}
