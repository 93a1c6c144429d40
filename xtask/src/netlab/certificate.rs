//! A certificate for a server in a lab, made by the `openssl` command and trusted by whoever is told.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::Invocation;
use crate::workspace;

/// A certificate with its key, in files.
#[derive(Debug)]
pub(crate) struct Certificate {
    cert: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// Makes one for a server at `address`, in `folder`.
    pub(crate) fn make(address: Ipv4Addr, folder: &Path) -> Result<Self> {
        if workspace::find_program("openssl").is_none() {
            bail!("`openssl` is not installed");
        }
        let made = Self { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        Invocation::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-days", "2", "-subj", "/CN=netlab"])
            .args(["-addext", &format!("subjectAltName=IP:{address}")])
            // The server's own, and no authority's: clients refuse an authority that serves.
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&made.key)
            .arg("-out")
            .arg(&made.cert)
            .run_quietly()?;
        Ok(made)
    }

    /// Options by which a server shows it.
    pub(crate) fn options(&self) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        vec!["--tls-cert".to_owned(), text(&self.cert), "--tls-key".to_owned(), text(&self.key)]
    }

    /// The environment of a client that trusts it, and nobody else.
    pub(crate) fn trusted(&self) -> (&'static str, &Path) {
        ("SSL_CERT_FILE", &self.cert)
    }
}
