//! Whom one allocation of the TURN relay may exchange packets with: its permissions and its
//! channels, bounded, each until it ends. Whether an address may be in here at all is
//! `relay_policy`'s.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// How long a permission lasts (RFC 8656, 9).
pub const PERMISSION: Duration = Duration::from_secs(300);
/// How long a channel lasts (RFC 8656, 12).
pub const CHANNEL: Duration = Duration::from_secs(600);
/// Permissions of one allocation. ICE tries each candidate of the other side; a call has dozens.
pub const MAX_PERMISSIONS: usize = 128;
/// Channels of one allocation.
pub const MAX_CHANNELS: usize = 128;

/// Why something is not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEntered {
    /// There are as many as there may be.
    Full,
    /// The number belongs to another peer, or the peer to another number.
    Taken,
}

#[derive(Debug, Clone, Copy)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    until: Duration,
}

/// The permissions and channels of one allocation. Times count from any fixed moment.
///
/// Lists, newest use first: an allocation talks to one or two peers, so that the first look finds
/// them, faster than a hash.
#[derive(Debug, Default)]
pub struct RelayTable {
    permissions: Vec<(IpAddr, Duration)>,
    channels: Vec<Channel>,
}

impl RelayTable {
    /// Allows `ip`, or allows it for longer.
    ///
    /// # Errors
    /// [`NotEntered::Full`].
    pub fn permit(&mut self, ip: IpAddr, now: Duration) -> Result<(), NotEntered> {
        self.permissions.retain(|(_, until)| *until > now);
        self.has_room_for(&[ip], now)?;
        self.permissions.retain(|(other, _)| *other != ip);
        self.permissions.insert(0, (ip, now + PERMISSION));
        Ok(())
    }

    /// Whether all of `ips` can be permitted.
    ///
    /// # Errors
    /// [`NotEntered::Full`].
    pub fn has_room_for(&self, ips: &[IpAddr], now: Duration) -> Result<(), NotEntered> {
        let mut new: Vec<IpAddr> =
            ips.iter().copied().filter(|ip| !self.allows(*ip, now)).collect();
        new.sort_unstable();
        new.dedup();
        let held = self.permissions.iter().filter(|(_, until)| *until > now).count();
        if held + new.len() > MAX_PERMISSIONS { Err(NotEntered::Full) } else { Ok(()) }
    }

    /// Whether packets may be exchanged with `ip`.
    pub fn allows(&self, ip: IpAddr, now: Duration) -> bool {
        self.permissions.iter().any(|(other, until)| *other == ip && *until > now)
    }

    /// Whether `number` can be the channel of `peer`.
    ///
    /// # Errors
    /// [`NotEntered`] says why not.
    pub fn can_bind(&self, number: u16, peer: SocketAddr, now: Duration) -> Result<(), NotEntered> {
        let mut held = 0;
        for channel in self.channels.iter().filter(|channel| channel.until > now) {
            match (channel.number == number, channel.peer == peer) {
                (true, true) => return Ok(()),
                (false, false) => held += 1,
                _ => return Err(NotEntered::Taken),
            }
        }
        if held < MAX_CHANNELS {
            self.has_room_for(&[peer.ip()], now)
        } else {
            Err(NotEntered::Full)
        }
    }

    /// Makes `number` the channel of `peer` and permits it, or does so for longer.
    ///
    /// # Errors
    /// [`NotEntered`] says why not.
    pub fn bind(&mut self, number: u16, peer: SocketAddr, now: Duration) -> Result<(), NotEntered> {
        self.can_bind(number, peer, now)?;
        self.permit(peer.ip(), now)?;
        self.channels.retain(|channel| channel.until > now && channel.number != number);
        self.channels.insert(0, Channel { number, peer, until: now + CHANNEL });
        Ok(())
    }

    /// Whose channel `number` is, while packets may be exchanged with it.
    pub fn peer_of(&self, number: u16, now: Duration) -> Option<SocketAddr> {
        let live = |channel: &&Channel| channel.number == number && channel.until > now;
        self.channels.iter().find(live).map(|channel| channel.peer)
    }

