//! Sentences about shared screens.

use super::sentences;

sentences! { SCREENS:
    share_started(who) = "{who} started sharing the screen";
    share_stopped(who) = "{who} stopped sharing the screen";
    screen_not_sent(error) = "The screen cannot be sent ({error}). Share something else.";
    screen_sound_ended(reason) = "The sound of other programs cannot be shared: {reason}. The picture goes on without it.";
}
