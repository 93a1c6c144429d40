//! A network of its own for a participant's processes: a Linux network namespace with the loopback
//! interface and one other, whose far end is a file descriptor of ours. Needs the right to administer
//! networks, as root has it, or anybody in a user namespace.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, bail};
use nix::libc;
use nix::sched::{CloneFlags, setns, unshare};

/// The interface as the processes see it.
const INTERFACE: &str = "eth0";

nix::ioctl_write_ptr_bad!(
    /// Makes an open `/dev/net/tun` the far end of an interface.
    tunsetiff,
    nix::request_code_write!(b'T', 202, size_of::<libc::c_int>()),
    libc::ifreq
);

/// A network namespace. It ends when the last process in it and this handle have.
#[derive(Debug)]
pub(super) struct Namespace {
    /// Shared with the commands that are to be started in it.
    network: Arc<OwnedFd>,
    /// The far end of its interface: whole IP packets, without waiting.
    tun: File,
}

impl Namespace {
    /// Makes one that has these addresses.
    pub(super) fn new(v4: Ipv4Addr, v6: Ipv6Addr) -> Result<Self> {
        // A thread may leave its network alone, without its process: what it makes then is inside.
        let inside = move || -> Result<Self> {
            unshare(CloneFlags::CLONE_NEWNET).context("this system gives no network of its own")?;
            let network = File::open("/proc/thread-self/ns/net").context("no /proc")?.into();
            let tun = open_tun().context("/dev/net/tun gives no interface")?;
            // Where IPv6 is switched off for new interfaces; there is no such file without IPv6.
            let _ = fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0");
            ip(&["link", "set", "lo", "up"])?;
            ip(&["link", "set", INTERFACE, "up"])?;
            set_addresses(v4, Some(v6))?;
            Ok(Self { network: Arc::new(network), tun })
        };
        thread::spawn(inside).join().expect("it returns its errors")
    }

    /// The far end of the interface.
    pub(super) fn tun(&self) -> &File {
        &self.tun
    }

    /// Takes away the interface's addresses and gives it these.
    pub(super) fn change_addresses(&self, v4: Ipv4Addr, v6: Option<Ipv6Addr>) -> Result<()> {
        self.inside(|| {
            ip(&["address", "flush", "dev", INTERFACE])?;
            set_addresses(v4, v6)
        })?
    }

    /// Does something on a thread inside.
    pub(super) fn inside<T: Send>(&self, what: impl FnOnce() -> T + Send) -> Result<T> {
        thread::scope(|scope| {
            let inside = scope.spawn(|| enter(self.network.as_fd()).map(|()| what()));
            match inside.join() {
                Ok(entered) => entered.context("the network cannot be entered"),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Has `command` run inside.
    pub(super) fn contain(&self, command: &mut Command) {
        let network = Arc::clone(&self.network);
        // SAFETY: between fork and exec only async-signal-safe functions may be called, and setns is a
        // bare system call; nothing is allocated, no lock is taken.
        unsafe {
            command.pre_exec(move || enter(network.as_fd()));
        }
    }
}

fn enter(network: BorrowedFd<'_>) -> io::Result<()> {
    setns(network, CloneFlags::CLONE_NEWNET).map_err(io::Error::from)
}

fn open_tun() -> Result<File> {
    let tun = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open("/dev/net/tun")?;
    // SAFETY: an ifreq is plain data, and all zeros is one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in request.ifr_name.iter_mut().zip(INTERFACE.bytes()) {
        *place = byte as libc::c_char;
    }
    // Bare IP packets, no header before them.
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: TUNSETIFF reads an ifreq, which outlives the call.
    unsafe { tunsetiff(tun.as_raw_fd(), &raw const request) }?;
    Ok(tun)
}

fn set_addresses(v4: Ipv4Addr, v6: Option<Ipv6Addr>) -> Result<()> {
    ip(&["address", "add", &format!("{v4}/24"), "dev", INTERFACE])?;
    ip(&["route", "replace", "default", "dev", INTERFACE])?;
    if let Some(v6) = v6 {
        // Nobody else can have it: no second of waiting for somebody to say so.
        ip(&["address", "add", &format!("{v6}/64"), "dev", INTERFACE, "nodad"])?;
        ip(&["-6", "route", "replace", "default", "dev", INTERFACE])?;
    }
    Ok(())
}

/// Runs `ip` in the network of this thread.
fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("`ip` (of the package iproute2) could not be started")?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("`ip {}` failed: {}", arguments.join(" "), error.trim());
    }
    Ok(())
}
