//! What the window says of films that come from friends.

use cinemasync_core::interface::{PlaybackView, StreamOffer, StreamView};
use cinemasync_core::streaming::StreamMode;

use super::{figure, megabits, messages};

messages! {
    stream_from(name), stream_mode_label, keep_film, keeping_film, forget_films, settings_films, choose_film_name, film_comes_whole,
}

pub(super) mod say {
    use super::messages;

    messages! {
        stream_auto, stream_ask, stream_never, stream_offered(film, name), stream_takes(film, name, rate),
        film_comes(percent, rate, sources), film_comes_slowly(percent, rate, needed), film_is_given(rate),
    }
}

/// How films come that are not here.
pub(crate) fn stream_mode(mode: StreamMode) -> &'static str {
    match mode {
        StreamMode::Auto => say::stream_auto(),
        StreamMode::Ask => say::stream_ask(),
        StreamMode::Never => say::stream_never(),
    }
}

/// The film is not here, and a friend can send it; with what that takes, if it is known.
pub(crate) fn stream_offer(playback: &PlaybackView, offer: &StreamOffer) -> String {
    let film = playback.film.as_ref().map(super::title).unwrap_or_default();
    match offer.needs_bytes_per_second {
        Some(needed) => say::stream_takes(&film, &offer.from, rate(needed)),
        None => say::stream_offered(&film, &offer.from),
    }
}

/// How the film comes, or how fast it goes to others; `None`: there is nothing to say.
pub(crate) fn stream(stream: &StreamView) -> Option<String> {
    let figures = &stream.figures;
    if !stream.comes {
        return (figures.given_per_second >= 1_000.0)
            .then(|| say::film_is_given(rate(figures.given_per_second)));
    }
    if figures.bytes_have >= figures.bytes_total {
        return Some(film_comes_whole().to_owned());
    }
    let percent = figure(100.0 * figures.bytes_have as f64 / figures.bytes_total.max(1) as f64, 0);
    let comes = rate(figures.bytes_per_second);
    Some(match stream.needs_bytes_per_second {
        Some(needed) if figures.bytes_per_second < needed => {
            say::film_comes_slowly(percent, comes, rate(needed))
        }
        _ => say::film_comes(percent, comes, figures.sources),
    })
}

fn rate(bytes_per_second: f64) -> String {
    let bits = bytes_per_second * 8.0;
    // Above 10 Mbit/s whole ones, below tenths: more is noise.
    let step = if bits >= 1e7 { 1e6 } else { 1e5 };
    megabits(((bits / step).round() * step) as u64)
}

#[cfg(test)]
mod tests {
    use cinemasync_core::streaming::StreamFigures;

    use super::*;

    #[test]
    fn it_is_said_how_a_film_comes_and_whether_that_is_enough() {
        let coming = |bytes_have, bytes_per_second| StreamView {
            figures: StreamFigures {
                bytes_have,
                bytes_total: 1_000,
                ahead_bytes: 0,
                bytes_per_second,
                sources: 2,
                given_per_second: 0.0,
            },
            comes: true,
            needs_bytes_per_second: Some(1e6),
            keeping: false,
        };
        let said = |view: &StreamView| stream(view).unwrap_or_default();
        assert_eq!(said(&coming(430, 1.5e6)), "43 % is here, 12 Mbit/s from 2 friends");
        assert_eq!(said(&coming(430, 0.5e6)), "43 % is here, 4 Mbit/s of the 8 Mbit/s it takes");
        assert_eq!(said(&coming(1_000, 0.0)), "The whole film is here");
        let given = StreamView { comes: false, ..coming(0, 0.0) };
        assert_eq!(stream(&given), None);
    }
}
