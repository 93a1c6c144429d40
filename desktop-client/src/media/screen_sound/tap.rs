//! What other programs play on macOS 14.4 and later: a tap of Core Audio into all processes but this
//! one, and a device that nobody else sees to read it from.

use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use objc2::rc::Retained;
use objc2::runtime::{AnyClass, AnyObject};
use objc2::{AnyThread, Message};
use objc2_core_audio::{
    AudioHardwareCreateAggregateDevice, AudioHardwareCreateProcessTap,
    AudioHardwareDestroyAggregateDevice, AudioHardwareDestroyProcessTap,
    AudioObjectGetPropertyData, AudioObjectID, AudioObjectPropertyAddress, CATapDescription,
    CATapMuteBehavior, kAudioAggregateDeviceIsPrivateKey, kAudioAggregateDeviceNameKey,
    kAudioAggregateDeviceTapAutoStartKey, kAudioAggregateDeviceTapListKey,
    kAudioAggregateDeviceUIDKey, kAudioHardwarePropertyTranslatePIDToProcessObject,
    kAudioObjectPropertyElementMain, kAudioObjectPropertyScopeGlobal, kAudioObjectSystemObject,
    kAudioSubTapDriftCompensationKey, kAudioSubTapUIDKey,
};
use objc2_core_foundation::CFDictionary;
use objc2_foundation::{NSArray, NSDictionary, NSNumber, NSString};

use super::super::opus::{RATE, STEREO};
use super::super::resample::Resampler;
use super::super::sound_device::{self, Input};
use super::timeline::Timeline;

/// How often what was recorded is handed on.
const LOOK: Duration = Duration::from_millis(5);
/// The one program that there is for the time line.
const ALL: u32 = 0;
/// What the tap hands over is heard about this much later.
const AHEAD: Duration = Duration::from_millis(20);
/// How often the time line is told where the sound is, and whether we have begun to play.
const ANCHOR: Duration = Duration::from_millis(250);

/// Tells the taps of this process apart.
static TAPS: AtomicU32 = AtomicU32::new(0);

/// The recording of all others.
pub(super) struct Recording {
    // Declared first, so dropped first: it reads from the tap.
    input: Input,
    tap: Tap,
    sides: [Side; STEREO],
    sound: Vec<f32>,
    anchor_due: Instant,
}

/// Left or right on its way to our rate.
struct Side {
    resampler: Resampler,
    given: Vec<f32>,
    sound: Vec<f32>,
}

impl Recording {
    /// Begins to record.
    pub(super) fn open() -> Result<Self, String> {
        let tap = Tap::new()?;
        let input = sound_device::open_in_stereo(&tap.id).map_err(|error| error.to_string())?;
        let sides = [(); STEREO].map(|()| Side {
            resampler: Resampler::new(input.rate, RATE),
            given: Vec::new(),
            sound: Vec::new(),
        });
        Ok(Self { input, tap, sides, sound: Vec::new(), anchor_due: Instant::now() })
    }

    /// Waits for sound, but not long, and puts it into the time line.
    pub(super) fn pump(&mut self, timeline: &mut Timeline) -> Result<(), String> {
        std::thread::sleep(LOOK);
        if let Some(fault) = sound_device::fault(&self.input.state, "recording") {
            return Err(fault.to_string());
        }
        let there = self.input.ring.slots() / STEREO * STEREO;
        if let Ok(chunk) = self.input.ring.read_chunk(there) {
            let (first, second) = chunk.as_slices();
            for (at, sample) in first.iter().chain(second).enumerate() {
                self.sides[at % STEREO].given.push(*sample);
            }
            chunk.commit_all();
        }
        for side in &mut self.sides {
            side.resampler.process(&side.given, &mut side.sound);
            side.given.clear();
        }
        let [left, right] = &mut self.sides;
        let both = left.sound.drain(..).zip(right.sound.drain(..));
        self.sound.clear();
        self.sound.extend(both.flat_map(|(left, right)| [left, right]));
        let now = Instant::now();
        if !self.sound.is_empty() {
            timeline.add(ALL, &self.sound, now);
        }
        if now >= self.anchor_due {
            self.anchor_due = now + ANCHOR;
            timeline.anchor(ALL, now + AHEAD);
            // Who has played nothing yet is not known to Core Audio and cannot be left out.
            if this_process() != self.tap.without {
                *self = Self::open()?;
            }
        }
        Ok(())
    }
}

/// A tap and the device that it is read from.
struct Tap {
    tap: AudioObjectID,
    device: AudioObjectID,
    /// The device's id.
    id: String,
    /// The process that is left out.
    without: Option<AudioObjectID>,
}

