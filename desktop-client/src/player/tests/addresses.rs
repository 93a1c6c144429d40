//! Films from the web, and what a web server could do to a player.

use super::web::{Page, Web};
use super::*;

impl Bench {
    fn load_address(&self, address: &str, position_secs: f64) {
        let source = FilmSource::Address(address.to_owned());
        self.player.command(PlayerCommand::Load { source, position_secs });
    }

    fn buffering(&self, wanted: bool) {
        self.wait(|event| match event {
            PlayerEvent::Buffering(percent) => {
                assert!(percent.is_none_or(|percent| percent <= 100));
                (percent.is_some() == wanted).then_some(())
            }
            _ => None,
        });
    }
}

/// A film whose table of contents stands at its beginning.
fn bytes_of_a_film(folder: &Path) -> Option<Vec<u8>> {
    let film = ffmpeg(folder, "film.mp4", &format!("{FILM} -movflags faststart"))?;
    Some(std::fs::read(film).unwrap())
}

#[test]
fn a_film_from_the_web_is_played_and_seeked_also_behind_a_redirection() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(mp4), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else { return };
    let Some(mkv) = film(folder.path()) else { return };
    let web = Web::start();
    let mp4 = web.page("/film.mp4", Page::Bytes(mp4));
    let mkv = web.page("/film.mkv?key=1", Page::Bytes(std::fs::read(mkv).unwrap()));
    let moved = web.page("/moved", Page::Redirect(mp4.clone()));
    for address in [mp4, mkv, moved] {
        bench.load_address(&address, 3.0);
        assert!((bench.loaded() - 20.0).abs() < 0.2);
        bench.seek(15.02);
        assert!((bench.seeked() - 15.02).abs() < 0.05);
        bench.player.command(PlayerCommand::PlayAt(Instant::now()));
        bench.position(|position| position.position_secs > 15.3 && position.playing);
    }
}

#[test]
fn nothing_but_the_web_is_opened_for_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(bytes), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else {
        return;
    };
    let bait = folder.path().join("film.mp4").display().to_string();
    let web = Web::start();
    let film = web.page("/film.mp4", Page::Bytes(bytes));
    let redirects = [
        format!("file://{bait}"),
        format!("file:{bait}"),
        bait.clone(),
        format!("//{bait}"),
        format!("concat:{bait}"),
        format!("subfile,,start,0,end,0,,:{bait}"),
        format!("ftp://127.0.0.1{bait}"),
        format!("data:video/mp4;base64,{}", "AAAA".repeat(10)),
        "tcp://127.0.0.1:9".to_owned(),
        "rtmp://127.0.0.1:9/a".to_owned(),
        "pipe:0".to_owned(),
    ];
    for (index, to) in redirects.iter().enumerate() {
        let address = web.page(&format!("/to/{index}"), Page::Redirect(to.clone()));
        bench.load_address(&address, 0.0);
        println!("{to}: {}", bench.failure());
    }
    let segment = web.page("/segment.ts", Page::Bytes(vec![0x47; 188 * 100]));
    let lists = [
        ("/list.m3u8", format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{segment}\n#EXT-X-ENDLIST\n")),
        ("/list.m3u", format!("#EXTM3U\n{film}\n")),
        ("/list.mp4", format!("#EXTM3U\n#EXTINF:5,\nfile://{bait}\n#EXT-X-ENDLIST\n")),
        ("/list.pls", format!("[playlist]\nFile1={film}\nNumberOfEntries=1\n")),
        ("/list.edl", format!("# mpv EDL v0\n{film}\n")),
        ("/list.concat", format!("ffconcat version 1.0\nfile '{film}'\n")),
        ("/list.mpd", format!("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" \
            profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"><Period><BaseURL>{film}</BaseURL></Period></MPD>")),
        ("/list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n".to_owned()),
        ("/page.html", "<html><body>Not a film.</body></html>".to_owned()),
    ];
    for (path, content) in lists {
        let address = web.page(path, Page::Bytes(content.into_bytes()));
        bench.load_address(&address, 0.0);
        println!("{path}: {}", bench.failure());
    }
    let asked = web.asked();
    assert!(asked.iter().all(|path| path != "/segment.ts" && path != "/film.mp4"), "{asked:?}");
    for address in
        ["file:///etc/passwd", &bait, "http://anna:secret@127.0.0.1/", "lavf://http://a", ""]
    {
        bench.load_address(address, 0.0);
        println!("{address}: {}", bench.failure());
    }
}

