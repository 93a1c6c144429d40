//! The languages of the window, and which of them is spoken: finds a message by its id, and puts in what
//! belongs into it. What the messages say lies in `assets/translations`, a file a language.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language that the window speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    Spanish,
    French,
    Portuguese,
    Chinese,
}

impl Language {
    /// All of them, as they are offered.
    pub(crate) const ALL: [Self; 6] =
        [Self::English, Self::German, Self::Spanish, Self::French, Self::Portuguese, Self::Chinese];

    /// By what it is called for programs: `de`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Portuguese => "pt",
            Self::Chinese => "zh",
        }
    }

    /// What those call it who speak it.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Portuguese => "Português",
            Self::Chinese => "简体中文",
        }
    }

    /// The language of a locale such as `de-AT` or `zh_CN.UTF-8`, if it is one of these.
    pub(crate) fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or(locale);
        Self::ALL.into_iter().find(|one| one.tag().eq_ignore_ascii_case(language))
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../../../assets/translations/en.ftl"),
            Self::German => include_str!("../../../../assets/translations/de.ftl"),
            Self::Spanish => include_str!("../../../../assets/translations/es.ftl"),
            Self::French => include_str!("../../../../assets/translations/fr.ftl"),
            Self::Portuguese => include_str!("../../../../assets/translations/pt.ftl"),
            Self::Chinese => include_str!("../../../../assets/translations/zh.ftl"),
        }
    }

    /// What stands between a figure and its fraction.
    fn decimal_mark(self) -> char {
        match self {
            Self::English | Self::Chinese => '.',
            Self::German | Self::Spanish | Self::French | Self::Portuguese => ',',
        }
    }

    fn messages(self) -> &'static Messages {
        static LOADED: [OnceLock<Messages>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        LOADED[self as usize].get_or_init(|| Messages::load(self))
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// From now on this thread, which is the window's, words everything in this language.
pub(crate) fn speak(language: Language) {
    SPOKEN.set(language);
}

/// The language that is spoken.
pub(crate) fn spoken() -> Language {
    SPOKEN.get()
}

/// A language's messages.
struct Messages {
    /// Those that are always the same, ready to be shown.
    plain: HashMap<String, String>,
    /// The others are put together each time.
    bundle: FluentBundle<FluentResource>,
}

impl Messages {
    fn load(language: Language) -> Self {
        let resource = resource(language);
        let plain = resource.entries().filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        });
        let ids: Vec<String> = plain.collect();
        let tag = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks are for text that runs in both directions, which is not drawn here.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        let plain = ids.into_iter().filter_map(|id| {
            let text = write(&bundle, &id, None)?;
            Some((id, text))
        });
        Self { plain: plain.collect(), bundle }
    }
}

/// A language's file. What cannot be read in it is left out; a test finds it.
pub(super) fn resource(language: Language) -> FluentResource {
    FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(read, _)| read)
}

/// A message; `None` if there is no such one, or what belongs into it is not given.
fn write(
    bundle: &FluentBundle<FluentResource>,
    id: &str,
    args: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

/// A message that is always the same, in the language that is spoken; in English where nobody has
/// translated it yet.
pub(super) fn plain(id: &'static str) -> &'static str {
    let said = |language: Language| language.messages().plain.get(id).map(String::as_str);
    said(spoken()).or_else(|| said(Language::English)).unwrap_or(id)
}

/// A message of another crate's, with what belongs into it; `None` if the language that is spoken has none.
pub(super) fn filled_with(id: &str, args: &FluentArgs<'_>) -> Option<String> {
    write(&spoken().messages().bundle, id, Some(args))
}

/// The same for one into which something belongs.
pub(super) fn filled<const COUNT: usize>(
    id: &'static str,
    values: [(&'static str, FluentValue<'_>); COUNT],
) -> String {
    let args = FluentArgs::from_iter(values);
    let said = |language: Language| write(&language.messages().bundle, id, Some(&args));
    said(spoken()).or_else(|| said(Language::English)).unwrap_or_else(|| id.to_owned())
}

/// A figure with so many digits behind its decimal mark.
pub(crate) fn figure(value: f64, digits: usize) -> String {
    marked(format!("{value:.digits$}"))
}

/// The same with its sign.
pub(crate) fn signed(value: f64, digits: usize) -> String {
    marked(format!("{value:+.digits$}"))
}

/// A figure with the language's decimal mark.
pub(crate) fn marked(figure: String) -> String {
    match spoken().decimal_mark() {
        '.' => figure,
        mark => figure.replace('.', mark.encode_utf8(&mut [0; 4])),
    }
}

/// Declares messages: each becomes a function of its id, with what belongs into it as arguments.
macro_rules! messages {
    ($($id:ident $(($($arg:ident),+))?),+ $(,)?) => {
        $(messages!(@one $id $($($arg),+)?);)+

        /// Their ids, and what belongs into them.
        #[cfg(test)]
        pub(in crate::ui::text) const MESSAGES: &[(&str, &[&str])] =
            &[$((stringify!($id), &[$($(stringify!($arg)),+)?])),+];
    };
    (@one $id:ident) => {
        pub(crate) fn $id() -> &'static str {
            $crate::ui::text::catalog::plain(stringify!($id))
        }
    };
    (@one $id:ident $($arg:ident),+) => {
        pub(crate) fn $id<'a>($($arg: impl Into<fluent_bundle::FluentValue<'a>>),+) -> String {
            $crate::ui::text::catalog::filled(
                stringify!($id),
                [$((stringify!($arg), $arg.into())),+],
            )
        }
    };
}
pub(super) use messages;
