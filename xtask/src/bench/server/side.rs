//! One server under load: its process and its crowd, both ended with the handle.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::peer;
use crate::bench::load::{Load, Pins};
use crate::children::Owned;
use crate::server;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// A certificate and its key.
#[derive(Debug)]
pub(super) struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
}

/// Which server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    /// Ours, over TLS if there is a certificate.
    Ours { tls: Option<&'a Certificate> },
    /// The Socket.IO server.
    Socketio { python: &'a Path },
}

/// A server and its crowd.
#[derive(Debug)]
pub(super) struct Side {
    name: &'static str,
    /// Ends first: its clients go before their server does.
    load: Load,
    _server: Owned,
}

impl Side {
    /// Starts both.
    pub(super) fn start(
        kind: Kind<'_>,
        profile: Profile,
        pins: &Pins,
        folder: &Path,
    ) -> Result<Self> {
        let address = server::free_address()?;
        let ours = workspace::program("cinemasync-server", profile);
        // Without the last, this machine's own clients would be spared the limits.
        let mut arguments =
            ["--listen", &address.to_string(), "--limit-loopback"].map(str::to_owned).to_vec();
        let mut load = Vec::new();
        let (name, program) = match kind {
            Kind::Ours { tls: None } => ("ours", ours.as_path()),
            Kind::Ours { tls: Some(Certificate { certificate, key }) } => {
                let words = |option: &str, file: &Path| {
                    [option.to_owned(), file.to_string_lossy().into_owned()]
                };
                load.extend(words("--tls-ca", certificate));
                arguments.extend(words("--tls-cert", certificate));
                arguments.extend(words("--tls-key", key));
                ("ours, TLS", ours.as_path())
            }
            Kind::Socketio { python } => {
                let source = peer::program().to_string_lossy().into_owned();
                arguments = vec![source, address.port().to_string()];
                load.extend(["--dialect", "socketio"].map(str::to_owned));
                ("socket.io", python)
            }
        };
        let file = |end: &str| folder.join(format!("{}{end}.log", name.replace(", ", "-")));
        let mut server = pins.serve(name, program, &arguments, address, &file(""))?;
        let about = [address.to_string(), server.child().id().to_string()];
        let load = Load::start(pins, profile, about, &load, &file("-load"))?;
        Ok(Self { name, load, _server: server })
    }

    /// What tables call it.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Has the crowd do something, and tells what came of it.
    pub(super) fn ask(&mut self, command: &Value) -> Result<Value> {
        self.load.ask(command).with_context(|| format!("against {}", self.name))
    }

    /// Has the crowd talk.
    pub(super) fn relay(&mut self, rate: f64, warm_up: f64, seconds: f64) -> Result<Value> {
        self.ask(&json!({ "do": "relay", "rate": rate, "warm_up": warm_up, "seconds": seconds }))
    }
}

/// A self-made certificate for localhost.
pub(super) fn certificate(folder: &Path) -> Result<Certificate> {
    let pair = Certificate { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    Invocation::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&pair.key)
        .arg("-out")
        .arg(&pair.certificate)
        .run_quietly()?;
    Ok(pair)
}
