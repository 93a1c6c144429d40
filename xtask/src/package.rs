//! `cargo xtask package`: what people install. Builds the programs, makes this system's packages from
//! them, with notices, bill of materials and sums, and checks them. Each format is a module below.

mod changelog;
#[cfg(target_os = "linux")]
mod check;
mod crates;
mod deb;
mod icons;
mod libmpv;
mod linux;
mod macos;
mod needs;
mod plist;
mod product;
mod rpm;
mod sbom;
mod third_party;
mod tree;
mod windows;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::setup::{self, Purpose};
use crate::shell::Invocation;
use crate::workspace::{self, Profile};
pub(crate) use changelog::{Options as NotesOptions, run as notes};
use product::Release;

/// What `cargo xtask package` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these; default: all that this system makes.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Format>,
    /// Package the programs that lie in this folder instead of building them.
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,
    /// The folder with the libmpv that goes beside the program on Windows and macOS.
    #[arg(long, value_name = "FOLDER", conflicts_with = "fetch_libmpv")]
    libmpv: Option<PathBuf>,
    /// Fetch that libmpv, as packaging/libmpv.json says.
    #[arg(long)]
    fetch_libmpv: bool,
    /// Then install the Debian packages in a clean Debian, try them there, and remove them again (as root).
    #[cfg(target_os = "linux")]
    #[arg(long)]
    check: bool,
    /// Install missing system packages without asking (so does the environment variable CI=true).
    #[arg(long, short)]
    yes: bool,
}

/// What can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The program for Debian, Ubuntu and their kin.
    Deb,
    /// The server for them.
    ServerDeb,
    /// The program for Fedora and its kin.
    Rpm,
    /// The installer for Windows.
    Nsis,
    /// The disk image for macOS.
    Dmg,
    /// The bills of materials.
    Sbom,
}

impl Format {
    /// What this system makes.
    fn of_this_system() -> &'static [Self] {
        match std::env::consts::OS {
            "windows" => &[Self::Nsis, Self::Sbom],
            "macos" => &[Self::Dmg, Self::Sbom],
            _ => &[Self::Deb, Self::ServerDeb, Self::Rpm, Self::Sbom],
        }
    }
}

/// The notices of what others wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Papers {
    /// For the program of the desktop.
    pub(crate) desktop: String,
    /// For the server.
    pub(crate) server: String,
}

/// What each format is made from.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Where the programs lie.
    pub(crate) programs: PathBuf,
    /// For what is made on the way.
    pub(crate) work: PathBuf,
    /// Where packages go.
    pub(crate) out: PathBuf,
    /// What is packaged.
    pub(crate) release: Release,
    /// What goes with it.
    pub(crate) papers: Papers,
    /// The folder with libmpv, where it goes beside the program.
    pub(crate) libmpv: Option<PathBuf>,
}

impl Job {
    /// Takes a package that is made; says where it lies then.
    pub(crate) fn hand_over(&self, made: &Path) -> Result<PathBuf> {
        let name = made.file_name().context("a package has a name")?;
        let place = self.out.join(name);
        fs::copy(made, &place).with_context(|| format!("cannot write {}", place.display()))?;
        Ok(place)
    }
}

/// Makes the packages.
pub(crate) fn run(options: &Options) -> Result<()> {
    let formats = if options.only.is_empty() {
        Format::of_this_system().to_vec()
    } else {
        options.only.clone()
    };
    let setup = setup::Options { yes: options.yes, ..setup::Options::default() };
    setup::ensure(&[Purpose::Build, Purpose::Package], &setup)?;
    let programs = match &options.programs {
        Some(folder) => std::path::absolute(folder).context("there is no such folder")?,
        None => {
            build()?;
            workspace::target_dir().join(Profile::Release.folder())
        }
    };
    let out = workspace::target_dir().join("packages");
    let work = out.join("work");
    tree::empty(&out)?;
    fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let build = libmpv::Build::of_this_system()?;
    let libmpv = match (&options.libmpv, &build) {
        (Some(folder), _) => Some(folder.clone()),
        (None, Some(build)) if options.fetch_libmpv => Some(build.fetch(&work)?),
        (None, None) if options.fetch_libmpv => {
            bail!("packaging/libmpv.json knows no libmpv for this system")
        }
        (None, _) => None,
    };
    let beside = build.filter(|_| libmpv.is_some()).map(|build| build.notice());
    let papers = papers(&target(&formats)?, beside.as_deref().unwrap_or_default())?;
    let job = Job { programs, work, out, release: Release::read()?, papers, libmpv };
    let mut made = Vec::new();
    for format in formats {
        made.extend(match format {
            Format::Deb => vec![deb::make(deb::Part::Desktop, &job)?],
            Format::ServerDeb => vec![deb::make(deb::Part::Server, &job)?],
            Format::Rpm => vec![rpm::make(&job)?],
            Format::Nsis => vec![windows::make(&job)?],
            Format::Dmg => vec![macos::make(&job)?],
            Format::Sbom => bills(&job)?,
        });
    }
    sums(&made, &job.out)?;
    for package in &made {
        eprintln!("package: {}", package.display());
    }
    #[cfg(target_os = "linux")]
    if options.check {
        check::run(&job, &setup)?;
    }
    Ok(())
}

