//! A connection to a PulseAudio server that one thread alone writes to and reads from, waiting no
//! longer than it wants to. The crate's own client neither lists what programs play nor tells of
//! changes.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{
    self, Command, CommandReply, DESCRIPTOR_SIZE, SubscriptionEventFacility,
};

use super::super::pulse::in_time;

/// A server that takes nothing, or does not answer the first requests, for so long is not there.
const PATIENCE: Duration = Duration::from_secs(3);
/// Longest message that is read: more than a recording of a second.
const LONGEST: usize = 4 * 1024 * 1024;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// What the server says.
pub(super) enum Message {
    /// The answer to a request, which [`Wire::read`] reads.
    Reply(u32),
    /// A request was refused.
    Refused(u32),
    /// What one of these plays has begun, changed or ended.
    Changed(SubscriptionEventFacility),
    /// A recording was ended.
    Killed(u32),
    /// Sound of this channel, which [`Wire::body`] holds.
    Sound(u32),
    /// What is not understood, and not needed.
    Other,
}

/// An open connection.
pub(super) struct Wire {
    socket: UnixStream,
    version: u16,
    /// What came and was not looked at yet, behind the message that is looked at.
    came: Vec<u8>,
    /// How long the message is that is looked at, and where its body begins.
    message: usize,
    body: usize,
    next: u32,
}

impl Wire {
    /// Connects to the server that the environment names.
    pub(super) fn open() -> Result<Self, String> {
        let path = pulseaudio::socket_path_from_env().ok_or("there is no sound server")?;
        let socket = in_time(move || UnixStream::connect(path).map_err(text))?;
        socket.set_read_timeout(Some(PATIENCE)).map_err(text)?;
        socket.set_write_timeout(Some(PATIENCE)).map_err(text)?;
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let auth = protocol::AuthParams {
            version: protocol::MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie.unwrap_or_default(),
        };
        let mut this = Self {
            socket,
            version: protocol::MAX_VERSION,
            came: Vec::new(),
            message: 0,
            body: 0,
            next: 0,
        };
        let reply: protocol::AuthReply = this.ask(&Command::Auth(auth))?;
        this.version = this.version.min(reply.version);
        let mut props = protocol::Props::new();
        props.set(protocol::Prop::ApplicationName, c"CinemaSync");
        if let Ok(id) = std::ffi::CString::new(std::process::id().to_string()) {
            props.set(protocol::Prop::ApplicationProcessId, id);
        }
        let _: protocol::SetClientNameReply = this.ask(&Command::SetClientName(props))?;
        Ok(this)
    }

    /// Asks before anything else is asked or told, and waits for the answer.
    fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, String> {
        self.send(command)?;
        let mut reader = BufReader::new(&self.socket);
        protocol::read_reply_message(&mut reader, self.version).map(|(_, it)| it).map_err(text)
    }

    /// Sends a request; its answer bears the number that is returned.
    pub(super) fn send(&mut self, command: &Command) -> Result<u32, String> {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let mut bytes = Vec::new();
        protocol::encode_command_message(&mut bytes, number, command, self.version)
            .map_err(text)?;
        (&self.socket).write_all(&bytes).map_err(text)?;
        Ok(number)
    }

    /// The next message, if one comes within `patience`.
    pub(super) fn receive(&mut self, patience: Duration) -> Result<Option<Message>, String> {
        self.came.drain(..std::mem::take(&mut self.message));
        while !self.is_whole()? {
            self.socket.set_read_timeout(Some(patience)).map_err(text)?;
            let held = self.came.len();
            self.came.resize(held + CHUNK, 0);
            let read = (&self.socket).read(&mut self.came[held..]);
            self.came.truncate(held + read.as_ref().map_or(0, |read| *read));
            match read {
                Ok(0) => return Err("the sound server has ended".to_owned()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(text(error)),
            }
        }
        self.understand().map(Some)
    }

    /// Is there a whole message?
    fn is_whole(&mut self) -> Result<bool, String> {
        if self.came.len() < DESCRIPTOR_SIZE {
            return Ok(false);
        }
        let length = self.descriptor()?.length as usize;
        if length > LONGEST {
            return Err("the sound server says what is not understood".to_owned());
        }
        Ok(self.came.len() >= DESCRIPTOR_SIZE + length)
    }

    fn descriptor(&self) -> Result<protocol::Descriptor, String> {
        protocol::read_descriptor(&mut self.came.as_slice()).map_err(text)
    }

    fn understand(&mut self) -> Result<Message, String> {
        let descriptor = self.descriptor()?;
        (self.message, self.body) = (DESCRIPTOR_SIZE + descriptor.length as usize, DESCRIPTOR_SIZE);
        if descriptor.channel != u32::MAX {
            return Ok(Message::Sound(descriptor.channel));
        }
        let mut left = self.body();
        let Ok((number, command)) = Command::read_tag_prefixed(&mut left, self.version) else {
            return Ok(Message::Other);
        };
        let left = left.len();
        self.body = self.message - left;
        Ok(match command {
            Command::Reply => Message::Reply(number),
            Command::Error(_) => Message::Refused(number),
            Command::SubscribeEvent(event) => Message::Changed(event.event_facility),
            Command::RecordStreamKilled(channel) => Message::Killed(channel),
            _ => Message::Other,
        })
    }

    /// What the message holds that was received last.
    pub(super) fn body(&self) -> &[u8] {
        &self.came[self.body..self.message]
    }

    /// Reads the answer that was received last.
    pub(super) fn read<R: CommandReply>(&self) -> Result<R, String> {
        let mut body = self.body();
        protocol::TagStructReader::new(&mut body, self.version).read().map_err(text)
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
