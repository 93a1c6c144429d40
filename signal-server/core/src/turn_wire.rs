//! STUN and TURN on the wire, as far as the relay reads and writes them itself: the envelope of
//! every message, its signature, refusals. Strict, since whoever knows the port may send anything.
//! Data on its way is [`frame`]'s; the answers to good requests are written by the `turn` crate.

pub mod frame;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac as _};
use sha1::Sha1;

/// Bytes before the first attribute.
pub const HEADER: usize = 20;
const COOKIE: [u8; 4] = 0x2112_A442u32.to_be_bytes();
/// What the HMAC and the header of its attribute take.
const INTEGRITY: usize = 24;

/// Identifies a request and its answer.
pub type Transaction = [u8; 12];

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the RFCs' own")]
pub enum Method {
    Binding,
    Allocate,
    Refresh,
    Send,
    Data,
    CreatePermission,
    ChannelBind,
}

impl Method {
    fn from_bits(bits: u16) -> Option<Self> {
        Some(match bits {
            1 => Self::Binding,
            3 => Self::Allocate,
            4 => Self::Refresh,
            6 => Self::Send,
            7 => Self::Data,
            8 => Self::CreatePermission,
            9 => Self::ChannelBind,
            _ => return None,
        })
    }

    fn bits(self) -> u16 {
        match self {
            Self::Binding => 1,
            Self::Allocate => 3,
            Self::Refresh => 4,
            Self::Send => 6,
            Self::Data => 7,
            Self::CreatePermission => 8,
            Self::ChannelBind => 9,
        }
    }
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the RFCs' own")]
pub enum Class {
    Request,
    Indication,
    Success,
    Error,
}

impl Class {
    fn bits(self) -> u16 {
        match self {
            Self::Request => 0,
            Self::Indication => 0x010,
            Self::Success => 0x100,
            Self::Error => 0x110,
        }
    }
}

/// The numbers of the attributes that the relay reads or writes.
#[allow(missing_docs, reason = "the names are the RFCs' own")]
pub mod attribute {
    pub const USERNAME: u16 = 0x0006;
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub const ERROR_CODE: u16 = 0x0009;
    pub const CHANNEL_NUMBER: u16 = 0x000C;
    pub const LIFETIME: u16 = 0x000D;
    pub const XOR_PEER_ADDRESS: u16 = 0x0012;
    pub const DATA: u16 = 0x0013;
    pub const REALM: u16 = 0x0014;
    pub const NONCE: u16 = 0x0015;
    pub const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    pub const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    pub const EVEN_PORT: u16 = 0x0018;
    pub const REQUESTED_TRANSPORT: u16 = 0x0019;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub const RESERVATION_TOKEN: u16 = 0x0022;
    pub const FINGERPRINT: u16 = 0x8028;
}

/// A message whose envelope is whole: every attribute lies within it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    bytes: &'a [u8],
    method: Method,
    class: Class,
}

