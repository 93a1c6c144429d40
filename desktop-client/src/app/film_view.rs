//! The film's picture in the window: a texture that libmpv draws into, as large as the stage. Where it
//! stands is the ui's business, what is played the player's.

use std::ffi::{CStr, CString, c_void};
use std::sync::Arc;

use eframe::egui;
use eframe::glow::{self, HasContext as _};

use crate::player::{FilmRenderer, Player};
use crate::ui::{FilmPicture, bound_framebuffer};

/// The largest side of the texture in pixels: an 8K screen.
const MAX_SIDE: u32 = 7_680;

/// Looks up an OpenGL function of the window's context.
pub(super) type Lookup = Arc<dyn Fn(&CStr) -> *const c_void + Send + Sync>;

/// The film's texture and what draws into it.
pub(super) struct FilmView {
    lookup: Option<Lookup>,
    renderer: Option<FilmRenderer>,
    /// Did the window's OpenGL refuse? It is not asked again and again.
    refused: bool,
    canvas: Option<Canvas>,
}

/// A texture with the framebuffer that draws into it. The texture belongs to the window, which
/// deletes it at its end.
struct Canvas {
    texture: glow::Texture,
    framebuffer: glow::Framebuffer,
    id: egui::TextureId,
    size: [u32; 2],
}

impl FilmView {
    pub(super) fn new(lookup: Option<Lookup>) -> Self {
        Self { lookup, renderer: None, refused: false, canvas: None }
    }

    /// The film's latest picture for a stage of `area` pixels; `None` while there is none to show.
    pub(super) fn picture(
        &mut self,
        player: Option<&Arc<Player>>,
        area: Option<[u32; 2]>,
        ctx: &egui::Context,
        frame: &mut eframe::Frame,
    ) -> Option<FilmPicture> {
        let gl = frame.gl()?.clone();
        // As soon as there is a player: its first film waits for somewhere to be drawn.
        if self.renderer.is_none() && !self.refused {
            self.renderer = self.open(player?, ctx);
            self.refused = self.renderer.is_none();
        }
        let size = area?.map(|side| side.clamp(2, MAX_SIDE));
        let renderer = self.renderer.as_mut()?;
        if self.canvas.is_none() {
            self.canvas = Canvas::new(&gl, frame);
        }
        let canvas = self.canvas.as_mut()?;
        let resized = canvas.resize(&gl, size);
        // Asking is what libmpv wants after each of its wake-ups, drawn or not.
        if renderer.needs_redraw() || resized {
            canvas.draw(&gl, renderer);
        }
        Some(FilmPicture { texture: canvas.id, width: size[0], height: size[1] })
    }

    /// Frees what is libmpv's while the window's OpenGL is still there.
    pub(super) fn close(&mut self, gl: &glow::Context) {
        self.renderer = None;
        if let Some(canvas) = self.canvas.take() {
            // SAFETY: the window's context is current on this thread and made it.
            unsafe { gl.delete_framebuffer(canvas.framebuffer) };
        }
    }

    fn open(&self, player: &Player, ctx: &egui::Context) -> Option<FilmRenderer> {
        let get_proc_address = self.lookup.clone()?;
        let lookup = move |name: &str| -> *const c_void {
            CString::new(name).map_or(std::ptr::null(), |name| get_proc_address(&name))
        };
        let ctx = ctx.clone();
        player
            .render_context(&lookup, Arc::new(move || ctx.request_repaint_after(super::NOW)))
            .inspect_err(|error| tracing::error!(%error, "the film has no picture"))
            .ok()
    }
}

impl Canvas {
    fn new(gl: &glow::Context, frame: &mut eframe::Frame) -> Option<Self> {
        // SAFETY: the window's context is current on this thread while a frame is drawn.
        let made = unsafe {
            let texture = gl.create_texture();
            let framebuffer = gl.create_framebuffer();
            texture.and_then(|texture| Ok((texture, framebuffer?)))
        };
        let (texture, framebuffer) =
            made.inspect_err(|error| tracing::error!(error, "the film has no picture")).ok()?;
        let id = frame.register_native_glow_texture(texture);
        Some(Self { texture, framebuffer, id, size: [0, 0] })
    }

    /// Gives the texture this size; false if it has it.
    fn resize(&mut self, gl: &glow::Context, size: [u32; 2]) -> bool {
        if std::mem::replace(&mut self.size, size) == size {
            return false;
        }
        let [width, height] = size.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        // SAFETY: the window's context is current on this thread and made both objects; no pixels are
        // read from memory.
        unsafe {
            let before = bound_framebuffer(gl, glow::FRAMEBUFFER_BINDING);
            gl.bind_texture(glow::TEXTURE_2D, Some(self.texture));
            let (format, kind) = (glow::RGBA, glow::UNSIGNED_BYTE);
            let pixels = glow::PixelUnpackData::Slice(None);
            gl.tex_image_2d(
                glow::TEXTURE_2D,
                0,
                glow::RGBA8 as i32,
                width,
                height,
                0,
                format,
                kind,
                pixels,
            );
            for (parameter, value) in [
                (glow::TEXTURE_MIN_FILTER, glow::LINEAR),
                (glow::TEXTURE_MAG_FILTER, glow::LINEAR),
                (glow::TEXTURE_WRAP_S, glow::CLAMP_TO_EDGE),
                (glow::TEXTURE_WRAP_T, glow::CLAMP_TO_EDGE),
            ] {
                gl.tex_parameter_i32(glow::TEXTURE_2D, parameter, value as i32);
            }
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(self.framebuffer));
            let (target, attachment) = (glow::FRAMEBUFFER, glow::COLOR_ATTACHMENT0);
            gl.framebuffer_texture_2d(target, attachment, glow::TEXTURE_2D, Some(self.texture), 0);
            gl.bind_framebuffer(glow::FRAMEBUFFER, before);
            gl.bind_texture(glow::TEXTURE_2D, None);
        }
        true
    }

    /// Lets libmpv draw, and puts back what the window's own drawing relies on.
    fn draw(&self, gl: &glow::Context, renderer: &mut FilmRenderer) {
        let [width, height] = self.size.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        // SAFETY: the window's context is current on this thread; only a binding point is read.
        let before = unsafe { bound_framebuffer(gl, glow::FRAMEBUFFER_BINDING) };
        renderer.render(self.framebuffer.0.get(), width, height);
        // SAFETY: as above; only binding points are set.
        unsafe {
            gl.bind_framebuffer(glow::FRAMEBUFFER, before);
            gl.use_program(None);
            gl.bind_vertex_array(None);
            gl.bind_buffer(glow::ARRAY_BUFFER, None);
            gl.active_texture(glow::TEXTURE0);
            gl.bind_texture(glow::TEXTURE_2D, None);
        }
    }
}
