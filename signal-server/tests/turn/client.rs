//! A small TURN client that does exactly what a test says, over UDP or any stream.

use std::collections::VecDeque;
use std::net::SocketAddr;

use cinemasync_server_core::turn_credentials::TurnCredentials;
use cinemasync_server_core::turn_wire::{Class, Message, Method, Writer, attribute, frame};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::harness::PATIENCE;

/// What a client can talk over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

enum Link {
    Packets(UdpSocket),
    Stream(Box<dyn Stream>, Vec<u8>),
}

/// From whom data came to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Channel(u16),
    Peer(SocketAddr),
}

pub(crate) struct TurnClient {
    link: Link,
    credentials: TurnCredentials,
    realm: String,
    nonce: String,
    requests: u8,
    data: VecDeque<Vec<u8>>,
}

impl TurnClient {
    pub(crate) async fn udp(server: SocketAddr, credentials: TurnCredentials) -> Self {
        let socket = UdpSocket::bind((server.ip(), 0)).await.unwrap();
        socket.connect(server).await.unwrap();
        Self::new(Link::Packets(socket), credentials)
    }

    pub(crate) async fn tcp(server: SocketAddr, credentials: TurnCredentials) -> Self {
        Self::over(TcpStream::connect(server).await.unwrap(), credentials)
    }

    pub(crate) fn over(stream: impl Stream + 'static, credentials: TurnCredentials) -> Self {
        Self::new(Link::Stream(Box::new(stream), Vec::new()), credentials)
    }

    fn new(link: Link, credentials: TurnCredentials) -> Self {
        Self {
            link,
            credentials,
            realm: String::new(),
            nonce: String::new(),
            requests: 0,
            data: VecDeque::new(),
        }
    }

    /// Asks with other credentials from now on.
    pub(crate) fn set_credentials(&mut self, credentials: TurnCredentials) {
        self.credentials = credentials;
    }

    /// Asks for an allocation: its address, or the error's code.
    pub(crate) async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let udp = |writer: Writer| writer.with(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        let answer = self.request(Method::Allocate, udp).await?;
        let message = Message::parse(&answer).unwrap();
        let address = message.get(attribute::XOR_RELAYED_ADDRESS).unwrap();
        Ok(message.address(address).unwrap())
    }

    pub(crate) async fn refresh(&mut self, lifetime_secs: u32) -> Result<(), u16> {
        let lifetime = lifetime_secs.to_be_bytes();
        self.request(Method::Refresh, |writer| writer.with(attribute::LIFETIME, &lifetime)).await?;
        Ok(())
    }

    pub(crate) async fn permit(&mut self, peers: &[SocketAddr]) -> Result<(), u16> {
        let add = |writer: Writer| {
            peers.iter().fold(writer, |writer, peer| {
                writer.with_address(attribute::XOR_PEER_ADDRESS, *peer)
            })
        };
        self.request(Method::CreatePermission, add).await?;
        Ok(())
    }

    pub(crate) async fn bind(&mut self, number: u16, peer: SocketAddr) -> Result<(), u16> {
        let [high, low] = number.to_be_bytes();
        let add = |writer: Writer| {
            writer
                .with(attribute::CHANNEL_NUMBER, &[high, low, 0, 0])
                .with_address(attribute::XOR_PEER_ADDRESS, peer)
        };
        self.request(Method::ChannelBind, add).await?;
        Ok(())
    }

