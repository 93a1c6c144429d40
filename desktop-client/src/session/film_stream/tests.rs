//! The real libmpv plays from a store that is being filled. Where libmpv or ffmpeg is missing the tests print so
//! and pass.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cinemasync_core::film::{FilmId, FilmSource};
use cinemasync_core::film_blocks::{BLOCK_BYTES, block_of};
use cinemasync_core::player::{PlayerCommand, PlayerEvent, PlayerPosition};

use crate::player::{FilmAudio, FilmStream, FilmStreams, Player, PlayerConfig, PlayerError};
use crate::store::{BlockStore, Cache, Limits, block_hash};

/// No answer takes this long, on any machine; only a hang does.
const HANG: Duration = Duration::from_secs(60);
/// The films: Matroska with its index at the end, and MP4 with its index at the end and at the beginning.
const FILMS: [(&str, &str); 3] =
    [("film.mkv", ""), ("film.mp4", ""), ("first.mp4", "-movflags faststart")];
const DURATION_SECS: f64 = 20.0;

/// What the player or the store tells.
enum News {
    Player(PlayerEvent),
    /// A reader goes on, or waits.
    Wanted,
}

/// The only film that comes from others.
struct OnlyFilm(FilmId, Arc<BlockStore>);

impl FilmStreams for OnlyFilm {
    fn open(&self, film: &FilmId) -> Option<Box<dyn FilmStream>> {
        (*film == self.0).then(|| Box::new(self.1.reader()) as Box<dyn FilmStream>)
    }
}

/// A silent player of a film that comes.
struct Stage {
    folder: tempfile::TempDir,
    content: Vec<u8>,
    store: Arc<BlockStore>,
    player: Player,
    news: Receiver<News>,
}

