//! The hash of a whole film, made in the background: what proves beyond the fast fingerprint that two files
//! are the same. Owns how gently the disk is read meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::FilmError;
use super::fingerprint::check;

/// Large reads keep a turning disk from seeking between those of the film that plays.
const CHUNK_BYTES: usize = 4 << 20;
/// The longest pause, so that whoever cancels is heard soon, and a disk that was asleep is not paid
/// for with a nap.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The BLAKE3 hash of the whole file, hexadecimal.
///
/// Blocks for as long as it takes to read the file, and as long again: after each read it rests, so that it
/// takes half of a disk's and of a core's time at most. Ends soon after `cancelled` is set.
///
/// # Errors
/// [`FilmError`], a sentence for a person; [`FilmError::Cancelled`] is for nobody's eyes.
pub fn full_hash(path: &Path, cancelled: &AtomicBool) -> Result<String, FilmError> {
    check(path)?;
    let mut file = File::open(path)?;
    let mut left = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    while left > 0 {
        if cancelled.load(Ordering::Acquire) {
            return Err(FilmError::Cancelled);
        }
        let begun = Instant::now();
        let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        // A file that shrinks meanwhile ends here with an error; what is appended to it does not count.
        file.read_exact(&mut chunk[..wanted])?;
        hasher.update(&chunk[..wanted]);
        left -= wanted as u64;
        if left > 0 {
            std::thread::sleep(pause_after(begun.elapsed()));
        }
    }
    // A file that is still being copied is not what it will be.
    if file.read(&mut chunk[..1])? > 0 {
        return Err(io::Error::other("it grew while it was read").into());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn pause_after(work: Duration) -> Duration {
    work.min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file_of(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn it_is_the_hash_of_all_bytes() {
        for length in [1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7] {
            let content: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let hash = full_hash(file_of(&content).path(), &AtomicBool::new(false)).unwrap();
            assert_eq!(hash, blake3::hash(&content).to_hex().to_string());
        }
    }

    #[test]
    fn who_cancels_gets_no_hash_however_long_the_file_is() {
        let file = file_of(b"a film");
        if let Err(error) = file.as_file().set_len(1 << 40) {
            println!("skipped: no sparse files here ({error})");
            return;
        }
        let cancelled = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let hashing = scope.spawn(|| full_hash(file.path(), &cancelled));
            cancelled.store(true, Ordering::Release);
            assert!(matches!(hashing.join().unwrap(), Err(FilmError::Cancelled)));
        });
    }

    #[test]
    fn it_rests_as_long_as_it_works_but_not_for_long() {
        assert_eq!(pause_after(Duration::from_millis(15)), Duration::from_millis(15));
        assert_eq!(pause_after(Duration::from_secs(9)), LONGEST_PAUSE);
    }

    #[test]
    fn what_is_no_film_is_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let refused = full_hash(folder.path(), &AtomicBool::new(false)).unwrap_err();
        assert!(matches!(refused, FilmError::Folder));
        let absent = full_hash(&folder.path().join("absent"), &AtomicBool::new(false)).unwrap_err();
        assert!(absent.to_string().ends_with('.'));
    }
}
