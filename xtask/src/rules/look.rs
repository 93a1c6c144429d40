//! Where the look is stated: colours, type, radii and strokes are tokens of `ui/theme`, and no other part of
//! the window has figures of its own for them. How wide a panel is, its own file says, by a name.

use super::Violation;
use super::source::Source;

/// Calls that state a colour.
const COLOURS: &[&str] = &[
    "from_rgb(",
    "from_rgba_unmultiplied(",
    "from_rgba_premultiplied(",
    "from_rgb_additive(",
    "from_gray(",
    "from_black_alpha(",
    "from_white_alpha(",
    "from_hex(",
    "hex_color!(",
];

/// Calls whose first argument is a token, or worked out from one.
const TOKENS_FIRST: &[&str] = &[
    "gamma_multiply(",
    "linear_multiply(",
    "CornerRadius::same(",
    "Margin::same(",
    "Stroke::new(",
    "animate_bool_with_time(",
];

/// Calls that choose type by hand.
const TYPE: &[&str] =
    &["FontId::new(", "FontId::proportional(", "FontId::monospace(", "FontId { size"];

/// Calls that take the size of an icon or the height of a line, which has a name.
const SIZES: &[&str] = &["icon(", "paragraph(", "block_galley(", "centred_galley("];

/// Adds what `source` breaks.
pub(crate) fn check(source: &Source, violations: &mut Vec<Violation>) {
    let file = &source.file;
    let is_ui = file == "desktop-client/src/ui.rs" || file.starts_with("desktop-client/src/ui/");
    if !is_ui || file.starts_with("desktop-client/src/ui/theme") {
        return;
    }
    for (index, line) in source.code.iter().enumerate() {
        for what in broken(line) {
            violations.push(Violation {
                file: file.clone(),
                line: index + 1,
                text: format!("states {what}; the look is in `ui/theme`"),
            });
        }
    }
}

/// What a line of code states of the look.
fn broken(line: &str) -> Vec<&'static str> {
    let after = |call: &'static str| line.split(call).skip(1);
    let states = |calls: &[&'static str], wrong: fn(&str) -> bool| {
        calls.iter().any(|call| after(call).any(wrong))
    };
    let named_colour = after("Color32::").any(|rest| {
        rest.starts_with(|c: char| c.is_ascii_uppercase()) && !rest.starts_with("TRANSPARENT")
    });
    let found = [
        ("a colour", named_colour || states(COLOURS, |_| true)),
        ("a typeface or its size", states(TYPE, |_| true)),
        ("a measure or a strength", states(TOKENS_FIRST, begins_with_figure)),
        ("the size of an icon or of a line", states(SIZES, has_figure)),
    ];
    found.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect()
}

fn begins_with_figure(arguments: &str) -> bool {
    arguments.starts_with(|c: char| c.is_ascii_digit())
}

/// Is one of a call's arguments nothing but a figure? Begins behind the call's parenthesis.
fn has_figure(arguments: &str) -> bool {
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, character) in arguments.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ',' | ')' if depth == 0 => {
                if arguments[begin..at].trim().parse::<f32>().is_ok() {
                    return true;
                }
                if character == ')' {
                    return false;
                }
                begin = at + 1;
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, line: &str) -> usize {
        let mut violations = Vec::new();
        check(&Source::new(file, line), &mut violations);
        violations.len()
    }

    const PART: &str = "desktop-client/src/ui/room/part.rs";

    #[test]
    fn a_look_of_ones_own_is_found() {
        for line in [
            "let red = Color32::from_rgb(255, 0, 0);",
            "let red = Color32::RED;",
            "let dim = Color32::from_black_alpha(90);",
            "let ink = colors.text_1.gamma_multiply(0.4);",
            "let corner = CornerRadius::same(8);",
            "let edge = Stroke::new(1.5, colors.red);",
            "let font = FontId::new(13.0, fonts::regular());",
            "let font = FontId { size: 13.0, ..font::large() };",
            "icon(ui.painter(), at, sign, 32.0, colors.text_3);",
            "paragraph(ui, inner, text, &line, 18.0);",
        ] {
            assert_eq!(found(PART, line), 1, "{line}");
            assert_eq!(found("desktop-client/src/ui/theme.rs", line), 0, "{line}");
            assert_eq!(found("desktop-client/src/app.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn tokens_and_measures_by_name_are_taken() {
        for line in [
            "let clear = Color32::TRANSPARENT;",
            "let ink = INK.gamma_multiply(fade);",
            "let corner = CornerRadius::same(radius::TILE);",
            "let edge = Stroke::new(size::RING, colors.teal);",
            "const WIDTH: f32 = 460.0;",
            "icon(ui.painter(), at + vec2(x, y), sign, size::ICON, colors.text_3);",
            "/// See `Color32::from_rgb(1, 2, 3)`.",
        ] {
            assert_eq!(found(PART, line), 0, "{line}");
        }
    }
}