impl Tap {
    fn new() -> Result<Self, String> {
        if AnyClass::get(c"CATapDescription").is_none() {
            return Err("macOS 14.4 or a later one is needed for it".to_owned());
        }
        let without = this_process();
        let processes: Vec<Retained<NSNumber>> =
            without.iter().map(|process| NSNumber::new_u32(*process)).collect();
        let processes = NSArray::from_retained_slice(&processes);
        // SAFETY: the class is there, and the array holds numbers of process objects, as it asks for.
        let description = unsafe {
            CATapDescription::initStereoGlobalTapButExcludeProcesses(
                CATapDescription::alloc(),
                &processes,
            )
        };
        // SAFETY: these set properties of an object that was just made.
        let uuid = unsafe {
            description.setName(&NSString::from_str("CinemaSync"));
            description.setPrivate(true);
            // The sound goes on to the loudspeaker.
            description.setMuteBehavior(CATapMuteBehavior::Unmuted);
            description.UUID().UUIDString()
        };
        let mut tap = 0;
        // SAFETY: both pointers are valid for the call.
        let status = unsafe { AudioHardwareCreateProcessTap(Some(&description), &raw mut tap) };
        succeeded(status)?;
        let number = TAPS.fetch_add(1, Ordering::Relaxed);
        let id = format!("CinemaSync.{}.{number}", std::process::id());
        let mut this = Self { tap, device: 0, id, without };

        let part = dictionary(&[
            (kAudioSubTapUIDKey, object(&uuid)),
            (kAudioSubTapDriftCompensationKey, object(&NSNumber::new_bool(true))),
        ]);
        let whole = dictionary(&[
            (kAudioAggregateDeviceNameKey, object(&NSString::from_str("CinemaSync"))),
            (kAudioAggregateDeviceUIDKey, object(&NSString::from_str(&this.id))),
            (kAudioAggregateDeviceIsPrivateKey, object(&NSNumber::new_bool(true))),
            (kAudioAggregateDeviceTapAutoStartKey, object(&NSNumber::new_bool(true))),
            (kAudioAggregateDeviceTapListKey, object(&NSArray::from_retained_slice(&[part]))),
        ]);
        // SAFETY: an NSDictionary is a CFDictionary; it outlives the call.
        let whole = unsafe { &*Retained::as_ptr(&whole).cast::<CFDictionary>() };
        // SAFETY: both pointers are valid for the call.
        let status =
            unsafe { AudioHardwareCreateAggregateDevice(whole, NonNull::from(&mut this.device)) };
        succeeded(status)?;
        Ok(this)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody reads from them any more. That it fails changes nothing.
        unsafe {
            if self.device != 0 {
                let _ = AudioHardwareDestroyAggregateDevice(self.device);
            }
            let _ = AudioHardwareDestroyProcessTap(self.tap);
        }
    }
}

/// This process as Core Audio knows it, once it has played or recorded something.
fn this_process() -> Option<AudioObjectID> {
    let address = AudioObjectPropertyAddress {
        mSelector: kAudioHardwarePropertyTranslatePIDToProcessObject,
        mScope: kAudioObjectPropertyScopeGlobal,
        mElement: kAudioObjectPropertyElementMain,
    };
    let process = std::process::id();
    let (mut object, mut size): (AudioObjectID, u32) = (0, size_of::<AudioObjectID>() as u32);
    // SAFETY: all pointers are valid for the call, and the sizes are those of what they point to.
    let status = unsafe {
        AudioObjectGetPropertyData(
            kAudioObjectSystemObject as AudioObjectID,
            NonNull::from(&address),
            size_of_val(&process) as u32,
            (&raw const process).cast(),
            NonNull::from(&mut size),
            NonNull::from(&mut object).cast(),
        )
    };
    (status == 0 && object != 0).then_some(object)
}

type Dictionary = NSDictionary<NSString, AnyObject>;

fn dictionary(entries: &[(&CStr, Retained<AnyObject>)]) -> Retained<Dictionary> {
    let keys: Vec<Retained<NSString>> =
        entries.iter().map(|(key, _)| NSString::from_str(&key.to_string_lossy())).collect();
    let keys: Vec<&NSString> = keys.iter().map(|key| &**key).collect();
    let values: Vec<Retained<AnyObject>> = entries.iter().map(|(_, value)| value.clone()).collect();
    NSDictionary::from_retained_objects(&keys, &values)
}

fn object<T: Message + AsRef<AnyObject>>(value: &Retained<T>) -> Retained<AnyObject> {
    let object: &AnyObject = (**value).as_ref();
    object.retain()
}

fn succeeded(status: i32) -> Result<(), String> {
    if status == 0 { Ok(()) } else { Err(format!("the sound system refuses it ({status})")) }
}
