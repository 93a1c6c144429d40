//! Which server to use: this program's own or one at an address, and whether that address can be
//! one. Pure but for the panel that asks.

use cinemasync_core::interface::ServerChoice;
use eframe::egui::{Align, Id, PopupCloseBehavior, Pos2, RectAlign, Response, Sense, Ui, vec2};

use crate::ui::text;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::menu;
use crate::ui::widgets::pill::Pill;

/// The choice as it is being made.
#[derive(Debug)]
pub(super) struct ServerForm {
    embedded: bool,
    address: String,
}

impl ServerForm {
    /// Begins with a choice made before.
    pub(super) fn new(choice: ServerChoice) -> Self {
        match choice {
            ServerChoice::Embedded => Self { embedded: true, address: String::new() },
            ServerChoice::Url(address) => Self { embedded: false, address },
        }
    }

    /// Takes the address that a pasted link named.
    pub(super) fn use_address(&mut self, address: String) {
        self.embedded = false;
        self.address = address;
    }

    /// The choice, or a sentence that says what is wrong with it.
    pub(super) fn choice(&self) -> Result<ServerChoice, &'static str> {
        if self.embedded { Ok(ServerChoice::Embedded) } else { address(&self.address) }
    }

    /// Shows the pill that tells the choice, and the panel that it opens. `at` is the pill's right
    /// middle.
    pub(super) fn show(&mut self, ui: &mut Ui, at: Pos2) {
        let colors = palette(ui);
        let (shown, dot) = match self.choice() {
            Ok(ServerChoice::Embedded) => (text::on_this_computer().to_owned(), colors.teal),
            Ok(ServerChoice::Url(address)) => (short(&address).to_owned(), colors.teal),
            Err(_) => (text::at_an_address().to_owned(), colors.red),
        };
        let width = ui.max_rect().width() * 0.5;
        let pill = Pill::new("server", text::server(), &shown).dot(dot);
        let pill = pill.show(ui, at, Align::Max, width);
        self.panel(ui, &pill);
    }

    fn panel(&mut self, ui: &Ui, pill: &Response) {
        let width = (ui.max_rect().width() - 4.0 * space::L).min(320.0);
        let close = PopupCloseBehavior::CloseOnClickOutside;
        menu::popup(ui, pill, width, close, RectAlign::BOTTOM_END, |ui| {
            let colors = palette(ui);
            menu::caption(ui, text::server());
            if menu::choice(ui, text::on_this_computer(), self.embedded).clicked() {
                self.embedded = true;
            }
            if self.embedded {
                menu::hint(ui, text::on_this_computer_hint(), colors.text_3);
            }
            if menu::choice(ui, text::at_an_address(), !self.embedded).clicked() {
                self.embedded = false;
            }
            if self.embedded {
                return;
            }
            let wanted = vec2(ui.available_width(), size::CONTROL);
            let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
            let wrong = self.choice().err();
            let field =
                Field::new(Id::unique("server address"), text::address(), text::ADDRESS_HINT);
            let field = field.limit(300).wrong(wrong.is_some() && !self.address.is_empty());
            field.show(ui, rect, &mut self.address);
            if let Some(wrong) = wrong {
                let color = if self.address.is_empty() { colors.text_3 } else { colors.red };
                menu::hint(ui, wrong, color);
            }
        });
    }
}

/// The address without what needs no reading.
fn short(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, host)| host.trim_end_matches('/'))
}

/// The server at a typed address. Without a scheme it is `ws://` for numbers and names of this
/// network, `wss://` for names of the internet.
fn address(typed: &str) -> Result<ServerChoice, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(text::address_missing());
    }
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "ws" => ("ws", rest),
            "wss" => ("wss", rest),
            _ => return Err(text::address_scheme()),
        },
        None if is_near(typed) => ("ws", typed),
        None => ("wss", typed),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if is_host(host) && !rest.contains(char::is_whitespace) {
        Ok(ServerChoice::Url(format!("{scheme}://{rest}")))
    } else {
        Err(text::address_host())
    }
}

fn is_near(address: &str) -> bool {
    let host = address.split(['/', ':']).next().unwrap_or_default();
    address.starts_with('[') || !host.contains('.') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) if name.parse::<std::net::Ipv6Addr>().is_ok() => (name, port),
            _ => return false,
        },
        None => match host.split_once(':') {
            Some((name, _)) => (name, &host[name.len()..]),
            None => (host, ""),
        },
    };
    let port_is_right =
        port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    port_is_right && !name.is_empty() && name.chars().all(letters) && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(address: &str) -> ServerChoice {
        ServerChoice::Url(address.to_owned())
    }

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        assert_eq!(address("wss://films.example.org"), Ok(url("wss://films.example.org")));
        assert_eq!(address(" WS://localhost:8080/ "), Ok(url("ws://localhost:8080/")));
        assert_eq!(address("films.example.org"), Ok(url("wss://films.example.org")));
        assert_eq!(address("192.168.1.20:8080"), Ok(url("ws://192.168.1.20:8080")));
        assert_eq!(address("nas:8080"), Ok(url("ws://nas:8080")));
        assert_eq!(address("ws://[::1]:9000"), Ok(url("ws://[::1]:9000")));
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_in_a_sentence() {
        assert_eq!(address("  "), Err(text::address_missing()));
        assert_eq!(address("https://films.example.org"), Err(text::address_scheme()));
        for wrong in ["wss://", "ws://:80", "ws://a b", "ws://a:99999", "ws://[zz]", "a..b"] {
            assert_eq!(address(wrong), Err(text::address_host()), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_address_panics(typed in ".{0,100}") {
            let _ = address(&typed);
        }
    }
}
