//! Sentences and figures about how a call goes.

use super::sentences;

sentences! { CALL:
    condition_good = "good";
    condition_voice_breaks = "the voice breaks off";
    condition_picture_stutters = "the picture stutters";
    condition_long_delay = "long delay";
    condition_weak = "weak connection";
    condition_weak_reduced = "weak connection, picture reduced";
    condition_connecting = "connecting";
    condition_reconnecting = "reconnecting";
    condition_no_connection = "no connection";
    condition_other_key = "another key than before";
    everybody_is(words) = "Everybody: {words}";
    somebody_is(who, words) = "{who}: {words}";
    computer_too_slow = "This computer is too slow for the picture it sends";
    call_goes_on = "The server is away; the call goes on";
    path_host = "same network";
    path_direct = "direct";
    path_relay = "through a relay";
    words_and_path(words, path) = "{words}, {path}";
    rate_kilobits(kilobits) = "{kilobits} kbit/s";
    rate_megabits(megabits) = "{megabits} Mbit/s";
    round_trip(ms) = "{ms} ms";
    lost(percent) = "{percent} % lost";
    clock_within(ms) = "clock ±{ms} ms";
    rates(down, up) = "↓ {down} · ↑ {up}";
    rates_of(down, up, most) = "↓ {down} · ↑ {up} of {most}";
    subject_camera = "Camera";
    subject_screen = "Screen";
    picture_received(subject, size, fps) = "{subject} {size}, {fps} fps";
    picture_sent(subject, size, fps, rate, ms) = "{subject} {size}, {fps} fps, {rate}, {ms} ms a picture";
    dropped(count) = "{count} dropped";
    froze_once = "stood still once";
    froze_times(count) = "stood still {count} times";
    voice_received(ms, percent) = "Voice jitter {ms} ms, {percent} % concealed";
    film_ahead(ms) = "Film {ms} ms ahead";
    film_behind(ms) = "Film {ms} ms behind";
    film_in_step = "Film in step to the millisecond";
    program_use(cpu, memory) = "{cpu} % of a core, {memory} MB of memory";
}
