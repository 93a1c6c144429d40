//! A certificate from a real ACME authority: ordered, proved on the server's own port, kept, found again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use cinemasync_server::{Config, Server, TlsConfig};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::harness::{Client, NAME, Trust, soon};
use crate::pebble::Pebble;
use crate::program::Program;

fn config(pebble: &Pebble, cache: &Path) -> Config {
    let tls = TlsConfig {
        domain: vec![NAME.to_owned(), format!("www.{NAME}")],
        acme_email: Some(format!("me@{NAME}")),
        acme_directory: Some(pebble.directory()),
        acme_ca: Some(pebble.ca()),
        acme_cache: Some(cache.to_owned()),
        ..TlsConfig::default()
    };
    let listen = ([127, 0, 0, 1], pebble.challenge_port).into();
    Config { listen, tls, ..Config::embedded() }
}

/// The certificate, as soon as there is one.
async fn certificate(server: &Server, trust: &Trust) -> CertificateDer<'static> {
    soon("a certificate", async {
        loop {
            match trust.shown(server.local_addr()).await {
                Ok(certificate) => return certificate,
                // Nothing tells when it comes but asking.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    })
    .await
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_certificate_is_ordered_shown_kept_and_found_again_without_asking() {
    let Some(mut pebble) = Pebble::start().await else { return };
    let trust = pebble.trust().await;
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("state/acme");
    let config = config(&pebble, &cache);

    let server = Server::bind(config.clone()).await.unwrap();
    let first = certificate(&server, &trust).await;
    let mut ana = Client::connect(server.local_addr(), &trust).await;
    let room = ana.create().await.room;
    Client::connect(server.local_addr(), &trust).await.join(room).await;
    trust.connect(server.local_addr(), &format!("www.{NAME}")).await.expect("both names are on it");

    // The certificate with its key, and the account's key: the owner's only.
    assert_eq!(mode(&cache), 0o700);
    let kept: Vec<_> = soon("what is kept", async {
        loop {
            let kept: Vec<_> =
                fs::read_dir(&cache).unwrap().map(|file| file.unwrap().path()).collect();
            let whole =
                |ending| kept.iter().any(|path| path.extension().is_some_and(|it| it == ending));
            if whole("pem") && whole("key") {
                return kept;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(kept.iter().all(|path| mode(path) == 0o600), "{kept:?}");
    server.shutdown().await;

    // There is nobody any more who could give a new one.
    pebble.stop();
    let server = Server::bind(config).await.unwrap();
    assert_eq!(certificate(&server, &trust).await, first);
    Client::connect(server.local_addr(), &trust).await.lives().await;
}

/// The ten seconds after a failure have to pass.
#[tokio::test]
async fn an_authority_that_is_away_is_told_and_asked_again() {
    let Some(mut pebble) = Pebble::start().await else { return };
    pebble.stop();
    let folder = tempfile::tempdir().unwrap();
    let (listen, email) = (format!("127.0.0.1:{}", pebble.challenge_port), format!("me@{NAME}"));
    let (directory, ca) = (pebble.directory(), pebble.ca().to_string_lossy().into_owned());
    let cache = folder.path().to_string_lossy().into_owned();
    let mut options = vec!["--listen", &listen, "--domain", NAME, "--acme-email", &email];
    options.extend(["--acme-directory", &directory, "--acme-ca", &ca, "--acme-cache", &cache]);
    let mut program = Program::start(&options, 256);
    let said = program.says("no new certificate").await;
    assert_eq!((&said["names"], &said["retry_seconds"]), (&NAME.into(), &10.into()));
    assert!(said["message"].as_str().unwrap().contains("port 443"), "{said}");

    pebble.restart().await;
    program.says("the TLS certificate is used").await;
    let trust = pebble.trust().await;
    let address = listen.parse().unwrap();
    Client::connect(address, &trust).await.lives().await;
}