    /// Which channel `peer` has.
    pub fn channel_of(&self, peer: SocketAddr, now: Duration) -> Option<u16> {
        let live = |channel: &&Channel| channel.peer == peer && channel.until > now;
        self.channels.iter().find(live).map(|channel| channel.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(10);

    fn peer(port: u16) -> SocketAddr {
        SocketAddr::from(([1, 2, 3, 4], port))
    }

    fn ip(last: usize) -> IpAddr {
        let [high, low] = u16::try_from(last).unwrap().to_be_bytes();
        IpAddr::from([9, 9, high, low])
    }

    #[test]
    fn a_permission_ends_unless_it_is_renewed() {
        let mut table = RelayTable::default();
        table.permit(ip(1), START).unwrap();
        assert!(table.allows(ip(1), START + PERMISSION - Duration::from_secs(1)));
        assert!(!table.allows(ip(1), START + PERMISSION));
        assert!(!table.allows(ip(2), START));
        table.permit(ip(1), START + PERMISSION / 2).unwrap();
        assert!(table.allows(ip(1), START + PERMISSION));
    }

    #[test]
    fn a_channel_leads_both_ways_until_it_ends_and_permits_its_peer() {
        let mut table = RelayTable::default();
        table.bind(0x4001, peer(7), START).unwrap();
        assert_eq!(table.peer_of(0x4001, START), Some(peer(7)));
        assert_eq!(table.channel_of(peer(7), START), Some(0x4001));
        assert_eq!(table.channel_of(peer(8), START), None);
        assert!(table.allows(peer(8).ip(), START));
        assert_eq!(table.peer_of(0x4001, START + CHANNEL), None);
        assert_eq!(table.channel_of(peer(7), START + CHANNEL), None);
    }

    #[test]
    fn a_number_has_one_peer_and_a_peer_one_number_until_they_end() {
        let mut table = RelayTable::default();
        table.bind(0x4001, peer(7), START).unwrap();
        assert_eq!(table.bind(0x4001, peer(8), START), Err(NotEntered::Taken));
        assert_eq!(table.bind(0x4002, peer(7), START), Err(NotEntered::Taken));
        assert_eq!(table.bind(0x4001, peer(7), START), Ok(()));
        assert_eq!(table.bind(0x4001, peer(8), START + CHANNEL), Ok(()));
    }

    #[test]
    fn there_is_an_end_to_both_and_what_ended_makes_room() {
        let mut table = RelayTable::default();
        for last in 0..MAX_PERMISSIONS {
            table.permit(ip(last), START).unwrap();
        }
        assert_eq!(table.permit(ip(999), START), Err(NotEntered::Full));
        assert_eq!(table.bind(0x4001, peer(1), START), Err(NotEntered::Full));
        assert_eq!(table.permit(ip(0), START), Ok(()), "one that is there is renewed");
        assert_eq!(table.permit(ip(999), START + PERMISSION), Ok(()));

        let mut table = RelayTable::default();
        for port in 1..=u16::try_from(MAX_CHANNELS).unwrap() {
            table.bind(0x4000 + port, peer(port), START).unwrap();
        }
        assert_eq!(table.bind(0x5000, peer(5000), START), Err(NotEntered::Full));
        assert_eq!(table.bind(0x4001, peer(1), START), Ok(()));
    }

    #[test]
    fn many_at_once_count_as_many() {
        let table = RelayTable::default();
        let ips: Vec<IpAddr> = (0..=MAX_PERMISSIONS).map(ip).collect();
        assert_eq!(table.has_room_for(&ips, START), Err(NotEntered::Full));
        assert_eq!(table.has_room_for(&ips[1..], START), Ok(()));
        assert_eq!(table.has_room_for(&[ip(1); MAX_PERMISSIONS + 1], START), Ok(()));
    }
}
