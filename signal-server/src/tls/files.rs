//! A certificate in two files that somebody else renews: looks whether they changed, and takes what
//! is new if it is whole.

#[cfg(not(unix))]
#[path = "files/other.rs"]
mod hangup;
#[cfg(unix)]
#[path = "files/unix.rs"]
mod hangup;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::certificate::{Certificate, CertificateError, Certificates};

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_secs(2);
/// Longer than any chain of certificates.
const MAX_BYTES: u64 = 1024 * 1024;

/// Where certificate and key are.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) cert: PathBuf,
    pub(super) key: PathBuf,
}

/// What is in the files.
pub(super) struct Found {
    /// The same while the files are the same, times and links left aside.
    pub(super) fingerprint: blake3::Hash,
    pub(super) certificate: Result<Certificate, CertificateError>,
}

impl Files {
    pub(super) fn look(&self) -> Found {
        let mut hasher = blake3::Hasher::new();
        let certificate = read(&self.cert).and_then(|cert| {
            let key = read(&self.key)?;
            for part in [&cert, &key] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
            }
            Certificate::from_pem(&cert, &key)
        });
        Found { fingerprint: hasher.finalize(), certificate }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| CertificateError::Read { file: path.to_owned(), error })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(CertificateError::TooLong(path.to_owned()));
    }
    Ok(bytes)
}

/// Keeps `certificates` as the files are, at once on SIGHUP where there is such a thing. `used` is
/// what was found in them at the start.
pub(super) async fn keep(files: Files, mut used: blake3::Hash, certificates: Arc<Certificates>) {
    let mut hangups = hangup::Hangups::new();
    // Broken, once or said already: whoever writes two files is half done in between.
    let mut doubtful = None;
    let mut refused = None;
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(INTERVAL) => false,
            () = hangups.next() => true,
        };
        let looking = files.clone();
        let Ok(found) = tokio::task::spawn_blocking(move || looking.look()).await else {
            // The runtime ends.
            return;
        };
        if found.fingerprint == used {
            doubtful = None;
            refused = None;
            continue;
        }
        let fingerprint = Some(found.fingerprint);
        match found.certificate {
            Ok(certificate) => {
                certificates.install(certificate);
                used = found.fingerprint;
                (doubtful, refused) = (None, None);
            }
            Err(error) if asked || (doubtful == fingerprint && refused != fingerprint) => {
                tracing::warn!(
                    "The TLS certificate changed, but the new one is not used and the old one stays: {error}"
                );
                refused = fingerprint;
            }
            Err(_) => doubtful = fingerprint,
        }
    }
}
