//! The player's thread: takes commands, waits for libmpv and for the clock, and lets the deck decide.
//! Owns the thread and its end, and the exact moment of a start.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cinemasync_core::player::PlayerCommand;

use super::deck::Deck;
use super::engine::MpvEngine;
use super::handle::{Mpv, MpvEvent};
use super::inbox::Inbox;
use super::renderer::OnSlow;
use super::{OnEvent, PlayerError};

/// Waiting for an event may return late by a scheduler's tick (15 ms on Windows), so a start is awaited
/// from here on by sleeping.
const SLEEP_BEFORE_START: Duration = Duration::from_millis(20);
/// And the last bit by watching the clock, because a sleep may return late too.
const WATCH_BEFORE_START: Duration = Duration::from_millis(1);
/// Without anything to do the thread looks around this often; each event and command wakes it anyway.
const IDLE: Duration = Duration::from_secs(10);

/// How long the first film waits for the window to be ready to draw it.
const RENDERER_PATIENCE: Duration = Duration::from_secs(2);

/// The thread's handle; dropping it stops the film and joins the thread.
pub(super) struct Control {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    mpv: Arc<Mpv>,
    inbox: Mutex<Inbox>,
    renderer_attached: AtomicBool,
    drawing_is_slow: AtomicBool,
    stop: AtomicBool,
}

impl Control {
    pub(super) fn start(
        engine: MpvEngine,
        window: bool,
        on_event: OnEvent,
    ) -> Result<Self, PlayerError> {
        let shared = Arc::new(Shared {
            mpv: engine.mpv(),
            inbox: Mutex::default(),
            renderer_attached: AtomicBool::new(false),
            drawing_is_slow: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let deck = Deck::new(engine);
        let thread = std::thread::Builder::new()
            .name("film-player".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                let renderer_due = window.then(|| Instant::now() + RENDERER_PATIENCE);
                move || run(&shared, deck, renderer_due, &on_event)
            })
            .map_err(|error| PlayerError::Start { why: error.to_string() })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(super) fn mpv(&self) -> Arc<Mpv> {
        Arc::clone(&self.shared.mpv)
    }

    pub(super) fn command(&self, command: PlayerCommand) {
        self.shared.inbox.lock().unwrap_or_else(PoisonError::into_inner).push(command);
        self.shared.mpv.wake();
    }

    /// What the renderer calls when drawing holds up the window.
    pub(super) fn on_slow_drawing(&self) -> OnSlow {
        let shared = Arc::clone(&self.shared);
        Box::new(move || {
            shared.drawing_is_slow.store(true, Ordering::Release);
            shared.mpv.wake();
        })
    }

    pub(super) fn renderer_attached(&self) {
        self.shared.renderer_attached.store(true, Ordering::Release);
        self.shared.mpv.wake();
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.mpv.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the film player's thread had panicked");
        }
    }
}

/// Carries out commands until it is told to stop. In a window they wait for the renderer until
/// `renderer_due`, so that the first film begins with its picture.
fn run(
    shared: &Shared,
    mut deck: Deck<MpvEngine>,
    mut renderer_due: Option<Instant>,
    on_event: &OnEvent,
) {
    while !shared.stop.load(Ordering::Acquire) {
        if shared.renderer_attached.swap(false, Ordering::AcqRel) {
            deck.renderer_attached();
            renderer_due = None;
        }
        if let Some(due) = renderer_due.filter(|due| Instant::now() < *due) {
            let left = due.saturating_duration_since(Instant::now());
            log(&shared.mpv.next_event(left.as_secs_f64()));
            continue;
        }
        if shared.drawing_is_slow.swap(false, Ordering::AcqRel) {
            deck.drawing_is_slow();
        }
        while let Some(command) = next_command(shared) {
            deck.handle_command(command, Instant::now());
            deck.take_events().into_iter().for_each(|event| on_event(event));
        }
        if !wait_for_start(shared, &deck) {
            let event = shared.mpv.next_event(patience(&deck).as_secs_f64());
            log(&event);
            deck.handle_event(&event, Instant::now());
        }
        deck.handle_time(Instant::now());
        deck.take_events().into_iter().for_each(|event| on_event(event));
    }
    // The renderer may keep libmpv alive for a while: the film must not go on meanwhile.
    deck.handle_command(PlayerCommand::Unload, Instant::now());
}

fn next_command(shared: &Shared) -> Option<PlayerCommand> {
    shared.inbox.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// How long to wait for libmpv before something else is due.
fn patience(deck: &Deck<MpvEngine>) -> Duration {
    let now = Instant::now();
    let until = |at: Instant| at.saturating_duration_since(now);
    let start = deck.start_due().map(|at| until(at).saturating_sub(SLEEP_BEFORE_START));
    deck.next_timeout().map_or(IDLE, until).min(start.unwrap_or(IDLE)).min(IDLE)
}

/// If a start is close, waits for its exact moment and answers true. A newer command ends the wait.
fn wait_for_start(shared: &Shared, deck: &Deck<MpvEngine>) -> bool {
    let Some(at) = deck.start_due() else { return false };
    loop {
        let left = at.saturating_duration_since(Instant::now());
        if left > SLEEP_BEFORE_START {
            return false;
        }
        if left.is_zero() || shared.has_news() {
            return true;
        }
        if left > WATCH_BEFORE_START {
            std::thread::sleep((left - WATCH_BEFORE_START).min(Duration::from_millis(2)));
        } else {
            std::hint::spin_loop();
        }
    }
}

impl Shared {
    fn has_news(&self) -> bool {
        self.stop.load(Ordering::Acquire)
            || !self.inbox.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// libmpv's own words may hold the film's name and titles, so they come only when everything is traced.
fn log(event: &MpvEvent) {
    if let MpvEvent::Log { level, prefix, text } = event {
        tracing::debug!(level, part = prefix, "libmpv complains");
        tracing::trace!(text, "libmpv's words");
    }
}
