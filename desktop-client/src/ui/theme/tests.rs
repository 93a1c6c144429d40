//! The look keeps its promises: everything can be told from what it stands on, and `DESIGN.md` says
//! what the tokens are.

use super::*;

/// What the person who reads sees on what.
struct Stands<'a> {
    what: &'a str,
    ink: Color32,
    grounds: Vec<Color32>,
    /// The least contrast.
    least: f64,
}

/// Text that is read.
const TEXT: f64 = 4.5;
/// Icons, marks, rings, the knob of a rail, and large text.
const MARK: f64 = 3.0;

/// The contrast of two opaque colours as WCAG 2 defines it: 1 to 21.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |color: Color32| {
        let channel = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What is seen where `top` lies on an opaque ground.
fn over(top: Color32, ground: Color32) -> Color32 {
    ground.blend(top)
}

/// Every pair of the window, in one look.
fn pairs(p: &Palette) -> Vec<Stands<'static>> {
    let panels = [p.background, p.surface_1, p.surface_2];
    let controls = [p.background, p.surface_1, p.surface_2, p.surface_3, p.surface_4];
    let still = &controls[..4];
    let reds = [p.red_fill, p.red_fill_hover];
    let stands = |what, ink, least, grounds: &[Color32]| Stands {
        what,
        ink,
        grounds: grounds.to_vec(),
        least,
    };
    let chip = |strength: f32| {
        let amber = p.amber.gamma_multiply(strength);
        [p.surface_2, p.own_bubble].map(|ground| over(amber, ground))
    };
    let selected = over(p.amber.gamma_multiply(strength::SELECTION), p.surface_2);
    let ready = over(p.text_1.gamma_multiply(strength::READY), p.background);
    vec![
        stands("text 1", p.text_1, TEXT, &controls),
        stands("text 1 in one's own bubble", p.text_1, TEXT, &[p.own_bubble]),
        stands("text that is selected", p.text_1, TEXT, &[selected]),
        stands("text 2", p.text_2, TEXT, &controls),
        stands("text 3", p.text_3, TEXT, still),
        stands("ink on amber", p.amber_ink, TEXT, &[p.amber, p.amber_hover]),
        stands("amber text", p.amber_text, TEXT, still),
        stands("a link in one's own bubble", p.amber_text, TEXT, &[p.own_bubble]),
        stands("a place in the film", p.amber_text, TEXT, &chip(strength::CHIP)),
        stands("the same, pointed at", p.amber_text, TEXT, &chip(strength::CHIP_HOVER)),
        stands("teal text", p.teal, TEXT, &panels),
        stands("red text", p.red, TEXT, &panels),
        stands("red on its fill", p.red, TEXT, &reds[..1]),
        stands("a red icon", p.red, MARK, &[&controls[..], &reds[..]].concat()),
        stands("teal marks", p.teal, MARK, &controls),
        stands("amber marks", p.amber_mark, MARK, &controls),
        stands("the focus ring", p.amber_text, MARK, &controls),
        stands("a knob that is off", p.text_2, MARK, &[p.surface_4]),
        stands("a knob that is on", p.background, MARK, &[p.teal]),
        stands("what of the film is there", ready, MARK, &[p.background]),
        stands("somebody's letter in time", p.background, MARK, &[p.teal]),
    ]
}

/// Every pair on pictures, of which the worst is white, or black.
fn pairs_on_pictures() -> Vec<Stands<'static>> {
    use on_picture as o;
    let worst = |grounds: &[Color32]| -> Vec<Color32> {
        [Color32::WHITE, Color32::BLACK]
            .iter()
            .flat_map(|picture| grounds.iter().map(|ground| over(*ground, *picture)))
            .collect()
    };
    let grounds = worst(&[o::GROUND, o::GROUND_HOVER, o::CONTROL, o::CONTROL_HOVER]);
    let marks = [("amber", o::MARKS.amber), ("teal", o::MARKS.teal), ("red", o::MARKS.red)];
    let marks =
        marks.map(|(what, ink)| Stands { what, ink, grounds: grounds.clone(), least: MARK });
    let ink = Stands { what: "text on a picture", ink: o::INK, grounds, least: TEXT };
    [ink].into_iter().chain(marks).collect()
}

