//! The system's dialog for sharing a screen, over D-Bus (`org.freedesktop.portal.ScreenCast`).

use std::collections::HashMap;
use std::os::fd::OwnedFd;

use async_io::block_on;
use futures_util::StreamExt as _;
use zbus::zvariant::{OwnedFd as BusFd, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy};

const SERVICE: &str = "org.freedesktop.portal.Desktop";
const DESKTOP: &str = "/org/freedesktop/portal/desktop";
const SCREEN_CAST: &str = "org.freedesktop.portal.ScreenCast";
const REQUEST: &str = "org.freedesktop.portal.Request";
const SESSION: &str = "org.freedesktop.portal.Session";
/// Monitors and windows.
const SOURCES: u32 = 1 | 2;
/// The pointer is part of the picture.
const POINTER_EMBEDDED: u32 = 2;

type Options<'a> = HashMap<&'a str, Value<'a>>;
type Answer = HashMap<String, OwnedValue>;

/// The way to the dialog. Clones share it.
#[derive(Clone)]
pub(super) struct Dialog(Connection);

/// A screen that is shared until this goes.
pub(super) struct Cast {
    connection: Connection,
    session: OwnedObjectPath,
    node: u32,
    size: (u32, u32),
}

impl Dialog {
    /// Connects to the desktop's services.
    pub(super) fn open() -> Result<Self, String> {
        block_on(Connection::session()).map(Self).map_err(|error| {
            format!("The screen cannot be shared: the desktop does not answer ({error}).")
        })
    }

    /// Does a portal on this desktop offer the dialog? A sentence if none does.
    pub(super) fn is_offered(&self) -> Result<(), String> {
        let version = block_on(async {
            let portal = Proxy::new(&self.0, SERVICE, DESKTOP, SCREEN_CAST).await?;
            portal.get_property::<u32>("version").await
        });
        version
            .map(|_| ())
            .map_err(|error| format!("no portal on this desktop offers it ({error})."))
    }

    /// Takes back the question, and whatever was chosen.
    pub(super) fn end(self) {
        if let Err(error) = block_on(self.0.close()) {
            tracing::debug!(%error, "the desktop was gone already");
        }
    }

    /// Asks what is to be shared and waits for the answer.
    pub(super) fn ask(&self) -> Result<(Cast, OwnedFd), String> {
        block_on(self.try_ask()).map_err(|error| match error {
            None => "Nothing was chosen to be shared.".to_owned(),
            Some(error) => format!(
                "The system's dialog for sharing a screen does not work ({error}). Is a portal for \
                 your desktop installed?"
            ),
        })
    }

    async fn try_ask(&self) -> Result<(Cast, OwnedFd), Option<zbus::Error>> {
        let portal = Proxy::new(&self.0, SERVICE, DESKTOP, SCREEN_CAST).await?;
        let options = Options::from([("session_handle_token", Value::from("cinemasync"))]);
        let answer = self
            .request("1", options, async |options| {
                portal.call_method("CreateSession", &(options,)).await.map(drop)
            })
            .await?;
        let session = answer.get("session_handle").ok_or(None)?;
        let session = <&str>::try_from(session).map_err(zbus::Error::from)?;
        let session = OwnedObjectPath::try_from(session.to_owned()).map_err(zbus::Error::from)?;

        let offered = async |property| portal.get_property::<u32>(property).await.unwrap_or(0);
        let sources = SOURCES & offered("AvailableSourceTypes").await;
        let mut options = Options::from([
            ("types", Value::from(if sources == 0 { 1 } else { sources })),
            ("multiple", Value::from(false)),
        ]);
        if offered("AvailableCursorModes").await & POINTER_EMBEDDED != 0 {
            options.insert("cursor_mode", Value::from(POINTER_EMBEDDED));
        }
        self.request("2", options, async |options| {
            portal.call_method("SelectSources", &(&session, options)).await.map(drop)
        })
        .await?;
        let answer = self
            .request("3", Options::new(), async |options| {
                portal.call_method("Start", &(&session, "", options)).await.map(drop)
            })
            .await?;
        let streams = answer.get("streams").ok_or(None)?.try_clone().map_err(zbus::Error::from)?;
        let streams: Vec<(u32, Answer)> = streams.try_into().map_err(zbus::Error::from)?;
        let (node, told) = streams.into_iter().next().ok_or(None)?;
        let size = told.get("size").and_then(|size| size.try_clone().ok());
        let size: Option<(i32, i32)> = size.and_then(|size| size.try_into().ok());
        let side = |side: i32| u32::try_from(side).unwrap_or(0);
        let size = size.map_or((0, 0), |(width, height)| (side(width), side(height)));

        let pipewire: BusFd =
            portal.call("OpenPipeWireRemote", &(&session, Options::new())).await?;
        let cast = Cast { connection: self.0.clone(), session, node, size };
        Ok((cast, pipewire.into()))
    }

    /// Asks something that is answered later; `None` if the person said no.
    async fn request<'a>(
        &self,
        token: &'a str,
        mut options: Options<'a>,
        call: impl AsyncFnOnce(&Options<'a>) -> zbus::Result<()>,
    ) -> Result<Answer, Option<zbus::Error>> {
        options.insert("handle_token", Value::from(token));
        let name = self.0.unique_name().ok_or(None)?;
        let name = name.trim_start_matches(':').replace('.', "_");
        let path = format!("{DESKTOP}/request/{name}/{token}");
        // The answer may come before the call returns.
        let request = Proxy::new(&self.0, SERVICE, path, REQUEST).await?;
        let mut answers = request.receive_signal("Response").await?;
        call(&options).await?;
        let answer = answers.next().await.ok_or(None)?;
        let (refused, answer): (u32, Answer) = answer.body().deserialize()?;
        match refused {
            0 => Ok(answer),
            1 => Err(None),
            _ => Err(Some(zbus::Error::Failure("the desktop could not do it".to_owned()))),
        }
    }
}

impl Cast {
    /// The stream in PipeWire.
    pub(super) fn node(&self) -> u32 {
        self.node
    }

    /// Width and height in pixels, as far as they are told; 0 otherwise.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }
}

impl Drop for Cast {
    fn drop(&mut self) {
        let closed = block_on(self.connection.call_method(
            Some(SERVICE),
            self.session.as_str(),
            Some(SESSION),
            "Close",
            &(),
        ));
        if let Err(error) = closed {
            tracing::debug!(%error, "the share was closed already");
        }
    }
}
