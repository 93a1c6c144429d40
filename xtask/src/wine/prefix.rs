//! A Windows of wine's that was never used, in a folder, on a display of our own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::display::Display;
use crate::shell::Invocation;

/// `bcryptprimitives.dll`, as far as it is used.
const RANDOM: &str = r"
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    return SystemFunction036(data, (ULONG)length);
}
";

/// The Windows. Dropping it ends what still runs in it.
#[derive(Debug)]
pub(super) struct Prefix {
    root: PathBuf,
    display: [(String, String); 1],
}

impl Prefix {
    /// A new one below `folder`.
    pub(super) fn fresh(folder: &Path, display: &Display) -> Result<Self> {
        let root = folder.join("prefix");
        if root.exists() {
            fs::remove_dir_all(&root)
                .with_context(|| format!("cannot empty {}", root.display()))?;
        }
        let prefix = Self { root, display: display.environment() };
        eprintln!("wine: making a Windows in {}", prefix.root.display());
        let mut boot = prefix.wine();
        let output =
            boot.args(["wineboot", "--init"]).output().context("wine cannot be started")?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("wine makes no Windows ({}): {text}", output.status);
        }
        prefix.add_random(folder)?;
        // It is made as a Windows 7, for which Rust's standard library is not.
        prefix.read(Path::new("winecfg"), &["-v", "win10"])?;
        Ok(prefix)
    }

    /// Adds the library from which Rust's standard library takes its random numbers: wine has it only from
    /// later versions on.
    fn add_random(&self, folder: &Path) -> Result<()> {
        let library = self.root.join("drive_c/windows/system32/bcryptprimitives.dll");
        if library.exists() {
            return Ok(());
        }
        let source = folder.join("bcryptprimitives.c");
        fs::write(&source, RANDOM).with_context(|| format!("no {}", source.display()))?;
        Invocation::new("x86_64-w64-mingw32-gcc")
            .args(["-shared", "-o"])
            .args([&library, &source])
            .arg("-ladvapi32")
            .run_quietly()
    }

    fn wine(&self) -> Command {
        let mut command = Command::new("wine");
        command.envs(self.display.iter().map(|(name, value)| (name, value)));
        command.env("WINEPREFIX", &self.root).env("WINEARCH", "win64").env("WINEDEBUG", "-all");
        // Nobody is asked whether to download what no program of ours needs.
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=").stdin(Stdio::null());
        command
    }

    /// A Windows program, to be started.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = self.wine();
        command.arg(program);
        command
    }

    fn run(&self, program: &Path, words: &[&str]) -> Result<Output> {
        let mut command = self.command(program);
        command.args(words).output().context("wine cannot be started")
    }

    /// What a program answers, whether it ends well or not.
    pub(super) fn look(&self, program: &Path, words: &[&str]) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.run(program, words)?.stdout).into_owned())
    }

    /// What a program answers that must end well.
    pub(super) fn read(&self, program: &Path, words: &[&str]) -> Result<String> {
        let output = self.run(program, words)?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("{} {} failed ({}): {text}", program.display(), words.join(" "), output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Where programs are installed for one person.
    pub(super) fn local_programs(&self) -> Result<PathBuf> {
        let users = self.root.join("drive_c/users");
        let list = fs::read_dir(&users).with_context(|| format!("no {}", users.display()))?;
        let mut homes = list.flatten().map(|entry| entry.path());
        let home = homes.find(|path| path.file_name().is_some_and(|name| name != "Public"));
        Ok(home.context("wine has no user")?.join("AppData/Local/Programs"))
    }

    /// What Windows calls a file that is in it.
    pub(super) fn windows_path(&self, path: &Path) -> Result<String> {
        let inner = path.strip_prefix(self.root.join("drive_c")).context("not on drive C")?;
        Ok(format!(r"C:\{}", inner.to_string_lossy().replace('/', r"\")))
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        let mut server = Command::new("wineserver");
        let ended = server.arg("-k").env("WINEPREFIX", &self.root).status();
        if let Err(error) = ended {
            eprintln!("wineserver: {error}");
        }
    }
}
