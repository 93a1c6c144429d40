//! The lab itself, measured from inside with plain sockets.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::{Direction, Firewall, Link, Nat, Netlab};

/// The bound of every wait: reached only when what is awaited never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A lab of two, unless this system allows none.
fn lab() -> Option<Netlab> {
    match Netlab::new(&["a", "b"]) {
        Ok(lab) => Some(lab),
        Err(error) => {
            println!("skipped: no lab here: {error:#}");
            None
        }
    }
}

/// A socket of `name`.
fn socket(lab: &Netlab, name: &str) -> UdpSocket {
    let address = lab.address(name);
    let socket = lab.inside(name, || UdpSocket::bind((address, 0))).expect("it can be entered");
    let socket = socket.expect("a port is free");
    socket.set_read_timeout(Some(PATIENCE)).expect("it can wait");
    socket
}

/// Sends a datagram there and back; tells how long it took.
fn round_trip(a: &UdpSocket, b: &UdpSocket) -> Duration {
    let began = Instant::now();
    a.send_to(b"there", b.local_addr().expect("bound")).expect("it is sent");
    let (bytes, from) = b.recv_from(&mut [0; 16]).expect("it arrives");
    assert_eq!(bytes, 5);
    b.send_to(b"back", from).expect("it is sent");
    a.recv(&mut [0; 16]).expect("it arrives");
    began.elapsed()
}

#[test]
fn a_delay_is_there_and_back_both_ways_in_ipv6_too() {
    let Some(lab) = lab() else { return };
    let link = Link { delay: Duration::from_millis(40), ..Link::default() };
    lab.set_link("a", Direction::Up, link);
    lab.set_link("b", Direction::Up, link);
    let v6 = |name: &str| {
        let address = lab.address_v6(name);
        let socket = lab.inside(name, || UdpSocket::bind((address, 0))).expect("entered");
        socket.expect("a port is free")
    };
    for (a, b) in [(socket(&lab, "a"), socket(&lab, "b")), (v6("a"), v6("b"))] {
        let took = (0..5).map(|_| round_trip(&a, &b)).min().expect("five");
        println!("{took:?} instead of 80 ms");
        assert!((80..96).contains(&took.as_millis()), "{took:?}");
    }
}

#[test]
fn a_share_of_packets_is_lost() {
    const PACKETS: u64 = 4_000;
    let Some(lab) = lab() else { return };
    lab.set_link("a", Direction::Up, Link { loss: 0.1, ..Link::default() });
    let (a, b) = (socket(&lab, "a"), socket(&lab, "b"));
    let to = b.local_addr().expect("bound");
    let up = || lab.counts("a", Direction::Up);
    let before = up().entered;
    let began = Instant::now();
    for sent in 0..PACKETS {
        a.send_to(&[7; 100], to).expect("it is sent");
        // Never more than the interface's queue and the receiver's memory hold.
        while up().entered - before + 100 < sent && began.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
    }
    while up().entered - before < PACKETS && began.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    let lost = up().lost as f64 / PACKETS as f64;
    println!("{:.1} % lost instead of 10 %", lost * 100.0);
    assert!((0.08..0.12).contains(&lost), "{lost}");
}

#[test]
fn a_slow_line_carries_at_its_rate() {
    // A datagram of 1,222 bytes is a packet of 1,250: 10 ms at 1 Mbit/s.
    const PACKETS: u32 = 60;
    let Some(lab) = lab() else { return };
    let slow = Link { rate_bps: Some(1_000_000), ..Link::default() };
    lab.set_link("b", Direction::Down, slow);
    let (a, b) = (socket(&lab, "a"), socket(&lab, "b"));
    for _ in 0..PACKETS {
        a.send_to(&[7; 1_222], b.local_addr().expect("bound")).expect("it is sent");
    }
    let mut buffer = [0; 2_000];
    b.recv(&mut buffer).expect("the first one");
    let began = Instant::now();
    for _ in 1..PACKETS {
        b.recv(&mut buffer).expect("the next one");
    }
    let rate = f64::from(PACKETS - 1) * 10_000.0 / began.elapsed().as_secs_f64();
    println!("{:.2} Mbit/s instead of 1", rate / 1e6);
    assert!((0.85e6..1.1e6).contains(&rate), "{rate}");
}