#[test]
fn everything_can_be_told_from_what_it_stands_on() {
    let mut wrong = Vec::new();
    for (look, pairs) in
        [("dark", pairs(&DARK)), ("light", pairs(&LIGHT)), ("on pictures", pairs_on_pictures())]
    {
        for Stands { what, ink, grounds, least } in pairs {
            for ground in grounds {
                let ratio = contrast(ink, ground);
                if ratio < least {
                    wrong.push(format!("{look}: {what} on {ground:?}: {ratio:.2} < {least}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn black_on_white_has_the_greatest_contrast() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
}

/// The module's own text: what `DESIGN.md` says is compared with it, so that no token is forgotten.
const SOURCE: &str = include_str!("../theme.rs");
const DESIGN: &str = include_str!("../../../../assets/DESIGN.md");

/// The rows of the page's tables that begin with a token's name, as `(name, what else is in the row)`.
fn said() -> Vec<(String, String)> {
    DESIGN
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}

/// A value of [`SOURCE`] as the page writes it.
fn figure(value: &str) -> Option<String> {
    let value = value.trim_end_matches([',', ';']);
    if let Some(alpha) = value.strip_prefix("Color32::from_black_alpha(") {
        return Some(format!("black {}/255", alpha.trim_end_matches(')')));
    }
    if let Some(bytes) = value.strip_prefix("Color32::from_rgb(") {
        return Some(format!("`#{}`", bytes.replace("0x", "").replace([',', ' ', ')'], "")));
    }
    value.parse::<f64>().ok().map(|number| number.to_string())
}

/// Every token, as `(name, figures in the order of the page's columns)`.
fn tokens() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut module, mut function) = ("", "");
    for line in SOURCE.lines() {
        let bare = line.trim().trim_start_matches("pub(crate) ");
        if let Some(name) = line.strip_prefix("pub(crate) mod ") {
            module = name.trim_end_matches([' ', '{', ';']);
        } else if let Some(name) = bare.strip_prefix("fn ") {
            function = name.split('(').next().unwrap_or_default();
        } else if let Some(constant) = bare.strip_prefix("const ") {
            let name = constant.split(':').next().unwrap_or_default();
            let value = constant.split(" = ").nth(1).and_then(figure);
            found.extend(value.map(|value| (format!("{module}::{name}"), value)));
        } else if let Some(made) = bare.strip_prefix("FontId::new(") {
            let (size, face) = made.split_once(", fonts::").expect("a size and a typeface");
            let face = face.split('(').next().unwrap_or_default();
            let size = size.parse::<f64>().map_or(size.to_owned(), |size| size.to_string());
            found.push((format!("font::{function}"), format!("{size} | {face}")));
        } else if let Some((name, value)) = bare.split_once(": Color32::")
            && !name.contains(' ')
        {
            // A colour of a look; the second look names the same ones again.
            let value = figure(&format!("Color32::{value}")).expect("a colour in figures");
            match found.iter_mut().find(|(known, _)| known == name) {
                Some((_, figures)) => *figures = format!("{figures} | {value}"),
                None => found.push((name.to_owned(), value)),
            }
        }
    }
    found
}

#[test]
fn the_design_page_says_what_the_tokens_are() {
    let (said, tokens) = (said(), tokens());
    let mut wrong = Vec::new();
    for (name, figures) in &tokens {
        match said.iter().find(|(known, _)| known == name) {
            None => wrong.push(format!("`{name}` ({figures}) is missing")),
            Some((_, row)) if !format!("{row} |").starts_with(&format!("{figures} |")) => {
                wrong.push(format!("`{name}` is {figures}, and the page says {row}"));
            }
            Some(_) => {}
        }
    }
    for (name, _) in &said {
        if !tokens.iter().any(|(known, _)| known == name) {
            wrong.push(format!("there is no `{name}`"));
        }
    }
    assert!(wrong.is_empty(), "assets/DESIGN.md:\n{}", wrong.join("\n"));
    assert!(tokens.len() > 60, "the tokens were not found: {tokens:?}");
}
