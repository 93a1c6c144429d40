//! A certificate in files that changes while the server runs.

use std::fs;

use crate::harness::{Authority, Client, NAME, Trust, replace, server};

#[tokio::test]
async fn a_new_certificate_is_shown_to_newcomers_and_disturbs_nobody() {
    let authority = Authority::new();
    let (server, files) = server(&authority).await;
    let trust = Trust::new(&authority.pem);
    let mut before = Client::connect(server.local_addr(), &trust).await;
    let room = before.create().await.room;

    let renewed = authority.certify(&[NAME]);
    files.write(&renewed);
    trust.sees(server.local_addr(), &renewed.first()).await;
    before.lives().await;
    Client::connect(server.local_addr(), &trust).await.join(room).await;

    // As it is done by a link to a folder of the day.
    let again = authority.certify(&[NAME]);
    fs::remove_file(files.cert()).unwrap();
    replace(&files.key(), &again.key);
    replace(&files.cert(), &again.cert);
    trust.sees(server.local_addr(), &again.first()).await;
}
