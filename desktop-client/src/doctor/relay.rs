//! Whether the server's relays relay, for those whom no direct way connects.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use cinemasync_protocol::IceServer;
use cinemasync_server::probe::{Way, allocate};
use futures_util::future::join_all;
use tokio::net::{TcpStream, UdpSocket};

use super::Finding;
use super::network::{Over, Target, targets};
use crate::platform::tls;

pub(super) const NAME: (&str, &str) = ("relay", "Relay");

/// What became of asking one.
struct Asked {
    over: Over,
    name: String,
    /// How long it took to be given an address, or why none was given.
    result: Result<Duration, String>,
}

pub(super) async fn check(servers: &[IceServer]) -> Finding {
    let relays: Vec<Target> = targets(servers).into_iter().filter(|it| it.relay).collect();
    let asked = join_all(relays.iter().map(|target| async {
        let began = Instant::now();
        let result = match tokio::time::timeout(super::PATIENCE, ask(target)).await {
            Ok(result) => result.map(|()| began.elapsed()),
            Err(_) => Err("it does not answer".to_owned()),
        };
        Asked { over: target.over, name: format!("{}:{}", target.host, target.port), result }
    }));
    judge(&asked.await)
}

async fn ask(target: &Target) -> Result<(), String> {
    let (username, credential) = target.secret.clone().ok_or("the server gave no password")?;
    let address = target.address().await?;
    let way = match target.over {
        Over::Udp => {
            let any = if address.is_ipv4() {
                (Ipv4Addr::UNSPECIFIED, 0).into()
            } else {
                (Ipv6Addr::UNSPECIFIED, 0).into()
            };
            let any: std::net::SocketAddr = any;
            let socket = UdpSocket::bind(any).await.map_err(|error| error.to_string())?;
            Way::Packets(socket, address)
        }
        Over::Tcp => Way::Stream(Box::new(connect(address).await?)),
        Over::Tls => {
            let stream = tls::connect(&target.host, connect(address).await?).await;
            Way::Stream(Box::new(stream.map_err(|error| error.to_string())?))
        }
    };
    let given = allocate(way, &username, &credential).await;
    given.map(|_| ()).map_err(|error| error.to_string())
}

async fn connect(address: std::net::SocketAddr) -> Result<TcpStream, String> {
    TcpStream::connect(address).await.map_err(|error| error.to_string())
}

fn judge(asked: &[Asked]) -> Finding {
    if asked.is_empty() {
        return Finding::warn(
            NAME,
            "The server has none: two friends behind strict firewalls, or both on mobile networks, may not \
             reach each other.",
            "Whoever runs the server can turn its relay on (--turn).",
        );
    }
    let word = |over| match over {
        Over::Udp => "UDP",
        Over::Tcp => "TCP",
        Over::Tls => "TLS",
    };
    let mut good = Vec::new();
    let mut faults = Vec::new();
    for one in asked {
        match &one.result {
            Ok(took) => good.push(format!("{} in {} ms", word(one.over), took.as_millis())),
            Err(why) => faults.push(format!("{} over {}: {why}", one.name, word(one.over))),
        }
    }
    let faults = faults.join("; ");
    let good = good.join(", ");
    if good.is_empty() {
        Finding::bad(
            NAME,
            format!("No relay serves this computer ({faults}): strict networks cannot be crossed."),
            "Another network, such as a phone's, tells whether it is this one; else ask whoever runs the \
             server.",
        )
    } else if faults.is_empty() {
        Finding::ok(NAME, format!("It relays over {good}."))
    } else {
        Finding::warn(
            NAME,
            format!("It relays over {good}. Not so {faults}."),
            "That is enough for calls. This network closes the other ways, or the server's firewall does.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn one_way_to_a_relay_is_enough_and_none_is_bad() {
        let asked = |over, result: Result<u64, &str>| Asked {
            over,
            name: "a.example:3478".to_owned(),
            result: result.map(Duration::from_millis).map_err(str::to_owned),
        };
        assert_eq!(judge(&[]).verdict, Verdict::Warn);
        let good = judge(&[asked(Over::Udp, Ok(12)), asked(Over::Tls, Ok(30))]);
        assert_eq!(good.found, "It relays over UDP in 12 ms, TLS in 30 ms.");
        assert_eq!(good.verdict, Verdict::Ok);
        let half = judge(&[asked(Over::Udp, Err("it does not answer")), asked(Over::Tls, Ok(30))]);
        assert_eq!(half.verdict, Verdict::Warn);
        let none = judge(&[asked(Over::Udp, Err("it does not answer"))]);
        assert_eq!(none.verdict, Verdict::Bad);
        assert!(none.found.contains("a.example:3478 over UDP: it does not answer"));
    }
}
