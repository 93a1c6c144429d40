//! Why a server with TLS does not start, in sentences for whoever runs it.

use std::fs;

use cinemasync_server::{Config, Server, TlsConfig};

use crate::harness::{Authority, Files, NAME};

async fn refused(config: Config) -> String {
    match Server::bind(config).await {
        Ok(_) => panic!("the server started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_at_the_start() {
    let authority = Authority::new();
    let pair = authority.certify(&[NAME]);
    let files = Files::new(&pair);
    fs::write(files.key(), authority.certify(&[NAME]).key).unwrap();
    let sentence = refused(files.config()).await;
    assert!(sentence.starts_with("The private key is not the certificate's."), "{sentence}");

    fs::write(files.key(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n").unwrap();
    let sentence = refused(files.config()).await;
    assert!(sentence.contains("damaged") || sentence.contains("no private key"), "{sentence}");

    fs::write(files.cert(), &pair.key).unwrap();
    let sentence = refused(files.config()).await;
    assert!(sentence.starts_with("There is no certificate in"), "{sentence}");

    fs::remove_file(files.cert()).unwrap();
    let sentence = refused(files.config()).await;
    let begin = format!("{} cannot be read: ", files.cert().display());
    assert!(sentence.starts_with(&begin), "{sentence}");
}

#[tokio::test]
async fn options_that_contradict_each_other_are_told_at_the_start() {
    let files = Files::new(&Authority::new().certify(&[NAME]));
    let mut config = files.config();
    config.tls.domain = vec![NAME.to_owned()];
    let sentence = refused(config).await;
    assert!(sentence.ends_with("Keep one of the two."), "{sentence}");
}

#[tokio::test]
async fn an_authority_that_cannot_be_recognised_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("ca.pem");
    fs::write(&nothing, "").unwrap();
    let tls = TlsConfig {
        domain: vec![NAME.to_owned()],
        acme_email: Some("me@cinema.test".to_owned()),
        acme_ca: Some(nothing),
        acme_cache: Some(folder.path().join("cache")),
        ..TlsConfig::default()
    };
    let sentence = refused(Config { tls, ..Config::embedded() }).await;
    assert!(sentence.contains("cannot be used: there is none in it."), "{sentence}");
}