#[test]
fn tcp_passes_whole_and_quickly() {
    const BYTES: usize = 25_000_000;
    let Some(lab) = lab() else { return };
    let address = lab.address("b");
    let listener = lab.inside("b", || TcpListener::bind((address, 0))).expect("entered");
    let listener = listener.expect("a port is free");
    let to = listener.local_addr().expect("bound");
    let stream = lab.inside("a", || TcpStream::connect_timeout(&to, PATIENCE)).expect("entered");
    let mut stream = stream.expect("it connects");
    let began = Instant::now();
    let sending = std::thread::spawn(move || stream.write_all(&vec![7; BYTES]));
    let (mut arriving, _) = listener.accept().expect("it came");
    let mut arrived = Vec::new();
    arriving.read_to_end(&mut arrived).expect("all of it");
    sending.join().expect("no panic").expect("all is sent");
    assert_eq!(arrived.len(), BYTES);
    println!("{:.0} Mbit/s", BYTES as f64 * 8e-6 / began.elapsed().as_secs_f64());
}

#[test]
fn walls_stand_and_an_address_changes() {
    let Some(mut lab) = lab() else { return };
    let connects = |lab: &Netlab, to: SocketAddr| {
        let patience = Duration::from_millis(300);
        lab.inside("a", || TcpStream::connect_timeout(&to, patience)).expect("entered").is_ok()
    };
    let arrives = |lab: &Netlab| {
        let (a, b) = (socket(lab, "a"), socket(lab, "b"));
        b.set_read_timeout(Some(Duration::from_millis(300))).expect("it can wait");
        a.send_to(b"there", b.local_addr().expect("bound")).expect("it is sent");
        b.recv(&mut [0; 16]).is_ok()
    };
    let address = lab.address("b");
    let listener = lab.inside("b", || TcpListener::bind((address, 0))).expect("entered");
    let listener = listener.expect("a port is free");
    let to = listener.local_addr().expect("bound");

    assert!(arrives(&lab) && connects(&lab, to));
    lab.set_firewall("a", Firewall::NoUdp);
    assert!(!arrives(&lab) && connects(&lab, to));
    lab.set_firewall("a", Firewall::OnlyTcp(vec![to.port()]));
    assert!(connects(&lab, to));
    lab.set_firewall("a", Firewall::OnlyTcp(vec![to.port().wrapping_add(1)]));
    assert!(!connects(&lab, to));
    lab.set_firewall("a", Firewall::Open);

    lab.change_address("b").expect("it gets another one");
    assert_ne!(lab.address("b"), address);
    assert!(arrives(&lab) && !connects(&lab, to));
    lab.isolate_v4("a", "b");
    assert!(!arrives(&lab));
    lab.isolate("b", "a");
    assert!(!arrives(&lab));
}

#[test]
fn a_router_lets_in_what_was_asked_for_and_nothing_else() {
    let Some(mut lab) = lab() else { return };
    lab.set_nat("a", Nat::Alike).expect("it gets a router");
    let a = lab.inside("a", || UdpSocket::bind("0.0.0.0:0")).expect("entered").expect("a port");
    a.set_read_timeout(Some(PATIENCE)).expect("it can wait");
    let (b, other) = (socket(&lab, "b"), socket(&lab, "b"));
    a.send_to(b"there", b.local_addr().expect("bound")).expect("it is sent");
    let (_, seen) = b.recv_from(&mut [0; 16]).expect("it arrives");
    assert_eq!(seen.ip(), lab.address("a"));
    // From elsewhere first: if it were let in it would be heard first.
    other.send_to(b"uninvited", seen).expect("it is sent");
    b.send_to(b"back", seen).expect("it is sent");
    let mut heard = [0; 16];
    assert_eq!(a.recv(&mut heard).expect("it arrives"), 4);

    let to = lab.inside("b", || TcpListener::bind((lab.address("b"), 0))).expect("entered");
    let to = to.expect("a port");
    let address = to.local_addr().expect("bound");
    let mut stream = lab
        .inside("a", || TcpStream::connect_timeout(&address, PATIENCE))
        .expect("entered")
        .expect("it connects");
    stream.write_all(b"whole").expect("it is sent");
    let (mut arriving, from) = to.accept().expect("it came");
    assert_eq!(from.ip(), lab.address("a"));
    let mut arrived = [0; 5];
    arriving.read_exact(&mut arrived).expect("all of it");
    assert_eq!(&arrived, b"whole");
}

#[test]
fn a_command_runs_inside() {
    let Some(lab) = lab() else { return };
    let output = lab.command("b", "ip".as_ref()).args(["-brief", "address"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("text");
    assert!(text.contains(&lab.address("b").to_string()), "{text}");
    assert!(text.contains(&lab.address_v6("b").to_string()), "{text}");
}
