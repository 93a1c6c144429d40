//! Tests on a display of their own, with windows that the tests draw themselves.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cinemasync_core::plan::MediaEvent;
use cinemasync_core::screen::{ScreenItem, ScreenSource};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection as _;
use x11rb::protocol::randr::{self, MonitorInfo};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, PropMode,
    Rectangle, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::grab::X11Grabber;
use super::lister::X11Lister;
use super::{Display, listing::Monitor};
use crate::media::screen::grabber::Grabber as _;
use crate::media::screen::watch::{self, Lister as _, Thumbnails};
use crate::media::worker::Worker;

/// Longest wait for what takes a fraction of it on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);
const RED: u32 = 0x00ff_0000;
const GREEN: u32 = 0x0000_ff00;
const BLUE: u32 = 0x0000_00ff;

/// A display without a monitor, and a program that shows windows there.
struct Stage {
    server: Child,
    name: String,
    connection: RustConnection,
    root: Window,
}

impl Stage {
    fn new(size: &str) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp", "-screen", "0", size])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts; cargo xtask setup installs it");
        let mut number = String::new();
        let stdout = server.stdout.as_mut().expect("piped above");
        let mut byte = [0];
        while stdout.read(&mut byte).expect("reads") == 1 && byte[0] != b'\n' {
            number.push(byte[0].into());
        }
        let name = format!(":{number}");
        let (connection, screen) = x11rb::connect(Some(&name)).expect("connects");
        let root = connection.setup().roots[screen].root;
        Self { server, name, connection, root }
    }

    /// A window of one colour.
    fn window(&self, title: &str, (x, y): (i16, i16), size: (u16, u16), colour: u32) -> Window {
        let window = self.connection.generate_id().expect("an id");
        let look = CreateWindowAux::new().background_pixel(colour);
        let class = WindowClass::INPUT_OUTPUT;
        let (depth, visual) = (COPY_DEPTH_FROM_PARENT, 0);
        self.connection
            .create_window(depth, window, self.root, x, y, size.0, size.1, 0, class, visual, &look)
            .expect("is sent");
        let (mode, name) = (PropMode::REPLACE, AtomEnum::WM_NAME);
        self.connection
            .change_property8(mode, window, name, AtomEnum::STRING, title.as_bytes())
            .expect("is sent");
        self.connection.map_window(window).expect("is sent");
        self.settle();
        window
    }

    fn fill(&self, window: Window, colour: u32, area: Rectangle) {
        let pen = self.connection.generate_id().expect("an id");
        let look = CreateGCAux::new().foreground(colour);
        self.connection.create_gc(pen, window, &look).expect("is sent");
        self.connection.poly_fill_rectangle(window, pen, &[area]).expect("is sent");
        self.connection.free_gc(pen).expect("is sent");
        self.settle();
    }

    fn atom(&self, name: &str) -> u32 {
        let cookie = self.connection.intern_atom(false, name.as_bytes()).expect("is sent");
        cookie.reply().expect("answers").atom
    }

    /// Makes this part of the root window a monitor.
    fn arrange(&self, name: &str, place: Rectangle) {
        let Rectangle { x, y, width, height } = place;
        let monitor = MonitorInfo {
            name: self.atom(name),
            x,
            y,
            width,
            height,
            width_in_millimeters: 100,
            height_in_millimeters: 100,
            ..MonitorInfo::default()
        };
        randr::query_version(&self.connection, 1, 5).expect("is sent").reply().expect("answers");
        let done = randr::set_monitor(&self.connection, self.root, monitor).expect("is sent");
        done.check().expect("is a monitor now");
    }

    fn remove(&self, monitor: &str) {
        let name = self.atom(monitor);
        randr::delete_monitor(&self.connection, self.root, name).expect("is sent");
        self.settle();
    }

    fn settle(&self) {
        self.connection.sync().expect("the display answers");
    }

    fn grab(&self, source: &ScreenSource) -> X11Grabber {
        X11Grabber::open(Some(&self.name), source).expect("can be shared")
    }

    fn titles(&self) -> Vec<String> {
        let windows = Display::open(Some(&self.name)).expect("connects").windows();
        windows.expect("lists").into_iter().map(|window| window.title).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.kill().expect("runs");
        self.server.wait().expect("ends");
    }
}

