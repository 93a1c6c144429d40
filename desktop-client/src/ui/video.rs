//! Pictures of cameras and screens, and the film's. The film's is a texture already. The others are three planes uploaded only when a slot has a newer frame, turned
//! into colours by a shader, cut to fill their place or shown whole, with rounded corners. Where no
//! such pictures can be drawn (a test without a graphics context) nothing is painted.

mod copy;
mod placement;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use cinemasync_core::frame::{FrameSlot, VideoFrame};
use eframe::egui::epaint::RectShape;
use eframe::egui::{CornerRadius, PaintCallback, Painter, Rect, Ui, Vec2, pos2};
use eframe::egui_glow::{CallbackFn, Painter as GlPainter, ShaderVersion};
use eframe::glow::{self, HasContext as _, PixelUnpackData};
use thiserror::Error;
use tracing::warn;

use copy::Copier;
pub(crate) use placement::Placement;
use placement::{View, on_pixels, view};

use super::FilmPicture;
use super::theme::on_picture;

/// Textures of a slot that was not drawn for so many frames are given back.
const UNUSED_FRAMES: u64 = 120;

/// Draws frame slots; lives as long as the window.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    program: Program,
    planes: BTreeMap<String, Planes>,
    copier: Copier,
    frame: u64,
}

#[derive(Debug, Default)]
enum Program {
    #[default]
    NotYet,
    Ready(Pipeline),
    Failed,
}

#[derive(Debug, Clone, Copy)]
struct Pipeline {
    program: glow::Program,
    vertices: glow::VertexArray,
}

#[derive(Debug)]
struct Planes {
    textures: [glow::Texture; 3],
    generation: u64,
    size: (u32, u32),
    drawn: u64,
}

/// Why camera pictures cannot be drawn.
#[derive(Debug, Error)]
enum PipelineError {
    /// OpenGL before 3.0.
    #[error("the graphics driver is older than OpenGL 3.0")]
    TooOld,
    /// The driver said so.
    #[error("the graphics driver refused the picture shader: {0}")]
    Driver(String),
}

impl Pictures {
    /// Draws the slot's latest picture into `rect`, as far as that can be seen. `key` names the slot
    /// among all. False if there is none.
    pub(crate) fn draw(
        &self,
        ui: &Ui,
        key: &str,
        slot: &FrameSlot,
        rect: Rect,
        placement: Placement,
    ) -> bool {
        self.draw_solid(ui, key, slot, rect, placement, 1.0)
    }

    /// Shows a film picture stretched over `rect`, with round corners of `corner` points.
    pub(crate) fn film(&self, ui: &Ui, film: FilmPicture, rect: Rect, corner: u8) {
        let rect = on_pixels(rect, ui.pixels_per_point());
        let seen = rect.intersect(ui.clip_rect());
        if !seen.is_positive() {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let paint = CallbackFn::new(move |info, painter| {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.copier.copy(painter, &info, film, rect, f32::from(corner));
        });
        ui.painter().add(PaintCallback { rect: seen, callback: Arc::new(paint) });
        if corner > 0 {
            corners(ui.painter(), film, rect, corner);
        }
    }

    /// The same, as solid as said: 1 hides what lies below, 0 is not to be seen.
    pub(crate) fn draw_solid(
        &self,
        ui: &Ui,
        key: &str,
        slot: &FrameSlot,
        rect: Rect,
        placement: Placement,
        solid: f32,
    ) -> bool {
        let generation = slot.generation();
        let Some(frame) = slot.get() else { return false };
        if !is_whole(&frame) {
            return false;
        }
        let size = (frame.width, frame.height);
        let scale = ui.pixels_per_point();
        let Some((seen, view)) = view(rect, ui.clip_rect(), size, placement, scale) else {
            return true;
        };
        let view = View { solid, ..view };
        let (shared, key) = (Arc::clone(&self.shared), key.to_owned());
        let number = ui.ctx().cumulative_frame_nr();
        let paint = CallbackFn::new(move |_, painter| {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.paint(painter, &key, &frame, generation, number, &view);
        });
        ui.painter().add(PaintCallback { rect: seen, callback: Arc::new(paint) });
        true
    }
}

/// The corners of a film picture are drawn, so that they can be round.
fn corners(painter: &Painter, film: FilmPicture, rect: Rect, corner: u8) {
    // The picture's first row is its lowest.
    let uv = Rect::from_min_max(pos2(0.0, 1.0), pos2(1.0, 0.0));
    let shape = RectShape::filled(rect, CornerRadius::same(corner), on_picture::INK)
        .with_texture(film.texture, uv);
    for at in [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom()] {
        let around = Rect::from_center_size(at, Vec2::splat(2.0 * f32::from(corner)));
        painter.with_clip_rect(painter.clip_rect().intersect(around)).add(shape.clone());
    }
}

/// What is bound to a binding point for framebuffers.
///
/// # Safety
/// The context must be current on this thread.
pub(crate) unsafe fn bound_framebuffer(
    gl: &glow::Context,
    binding: u32,
) -> Option<glow::Framebuffer> {
    // SAFETY: as the caller promises.
    let name = unsafe { gl.get_parameter_i32(binding) };
    u32::try_from(name).ok().and_then(NonZeroU32::new).map(glow::NativeFramebuffer)
}

/// Are the planes as long as the sizes say? A decoder's mistake must not reach the driver.
fn is_whole(frame: &VideoFrame) -> bool {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let chroma = width.div_ceil(2) * height.div_ceil(2);
    width > 0
        && height > 0
        && frame.y.len() == width * height
        && frame.u.len() == chroma
        && frame.v.len() == chroma
}

impl Shared {
    fn paint(
        &mut self,
        painter: &GlPainter,
        key: &str,
        frame: &VideoFrame,
        generation: u64,
        number: u64,
        view: &View,
    ) {
        let gl = painter.gl();
        if matches!(self.program, Program::NotYet) {
            self.program = match Pipeline::new(gl) {
                Ok(pipeline) => Program::Ready(pipeline),
                Err(error) => {
                    warn!(%error, "camera pictures cannot be shown");
                    Program::Failed
                }
            };
        }
        let Program::Ready(pipeline) = self.program else { return };
        if self.frame != number {
            self.frame = number;
            self.forget_unused(gl);
        }
        let planes = match self.planes.entry(key.to_owned()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => match Planes::new(gl) {
                Ok(planes) => entry.insert(planes),
                Err(error) => {
                    warn!(%error, "no texture for a camera picture");
                    return;
                }
            },
        };
        planes.drawn = number;
        if planes.generation != generation {
            planes.upload(gl, frame);
            planes.generation = generation;
        }
        pipeline.draw(gl, planes, view);
    }