#[test]
fn a_server_that_pauses_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(bytes), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else {
        return;
    };
    let web = Web::start();
    let stops_at = bytes.len() / 5;
    let address = web.page("/film.mp4", Page::Gated(bytes, stops_at));
    bench.load_address(&address, 0.0);
    bench.loaded();
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    bench.buffering(true);
    let stands = bench.position(|position| !position.playing);
    web.open_gate();
    bench.buffering(false);
    bench.position(|position| {
        position.playing && position.position_secs > stands.position_secs + 0.5
    });
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(bytes), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else {
        return;
    };
    let web = Web::start();
    let breaks_at = bytes.len() / 5;
    let address = web.page("/film.mp4", Page::Cut(bytes, breaks_at));
    bench.load_address(&address, 0.0);
    bench.loaded();
    bench.player.command(PlayerCommand::Rate(4.0));
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    bench.position(|position| position.playing && position.position_secs > 10.0);
}

#[test]
fn a_server_that_goes_away_is_told_with_a_sentence_and_not_taken_for_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(bytes), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else {
        return;
    };
    let web = Web::start();
    let stops_at = bytes.len() / 5;
    let address = web.page("/film.mp4", Page::Gated(bytes, stops_at));
    bench.load_address(&address, 0.0);
    bench.loaded();
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    bench.position(|position| position.playing);
    let before = Instant::now();
    drop(web);
    let sentence = bench.wait(|event| match event {
        PlayerEvent::Failed(sentence) => Some(sentence.to_string()),
        PlayerEvent::Ended => panic!("it was taken for the end"),
        _ => None,
    });
    println!("after {:?}: {sentence}", before.elapsed());
    assert!(sentence.contains("server"), "{sentence}");
}

#[test]
fn who_does_not_answer_is_not_waited_for_long() {
    let Some(bench) = Bench::open() else { return };
    let web = Web::start();
    let nobody = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", free.local_addr().unwrap())
    };
    let absent = format!("{}absent", web.page("/", Page::Silence));
    for address in [absent, nobody, web.page("/silent.mp4", Page::Silence)] {
        let before = Instant::now();
        bench.load_address(&address, 0.0);
        let sentence = bench.failure();
        println!("{address} after {:?}: {sentence}", before.elapsed());
        assert!(sentence.contains("address"), "{sentence}");
        assert!(before.elapsed() < HANG / 2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_certificate_that_nobody_trusts_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(bytes), Some(bench)) = (bytes_of_a_film(folder.path()), Bench::open()) else {
        return;
    };
    let mpv = bench.player.control.mpv();
    if mpv.flag(c"options/tls-verify") != Some(true) {
        println!("skipped: this system's certificates are not where they are looked for");
        return;
    }
    let web = Web::start();
    let plain = web.page("/film.mp4", Page::Bytes(bytes));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (port, certificate) = web.over_tls(&runtime);
    let secret = format!("https://localhost:{port}/film.mp4");
    let moved = web.page("/moved", Page::Redirect(secret.clone()));
    for address in [&secret, &moved] {
        bench.load_address(address, 0.0);
        println!("{}", bench.failure());
    }
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, certificate).unwrap();
    let trusted = c_text(trusted.as_os_str().as_encoded_bytes()).unwrap();
    mpv.set_text(c"options/tls-ca-file", &trusted).unwrap();
    let back = web.page("/back", Page::Redirect(plain));
    for address in [&secret, &moved, &back] {
        bench.load_address(address, 0.0);
        assert!((bench.loaded() - 20.0).abs() < 0.2);
    }
}
