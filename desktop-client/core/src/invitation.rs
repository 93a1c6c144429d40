//! Reading an invitation as people pass it on: a code in any spelling, or a link that names the server,
//! too. What is wrong with a code is for the caller to say.

use cinemasync_protocol::RoomCode;

/// Longest server address that is taken from a link, in bytes.
const MAX_ADDRESS_BYTES: usize = 300;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The code so far: large letters without spaces and hyphens, at most 8 characters.
    pub code: String,
    /// The server, if a link named one.
    pub server: Option<String>,
}

/// Reads what was typed, which may be a link, a sentence around a code, or half a code.
pub fn read(typed: &str) -> Typed {
    let link = typed.split_whitespace().find(|word| word.contains("://"));
    if let Some(link) = link {
        let (path, query) = link.split_once('?').unwrap_or((link, ""));
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let server = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("server="))
            .map(unescape)
            .filter(|server| !server.is_empty() && server.len() <= MAX_ADDRESS_BYTES);
        return Typed { code: squeeze(last), server };
    }
    Typed { code: squeeze(typed), server: None }
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_uppercase())
        .take(RoomCode::LEN)
        .collect()
}

/// Undoes percent escapes; what is not one stays as it is.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_spelling() {
        for typed in ["K7QM4XTB", "k7qm-4xtb", " K7QM 4XTB ", "k7qm—4xtb", "K7QM4XTBZZ"] {
            assert_eq!(read(typed).code, "K7QM4XTB", "{typed}");
        }
        assert_eq!(read("k7q").code, "K7Q");
    }

    #[test]
    fn a_link_gives_the_code_and_the_server() {
        let typed = read("come: cinemasync://join/k7qm4xtb?server=wss%3A%2F%2Ffilms.example.org");
        assert_eq!(typed.code, "K7QM4XTB");
        assert_eq!(typed.server.as_deref(), Some("wss://films.example.org"));
        assert_eq!(read("https://x.org/join/K7QM4XTB/").code, "K7QM4XTB");
    }
}
