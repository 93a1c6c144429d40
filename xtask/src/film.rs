//! `cargo xtask film`: the test film. Its picture carries the time, its sound carries marks by which
//! two recordings can be laid over each other, and it has two audio and two subtitle tracks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::shell::Invocation;
use crate::workspace;

/// What `cargo xtask film` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where to write it (MKV).
    path: PathBuf,
    /// How long it is.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=14_400))]
    seconds: u32,
}

/// Frames a second, as films have them.
const FPS: u32 = 24;

/// Makes the film that was asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    // A relative path is meant from where the person stands.
    let path = std::path::absolute(&options.path).context("the path of the film is not usable")?;
    generate(&path, options.seconds)?;
    eprintln!("film: {} ({} s)", path.display(), options.seconds);
    Ok(())
}

/// The film that `demo` and `bench` use, made once and kept in the target folder.
pub(crate) fn ready(seconds: u32) -> Result<PathBuf> {
    let path = workspace::target_dir().join("film").join(format!("test-film-{seconds}s.mkv"));
    if !path.exists() {
        generate(&path, seconds)?;
    }
    Ok(path)
}

/// A film with a small picture and deep noise, by which two recordings can be laid over each other even
/// while one of them is played a little faster; made once and kept in the target folder.
pub(crate) fn noise(seconds: u32) -> Result<PathBuf> {
    let picture = format!("testsrc2=size=320x180:rate={FPS}:duration={seconds}");
    let sound = format!(
        "anoisesrc=color=brown:amplitude=0.8:sample_rate=48000:seed=7:duration={seconds},highpass=f=40"
    );
    plain(&format!("noise-{seconds}s.mkv"), &picture, &sound, "500k")
}

/// A film of 1920×1080 with the grain of a film, so that decoding it costs what one costs; made once and
/// kept in the target folder.
#[cfg(target_os = "linux")]
pub(crate) fn full_hd(seconds: u32) -> Result<PathBuf> {
    let picture = format!(
        "testsrc2=size=1920x1080:rate={FPS}:duration={seconds},noise=alls=8:allf=t:all_seed=7"
    );
    let sound = format!("sine=frequency=220:sample_rate=48000:duration={seconds}");
    plain(&format!("full-hd-{seconds}s.mkv"), &picture, &sound, "8M")
}

/// How a film's file is laid out.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// Matroska with its index at the end.
    Mkv,
    /// MP4 with its index at the end.
    Mp4,
    /// MP4 with its index at the beginning.
    Mp4IndexFirst,
}

#[cfg(target_os = "linux")]
impl Container {
    pub(crate) const ALL: [Self; 3] = [Self::Mkv, Self::Mp4, Self::Mp4IndexFirst];

    /// What a person calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mkv => "MKV",
            Self::Mp4 => "MP4, index last",
            Self::Mp4IndexFirst => "MP4, index first",
        }
    }
}

/// A small picture that takes many bits, so that a film needs a fast line and little of the processor; made once and
/// kept in the target folder.
#[cfg(target_os = "linux")]
pub(crate) fn dense(seconds: u32, megabits: u32, container: Container) -> Result<PathBuf> {
    let picture = format!(
        "testsrc2=size=640x360:rate={FPS}:duration={seconds},noise=alls=60:allf=t:all_seed=7"
    );
    let sound = format!("sine=frequency=220:sample_rate=48000:duration={seconds}");
    let mkv = plain(
        &format!("dense-{megabits}-{seconds}s.mkv"),
        &picture,
        &sound,
        &format!("{megabits}M"),
    )?;
    in_container(mkv, container)
}

/// The same film laid out so, beside it.
#[cfg(target_os = "linux")]
pub(crate) fn in_container(mkv: PathBuf, container: Container) -> Result<PathBuf> {
    let (end, options) = match container {
        Container::Mkv => return Ok(mkv),
        Container::Mp4 => ("last.mp4", &[][..]),
        Container::Mp4IndexFirst => ("first.mp4", &["-movflags", "+faststart"][..]),
    };
    let path = mkv.with_extension(end);
    if !path.exists() {
        Invocation::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-i"])
            .arg(&mkv)
            .args(["-c", "copy"])
            .args(options)
            .arg(&path)
            .run_quietly()
            .context("the film could not be put into another file")?;
    }
    Ok(path)
}