    /// Sends a request as RFC 8656 wants it: without a signature first, if there is no nonce yet.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        add: impl Fn(Writer) -> Writer,
    ) -> Result<Vec<u8>, u16> {
        if self.nonce.is_empty() {
            let transaction = self.next_transaction();
            let unsigned = add(Writer::new(Class::Request, method, transaction)).finish();
            let answer = self.exchange(&unsigned).await;
            let challenge = Message::parse(&answer).unwrap();
            assert_eq!(error_code(&challenge), Some(401), "nobody is served without a name");
            self.realm = challenge.text(attribute::REALM).unwrap().to_owned();
            self.nonce = challenge.text(attribute::NONCE).unwrap().to_owned();
        }
        let request = self.signed(method, add);
        let answer = self.exchange(&request).await;
        match error_code(&Message::parse(&answer).unwrap()) {
            None => Ok(answer),
            Some(code) => Err(code),
        }
    }

    /// A request with the nonce and a signature.
    pub(crate) fn signed(&mut self, method: Method, add: impl Fn(Writer) -> Writer) -> Vec<u8> {
        let TurnCredentials { username, credential } = &self.credentials;
        let key = turn::auth::generate_auth_key(username, &self.realm, credential);
        let (username, realm, nonce) = (username.clone(), self.realm.clone(), self.nonce.clone());
        let transaction = self.next_transaction();
        add(Writer::new(Class::Request, method, transaction))
            .with(attribute::USERNAME, username.as_bytes())
            .with(attribute::REALM, realm.as_bytes())
            .with(attribute::NONCE, nonce.as_bytes())
            .signed_with(&key)
            .finish()
    }

    fn next_transaction(&mut self) -> [u8; 12] {
        self.requests = self.requests.wrapping_add(1);
        [self.requests; 12]
    }

    /// Sends a request and waits for its answer; data that comes meanwhile is kept.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Vec<u8> {
        self.write(request).await;
        loop {
            let packet = self.read().await.expect("the server answers");
            match Message::parse(&packet) {
                Some(message) if message.class() != Class::Indication => return packet,
                _ => self.data.push_back(packet),
            }
        }
    }

    pub(crate) async fn send(&mut self, number: u16, data: &[u8]) {
        let padded = matches!(self.link, Link::Stream(..));
        let mut packet = Vec::new();
        frame::write_channel_data(&mut packet, number, data, padded);
        self.write(&packet).await;
    }

    pub(crate) async fn indicate(&mut self, peer: SocketAddr, data: &[u8]) {
        let packet = Writer::new(Class::Indication, Method::Send, [9; 12])
            .with_address(attribute::XOR_PEER_ADDRESS, peer)
            .with(attribute::DATA, data)
            .finish();
        self.write(&packet).await;
    }

    /// The next data, and from whom.
    pub(crate) async fn data(&mut self) -> (From, Vec<u8>) {
        let packet = match self.data.pop_front() {
            Some(packet) => packet,
            None => self.read().await.expect("data comes"),
        };
        if let Some((number, data)) = frame::channel_data(&packet) {
            return (From::Channel(number), data.to_vec());
        }
        let message = Message::parse(&packet).expect("the server sends nothing else");
        assert_eq!((message.class(), message.method()), (Class::Indication, Method::Data));
        let peer = message.address(message.get(attribute::XOR_PEER_ADDRESS).unwrap()).unwrap();
        (From::Peer(peer), message.get(attribute::DATA).unwrap().to_vec())
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        match &mut self.link {
            Link::Packets(socket) => {
                socket.send(bytes).await.unwrap();
            }
            Link::Stream(stream, _) => stream.write_all(bytes).await.unwrap(),
        }
    }

    /// The next packet or frame; `None` once the server has closed.
    pub(crate) async fn read(&mut self) -> Option<Vec<u8>> {
        let read = async {
            match &mut self.link {
                Link::Packets(socket) => {
                    let mut buffer = vec![0; 65_536];
                    let len = socket.recv(&mut buffer).await.unwrap();
                    buffer.truncate(len);
                    Some(buffer)
                }
                Link::Stream(stream, buffer) => loop {
                    if let Some(next) = frame::next(buffer).expect("the server keeps in step") {
                        let packet = buffer[..next.len].to_vec();
                        buffer.drain(..next.taken);
                        return Some(packet);
                    }
                    if !matches!(stream.read_buf(buffer).await, Ok(1..)) {
                        return None;
                    }
                },
            }
        };
        timeout(PATIENCE, read).await.expect("something comes")
    }
}

pub(crate) fn error_code(message: &Message<'_>) -> Option<u16> {
    let value = message.get(attribute::ERROR_CODE)?;
    Some(u16::from(value[2]) * 100 + u16::from(value[3]))
}
