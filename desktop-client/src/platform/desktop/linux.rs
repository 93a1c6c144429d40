//! The desktop by its session bus: the services that freedesktop.org describes and GNOME, KDE and others have.

use std::collections::HashMap;
use std::time::Duration;

use tokio::runtime::Runtime;
use zbus::Connection;
use zbus::zvariant::{DynamicType, Value};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The services, as far as they are there.
pub(super) struct Services {
    bus: Option<(Runtime, Connection)>,
    /// The message that is shown; 0: none.
    message: u32,
    /// What the screen saver is held off by.
    held: Option<u32>,
}

impl Services {
    pub(super) fn new() -> Self {
        let bus = connect().inspect_err(|error| {
            tracing::info!(%error, "no session bus: nothing is told outside of the window, and the screen may sleep");
        });
        Self { bus: bus.ok(), message: 0, held: None }
    }

    pub(super) fn tell(&mut self, title: &str, text: &str) {
        let hints: HashMap<&str, Value<'_>> = [("desktop-entry", Value::from("cinemasync"))].into();
        // The text may hold marks that the desktop would read.
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let actions: [&str; 0] = [];
        let message = ("CinemaSync", self.message, "cinemasync", title, text.as_str());
        let (app, replaces, icon, title, text) = message;
        let body = (app, replaces, icon, title, text, &actions[..], hints, -1_i32);
        let name = "org.freedesktop.Notifications";
        if let Some(id) = self.call(name, "/org/freedesktop/Notifications", "Notify", &body) {
            self.message = id;
        }
    }

    pub(super) fn awake(&mut self, awake: bool) {
        const NAME: &str = "org.freedesktop.ScreenSaver";
        const PATH: &str = "/org/freedesktop/ScreenSaver";
        match (awake, self.held.take()) {
            (true, Some(held)) => self.held = Some(held),
            (true, None) => {
                self.held = self.call(NAME, PATH, "Inhibit", &("CinemaSync", "A film plays"));
            }
            (false, Some(held)) => self.order(NAME, PATH, "UnInhibit", &(held,)),
            (false, None) => {}
        }
    }

    /// Calls what answers with a number.
    fn call<B>(&self, name: &str, path: &str, method: &str, body: &B) -> Option<u32>
    where
        B: serde::Serialize + DynamicType,
    {
        self.ask(name, path, method, body)?.body().deserialize().ok()
    }

    fn order<B>(&self, name: &str, path: &str, method: &str, body: &B)
    where
        B: serde::Serialize + DynamicType,
    {
        self.ask(name, path, method, body);
    }

    fn ask<B>(&self, name: &str, path: &str, method: &str, body: &B) -> Option<zbus::Message>
    where
        B: serde::Serialize + DynamicType,
    {
        let (runtime, bus) = self.bus.as_ref()?;
        let answer = runtime.block_on(bus.call_method(Some(name), path, Some(name), method, body));
        answer.inspect_err(|error| tracing::debug!(%error, name, method, "no such service")).ok()
    }
}

fn connect() -> anyhow::Result<(Runtime, Connection)> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let connecting = zbus::connection::Builder::session()?.method_timeout(PATIENCE).build();
    let bus = runtime.block_on(connecting)?;
    Ok((runtime, bus))
}
