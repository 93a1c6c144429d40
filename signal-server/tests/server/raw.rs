//! Bytes on a plain TCP connection: HTTP requests, and WebSocket frames that no proper client sends.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::soon;

/// The mask of every frame: any will do.
const MASK: [u8; 4] = [0x5a, 0x01, 0xfe, 0x77];

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;
/// The bit of a frame's first byte that says it is the last of its message.
pub(crate) const FIN: u8 = 0x80;

/// An answer over HTTP.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and fields.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        assert!(self.has("content-type: application/json"), "{}", self.head);
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.head.lines().any(|line| line.eq_ignore_ascii_case(field))
    }
}

/// Asks once, on a connection of its own.
pub(crate) async fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    fields: &[&str],
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n");
    for field in fields {
        head = format!("{head}{field}\r\n");
    }
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    soon("the whole answer", stream.read_to_end(&mut bytes)).await.unwrap();
    parse(&String::from_utf8(bytes).unwrap())
}

pub(crate) async fn get(server: SocketAddr, path: &str, fields: &[&str]) -> Answer {
    request(server, "GET", path, fields).await
}

pub(crate) fn parse(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer has a head");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A WebSocket of which every byte can be chosen.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The code that a close frame carries.
    pub(crate) fn close_code(&self) -> Option<u16> {
        let code = self.payload.first_chunk::<2>()?;
        (self.opcode == CLOSE).then(|| u16::from_be_bytes(*code))
    }

    pub(crate) fn text(&self) -> &str {
        assert_eq!(self.opcode, TEXT, "{self:?}");
        std::str::from_utf8(&self.payload).unwrap()
    }
}

impl Raw {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self::with_receive_buffer(server, 64 * 1024).await
    }

    /// With these fields in the request, behind a proxy for instance; and the server's answer.
    pub(crate) async fn with_fields(server: SocketAddr, fields: &[&str]) -> (Self, Answer) {
        Self::open(server, 64 * 1024, fields).await
    }

    /// With a small buffer, whoever writes to this client soon waits for it to read.
    pub(crate) async fn with_receive_buffer(server: SocketAddr, bytes: u32) -> Self {
        Self::open(server, bytes, &[]).await.0
    }

    async fn open(server: SocketAddr, bytes: u32, fields: &[&str]) -> (Self, Answer) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(bytes).unwrap();
        let mut stream = socket.connect(server).await.unwrap();
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let head = format!(
            "GET /ws HTTP/1.1\r\nHost: {server}\r\nConnection: keep-alive, Upgrade\r\n\
             Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(soon("the handshake", stream.read_u8()).await.unwrap());
        }
        let answer = parse(std::str::from_utf8(&answer).unwrap());
        assert_eq!(answer.status, 101);
        // The pair of RFC 6455 §1.3.
        assert!(
            answer.has("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "{}",
            answer.head
        );
        (Self { stream }, answer)
    }

    /// Sends one masked frame; `first` is its first byte.
    pub(crate) async fn send(&mut self, first: u8, payload: &[u8]) {
        self.stream.write_all(&frame(first, payload)).await.unwrap();
    }

    /// The next frame; none at the end of the stream, whether proper or by a reset.
    pub(crate) async fn receive(&mut self) -> Option<Frame> {
        receive(&mut self.stream).await
    }

    /// All frames up to the end.
    pub(crate) async fn rest(&mut self) -> Vec<Frame> {
        rest(&mut self.stream).await
    }
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<Frame> {
    let mut head = [0; 2];
    soon("a frame", stream.read_exact(&mut head)).await.ok()?;
    assert_eq!(head[1] & 0x80, 0, "a server does not mask");
    let len = match head[1] {
        126 => usize::from(soon("a length", stream.read_u16()).await.ok()?),
        127 => usize::try_from(soon("a length", stream.read_u64()).await.ok()?).unwrap(),
        short => usize::from(short),
    };
    let mut payload = vec![0; len];
    soon("a payload", stream.read_exact(&mut payload)).await.ok()?;
    Some(Frame { opcode: head[0] & 0x0f, payload })
}

/// All frames up to the end.
pub(crate) async fn rest(mut stream: impl AsyncRead + Unpin) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some(frame) = receive(&mut stream).await {
        frames.push(frame);
    }
    frames
}

/// One masked frame with its shortest length.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..0x1_0000 => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}