    fn forget_unused(&mut self, gl: &glow::Context) {
        let oldest = self.frame.saturating_sub(UNUSED_FRAMES);
        self.planes.retain(|_, planes| {
            let keep = planes.drawn >= oldest;
            if !keep {
                for texture in planes.textures {
                    // SAFETY: the painter's context is current, and the texture was made in it and
                    // is not used after this.
                    unsafe { gl.delete_texture(texture) };
                }
            }
            keep
        });
    }
}

impl Planes {
    fn new(gl: &glow::Context) -> Result<Self, PipelineError> {
        let one = || {
            // SAFETY: the painter's context is current.
            unsafe { gl.create_texture() }.map_err(PipelineError::Driver)
        };
        let textures = [one()?, one()?, one()?];
        // No slot counts to the greatest number, so the first picture is always uploaded.
        Ok(Self { textures, generation: u64::MAX, size: (0, 0), drawn: 0 })
    }

    fn upload(&mut self, gl: &glow::Context, frame: &VideoFrame) {
        let size = (frame.width, frame.height);
        let same = self.size == size;
        self.size = size;
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        let planes = [(&frame.y, size), (&frame.u, half), (&frame.v, half)];
        for (texture, (bytes, (width, height))) in self.textures.into_iter().zip(planes) {
            let (width, height) = (width.cast_signed(), height.cast_signed());
            let pixels = PixelUnpackData::Slice(Some(bytes));
            // SAFETY: the painter's context is current; `is_whole` checked that each plane has
            // `width * height` bytes, which with an alignment of 1 is what the driver reads.
            unsafe {
                gl.bind_texture(glow::TEXTURE_2D, Some(texture));
                gl.pixel_store_i32(glow::UNPACK_ALIGNMENT, 1);
                if same {
                    gl.tex_sub_image_2d(
                        glow::TEXTURE_2D,
                        0,
                        0,
                        0,
                        width,
                        height,
                        glow::RED,
                        glow::UNSIGNED_BYTE,
                        pixels,
                    );
                    continue;
                }
                let edge = glow::CLAMP_TO_EDGE.cast_signed();
                let smooth = glow::LINEAR.cast_signed();
                for (parameter, value) in [
                    (glow::TEXTURE_MIN_FILTER, smooth),
                    (glow::TEXTURE_MAG_FILTER, smooth),
                    (glow::TEXTURE_WRAP_S, edge),
                    (glow::TEXTURE_WRAP_T, edge),
                ] {
                    gl.tex_parameter_i32(glow::TEXTURE_2D, parameter, value);
                }
                gl.tex_image_2d(
                    glow::TEXTURE_2D,
                    0,
                    glow::R8.cast_signed(),
                    width,
                    height,
                    0,
                    glow::RED,
                    glow::UNSIGNED_BYTE,
                    pixels,
                );
            }
        }
    }
}

impl Pipeline {
    fn new(gl: &glow::Context) -> Result<Self, PipelineError> {
        let version = ShaderVersion::get(gl);
        if !version.is_new_shader_interface() {
            return Err(PipelineError::TooOld);
        }
        // SAFETY: the painter's context is current; every object is used in it only.
        unsafe {
            let program = gl.create_program().map_err(PipelineError::Driver)?;
            for (kind, source) in [(glow::VERTEX_SHADER, VERTEX), (glow::FRAGMENT_SHADER, FRAGMENT)]
            {
                let shader = gl.create_shader(kind).map_err(PipelineError::Driver)?;
                gl.shader_source(shader, &format!("{}{source}", version.version_declaration()));
                gl.compile_shader(shader);
                if !gl.get_shader_compile_status(shader) {
                    return Err(PipelineError::Driver(gl.get_shader_info_log(shader)));
                }
                gl.attach_shader(program, shader);
                // Marked now, gone with the program.
                gl.delete_shader(shader);
            }
            gl.link_program(program);
            if !gl.get_program_link_status(program) {
                return Err(PipelineError::Driver(gl.get_program_info_log(program)));
            }
            let vertices = gl.create_vertex_array().map_err(PipelineError::Driver)?;
            Ok(Self { program, vertices })
        }
    }

