//! The icon in the containers that Windows and macOS want. Both take PNG pictures as they are.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

/// How wide the pictures of `assets/icons` are, in pixels.
pub(crate) const SIDES: [u32; 7] = [16, 32, 48, 64, 128, 256, 512];

/// What macOS calls a picture of each width: for plain screens, and for those of twice the resolution.
const APPLE: &[(&[u8; 4], u32)] = &[
    (b"icp4", 16),
    (b"icp5", 32),
    (b"icp6", 64),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic13", 256),
    (b"ic14", 512),
];

/// The picture that is `side` pixels wide.
fn picture(side: u32) -> Result<Vec<u8>> {
    let path = workspace::root().join(format!("assets/icons/cinemasync-{side}.png"));
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// For Windows, an `.ico`.
pub(crate) fn windows() -> Result<Vec<u8>> {
    let sides: Vec<u32> = SIDES.into_iter().filter(|side| *side <= 256).collect();
    let pictures = sides.iter().map(|side| picture(*side)).collect::<Result<Vec<_>>>()?;
    let count = u16::try_from(pictures.len()).expect("a handful");
    let mut file = [0, 1, count].map(u16::to_le_bytes).concat();
    let mut place = 6 + 16 * u32::from(count);
    for (side, picture) in sides.iter().zip(&pictures) {
        // 256 does not fit into a byte, and is told as 0.
        let side = u8::try_from(*side).unwrap_or(0);
        let size = u32::try_from(picture.len()).context("an icon is too large")?;
        file.extend([side, side, 0, 0]);
        file.extend([1u16, 32].map(u16::to_le_bytes).concat());
        file.extend([size, place].map(u32::to_le_bytes).concat());
        place += size;
    }
    file.extend(pictures.concat());
    Ok(file)
}

/// For macOS, an `.icns`.
pub(crate) fn macos() -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for (name, side) in APPLE {
        let picture = picture(*side)?;
        let size = u32::try_from(picture.len() + 8).context("an icon is too large")?;
        body.extend_from_slice(*name);
        body.extend(size.to_be_bytes());
        body.extend(picture);
    }
    let size = u32::try_from(body.len() + 8).context("an icon is too large")?;
    Ok([b"icns".as_slice(), &size.to_be_bytes(), &body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    #[test]
    fn each_picture_says_its_own_width() {
        for side in SIDES {
            let picture = picture(side).expect("it is there");
            assert!(picture.starts_with(PNG), "{side}");
            assert_eq!(
                picture[16..24],
                [side.to_be_bytes(), side.to_be_bytes()].concat(),
                "{side}"
            );
        }
    }

    #[test]
    fn the_windows_icon_leads_to_each_picture() {
        let file = windows().expect("it can be made");
        let count = usize::from(u16::from_le_bytes([file[4], file[5]]));
        assert_eq!(count, 6);
        for entry in file[6..6 + 16 * count].chunks(16) {
            let number = |at: usize| {
                let bytes = entry[at..at + 4].try_into().expect("four bytes");
                u32::from_le_bytes(bytes) as usize
            };
            let (size, place) = (number(8), number(12));
            assert!(file[place..place + size].starts_with(PNG));
        }
    }

    #[test]
    fn the_macos_icon_is_as_long_as_it_says() {
        let file = macos().expect("it can be made");
        let number = |at: usize| {
            u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes")) as usize
        };
        assert_eq!(&file[..4], b"icns");
        assert_eq!(number(4), file.len());
        let (mut at, mut names) = (8, Vec::new());
        while at < file.len() {
            names.push(file[at..at + 4].to_vec());
            assert!(file[at + 8..].starts_with(PNG));
            at += number(at + 4);
        }
        assert_eq!(at, file.len());
        assert_eq!(names.len(), APPLE.len());
    }
}