fn area(x: i16, y: i16, width: u16, height: u16) -> Rectangle {
    Rectangle { x, y, width, height }
}

fn monitor() -> ScreenSource {
    ScreenSource::Monitor("0".to_owned())
}

fn named(title: &str) -> ScreenSource {
    ScreenSource::Window(title.to_owned())
}

/// Waits until the grabber gives a picture that is as wanted.
fn await_picture(
    grabber: &mut X11Grabber,
    what: &str,
    wanted: impl Fn(&dyn Fn(u32, u32) -> u32, (u32, u32)) -> bool,
) {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if !grabber.wait(Duration::from_millis(20)).expect("goes on") {
            continue;
        }
        let Some(pixels) = grabber.pixels().expect("goes on") else { continue };
        let pixel = |x: u32, y: u32| {
            let at = (y * pixels.width + x) as usize * 4;
            u32::from_le_bytes(pixels.bytes[at..at + 4].try_into().expect("four")) & 0x00ff_ffff
        };
        if wanted(&pixel, (pixels.width, pixels.height)) {
            return;
        }
    }
    panic!("{what} was not seen");
}

/// Waits until the grabber ends, and gives its sentence.
fn await_end(grabber: &mut X11Grabber) -> String {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let waited = grabber.wait(Duration::from_millis(20));
        let grabbed = waited.and_then(|_| grabber.pixels().map(|_| ()));
        if let Err(text) = grabbed {
            return text;
        }
    }
    panic!("it goes on");
}

#[test]
fn a_monitor_shows_what_is_drawn_and_the_pointer() {
    let stage = Stage::new("640x480x24");
    let window = stage.window("one", (100, 50), (200, 100), RED);
    stage.connection.warp_pointer(x11rb::NONE, stage.root, 0, 0, 0, 0, 5, 400).expect("is sent");
    stage.settle();
    let mut grabber = stage.grab(&monitor());
    assert_eq!(
        (grabber.changed_item().expect("is new").width, grabber.changed_item()),
        (640, None)
    );
    await_picture(&mut grabber, "the window", |pixel, size| {
        size == (640, 480)
            && pixel(100, 50) == RED
            && pixel(299, 149) == RED
            && pixel(300, 149) != RED
    });
    stage.fill(window, GREEN, area(10, 10, 5, 5));
    await_picture(&mut grabber, "what was drawn", |pixel, _| pixel(112, 62) == GREEN);
    // Nothing is told of the pointer, which is seen all the same.
    stage.connection.warp_pointer(x11rb::NONE, stage.root, 0, 0, 0, 0, 200, 100).expect("is sent");
    stage.settle();
    await_picture(&mut grabber, "the pointer", |pixel, _| {
        let around = (190..210).flat_map(|x| (90..110).map(move |y| (x, y)));
        around.into_iter().any(|(x, y)| pixel(x, y) != RED)
    });
}

#[test]
fn nothing_is_grabbed_while_nothing_changes() {
    let stage = Stage::new("320x240x24");
    let mut grabber = stage.grab(&monitor());
    await_picture(&mut grabber, "the first picture", |_, _| true);
    let began = Instant::now();
    let mut looks = 0;
    while began.elapsed() < Duration::from_millis(1_200) {
        if grabber.wait(Duration::from_millis(20)).expect("goes on") {
            looks += 1;
            grabber.pixels().expect("goes on");
        }
    }
    assert!(looks <= 3, "only the look in case that nothing is told: {looks}");
}

