//! Keeping a copy of a film.

use std::sync::atomic::Ordering;

use super::*;

struct Kept {
    folder: tempfile::TempDir,
    content: Vec<u8>,
    store: Arc<BlockStore>,
}

impl Kept {
    fn new(blocks: impl IntoIterator<Item = u32>) -> Self {
        let (folder, content) = (tempfile::tempdir().unwrap(), content());
        let store = film(&cache(&folder.path().join("cache")), &content);
        blocks.into_iter().for_each(|block| {
            come(&store, &content, block);
        });
        std::fs::create_dir(folder.path().join("films")).unwrap();
        Self { folder, content, store }
    }

    fn keep(&self, overwrite: bool, whole: Option<BlockHash>) -> Result<(), KeepError> {
        let target = &self.folder.path().join("films/film.mkv");
        keep(&self.store, &Keep { target, overwrite, whole }, |_| {}, &AtomicBool::new(false))
    }

    fn films(&self) -> Vec<(String, Vec<u8>)> {
        std::fs::read_dir(self.folder.path().join("films"))
            .unwrap()
            .map(|file| {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, std::fs::read(path).unwrap())
            })
            .collect()
    }
}

#[test]
fn a_copy_is_the_film_byte_for_byte_and_replaces_nothing_unasked() {
    let film = Kept::new([3, 1, 4, 0, 2]);
    let whole = Some(*blake3::hash(&film.content).as_bytes());
    film.keep(false, whole).unwrap();
    assert_eq!(film.films(), [("film.mkv".to_owned(), film.content.clone())]);
    let target = film.folder.path().join("films/film.mkv");
    std::fs::write(&target, "mine").unwrap();
    assert!(matches!(film.keep(false, whole), Err(KeepError::Exists)));
    assert_eq!(film.films(), [("film.mkv".to_owned(), b"mine".to_vec())]);
    film.keep(true, None).unwrap();
    assert_eq!(film.films(), [("film.mkv".to_owned(), film.content.clone())]);
}

#[test]
fn what_is_not_whole_or_not_the_film_is_not_kept() {
    let film = Kept::new(0..4);
    assert!(matches!(film.keep(false, None), Err(KeepError::Incomplete)));
    come(&film.store, &film.content, 4);
    assert!(matches!(film.keep(false, Some([0; 32])), Err(KeepError::OtherFilm)));

    let blocks = film.folder.path().join(format!("cache/{}-0.blocks", id('a').0));
    let mut damaged = std::fs::read(&blocks).unwrap();
    damaged[2 * BLOCK] ^= 1;
    std::fs::write(&blocks, damaged).unwrap();
    assert!(matches!(film.keep(false, None), Err(KeepError::Damaged)));
    assert_eq!(film.store.take_lost(), [2]);
    assert!(matches!(film.keep(false, None), Err(KeepError::Incomplete)));
    assert_eq!(film.films(), []);
    come(&film.store, &film.content, 2);
    film.keep(false, None).unwrap();
}

#[test]
fn who_gives_up_leaves_nothing_behind() {
    let film = Kept::new(0..5);
    let (mut told, cancelled) = (Vec::new(), AtomicBool::new(false));
    let what =
        Keep { target: &film.folder.path().join("films/film.mkv"), overwrite: false, whole: None };
    let progress = |bytes| {
        told.push(bytes);
        cancelled.store(told.len() == 2, Ordering::Release);
    };
    assert!(matches!(keep(&film.store, &what, progress, &cancelled), Err(KeepError::Cancelled)));
    assert_eq!((told, film.films()), (vec![BLOCK_BYTES, 2 * BLOCK_BYTES], vec![]));

    let nowhere = Keep { target: &film.folder.path().join("absent/film.mkv"), ..what };
    let error = keep(&film.store, &nowhere, |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, KeepError::Disk(_)) && error.to_string().ends_with('.'), "{error}");
}
