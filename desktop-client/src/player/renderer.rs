//! Draws the film into an OpenGL framebuffer of the window. Owns libmpv's render context and nothing
//! else; when to draw is the window's business.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::PlayerError;
use super::ffi::{self, OpenGlFbo, OpenGlInit, RawRenderer, RenderParam};
use super::handle::Mpv;

/// What the window gives to be told of a new picture.
pub(super) type OnRedraw = Arc<dyn Fn() + Send + Sync>;

/// A picture that takes this long to draw holds up the whole window. Without a graphics card the largest
/// films take some tenths of a second; subtitles that were made for it take any time.
const SLOW: Duration = Duration::from_secs(1);
/// One may be slow because the computer just woke up.
const SLOW_IN_A_ROW: u32 = 2;

/// What is told when drawing holds up the window.
pub(super) type OnSlow = Box<dyn Fn() + Send>;

/// Counts pictures that took too long to draw.
#[derive(Debug, Default)]
struct DrawWatch {
    slow: u32,
}

impl DrawWatch {
    /// A picture was drawn. True: it is time to do something about it.
    fn drawn(&mut self, took: Duration) -> bool {
        self.slow = if took < SLOW { 0 } else { self.slow + 1 };
        let is_due = self.slow >= SLOW_IN_A_ROW;
        if is_due {
            self.slow = 0;
        }
        is_due
    }
}

/// Draws the film. Made, used and dropped on the thread whose OpenGL context was current when it was
/// made; dropping it turns the film's picture off, while its sound goes on.
pub struct FilmRenderer {
    raw: RawRenderer,
    /// What libmpv's callback points to; boxed, so that its address stays.
    _on_redraw: Box<OnRedraw>,
    watch: DrawWatch,
    on_slow: OnSlow,
    /// Keeps the instance alive until the context above is freed.
    mpv: Arc<Mpv>,
}

impl FilmRenderer {
    pub(super) fn new(
        mpv: Arc<Mpv>,
        get_proc_address: &dyn Fn(&str) -> *const c_void,
        on_redraw: OnRedraw,
        on_slow: OnSlow,
    ) -> Result<Self, PlayerError> {
        let functions = mpv.functions();
        let mut lookup = get_proc_address;
        let mut init = OpenGlInit {
            get_proc_address: look_up,
            get_proc_address_ctx: (&raw mut lookup).cast(),
            extra_exts: std::ptr::null(),
        };
        let mut parameters = [
            RenderParam {
                kind: ffi::RENDER_API_TYPE,
                data: ffi::RENDER_API_OPENGL.as_ptr().cast_mut().cast(),
            },
            RenderParam { kind: ffi::RENDER_OPENGL_INIT_PARAMS, data: (&raw mut init).cast() },
            RenderParam::END,
        ];
        let mut raw: RawRenderer = std::ptr::null_mut();
        // SAFETY: a live handle and a terminated list whose values live through the call. Functions are
        // looked up during this call only: interoperation with hardware decoders, which would do so
        // later, is off (see `options`).
        let code =
            unsafe { (functions.render_create)(&raw mut raw, mpv.raw(), parameters.as_mut_ptr()) };
        if code < 0 || raw.is_null() {
            return Err(PlayerError::Renderer { why: mpv.describe(super::handle::MpvCode(code)) });
        }
        let on_redraw = Box::new(on_redraw);
        // SAFETY: a live context; the box is dropped after the context is freed.
        unsafe {
            (functions.render_set_update_callback)(
                raw,
                Some(redraw),
                (&raw const *on_redraw).cast_mut().cast(),
            );
        }
        let watch = DrawWatch::default();
        Ok(Self { raw, _on_redraw: on_redraw, watch, on_slow, mpv })
    }

    /// Is there a picture that was not drawn yet? To be asked after each `on_redraw`.
    pub fn needs_redraw(&mut self) -> bool {
        // SAFETY: a live context, on its thread.
        let flags = unsafe { (self.mpv.functions().render_update)(self.raw) };
        flags & ffi::RENDER_UPDATE_FRAME != 0
    }

    /// Draws the current picture, with black bars where the shape differs, over the whole framebuffer
    /// `fbo` of `width` times `height` pixels, from its lowest row up as OpenGL counts them. Without a film it draws black. Returns at once, and may
    /// leave OpenGL's state changed as libmpv documents it.
    pub fn render(&mut self, fbo: u32, width: i32, height: i32) {
        let Ok(fbo) = c_int::try_from(fbo) else { return };
        if width <= 0 || height <= 0 {
            return;
        }
        let mut target = OpenGlFbo { fbo, w: width, h: height, internal_format: 0 };
        let mut flip: c_int = 1;
        let mut block: c_int = 0;
        let mut parameters = [
            RenderParam { kind: ffi::RENDER_OPENGL_FBO, data: (&raw mut target).cast() },
            RenderParam { kind: ffi::RENDER_FLIP_Y, data: (&raw mut flip).cast() },
            RenderParam { kind: ffi::RENDER_BLOCK_FOR_TARGET_TIME, data: (&raw mut block).cast() },
            RenderParam::END,
        ];
        let begun = Instant::now();
        // SAFETY: a live context on its thread, a terminated list of values that live through the call.
        let code = unsafe {
            let code = (self.mpv.functions().render_render)(self.raw, parameters.as_mut_ptr());
            (self.mpv.functions().render_report_swap)(self.raw);
            code
        };
        if code < 0 {
            tracing::debug!(code, "libmpv could not draw");
        }
        if self.watch.drawn(begun.elapsed()) {
            (self.on_slow)();
        }
    }
}

impl Drop for FilmRenderer {
    fn drop(&mut self) {
        let functions = self.mpv.functions();
        // SAFETY: a live context on its thread; after the first call no callback runs, after the second
        // the context is gone and not used again.
        unsafe {
            (functions.render_set_update_callback)(self.raw, None, std::ptr::null_mut());
            (functions.render_free)(self.raw);
        }
    }
}

/// # Safety
/// Called by libmpv during `render_create` with the lookup function's address and a C string.
unsafe extern "C" fn look_up(context: *mut c_void, name: *const c_char) -> *mut c_void {
    // SAFETY: as above.
    let (lookup, name) =
        unsafe { (&*context.cast::<&dyn Fn(&str) -> *const c_void>(), CStr::from_ptr(name)) };
    name.to_str().map_or(std::ptr::null_mut(), |name| lookup(name).cast_mut())
}

/// # Safety
/// Called by libmpv, from any thread, with the address of an [`OnRedraw`] that lives.
unsafe extern "C" fn redraw(context: *mut c_void) {
    // SAFETY: as above.
    let on_redraw = unsafe { &*context.cast::<OnRedraw>() };
    on_redraw();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_pictures_in_a_row_are_told_and_single_ones_are_not() {
        let mut watch = DrawWatch::default();
        let (quick, slow) = (Duration::from_millis(300), Duration::from_millis(1_200));
        let told: Vec<bool> =
            [slow, quick, slow, slow, slow, quick, slow].map(|took| watch.drawn(took)).into();
        assert_eq!(told, [false, false, false, true, false, false, false]);
    }
}