impl Stage {
    /// `None`, said aloud, without libmpv.
    fn with(content: Vec<u8>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { bytes: u64::MAX, age: Duration::MAX };
        let cache = Cache::new(folder.path().join("cache"), limits);
        let store = cache.film(&id(), content.len() as u64).unwrap();
        let (tell, news) = channel();
        let (tell, tell_wanted) = (Mutex::new(tell.clone()), Mutex::new(tell));
        store.on_wanted(Arc::new(move || {
            tell_wanted.lock().unwrap().send(News::Wanted).ok();
        }));
        let streams = Some(Arc::new(OnlyFilm(id(), Arc::clone(&store))) as Arc<dyn FilmStreams>);
        let config = PlayerConfig { audio: FilmAudio::None, video: false, streams };
        let on_event = Arc::new(move |event| {
            tell.lock().unwrap().send(News::Player(event)).ok();
        });
        match Player::open(config, on_event) {
            Ok(player) => Some(Self { folder, content, store, player, news }),
            Err(PlayerError::Missing) => {
                println!("skipped: no libmpv on this computer");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn load(&self) {
        let source = FilmSource::Stream(id());
        self.player.command(PlayerCommand::Load { source, position_secs: 0.0 });
    }

    fn play(&self) {
        self.player.command(PlayerCommand::PlayAt(Instant::now()));
    }

    /// A block comes.
    fn come(&self, block: u32) {
        let start = block as usize * BLOCK_BYTES as usize;
        let end = self.content.len().min(start + BLOCK_BYTES as usize);
        let bytes = &self.content[start..end];
        let hash = block_hash(self.content.len() as u64, block, bytes).unwrap();
        self.store.set_hash(block, hash);
        self.store.write(block, bytes).unwrap();
    }

    fn come_all(&self) {
        (0..self.store.blocks()).for_each(|block| self.come(block));
    }

    /// The block for which the player waits.
    fn waited_for(&self) -> Option<u32> {
        let wanted = self.store.wanted().into_iter().find(|wanted| wanted.waiting)?;
        Some(block_of(wanted.at))
    }

    fn until_it_waits(&self) -> u32 {
        loop {
            if let Some(block) = self.waited_for() {
                return block;
            }
            self.news.recv_timeout(HANG).expect("the player reads");
        }
    }

    /// The first event that `pick` takes. If `fetching`, each block that the player waits for comes meanwhile, and
    /// no other.
    fn wait<T>(&self, fetching: bool, pick: impl Fn(&PlayerEvent) -> Option<T>) -> T {
        loop {
            if let Some(block) = self.waited_for().filter(|_| fetching) {
                self.come(block);
            }
            let event = match self.news.recv_timeout(HANG).expect("the player answers") {
                News::Wanted => continue,
                News::Player(event) => event,
            };
            if let Some(found) = pick(&event) {
                return found;
            }
            assert!(!matches!(event, PlayerEvent::Failed(_)), "{event:?}");
        }
    }
}

fn id() -> FilmId {
    FilmId("f".repeat(64))
}

fn loaded(event: &PlayerEvent) -> Option<f64> {
    match event {
        PlayerEvent::Loaded { duration_secs, .. } => Some(*duration_secs),
        _ => None,
    }
}

fn seeked(event: &PlayerEvent) -> Option<f64> {
    match event {
        PlayerEvent::Seeked { position_secs } => Some(*position_secs),
        _ => None,
    }
}

fn failed(event: &PlayerEvent) -> Option<String> {
    match event {
        PlayerEvent::Failed(sentence) => Some(sentence.to_string()),
        _ => None,
    }
}

fn plays_at(event: &PlayerEvent, from_secs: f64) -> Option<PlayerPosition> {
    match event {
        PlayerEvent::Position(position) => {
            Some(*position).filter(|now| now.playing && now.position_secs > from_secs)
        }
        _ => None,
    }
}

/// Makes a film of some megabytes; `None`, said aloud, without ffmpeg.
fn film(name: &str, options: &str) -> Option<Vec<u8>> {
    const PICTURE_AND_SOUND: &str = "-f lavfi -i testsrc2=s=640x360:r=25:d=20 \
        -f lavfi -i anoisesrc=d=20:seed=1:a=0.3 -c:v libx264 -preset ultrafast -b:v 3M -g 50 -c:a aac";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error"])
        .args(PICTURE_AND_SOUND.split_whitespace())
        .args(options.split_whitespace())
        .arg(&path)
        .status();
    match status {
        Ok(status) => assert!(status.success(), "{status}"),
        Err(error) => {
            println!("skipped: ffmpeg cannot be run ({error})");
            return None;
        }
    }
    let content = std::fs::read(path).unwrap();
    assert!(content.len() as u64 > 12 * BLOCK_BYTES, "{} bytes", content.len());
    Some(content)
}

#[test]
fn a_film_plays_whose_blocks_come_one_by_one_in_any_order() {
    for (name, options) in FILMS {
        let Some(content) = film(name, options) else { return };
        let Some(stage) = Stage::with(content) else { return };
        stage.load();
        stage.until_it_waits();
        // 7 shares no factor with any of these counts; if it did, the rest comes last.
        let blocks = stage.store.blocks();
        (0..blocks).map(|n| n * 7 % blocks).chain(0..blocks).for_each(|block| stage.come(block));
        let duration_secs = stage.wait(false, loaded);
        assert!((duration_secs - DURATION_SECS).abs() < 0.2, "{name}: {duration_secs}");
        stage.player.command(PlayerCommand::Rate(4.0));
        stage.play();
        stage.wait(false, |event| plays_at(event, 15.0));
    }
}

#[test]
fn what_the_player_waits_for_is_enough_to_begin_and_to_seek() {
    for (name, options) in FILMS {
        let Some(content) = film(name, options) else { return };
        let Some(stage) = Stage::with(content) else { return };
        stage.come(0);
        stage.load();
        let duration_secs = stage.wait(true, loaded);
        assert!((duration_secs - DURATION_SECS).abs() < 0.2, "{name}: {duration_secs}");
        // The read that waits goes on until its block comes; then the player goes where it was sent.
        stage.player.command(PlayerCommand::Seek { position_secs: 15.02 });
        let stands = stage.wait(true, seeked);
        assert!((stands - 15.02).abs() < 0.05, "{name}: {stands}");
        stage.play();
        stage.wait(true, |event| plays_at(event, 15.3));
        println!("{name}: {} of {} blocks", stage.store.have_set().count(), stage.store.blocks());
    }
}

#[test]
fn a_seek_to_a_missing_place_waits_for_it() {
    for (name, options) in FILMS {
        let Some(content) = film(name, options) else { return };
        let Some(stage) = Stage::with(content) else { return };
        // All but some in the last third, so that what is read ahead stands before them.
        let blocks = stage.store.blocks();
        let gap = blocks * 7 / 10..blocks * 9 / 10;
        (0..blocks).filter(|block| !gap.contains(block)).for_each(|block| stage.come(block));
        stage.load();
        stage.wait(false, loaded);
        stage.player.command(PlayerCommand::Seek { position_secs: DURATION_SECS * 0.8 });
        let waits = stage.until_it_waits();
        assert!(gap.contains(&waits), "{name}: {waits}");
        stage.come(waits);
        while let Ok(news) = stage.news.try_recv() {
            assert!(!matches!(news, News::Player(PlayerEvent::Seeked { .. })), "{name}");
        }
        stage.come_all();
        let stands = stage.wait(false, seeked);
        assert!((stands - DURATION_SECS * 0.8).abs() < 0.05, "{name}: {stands}");
    }
}

#[test]
fn a_player_that_waits_is_dropped_at_once_and_takes_another_film() {
    let Some(content) = film("film.mkv", "") else { return };
    let Some(stage) = Stage::with(content.clone()) else { return };
    stage.load();
    assert_eq!(stage.until_it_waits(), 0);
    let file = stage.folder.path().join("own.mkv");
    std::fs::write(&file, &content).unwrap();
    let source = FilmSource::File(file);
    stage.player.command(PlayerCommand::Load { source, position_secs: 0.0 });
    stage.wait(false, loaded);
    assert_eq!(stage.store.wanted(), [], "closed");

    (0..2).for_each(|block| stage.come(block));
    stage.load();
    assert!(stage.until_it_waits() > 1, "in the middle");
    let Stage { player, store, .. } = stage;
    let before = Instant::now();
    drop(player);
    println!("dropped after {:?}", before.elapsed());
    assert!(before.elapsed() < HANG / 4);
    assert_eq!(store.wanted(), [], "closed");
}

#[test]
fn a_player_without_bytes_says_that_it_waits_and_goes_on() {
    let Some(content) = film("first.mp4", "-movflags faststart") else { return };
    let Some(stage) = Stage::with(content) else { return };
    (0..stage.store.blocks() / 3).for_each(|block| stage.come(block));
    stage.load();
    stage.wait(false, loaded);
    stage.play();
    let buffering = |wanted| {
        move |event: &PlayerEvent| match event {
            PlayerEvent::Buffering(percent) => (percent.is_some() == wanted).then_some(()),
            _ => None,
        }
    };
    stage.wait(false, buffering(true));
    stage.come_all();
    stage.wait(false, buffering(false));
    stage.wait(false, |event| plays_at(event, DURATION_SECS / 3.0));
}

#[test]
fn a_film_that_nobody_gives_is_refused_with_a_sentence() {
    let Some(stage) = Stage::with(vec![0; 10]) else { return };
    let source = FilmSource::Stream(FilmId("a".repeat(64)));
    stage.player.command(PlayerCommand::Load { source, position_secs: 0.0 });
    let sentence = stage.wait(false, failed);
    assert!(sentence.ends_with('.'), "{sentence}");
}

#[test]
fn what_comes_from_others_opens_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let Some(content) = film("film.mkv", "") else { return };
    let bait = folder.path().join("film.mkv");
    std::fs::write(&bait, content).unwrap();
    let bait = Path::new(&bait).display();
    let lists = [
        format!("#EXTM3U\n#EXTINF:5,\n{bait}\n#EXT-X-ENDLIST\n"),
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{bait}\n#EXT-X-ENDLIST\n"),
        format!("[playlist]\nFile1={bait}\nNumberOfEntries=1\n"),
        format!("# mpv EDL v0\n{bait}\n"),
        format!("ffconcat version 1.0\nfile '{bait}'\n"),
        format!("{bait}\n"),
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
            .to_owned(),
        "1\n00:00:01,000 --> 00:00:02,000\nSubtitles alone.\n".to_owned(),
        "\u{0}".repeat(300_000),
    ];
    for list in lists {
        let Some(stage) = Stage::with(list.clone().into_bytes()) else { return };
        stage.come_all();
        stage.load();
        let sentence = stage.wait(false, |event| {
            assert!(loaded(event).is_none(), "{list}");
            failed(event)
        });
        println!("{:?}: {sentence}", list.lines().next());
    }
}

#[test]
fn nothing_is_told_after_the_end() {
    let Some(stage) = Stage::with(vec![0; 10]) else { return };
    stage.load();
    stage.until_it_waits();
    let Stage { player, store, news, .. } = stage;
    drop((player, store));
    while let Ok(news) = news.try_recv() {
        assert!(matches!(news, News::Wanted | News::Player(_)));
    }
    assert!(matches!(news.recv_timeout(HANG), Err(RecvTimeoutError::Disconnected)));
}
