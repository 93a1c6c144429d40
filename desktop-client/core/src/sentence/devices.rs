//! Sentences about cameras, microphones and loudspeakers. A `kind` is `camera`, `microphone` or `loudspeaker`.

use super::sentences;

sentences! { DEVICES:
    device_lack(kind) = "There is no {kind} that works. Connect one.";
    device_failed(name, why) = "{name}: {why}";
    device_failed_instead(name, why, now) = "{name}: {why} Meanwhile “{now}” is used.";
    device_gone(kind, gone) = "The {kind} “{gone}” is gone, and there is no other. Connect one.";
    device_gone_instead(kind, gone, now) = "The {kind} “{gone}” is gone. “{now}” is used instead.";
    device_gone_until_back(kind, gone, now) = "The {kind} “{gone}” is gone. “{now}” is used until it is back.";
    device_back(kind, now) = "The {kind} “{now}” is back and in use.";
    device_absent(kind, name, now) = "There is no {kind} “{name}”. “{now}” is used until there is.";
    device_default_now(kind, now) = "The system's {kind} is “{now}” now.";
    no_device_found(kind) = "No {kind} was found. Connect one, or check the system's settings.";
    device_unknown(kind, name, known) = "There is no {kind} named {name}. There are: {known}.";
    device_ambiguous(kind, name, matches) = "{name} names more than one {kind}: {matches}. Use more of its name.";
    device_busy(kind) = "The {kind} is used by another program. Close it and try again.";
    device_forbidden(kind) = "The system does not let this program use the {kind}. Allow it in the privacy settings.";
    device_no_format(kind) = "The {kind} cannot be used: it offers no format that this program understands.";
    device_not_opened(kind, reason) = "The {kind} could not be opened ({reason}). Try another one, or restart the sound system.";
    device_disconnected(kind) = "The {kind} was disconnected. Connect it again or choose another one.";
    device_stopped(kind) = "The {kind} stopped working. Choose another one, or restart the sound system.";
    microphone_silent = "The microphone gives no sound. Check that it is switched on, or choose another one.";
    voice_not_encoded(error) = "The voice cannot be encoded ({error}). Restart the program.";
    camera_not_opened(error) = "The camera could not be opened ({error}). Close other programs.";
    camera_driver_failed = "The camera's driver failed. Choose another camera, or connect it again.";
    camera_unreadable(error) = "The camera's pictures cannot be read ({error}). Choose another camera.";
    camera_not_sent(error) = "The camera's pictures cannot be sent ({error}). Choose another camera.";
    camera_stopped = "The camera stopped. Connect it again or choose another one.";
    camera_no_picture = "The camera gives no picture. Close other programs that use it, or connect it again.";
    camera_broken(reason) = "The camera does not work ({reason}). Connect it again or choose another one.";
}
