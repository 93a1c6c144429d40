//! The reference as a page of Markdown: messages with their fields and an example of each, then the
//! types, the error codes and the limits.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::wire::{Crate, Described, Field, Message, Presence, Shape, Value};

/// What stands above all.
const HEAD: &str = "# Reference of the signaling protocol

<!-- Made by `cargo xtask book` from the crate `protocol`: change its documentation, not this page. -->

This page is made from the source of the crate `protocol`, and a test keeps it true. [How a client talks](protocol-flow.md) tells
what is said when; `protocol/tests/golden` has every message as a file.

Each message is one JSON object in a text frame, and its `type` says which. Fields that are not known are ignored.
";

/// Finds the example of a message: who says it (`client`, `server`), and its `type`.
pub(super) type Examples<'a> = &'a dyn Fn(&str, &str) -> Result<String>;

/// The whole page.
pub(super) fn write(crate_: &Crate, examples: Examples<'_>) -> Result<String> {
    let page = Page { crate_, examples };
    let mut text = HEAD.to_owned();
    for (heading, name, kind) in [
        ("From a client to the server", "ClientMessage", "client"),
        ("From the server to a client", "ServerMessage", "server"),
    ] {
        let described = crate_.find(name).with_context(|| format!("there is no `{name}`"))?;
        let Shape::Messages(messages) = &described.shape else { continue };
        write!(text, "\n## {heading}\n")?;
        for message in messages {
            page.message(&mut text, message, kind)?;
        }
    }
    text.push_str("\n## Types\n");
    for described in &crate_.types {
        page.described(&mut text, described)?;
    }
    text.push_str("\n## Limits and other figures\n\n| name | value | |\n|---|---|---|\n");
    for constant in &crate_.constants {
        let docs = page.linked(&constant.docs);
        writeln!(text, "| `{}` | {} | {} |", constant.name, code(&constant.value), cell(&docs))?;
    }
    Ok(text)
}

struct Page<'a> {
    crate_: &'a Crate,
    examples: Examples<'a>,
}

impl Page<'_> {
    fn message(&self, text: &mut String, message: &Message, kind: &str) -> Result<()> {
        write!(text, "\n### `{}`\n\n{}\n", message.name, self.linked(&message.docs))?;
        if !message.fields.is_empty() {
            self.fields(text, &message.fields)?;
        }
        let example = (self.examples)(kind, &message.name)?;
        write!(text, "\n```json\n{}\n```\n", example.trim_end())?;
        Ok(())
    }

    fn described(&self, text: &mut String, described: &Described) -> Result<()> {
        if matches!(described.shape, Shape::Messages(_)) {
            return Ok(());
        }
        write!(text, "\n### {}\n\n{}\n", described.name, self.linked(&described.docs))?;
        match &described.shape {
            Shape::Object(fields) => self.fields(text, fields)?,
            Shape::Words(words) => {
                text.push_str("\nOne of these words:\n\n| word | meaning |\n|---|---|\n");
                for (word, docs) in words {
                    writeln!(text, "| `{word}` | {} |", cell(&self.linked(docs)))?;
                }
            }
            Shape::Text => text.push_str("\nA text.\n"),
            Shape::Messages(_) => {}
        }
        Ok(())
    }

    fn fields(&self, text: &mut String, fields: &[Field]) -> Result<()> {
        text.push_str("\n| field | holds | meaning |\n|---|---|---|\n");
        self.rows(text, fields)
    }

    fn rows(&self, text: &mut String, fields: &[Field]) -> Result<()> {
        for field in fields {
            if let (true, Value::Of(name)) = (field.flattened, &field.value) {
                let inner = self.crate_.find(name).with_context(|| format!("no `{name}`"))?;
                let Shape::Object(fields) = &inner.shape else { continue };
                self.rows(text, fields)?;
                continue;
            }
            let holds = match field.presence {
                Presence::Always => holds(&field.value),
                Presence::Optional => format!("{}; may be absent", holds(&field.value)),
                Presence::Nullable => format!("{} or `null`; may be absent", holds(&field.value)),
                Presence::NullWanted => format!("{} or `null`", holds(&field.value)),
            };
            let docs = self.linked(&field.docs);
            writeln!(text, "| `{}` | {holds} | {} |", field.name, cell(&docs))?;
        }
        Ok(())
    }

    /// The documentation with the names of the wire in place of rustdoc's links.
    fn linked(&self, docs: &str) -> String {
        let mut parts = docs.split("[`");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once("`]") {
                Some((target, rest)) => {
                    text.push_str(&self.name(target));
                    text.push_str(rest);
                }
                None => text.push_str(part),
            }
        }
        text
    }

    /// What stands for a link of rustdoc: the message, the type or the constant that it leads to.
    fn name(&self, target: &str) -> String {
        let target = target.trim_start_matches("crate::").trim_start_matches("limits::");
        let (owner, last) = target.rsplit_once("::").unwrap_or(("", target));
        if let Some(Shape::Messages(messages)) = self.crate_.find(owner).map(|owner| &owner.shape) {
            let plain = |name: &str| name.replace('_', "");
            let same = |message: &&Message| plain(&message.name) == last.to_lowercase();
            if let Some(message) = messages.iter().find(same) {
                return format!("`{}`", message.name);
            }
        }
        if self.crate_.find(target).is_some() { link(target) } else { code(target) }
    }
}

fn holds(value: &Value) -> String {
    match value {
        Value::Text => "text".to_owned(),
        Value::Number => "number".to_owned(),
        Value::Truth => "`true` or `false`".to_owned(),
        Value::List(of) => format!("list of {}", holds(of)),
        Value::Of(name) => link(name),
    }
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// In a table a text is one line.
fn cell(text: &str) -> String {
    text.replace("\n\n", " ").replace('|', "\\|")
}
