//! A corpus of broken and malicious media, made on the spot. Each is refused with a sentence or played: never
//! a hang, and never is a file opened but the one that was asked for.

use super::folder_watch::FolderWatch;
use super::tried::Outcome;
use super::*;

/// Tries one file after the other in one player, in a folder where nothing else may be opened.
struct Corpus {
    folder: tempfile::TempDir,
    watch: FolderWatch,
    bench: Bench,
}

impl Corpus {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let watch = FolderWatch::new(folder.path());
        Some(Self { watch, bench: Bench::open()?, folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and tries it.
    fn try_bytes(&mut self, name: &str, content: &[u8]) -> Outcome {
        std::fs::write(self.path().join(name), content).unwrap();
        self.try_file(name)
    }

    fn try_file(&mut self, name: &str) -> Outcome {
        self.watch.opened();
        let before = Instant::now();
        let outcome = self.bench.try_out(&self.folder.path().join(name));
        println!("{name}: {outcome:?} after {:?}", before.elapsed());
        let opened = self.watch.opened();
        assert!(opened.iter().all(|opened| opened == name), "{name}: {opened:?} were opened");
        outcome
    }
}

const PICTURE: &str = "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -f lavfi -i sine=d=4";

/// The same few seconds in each container.
fn containers(folder: &Path) -> Option<Vec<(&'static str, Vec<u8>)>> {
    [
        ("mkv", "-c:v libx264 -preset ultrafast -g 25 -c:a aac"),
        ("mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac"),
        ("mov", "-c:v libx264 -preset ultrafast -g 25 -c:a aac -movflags faststart"),
        ("avi", "-c:v mpeg4 -g 25 -c:a libmp3lame"),
        ("ts", "-c:v libx264 -preset ultrafast -g 25 -c:a aac"),
        ("webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -c:a libopus"),
        ("ogv", "-c:v libtheora -c:a libvorbis"),
        ("flv", "-c:v flv1 -ar 44100 -c:a libmp3lame"),
    ]
    .into_iter()
    .map(|(extension, codecs)| {
        let arguments = format!("{PICTURE} {codecs}");
        let path = ffmpeg(folder, &format!("whole.{extension}"), &arguments)?;
        Some((extension, std::fs::read(path).unwrap()))
    })
    .collect()
}

#[test]
fn films_that_end_too_early_or_are_damaged_are_played_or_refused_in_time() {
    let made = tempfile::tempdir().unwrap();
    let (Some(films), Some(mut corpus)) = (containers(made.path()), Corpus::new()) else { return };
    let mut state = 1u32;
    let mut chance = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for (extension, film) in &films {
        let whole = corpus.try_bytes(&format!("whole.{extension}"), film);
        assert!(matches!(whole, Outcome::Played), "{extension}: {whole:?}");
        for per_mille in [1, 10, 100, 300, 500, 900, 990, 999] {
            let part = &film[..film.len() * per_mille / 1_000];
            corpus.try_bytes(&format!("cut-{per_mille}.{extension}"), part);
        }
        corpus.try_bytes(&format!("headless.{extension}"), &film[film.len() / 2..]);
        for (round, flips) in [1, 10, 100, 100, 1_000, 1_000, 5_000].into_iter().enumerate() {
            let mut film = film.clone();
            for _ in 0..flips {
                let at = chance() % film.len();
                film[at] = chance() as u8;
            }
            corpus.try_bytes(&format!("damaged-{round}.{extension}"), &film);
            // The headers alone, where sizes and counts stand.
            let mut film = film.clone();
            for _ in 0..20 {
                let at = chance() % film.len().min(600);
                film[at] = [0, 0x7f, 0x80, 0xff][chance() % 4];
            }
            corpus.try_bytes(&format!("header-{round}.{extension}"), &film);
        }
    }
    let (extension, film) = &films[0];
    let healthy = corpus.try_bytes(&format!("last.{extension}"), film);
    assert!(matches!(healthy, Outcome::Played), "{healthy:?}");
}

#[test]
fn what_is_inside_counts_and_not_what_a_file_is_called() {
    let made = tempfile::tempdir().unwrap();
    let (Some(films), Some(mut corpus)) = (containers(made.path()), Corpus::new()) else { return };
    for (extension, film) in &films {
        for other in ["mkv", "mp4", "txt", "jpg", "m3u8", "edl", "cue", "srt", "zip"] {
            let outcome = corpus.try_bytes(&format!("{extension}-called.{other}"), film);
            assert!(matches!(outcome, Outcome::Played), "{extension} as {other}: {outcome:?}");
        }
    }
    let noise: Vec<u8> =
        (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for extension in ["mkv", "mp4", "avi", "ts", "webm", "mp3", "rm"] {
        for (what, content) in [
            ("noise", &noise[..]),
            ("nothing", &[]),
            ("zeros", &[0; 100_000]),
            ("sync", &[0x47; 188 * 500]),
            ("text", "Once upon a time.\n".repeat(5_000).as_bytes()),
        ] {
            let outcome = corpus.try_bytes(&format!("{what}.{extension}"), content);
            assert!(!matches!(outcome, Outcome::Played) || what == "sync", "{what}.{extension}");
        }
    }
}

/// Puts other bytes where `pattern` is found first, `skip` bytes behind its beginning.
fn patched(film: &[u8], pattern: &[u8], skip: usize, with: &[u8]) -> Vec<u8> {
    let at = film.windows(pattern.len()).position(|window| window == pattern).unwrap() + skip;
    let mut film = film.to_vec();
    film[at..at + with.len()].copy_from_slice(with);
    film
}

#[test]
fn an_absurd_duration_is_not_believed() {
    let made = tempfile::tempdir().unwrap();
    let (Some(films), Some(mut corpus)) = (containers(made.path()), Corpus::new()) else { return };
    let (mkv, mp4) = (&films[0].1, &films[1].1);
    for (index, duration) in
        [1e18, 1e300, f64::INFINITY, f64::NAN, -5.0, 0.0].into_iter().enumerate()
    {
        // Matroska's Duration, eight bytes long.
        let film = patched(mkv, &[0x44, 0x89, 0x88], 3, &f64::to_be_bytes(duration));
        corpus.try_bytes(&format!("duration-{index}.mkv"), &film);
    }
    // Matroska's TimestampScale, three bytes of nanoseconds.
    for (index, scale) in [[0; 3], [0xff; 3], [0, 0, 1]].iter().enumerate() {
        let film = patched(mkv, &[0x2a, 0xd7, 0xb1, 0x83], 4, scale);
        corpus.try_bytes(&format!("scale-{index}.mkv"), &film);
    }
    for (index, (scale, duration)) in
        [(1u32, u32::MAX), (0, 1), (1_000, u32::MAX), (1_000, 0)].into_iter().enumerate()
    {
        let figures = [scale.to_be_bytes(), duration.to_be_bytes()].concat();
        for header in [&b"mvhd"[..], b"mdhd"] {
            let film = patched(mp4, header, 16, &figures);
            let name = String::from_utf8_lossy(header);
            corpus.try_bytes(&format!("{name}-{index}.mp4"), &film);
        }
    }
}

#[test]
fn lists_and_pages_open_nothing() {
    let Some(mut corpus) = Corpus::new() else { return };
    let arguments = format!("{PICTURE} -c:v libx264 -preset ultrafast -c:a aac");
    let Some(bait) = ffmpeg(corpus.path(), "bait.mkv", &arguments) else { return };
    ffmpeg(corpus.path(), "bait.ts", &arguments);
    let path = bait.display();
    let lists = [
        ("m3u", format!("#EXTM3U\n#EXTINF:4,film\nbait.mkv\n{path}\n")),
        ("m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nbait.ts\n#EXT-X-ENDLIST\n".to_owned()),
        ("pls", format!("[playlist]\nFile1={path}\nFile2=bait.mkv\nNumberOfEntries=2\n")),
        ("edl", format!("# mpv EDL v0\nbait.mkv,0,2\n{path},0,2\n")),
        ("cue", "FILE \"bait.mkv\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n".to_owned()),
        ("ffconcat", format!("ffconcat version 1.0\nfile bait.mkv\nfile '{path}'\n")),
        ("mpd", "<?xml version=\"1.0\"?><MPD><Period><BaseURL>bait.mkv</BaseURL></Period></MPD>".to_owned()),
        ("asx", format!("<asx version=\"3.0\"><entry><ref href=\"{path}\"/></entry></asx>")),
        ("xspf", format!("<playlist><trackList><track><location>file://{path}</location></track></trackList></playlist>")),
        ("ram", format!("file://{path}\n")),
        ("qtl", format!("<?xml version=\"1.0\"?><?quicktime type=\"application/x-quicktime-media-link\"?><embed src=\"{path}\"/>")),
        ("ref", "[Reference]\nRef1=bait.mkv\n".to_owned()),
        ("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n".to_owned()),
        ("svg", format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{path}\"/></svg>")),
        ("srt", "1\n00:00:01,000 --> 00:00:05,000\nHi\n".to_owned()),
    ];
    for (kind, content) in lists {
        for extension in [kind, "mkv", "mp4", "txt"] {
            let outcome = corpus.try_bytes(&format!("{kind}-list.{extension}"), content.as_bytes());
            assert!(matches!(outcome, Outcome::Refused), "{kind} as {extension}: {outcome:?}");
        }
    }
}

/// A Matroska element: its id, its size in eight bytes, its content.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u64 | 1 << 56).to_be_bytes();
    [id, &size, content].concat()
}

#[test]
fn a_matroska_film_that_names_other_files_is_played_alone() {
    let Some(mut corpus) = Corpus::new() else { return };
    let arguments = format!("{PICTURE} -c:v libx264 -preset ultrafast -c:a aac");
    let Some(bait) = ffmpeg(corpus.path(), "bait.mkv", &arguments) else { return };
    let bait = std::fs::read(bait).unwrap();
    let at = bait.windows(3).position(|window| window == [0x73, 0xa4, 0x90]).unwrap() + 3;
    let uid = &bait[at..at + 16];

    // Written as it comes, the segment has no size, so that something can be put in front.
    let live = format!("{arguments} -f matroska -live 1");
    let film = ffmpeg(corpus.path(), "live.mkv", &live).expect("ffmpeg was there before");
    let film = std::fs::read(film).unwrap();
    let start = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let start = film.windows(start.len()).position(|window| window == start).unwrap() + start.len();
    let with = |what: &[u8]| [&film[..start], what, &film[start..]].concat();

    let nanoseconds = |seconds: u64| (seconds * 1_000_000_000).to_be_bytes();
    let atom = |uid: &[u8]| {
        let parts = [
            element(&[0x73, 0xc4], &[1]),
            element(&[0x91], &nanoseconds(0)),
            element(&[0x92], &nanoseconds(4)),
            element(&[0x6e, 0x67], uid),
        ];
        element(&[0xb6], &parts.concat())
    };
    let edition =
        [element(&[0x45, 0xdd], &[1]), element(&[0x45, 0xdb], &[1]), atom(uid), atom(&[7; 16])];
    let ordered = element(&[0x10, 0x43, 0xa7, 0x70], &element(&[0x45, 0xb9], &edition.concat()));
    let linked = [
        element(&[0x73, 0xa4], &[9; 16]),
        element(&[0x3e, 0xb9, 0x23], uid),
        element(&[0x3e, 0x83, 0xbb], b"bait.mkv"),
        element(&[0x3c, 0xb9, 0x23], uid),
        element(&[0x3c, 0x83, 0xab], b"bait.mkv"),
        element(&[0x2a, 0xd7, 0xb1], &1_000_000u32.to_be_bytes()),
    ];
    let linked = element(&[0x15, 0x49, 0xa9, 0x66], &linked.concat());
    for (name, what, chapters) in [("ordered.mkv", ordered, 1), ("linked.mkv", linked, 0)] {
        let outcome = corpus.try_bytes(name, &with(&what));
        assert!(matches!(outcome, Outcome::Played), "{name}: {outcome:?}");
        // What was put in is read as what it is.
        let count = corpus.bench.player.control.mpv().integer(c"chapter-list/count");
        assert!(count.is_some_and(|count| count >= chapters), "{name}: {count:?} chapters");
    }

    // Files that players take along because of their names.
    let film = std::fs::read(corpus.path().join("bait.mkv")).unwrap();
    for beside in ["movie.srt", "movie.ass", "movie.mka", "movie.mkv.conf", "cover.jpg", "mpv.conf"]
    {
        std::fs::write(corpus.path().join(beside), "1\n00:00:01,000 --> 00:00:05,000\nHi\n")
            .unwrap();
    }
    let outcome = corpus.try_bytes("movie.mkv", &film);
    assert!(matches!(outcome, Outcome::Played), "{outcome:?}");
}

#[test]
fn endless_subtitles_and_strange_attachments_hold_nobody_up() {
    let made = tempfile::tempdir().unwrap();
    let Some(mut corpus) = Corpus::new() else { return };
    let many: String =
        (0..100_000).map(|n| format!("{n}\n00:00:01,000 --> 99:00:05,000\nline {n}\n\n")).collect();
    let long = format!("1\n00:00:01,000 --> 99:59:59,000\n{}\n", "endless ".repeat(500_000));
    let ass = |text: &str| {
        format!(
            "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n\
             Style: Default,Arial,20\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n\
             Dialogue: 0,0:00:00.00,9:59:59.99,Default,{text}\n"
        )
    };
    let nested = ass(&format!("{}deep", "{\\t(".repeat(100_000)));
    let heavy =
        ass(&"{\\blur100\\be100\\fscx9999\\fscy9999\\p1}m 0 0 l 99999 0 99999 99999 0 99999 "
            .repeat(2_000));
    for (name, text) in
        [("many.srt", many), ("long.srt", long), ("nested.ass", nested), ("heavy.ass", heavy)]
    {
        let path = made.path().join(name);
        std::fs::write(&path, &text).unwrap();
        let arguments = format!(
            "{PICTURE} -i {} -map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -c:a aac -c:s copy",
            path.display()
        );
        let Some(film) = ffmpeg(made.path(), &format!("{name}.mkv"), &arguments) else { return };
        let film = std::fs::read(film).unwrap();
        let outcome = corpus.try_bytes(&format!("{name}.mkv"), &film);
        assert!(matches!(outcome, Outcome::Played), "{name}: {outcome:?}");
        // The same given by a friend would hold up the window.
        if text.len() <= MAX_SUBTITLE_BYTES {
            corpus.bench.add_subtitle(name, &text);
            assert!(corpus.bench.warning().contains("at once"), "{name}");
        }
    }
    let attached = made.path().join("font.ttf");
    std::fs::write(&attached, vec![0xa5; 2_000_000]).unwrap();
    let arguments = format!(
        "{PICTURE} -map 0 -map 1 -c:v libx264 -preset ultrafast -c:a aac -attach {} \
         -metadata:s:t mimetype=application/x-truetype-font -metadata:s:t filename=../../font.ttf",
        attached.display()
    );
    let Some(film) = ffmpeg(made.path(), "attached.mkv", &arguments) else { return };
    let outcome = corpus.try_bytes("attached.mkv", &std::fs::read(film).unwrap());
    assert!(matches!(outcome, Outcome::Played), "{outcome:?}");
}