impl<'a> Message<'a> {
    /// Reads one message that fills `bytes`. `None` for whatever is not one of the methods above,
    /// does not end where it says, or has anything but a fingerprint behind its signature.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.get(..HEADER)?;
        let kind = u16::from_be_bytes([header[0], header[1]]);
        let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if kind & 0xC000 != 0 || header[4..8] != COOKIE || bytes.len() != HEADER + len {
            return None;
        }
        let class = match kind & 0x110 {
            0 => Class::Request,
            0x010 => Class::Indication,
            0x100 => Class::Success,
            _ => Class::Error,
        };
        let method =
            Method::from_bits((kind & 0xF) | ((kind >> 1) & 0x70) | ((kind >> 2) & 0xF80))?;
        let message = Self { bytes, method, class };
        message.is_whole().then_some(message)
    }

    fn is_whole(&self) -> bool {
        let mut at = HEADER;
        let mut signed = false;
        while at < self.bytes.len() {
            let Some((kind, value, next)) = attribute_at(self.bytes, at) else { return false };
            if signed && kind != attribute::FINGERPRINT {
                return false;
            }
            if kind == attribute::MESSAGE_INTEGRITY {
                if value.len() != INTEGRITY - 4 {
                    return false;
                }
                signed = true;
            }
            at = next;
        }
        true
    }

    /// What it is about.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Which way it goes.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Its transaction.
    pub fn transaction(&self) -> Transaction {
        self.bytes[8..HEADER].try_into().expect("a parsed message has its header")
    }

    /// All attributes in their order.
    pub fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let bytes = self.bytes;
        let mut at = HEADER;
        std::iter::from_fn(move || {
            let (kind, value, next) = attribute_at(bytes, at)?;
            at = next;
            Some((kind, value))
        })
    }

    /// The first attribute of this number.
    pub fn get(&self, wanted: u16) -> Option<&'a [u8]> {
        self.attributes().find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
    }

    /// The first attribute of this number as text.
    pub fn text(&self, wanted: u16) -> Option<&'a str> {
        std::str::from_utf8(self.get(wanted)?).ok()
    }

    /// The address in an attribute of the XOR kind. `None` if it is none.
    pub fn address(&self, value: &[u8]) -> Option<SocketAddr> {
        let (head, address) = value.split_at_checked(4)?;
        let port = u16::from_be_bytes([head[2] ^ COOKIE[0], head[3] ^ COOKIE[1]]);
        let mask = &self.bytes[4..HEADER];
        let ip: IpAddr = match (head[1], address.len()) {
            (1, 4) => Ipv4Addr::from(masked::<4>(address, mask)).into(),
            (2, 16) => Ipv6Addr::from(masked::<16>(address, mask)).into(),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    /// Whether it bears a signature made with `key`. Compares in constant time.
    pub fn is_signed_with(&self, key: &[u8]) -> bool {
        let mut at = HEADER;
        while let Some((kind, value, next)) = attribute_at(self.bytes, at) {
            if kind == attribute::MESSAGE_INTEGRITY {
                return mac(key, &self.bytes[..at]).verify_slice(value).is_ok();
            }
            at = next;
        }
        false
    }
}

/// The attribute that starts at `at`: its number, its value, and where the next one starts.
fn attribute_at(bytes: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let head = bytes.get(at..at + 4)?;
    let len = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let next = at + 4 + len.next_multiple_of(4);
    if next > bytes.len() {
        return None;
    }
    Some((u16::from_be_bytes([head[0], head[1]]), &bytes[at + 4..at + 4 + len], next))
}

/// Over everything before the signature, with a length that counts the signature in.
fn mac(key: &[u8], before: &[u8]) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    let len = u16::try_from(before.len() - HEADER + INTEGRITY).unwrap_or(u16::MAX);
    mac.update(&before[..2]);
    mac.update(&len.to_be_bytes());
    mac.update(&before[4..]);
    mac
}

fn masked<const N: usize>(address: &[u8], mask: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| address[at] ^ mask[at])
}

/// A message in the making.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// A message without attributes.
    pub fn new(class: Class, method: Method, transaction: Transaction) -> Self {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(&(class.bits() | method.bits()).to_be_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&COOKIE);
        bytes.extend_from_slice(&transaction);
        Self { bytes }
    }

    /// Adds an attribute. What does not fit into a message (64 KiB) is cut off by the caller.
    #[must_use]
    pub fn with(mut self, kind: u16, value: &[u8]) -> Self {
        let len = u16::try_from(value.len()).expect("values are bounded by the caller");
        self.bytes.extend_from_slice(&kind.to_be_bytes());
        self.bytes.extend_from_slice(&len.to_be_bytes());
        self.bytes.extend_from_slice(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.write_len();
        self
    }

    /// Adds an address of the XOR kind.
    #[must_use]
    pub fn with_address(self, kind: u16, address: SocketAddr) -> Self {
        let mut value = [0; 20];
        let len = write_address(&mut value, address, &self.bytes[4..HEADER]);
        self.with(kind, &value[..len])
    }

    /// Adds an error.
    #[must_use]
    pub fn with_error(self, code: u16, reason: &str) -> Self {
        let [class, number] = [code / 100, code % 100]
            .map(|part| u8::try_from(part).expect("codes have three digits"));
        let mut value = vec![0, 0, class, number];
        value.extend_from_slice(reason.as_bytes());
        self.with(attribute::ERROR_CODE, &value)
    }

    /// Adds the signature with `key`.
    #[must_use]
    pub fn signed_with(self, key: &[u8]) -> Self {
        let signature = mac(key, &self.bytes).finalize().into_bytes();
        self.with(attribute::MESSAGE_INTEGRITY, &signature)
    }

    /// The finished message.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn write_len(&mut self) {
        let len = u16::try_from(self.bytes.len() - HEADER).expect("messages are bounded");
        self.bytes[2..4].copy_from_slice(&len.to_be_bytes());
    }
}