#[test]
fn a_window_is_seen_though_another_one_covers_it() {
    let stage = Stage::new("640x480x24");
    let below = stage.window("below", (50, 50), (200, 100), RED);
    let mut grabber = stage.grab(&named("below"));
    await_picture(&mut grabber, "the window", |pixel, size| {
        size == (200, 100) && pixel(0, 0) == RED && pixel(199, 99) == RED
    });
    stage.window("above", (0, 0), (640, 480), BLUE);
    stage.fill(below, GREEN, area(0, 0, 20, 20));
    await_picture(&mut grabber, "what is drawn below", |pixel, _| {
        pixel(10, 10) == GREEN && pixel(150, 50) == RED
    });
}

#[test]
fn a_window_is_followed_through_sizes_and_while_it_is_away_until_it_is_closed() {
    let stage = Stage::new("640x480x24");
    let window = stage.window("it", (50, 50), (200, 100), RED);
    let mut grabber = stage.grab(&named("it"));
    await_picture(&mut grabber, "the window", |_, size| size == (200, 100));
    assert_eq!(grabber.changed_item().map(|item| item.width), Some(200));
    for size in [(300, 200), (33, 17), (700, 500)] {
        let wish = ConfigureWindowAux::new().width(size.0).height(size.1);
        stage.connection.configure_window(window, &wish).expect("is sent");
        stage.settle();
        await_picture(&mut grabber, "the new size", |pixel, now| now == size && pixel(9, 9) == RED);
        assert_eq!(grabber.changed_item().map(|item| item.width), Some(size.0));
    }
    stage.connection.unmap_window(window).expect("is sent");
    stage.settle();
    let until = Instant::now() + Duration::from_millis(700);
    while Instant::now() < until {
        grabber.wait(Duration::from_millis(20)).expect("goes on");
        assert!(grabber.pixels().expect("goes on").is_none(), "nothing draws it");
    }
    stage.connection.map_window(window).expect("is sent");
    stage.settle();
    await_picture(&mut grabber, "the window again", |_, size| size == (700, 500));
    stage.connection.destroy_window(window).expect("is sent");
    stage.settle();
    assert_eq!(await_end(&mut grabber), "The window that you shared was closed.");
}

#[test]
fn a_new_title_is_told() {
    let stage = Stage::new("320x240x24");
    let window = stage.window("before", (0, 0), (100, 100), RED);
    let mut grabber = stage.grab(&named("bef"));
    assert_eq!(grabber.changed_item().expect("is new").title, "before");
    stage
        .connection
        .change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, b"after")
        .expect("is sent");
    stage.settle();
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "was not told");
        grabber.wait(Duration::from_millis(20)).expect("goes on");
        if let Some(ScreenItem { title, .. }) = grabber.changed_item() {
            assert_eq!(title, "after");
            break;
        }
    }
}

#[test]
fn a_display_that_ends_ends_the_share() {
    let mut stage = Stage::new("320x240x24");
    let mut grabber = stage.grab(&monitor());
    await_picture(&mut grabber, "the first picture", |_, _| true);
    stage.server.kill().expect("runs");
    let text = await_end(&mut grabber);
    assert!(text.contains("does not answer"), "{text}");
    let Err(text) = X11Grabber::open(Some(&stage.name), &monitor()) else { panic!("is gone") };
    assert!(text.contains("no X11 display"), "{text}");
}

#[test]
fn small_pictures_are_taken_of_what_is_covered_too() {
    let stage = Stage::new("640x480x24");
    let below = stage.window("below", (50, 50), (200, 100), RED);
    stage.window("above", (0, 0), (640, 480), BLUE);
    let mut lister = X11Lister::new(Some(stage.name.clone()));
    let items = lister.list();
    assert_eq!(items.iter().map(|item| item.title.as_str()).next_back(), Some("above"));
    let size = |lister: &mut X11Lister, source: &ScreenSource| {
        let mut size = None;
        lister.picture(source, &mut |pixels| size = Some((pixels.width, pixels.height)));
        size
    };
    let source = ScreenSource::Window(below.to_string());
    lister.expect(&source);
    assert_eq!(size(&mut lister, &source), Some((200, 100)));
    assert_eq!(size(&mut lister, &items[0].source), Some((640, 480)));
    stage.connection.destroy_window(below).expect("is sent");
    stage.settle();
    assert_eq!(size(&mut lister, &source), None);
    assert_eq!(lister.list().len(), items.len() - 1);
}