    fn draw(self, gl: &glow::Context, planes: &Planes, view: &View) {
        // SAFETY: the painter's context is current, and program, vertex array and textures were
        // made in it. egui restores what it needs after the callback.
        unsafe {
            gl.use_program(Some(self.program));
            for (unit, (name, texture)) in
                ["luma", "blue", "red"].into_iter().zip(planes.textures).enumerate()
            {
                let unit = unit as u32;
                gl.active_texture(glow::TEXTURE0 + unit);
                gl.bind_texture(glow::TEXTURE_2D, Some(texture));
                let location = gl.get_uniform_location(self.program, name);
                gl.uniform_1_i32(location.as_ref(), unit.cast_signed());
            }
            let uniform = |name| gl.get_uniform_location(self.program, name);
            for (name, [x, y]) in [
                ("from", view.from),
                ("part", view.part),
                ("scale", view.scale),
                ("place", view.place),
                ("taps", view.taps),
            ] {
                gl.uniform_2_f32(uniform(name).as_ref(), x, y);
            }
            gl.uniform_1_f32(uniform("corner").as_ref(), view.corner);
            gl.uniform_1_f32(uniform("solid").as_ref(), view.solid);
            gl.disable(glow::CULL_FACE);
            gl.bind_vertex_array(Some(self.vertices));
            gl.draw_arrays(glow::TRIANGLE_STRIP, 0, 4);
            gl.bind_vertex_array(None);
            gl.active_texture(glow::TEXTURE0);
        }
    }
}

const VERTEX: &str = r"
out vec2 at;
void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float((gl_VertexID >> 1) & 1));
    at = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
";

// BT.601, limited range. A picture that is drawn smaller than it is takes the mean of four places,
// so that text stays readable. The corners are cut by the distance to a rounded rectangle, softened
// over one point; egui blends premultiplied colours.
const FRAGMENT: &str = r"
#ifdef GL_ES
precision highp float;
#endif
in vec2 at;
out vec4 color;
uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
uniform vec2 from;
uniform vec2 part;
uniform vec2 scale;
uniform vec2 place;
uniform vec2 taps;
uniform float corner;
uniform float solid;
void main() {
    vec2 spot = from + at * part;
    vec2 uv = (spot - 0.5) * scale + 0.5;
    float light;
    if (taps.x + taps.y > 0.0) {
        vec2 across = vec2(taps.x, -taps.y);
        light = 0.25 * (texture(luma, uv - taps).r + texture(luma, uv + taps).r
            + texture(luma, uv - across).r + texture(luma, uv + across).r);
    } else {
        light = texture(luma, uv).r;
    }
    float y = 1.164383 * (light - 0.062745);
    float u = texture(blue, uv).r - 0.501961;
    float v = texture(red, uv).r - 0.501961;
    vec3 rgb = vec3(y + 1.596027 * v, y - 0.391762 * u - 0.812968 * v, y + 2.017232 * u);
    vec2 outside = abs((spot - 0.5) * place) - place * 0.5 + corner;
    float distance = length(max(outside, 0.0)) + min(max(outside.x, outside.y), 0.0) - corner;
    float cover = solid * clamp(0.5 - distance, 0.0, 1.0);
    color = vec4(clamp(rgb, 0.0, 1.0) * cover, cover);
}
";

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_frame_whose_planes_are_short_is_refused() {
        let mut frame = VideoFrame::black(64, 36, Instant::now());
        assert!(is_whole(&frame));
        frame.u.pop();
        assert!(!is_whole(&frame));
        assert!(!is_whole(&VideoFrame::black(0, 0, Instant::now())));
    }
}