/// Writes an address of the XOR kind to the front of `value`; how long it is.
fn write_address(value: &mut [u8; 20], address: SocketAddr, mask: &[u8]) -> usize {
    let [high, low] = address.port().to_be_bytes();
    value[2] = high ^ COOKIE[0];
    value[3] = low ^ COOKIE[1];
    match address.ip() {
        IpAddr::V4(ip) => {
            value[1] = 1;
            value[4..8].copy_from_slice(&masked::<4>(&ip.octets(), mask));
            8
        }
        IpAddr::V6(ip) => {
            value[1] = 2;
            value[4..20].copy_from_slice(&masked::<16>(&ip.octets(), mask));
            20
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

    /// The sample request of RFC 5769, 2.1.
    fn rfc_5769() -> Vec<u8> {
        let text = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74\
                    002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020\
                    000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    }

    #[test]
    fn the_sample_of_the_rfc_is_read_and_its_signature_holds() {
        let bytes = rfc_5769();
        let message = Message::parse(&bytes).unwrap();
        assert_eq!((message.method(), message.class()), (Method::Binding, Class::Request));
        assert_eq!(message.text(attribute::USERNAME), Some("evtj:h6vY"));
        assert!(message.is_signed_with(KEY));
        assert!(!message.is_signed_with(b"another"));
    }

    #[test]
    fn a_change_before_the_signature_breaks_it() {
        let bytes = rfc_5769();
        let signed = bytes.len() - 8;
        for at in 8..signed {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let holds = Message::parse(&changed).is_some_and(|message| message.is_signed_with(KEY));
            assert!(!holds, "byte {at}");
        }
    }

    #[test]
    fn something_behind_the_signature_is_refused() {
        let transaction = [1; 12];
        let message = Writer::new(Class::Request, Method::Refresh, transaction)
            .signed_with(b"key")
            .with(attribute::LIFETIME, &[0; 4]);
        assert!(Message::parse(&message.finish()).is_none());
    }

    #[test]
    fn what_is_cut_or_lies_about_its_length_is_refused() {
        let bytes = rfc_5769();
        for len in 0..bytes.len() {
            assert!(Message::parse(&bytes[..len]).is_none(), "{len} bytes");
        }
        let mut long = bytes.clone();
        long.push(0);
        assert!(Message::parse(&long).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            transaction: [u8; 12], ip: u128, v4: u32, six: bool, port: u16, value: Vec<u8>,
        ) {
            let ip: IpAddr = if six {
                Ipv6Addr::from_bits(ip).into()
            } else {
                Ipv4Addr::from_bits(v4).into()
            };
            let peer = SocketAddr::new(ip, port);
            let bytes = Writer::new(Class::Error, Method::ChannelBind, transaction)
                .with(attribute::NONCE, &value)
                .with_address(attribute::XOR_PEER_ADDRESS, peer)
                .with_error(403, "Forbidden")
                .signed_with(KEY)
                .finish();
            let message = Message::parse(&bytes).unwrap();
            prop_assert_eq!(message.transaction(), transaction);
            prop_assert_eq!(message.get(attribute::NONCE), Some(&value[..]));
            let address = message.get(attribute::XOR_PEER_ADDRESS).unwrap();
            prop_assert_eq!(message.address(address), Some(peer));
            prop_assert_eq!(&message.get(attribute::ERROR_CODE).unwrap()[..4], &[0, 0, 4, 3]);
            prop_assert!(message.is_signed_with(KEY));
        }

        #[test]
        fn no_bytes_panic(mut bytes: Vec<u8>, sound_header: bool) {
            if sound_header && bytes.len() >= HEADER {
                let len = u16::try_from(bytes.len() - HEADER).unwrap();
                bytes[..2].copy_from_slice(&3u16.to_be_bytes());
                bytes[2..4].copy_from_slice(&len.to_be_bytes());
                bytes[4..8].copy_from_slice(&COOKIE);
            }
            if let Some(message) = Message::parse(&bytes) {
                let _ = message.is_signed_with(KEY);
                for (_, value) in message.attributes() {
                    let _ = message.address(value);
                }
            }
        }
    }
}