#[test]
fn what_could_be_shared_is_told_with_small_pictures() {
    let stage = Stage::new("640x480x24");
    let window = stage.window("one", (0, 0), (600, 300), RED);
    let (told, events) = std::sync::mpsc::channel();
    let sink: crate::media::EventSink = std::sync::Arc::new(move |event| {
        // Nobody listens once the test ends.
        let _ = told.send(event);
    });
    let thumbnails = Thumbnails::default();
    let (theirs, name) = (thumbnails.clone(), stage.name.clone());
    let worker = Worker::spawn("test", move |stop| {
        watch::run(&mut X11Lister::new(Some(name)), &theirs, &sink, stop);
    });
    let listed = |count: usize| {
        let event = events.recv_timeout(PATIENCE).expect("is told");
        assert!(matches!(&event, MediaEvent::Screens(items) if items.len() == count), "{event:?}");
    };
    listed(2);
    let source = ScreenSource::Window(window.to_string());
    let slot = thumbnails.lock().expect("not poisoned").get(&source).cloned().expect("is listed");
    let until = Instant::now() + PATIENCE;
    while slot.generation() == 0 {
        assert!(Instant::now() < until, "no picture came");
        std::thread::sleep(Duration::from_millis(10));
    }
    let frame = slot.get().expect("a picture");
    assert_eq!((frame.width, frame.height), (320, 160));
    stage.window("two", (0, 0), (100, 100), GREEN);
    listed(3);
    let same = thumbnails.lock().expect("not poisoned").get(&source).cloned().expect("is listed");
    assert!(same.generation() > 0, "the slot stays");
    drop(worker);
}

#[test]
fn hostile_titles_and_many_windows_are_listed() {
    let stage = Stage::new("320x240x24");
    let long = "x".repeat(100_000);
    let hostile = ["\u{1b}[2J\u{7}", "", "\u{202e}evil", "a\nb\0c", &long];
    for title in hostile {
        stage.window(title, (0, 0), (10, 10), RED);
    }
    for number in 0..320 {
        stage.window(&format!("number {number}"), (0, 0), (10, 10), RED);
    }
    let titles = stage.titles();
    assert_eq!(titles.len(), 300);
    assert!(titles.iter().all(|title| title.len() <= 1_024));
    assert!(titles.iter().any(|title| title.starts_with("xxx")));
    let whole = Display::open(Some(&stage.name)).expect("connects").listing().expect("lists");
    assert_eq!(whole.len(), 300);
    assert!(matches!(whole[0].source, ScreenSource::Monitor(_)), "monitors come first");
}

#[test]
fn what_is_not_there_is_said() {
    let stage = Stage::new("320x240x24");
    for source in [ScreenSource::Monitor("9".to_owned()), named("nothing"), named("4294967295")] {
        assert!(X11Grabber::open(Some(&stage.name), &source).is_err(), "{source:?}");
    }
    let monitors: Vec<Monitor> =
        Display::open(Some(&stage.name)).expect("connects").monitors().expect("lists");
    assert_eq!((monitors[0].width, monitors[0].height), (320, 240));
}

#[test]
fn a_monitor_that_is_taken_away_ends_the_share() {
    let stage = Stage::new("640x480x24");
    stage.arrange("left", area(0, 0, 320, 480));
    stage.arrange("right", area(320, 0, 320, 480));
    stage.window("it", (320, 0), (320, 480), BLUE);
    let mut grabber = stage.grab(&ScreenSource::Monitor("right".to_owned()));
    await_picture(&mut grabber, "the right half", |pixel, size| {
        size == (320, 480) && pixel(319, 479) == BLUE
    });
    stage.remove("right");
    stage.arrange("right", area(320, 0, 160, 240));
    await_picture(&mut grabber, "the new size", |_, size| size == (160, 240));
    stage.remove("right");
    let text = await_end(&mut grabber);
    assert_eq!(text, "The monitor that you shared is not connected any more.");
}
