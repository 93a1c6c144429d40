//! The folder of the cache: names, limits, and several programs at once.

use std::time::SystemTime;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_film_that_is_open_is_given_out_again_and_has_one_size() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let cache = cache(folder.path());
    let store = film(&cache, &content);
    assert!(Arc::ptr_eq(&store, &film(&cache, &content)));
    assert!(matches!(cache.film(&id('a'), 5), Err(CacheError::Size)));
    drop(store);
    assert!(cache.film(&id('a'), 5).is_ok());
}

#[test]
fn names_are_made_of_the_id_and_of_nothing_that_is_none() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("deep/cache");
    let cache = cache(&folder);
    let long = "a".repeat(65);
    let upper = "A".repeat(64);
    let slash = format!("../{}", "a".repeat(61));
    let wide = "ä".repeat(32);
    for id in ["", "..", "a", &long, &upper, &slash, &wide, &"a/".repeat(32), &"\0".repeat(64)] {
        assert!(matches!(cache.film(&FilmId(id.to_owned()), 5), Err(CacheError::Id)), "{id}");
        assert_eq!(cache.forget(&FilmId(id.to_owned())), Forgotten::Now);
    }
    for bytes in [0, u64::MAX] {
        assert!(matches!(cache.film(&id('a'), bytes), Err(CacheError::Size)));
    }
    assert_eq!(names(outer.path()), [] as [&str; 0]);
    let _store = cache.film(&id('a'), 5).unwrap();
    let name = id('a').0;
    assert_eq!(names(&folder), [format!("{name}-0.blocks"), format!("{name}-0.index")]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(format!("{name}-0.blocks"))), 0o600);
    }
}

#[test]
fn two_programs_do_not_write_into_one_file() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let (one, two) = (cache(folder.path()), cache(folder.path()));
    let first = film(&one, &content);
    let second = film(&two, &content);
    come(&first, &content, 0);
    come(&second, &content, 1);
    assert_eq!((here(&first), here(&second)), (vec![0], vec![1]));
    assert_eq!(names(folder.path()).len(), 4);
    // What another program has open is neither swept nor forgotten.
    let strict = Cache::new(folder.path().to_owned(), Limits { bytes: 0, age: Duration::ZERO });
    strict.sweep(SystemTime::now() + DAY);
    assert_eq!(strict.forget(&id('a')), Forgotten::Now);
    assert_eq!(names(folder.path()).len(), 4);
    drop((first, second));
    strict.sweep(SystemTime::now() + DAY);
    assert_eq!(names(folder.path()), [] as [&str; 0]);
}

#[test]
fn a_film_is_forgotten_at_once_or_when_it_is_closed() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let cache = cache(folder.path());
    come(&film(&cache, &content), &content, 0);
    assert_eq!(cache.usage().films, 1);
    assert_eq!(cache.forget(&id('a')), Forgotten::Now);
    assert_eq!(cache.usage(), Usage::default());
    let store = film(&cache, &content);
    come(&store, &content, 0);
    assert_eq!(cache.forget(&id('a')), Forgotten::OnceClosed);
    assert_eq!(store.read(0).unwrap().unwrap(), block_of(&content, 0), "it plays on");
    drop(store);
    assert_eq!(names(folder.path()), [] as [&str; 0]);
}

#[test]
fn what_was_watched_longest_ago_is_removed_until_all_fits() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let now = SystemTime::now() + 100 * DAY;
    let fill = cache(folder.path());
    for (letter, days) in [('a', 40), ('b', 3), ('c', 2), ('d', 1)] {
        let store = fill.film(&id(letter), content.len() as u64).unwrap();
        come(&store, &content, 0);
        drop(store);
        for end in ["blocks", "index"] {
            let path = folder.path().join(format!("{}-0.{end}", id(letter).0));
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(now - days * DAY).unwrap();
        }
    }
    std::fs::write(folder.path().join("notes.txt"), "somebody else's").unwrap();
    std::fs::write(folder.path().join(format!("{}-0.mkv", id('a').0)), "too").unwrap();
    let each = fill.usage().bytes / 4;
    assert!((BLOCK_BYTES..BLOCK_BYTES + 1_000).contains(&each), "{each}");

    let limits = Limits { bytes: u64::MAX, age: 30 * DAY };
    let cache = Cache::new(folder.path().to_owned(), limits);
    cache.sweep(now);
    assert_eq!(cache.usage(), Usage { films: 3, bytes: 3 * each });
    let limits = Limits { bytes: 2 * each, age: 30 * DAY };
    let cache = Cache::new(folder.path().to_owned(), limits);
    cache.sweep(now - 50 * DAY);
    assert!(names(folder.path()).iter().all(|name| !name.starts_with(&id('b').0)));
    assert_eq!(cache.usage(), Usage { films: 2, bytes: 2 * each });
    // What is open stays however long it was not written to.
    let _open = cache.film(&id('c'), content.len() as u64).unwrap();
    Cache::new(folder.path().to_owned(), Limits { bytes: 0, age: DAY }).sweep(now);
    assert_eq!(cache.usage().films, 1);
    assert_eq!(names(folder.path()).len(), 4, "what is not ours stays");
}

#[test]
fn without_a_folder_the_film_lives_in_memory_and_that_is_told() {
    let (file, content) = (tempfile::NamedTempFile::new().unwrap(), content());
    let cache = cache(&file.path().join("below a file"));
    let store = film(&cache, &content);
    assert_eq!(store.take_disk_trouble(), None);
    for block in 0..5 {
        assert_eq!(come(&store, &content, block), Written::Memory);
    }
    assert!(store.take_disk_trouble().unwrap().ends_with('.'));
    assert_eq!(store.read(3).unwrap().unwrap(), block_of(&content, 3));
    assert_eq!(cache.usage(), Usage::default());
    cache.sweep(SystemTime::now());
}