/// A film of these two sources.
fn plain(name: &str, picture: &str, sound: &str, bitrate: &str) -> Result<PathBuf> {
    let path = workspace::target_dir().join("film").join(name);
    if path.exists() {
        return Ok(path);
    }
    let folder = path.parent().context("the film needs a file name")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let unfinished = path.with_extension("part.mkv");
    let encoder = h264_encoder()?;
    let made = Invocation::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound])
        .args(["-c:v", encoder, "-b:v", bitrate, "-g", "48", "-pix_fmt", "yuv420p"])
        // Others have no such word; they are fast.
        .args(if encoder == "libx264" { &["-preset", "veryfast"][..] } else { &[] })
        .args(["-c:a", "aac", "-b:a", "128k", "-ac", "2"])
        .arg(&unfinished)
        .run_quietly();
    if let Err(error) = made {
        // Best effort, as below.
        drop(fs::remove_file(&unfinished));
        return Err(error.context(format!("{name} could not be made")));
    }
    fs::rename(&unfinished, &path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Writes the film to `path`; a film that was not finished is never left there.
fn generate(path: &Path, seconds: u32) -> Result<()> {
    if workspace::find_program("ffmpeg").is_none() {
        bail!("ffmpeg is not installed, which makes the test film; run `cargo xtask setup`");
    }
    let folder = path.parent().context("the film needs a file name")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let beside = |suffix: &str| path.with_extension(suffix);

    let subtitles = [beside("en.srt.part"), beside("de.srt.part")];
    for (file, word) in subtitles.iter().zip(["Second", "Sekunde"]) {
        fs::write(file, subtitles_text(word, seconds))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let unfinished = beside("part.mkv");
    let result = command(seconds, &subtitles, &unfinished)?.run_quietly();
    for file in &subtitles {
        fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    if let Err(error) = result {
        // Best effort: there may be nothing to remove, and the error that counts is ffmpeg's.
        drop(fs::remove_file(&unfinished));
        return Err(error.context("the test film could not be made"));
    }
    fs::rename(&unfinished, path).with_context(|| format!("cannot write {}", path.display()))
}

fn command(seconds: u32, subtitles: &[PathBuf; 2], output: &Path) -> Result<Invocation> {
    let picture = format!("testsrc2=size=1280x720:rate={FPS}:duration={seconds}");
    let sound = |expression: &str| format!("aevalsrc={expression}:s=48000:d={seconds}");
    Ok(Invocation::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(["-f", "lavfi", "-i", &picture])
        .args(["-f", "lavfi", "-i", &sound(MARKS)])
        .args(["-f", "lavfi", "-i", &sound(COMMENTARY)])
        .args(["-f", "srt", "-i"])
        .arg(&subtitles[0])
        .args(["-f", "srt", "-i"])
        .arg(&subtitles[1])
        .args(["-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-map", "4:s"])
        .args(["-vf", &timecode_filter()])
        .args(["-c:v", h264_encoder()?, "-b:v", "2M", "-g", "48", "-pix_fmt", "yuv420p"])
        .args(["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-c:s", "srt"])
        .args(["-metadata", "title=CinemaSync test film"])
        .args(["-metadata:s:a:0", "language=eng", "-metadata:s:a:0", "title=Marks"])
        .args(["-metadata:s:a:1", "language=deu", "-metadata:s:a:1", "title=Kommentar"])
        .args(["-metadata:s:s:0", "language=eng", "-metadata:s:s:0", "title=English"])
        .args(["-metadata:s:s:1", "language=deu", "-metadata:s:s:1", "title=Deutsch"])
        .args(["-disposition:a:0", "default", "-disposition:a:1", "0"])
        .args(["-disposition:s:0", "0", "-disposition:s:1", "0"])
        .args(["-f", "matroska"])
        .arg(output))
}

/// A beep at each full second, a tone higher for each second of a half minute, and noise under it
/// that never repeats: a cross-correlation has one peak, wherever one listens.
const MARKS: &str = "'0.5*sin(2*PI*(440+40*mod(floor(t)\\,30))*t)*lt(mod(t\\,1)\\,0.08)\
    +0.25*(random(0)-0.5)'";

/// A low double knock every two seconds: clearly not the first track.
const COMMENTARY: &str =
    "'0.6*sin(2*PI*180*t)*(lt(mod(t\\,2)\\,0.1)+between(mod(t\\,2)\\,0.2\\,0.3))'";

/// The encoder for H.264 that this ffmpeg has.
fn h264_encoder() -> Result<&'static str> {
    let encoders = Invocation::new("ffmpeg").args(["-hide_banner", "-encoders"]).read()?.1;
    choose_encoder(&encoders).context(
        "this ffmpeg has no H.264 encoder; install one with libx264, libopenh264 or the system's",
    )
}

fn choose_encoder(encoders: &str) -> Option<&'static str> {
    let has =
        |name: &str| encoders.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
    ["libx264", "libopenh264", "h264_videotoolbox", "h264_mf"].into_iter().find(|name| has(name))
}

/// Burns the time in. An ffmpeg without the text filter, or a machine without a font, leaves what
/// the test picture draws by itself: its own time, small.
fn timecode_filter() -> String {
    let filters = Invocation::new("ffmpeg").args(["-hide_banner", "-filters"]).read();
    let has_text = filters.is_ok_and(|(_, list)| list.contains(" drawtext "));
    match (has_text, font()) {
        (true, Some(font)) => drawtext(&font),
        _ => {
            eprintln!("film: no font or no text filter; the time is only shown small");
            "null".to_owned()
        }
    }
}

fn drawtext(font: &Path) -> String {
    // A filter's argument knows two levels of quoting: a colon (as in C:\) is escaped for both.
    let font = font.to_string_lossy().replace('\\', "/").replace(':', "\\\\:");
    format!(
        "drawtext=fontfile='{font}':text='%{{pts\\:hms}}':fontsize=96:fontcolor=white:box=1:\
         boxcolor=black@0.7:boxborderw=16:x=(w-tw)/2:y=h-th-60"
    )
}

/// A font with fixed width, if one is where fonts usually are, or fontconfig knows one.
fn font() -> Option<PathBuf> {
    const USUAL: &[&str] = &[
        "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
        "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
        "/usr/share/fonts/TTF/DejaVuSansMono.ttf",
        "/System/Library/Fonts/Menlo.ttc",
        "C:\\Windows\\Fonts\\consola.ttf",
    ];
    if let Some(path) = USUAL.iter().map(PathBuf::from).find(|path| path.exists()) {
        return Some(path);
    }
    workspace::find_program("fc-match")?;
    let (good, path) =
        Invocation::new("fc-match").args(["--format", "%{file}", "monospace"]).read().ok()?;
    let path = PathBuf::from(path);
    (good && path.exists()).then_some(path)
}

/// A line every second that says which second it is.
fn subtitles_text(word: &str, seconds: u32) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for second in 0..seconds {
        let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
        writeln!(text, "{}\n{h:02}:{m:02}:{s:02},000 --> {h:02}:{m:02}:{s:02},900", second + 1)
            .and_then(|()| writeln!(text, "{word} {second}\n"))
            .expect("writing to a String does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitles_count_the_seconds() {
        let text = subtitles_text("Second", 2);
        assert_eq!(
            text,
            "1\n00:00:00,000 --> 00:00:00,900\nSecond 0\n\n2\n00:00:01,000 --> 00:00:01,900\nSecond 1\n\n"
        );
    }

    #[test]
    fn subtitles_reach_beyond_the_hour() {
        assert!(subtitles_text("S", 3_662).contains("01:01:01,000 --> 01:01:01,900"));
    }

    #[test]
    fn the_best_encoder_there_is_gets_chosen() {
        let list = " V....D libopenh264  OpenH264\n V....D h264_mf  Media Foundation\n";
        assert_eq!(choose_encoder(list), Some("libopenh264"));
        assert_eq!(choose_encoder(" V....D mpeg4  MPEG-4\n"), None);
    }

    #[test]
    fn a_drive_letter_in_the_font_is_escaped() {
        assert!(drawtext(Path::new("C:/a.ttf")).contains("fontfile='C\\\\:/a.ttf'"));
    }

    #[test]
    fn a_short_film_has_all_its_tracks() {
        if ["ffmpeg", "ffprobe"].iter().any(|name| workspace::find_program(name).is_none()) {
            eprintln!("skipped: ffmpeg is not installed");
            return;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("film.mkv");
        generate(&path, 1).expect("ffmpeg makes the film");
        let probe = Invocation::new("ffprobe")
            .args(["-v", "error", "-show_entries", "stream=codec_name:stream_tags=language"])
            .args(["-of", "csv=p=0"])
            .arg(&path);
        let (good, tracks) = probe.read().expect("ffprobe runs");
        assert!(good);
        let tracks: Vec<&str> = tracks.lines().collect();
        assert_eq!(tracks, ["h264", "aac,eng", "aac,deu", "subrip,eng", "subrip,deu"]);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing is left");
    }
}