/// Makes the installer for Windows from the programs that lie in a folder; says where it lies.
#[cfg(target_os = "linux")]
pub(crate) fn installer(programs: &Path, out: &Path) -> Result<PathBuf> {
    let job = Job {
        programs: programs.to_owned(),
        work: out.join("work"),
        out: out.to_owned(),
        release: Release::read()?,
        papers: papers(crate::cross::WINDOWS, "")?,
        libmpv: None,
    };
    windows::make(&job)
}

/// Builds the programs as people get them.
fn build() -> Result<()> {
    let flags = match std::env::consts::OS {
        // Nobody has to install Microsoft's library first.
        "windows" => "-C target-feature=+crt-static",
        // Libraries in the bundle find each other there.
        "macos" => "-C link-arg=-Wl,-rpath,@executable_path/../Frameworks",
        _ => "",
    };
    let mut build = Invocation::cargo().args(["build", "--release", "--locked"]);
    build = build.args(["--package", "cinemasync", "--package", "cinemasync-server"]);
    if !flags.is_empty() {
        build = build.env("RUSTFLAGS", flags);
    }
    build.run()
}

/// For which system the notices are: the installer for Windows can be made elsewhere.
fn target(formats: &[Format]) -> Result<String> {
    if formats.contains(&Format::Nsis) && !cfg!(windows) {
        return Ok(crate::cross::WINDOWS.to_owned());
    }
    crates::host()
}

fn papers(target: &str, beside: &str) -> Result<Papers> {
    let desktop = third_party::notices(&crates::of("cinemasync", target)?, true)?;
    let server = third_party::notices(&crates::of("cinemasync-server", target)?, false)?;
    Ok(Papers { desktop: format!("{beside}{desktop}"), server })
}

/// One bill of materials for each program.
fn bills(job: &Job) -> Result<Vec<PathBuf>> {
    let host = crates::host()?;
    let mut made = Vec::new();
    for name in ["cinemasync", "cinemasync-server"] {
        let bill = sbom::of(&crates::of(name, &host)?, &job.release)?;
        let file = format!("{name}-{}-{host}.cdx.json", job.release.version);
        let place = job.out.join(file);
        let text = serde_json::to_string_pretty(&bill).context("a bill is JSON")?;
        fs::write(&place, text).with_context(|| format!("cannot write {}", place.display()))?;
        made.push(place);
    }
    Ok(made)
}

/// Writes the sums of all packages beside them.
fn sums(made: &[PathBuf], out: &Path) -> Result<()> {
    let names = made.iter().filter_map(|path| path.file_name());
    let (good, text) =
        Invocation::new("cmake").args(["-E", "sha256sum"]).args(names).folder(out).read()?;
    if !good {
        bail!("cmake does not sum up the packages");
    }
    let name = format!("SHA256SUMS-{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    fs::write(out.join(&name), text).with_context(|| format!("cannot write {name}"))
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn the_workflows_use_commands_that_there_are() {
        let folder = workspace::root().join(".github/workflows");
        let mut count = 0;
        for file in fs::read_dir(folder).expect("workflows").flatten() {
            let text = fs::read_to_string(file.path()).expect("a text");
            assert!(!text.contains('\t'), "YAML knows no tabs");
            for line in text.lines() {
                let Some((_, words)) = line.split_once("run: cargo xtask ") else { continue };
                let words = words.replace("${{ matrix.libmpv }}", "--fetch-libmpv");
                let words = words.split(" > ").next().expect("a command").split_whitespace();
                let parsed = crate::Arguments::try_parse_from(["xtask"].into_iter().chain(words));
                assert!(parsed.is_ok(), "{line}: {parsed:?}");
                count += 1;
            }
        }
        assert!(count >= 5, "{count}");
    }
}
