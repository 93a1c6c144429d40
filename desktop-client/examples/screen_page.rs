//! Fills an X display with what a shared screen is measured on, and says which picture it painted when:
//! a page that scrolls, or pictures of a film. The top eighth of each picture carries the time at which
//! it was painted, like the test pattern; a line of JSON for each says that time and which it was.
//!
//! Everything is uploaded once and copied within the X server, so that it costs next to nothing.

#[cfg(target_os = "linux")]
mod screen_page {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::path::PathBuf;
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    use anyhow::{Context as _, Result, bail};
    use clap::Parser;
    use x11rb::connection::{Connection as _, RequestConnection as _};
    use x11rb::protocol::xproto::{
        ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext,
        ImageFormat, Pixmap, Rectangle, StackMode, Window, WindowClass,
    };
    use x11rb::rust_connection::RustConnection;
    use x11rb::wrapper::ConnectionExt as _;

    /// Columns of the time, so bits.
    const BITS: u32 = 48;
    /// Bytes of a pixel, as X keeps those of 24 bits.
    const PIXEL: usize = 4;
    const WHITE: u32 = 0x00ff_ffff;

    /// What to paint, and where.
    #[derive(Debug, Parser)]
    struct Options {
        /// Raw pixels (blue, green, red, unused), row by row, as wide as the screen: a page of any height
        /// that is scrolled, or with `--film` pictures as high as the screen, one after the other.
        pixels: PathBuf,
        /// The pixels are a film: forth and back for ever.
        #[arg(long)]
        film: bool,
        /// How many rows the page moves from picture to picture; 0: it stands, and only its first
        /// picture is painted.
        #[arg(long, default_value_t = 0)]
        step: u32,
        /// Pictures a second.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=120))]
        fps: u32,
        /// How long to paint, in seconds.
        #[arg(long, default_value_t = 60.0)]
        seconds: f64,
    }

    struct Screen {
        x: RustConnection,
        window: Window,
        depth: u8,
        copy: Gcontext,
        fill: Gcontext,
        width: u16,
        height: u16,
    }

    pub(crate) fn run() -> Result<()> {
        let options = Options::parse();
        let screen = Screen::open()?;
        let rows = usize::from(if options.film { screen.height } else { 0 });
        let sheets = screen.upload(&options.pixels, rows)?;
        let back = screen.pixmap(screen.height)?;
        let period = Duration::from_secs(1) / options.fps;
        let began = Instant::now();
        let mut lines = std::io::stdout().lock();
        for number in 0_u32.. {
            let due = began + period * number;
            let seconds = due.duration_since(began).as_secs_f64();
            if seconds >= options.seconds {
                return Ok(());
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if number > 0 && !options.film && options.step == 0 {
                continue;
            }
            let (sheet, row) = if options.film {
                (triangle(number, sheets.len() as u32 - 1) as usize, 0)
            } else {
                let room = sheets[0].1.saturating_sub(u32::from(screen.height));
                (0, triangle(number * options.step, room))
            };
            let at = unix_ms();
            screen.paint(sheets[sheet].0, back, row, at)?;
            writeln!(lines, "{{\"at\":{at},\"sheet\":{sheet},\"row\":{row}}}")?;
            lines.flush()?;
        }
        Ok(())
    }

    fn unix_ms() -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Up to `most` and down again.
    fn triangle(position: u32, most: u32) -> u32 {
        let position = position % (2 * most).max(1);
        position.min(2 * most - position)
    }

    impl Screen {
        fn open() -> Result<Self> {
            let (x, number) = x11rb::connect(None).context("there is no X display")?;
            let root = x.setup().roots[number].clone();
            if root.root_depth != 24 {
                bail!("the display has {} bits a pixel, not 24", root.root_depth);
            }
            let window = x.generate_id()?;
            let (width, height) = (root.width_in_pixels, root.height_in_pixels);
            // What is shared has the pointer in it, which is no part of what is painted.
            let (nothing, cursor) = (x.generate_id()?, x.generate_id()?);
            x.create_pixmap(1, nothing, root.root, 1, 1)?;
            x.create_cursor(cursor, nothing, nothing, 0, 0, 0, 0, 0, 0, 0, 0)?;
            // No window manager is to put a frame around it.
            let looks =
                CreateWindowAux::new().override_redirect(1).background_pixel(0).cursor(cursor);
            let visual = root.root_visual;
            x.create_window(
                root.root_depth,
                window,
                root.root,
                0,
                0,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                visual,
                &looks,
            )?;
            x.map_window(window)?;
            let (copy, fill) = (x.generate_id()?, x.generate_id()?);
            x.create_gc(copy, window, &CreateGCAux::new().graphics_exposures(0))?;
            x.create_gc(fill, window, &CreateGCAux::new().foreground(WHITE))?;
            x.sync()?;
            Ok(Self { x, window, depth: root.root_depth, copy, fill, width, height })
        }

        fn pixmap(&self, height: u16) -> Result<Pixmap> {
            let pixmap = self.x.generate_id()?;
            self.x.create_pixmap(self.depth, pixmap, self.window, self.width, height)?;
            Ok(pixmap)
        }

        /// The file as pixmaps of so many rows, each with its height; 0: all of it in one.
        fn upload(&self, pixels: &PathBuf, rows: usize) -> Result<Vec<(Pixmap, u32)>> {
            let mut file =
                File::open(pixels).with_context(|| format!("cannot read {}", pixels.display()))?;
            let row = usize::from(self.width) * PIXEL;
            let length = usize::try_from(file.metadata()?.len())?;
            let rows = if rows == 0 { length / row } else { rows };
            let sheets = length / row / rows.max(1);
            if rows < usize::from(self.height) || sheets == 0 {
                bail!("{} holds less than a screen", pixels.display());
            }
            let most = (self.x.maximum_request_bytes() - 64) / row;
            let mut uploaded = Vec::with_capacity(sheets);
            for _ in 0..sheets {
                let pixmap = self.pixmap(u16::try_from(rows)?)?;
                let mut top = 0;
                while top < rows {
                    let part = most.min(rows - top);
                    let mut bytes = vec![0; part * row];
                    file.read_exact(&mut bytes)?;
                    let (height, y) = (u16::try_from(part)?, i16::try_from(top)?);
                    let (format, depth) = (ImageFormat::Z_PIXMAP, self.depth);
                    self.x
                        .put_image(
                            format, pixmap, self.copy, self.width, height, 0, y, 0, depth, &bytes,
                        )?
                        .check()?;
                    top += part;
                }
                uploaded.push((pixmap, u32::try_from(rows)?));
            }
            Ok(uploaded)
        }

        /// Shows the rows of `sheet` from `row` on, with the time over them, at once.
        fn paint(&self, sheet: Pixmap, back: Pixmap, row: u32, at: u64) -> Result<()> {
            let (x, row) = (&self.x, i16::try_from(row)?);
            x.copy_area(sheet, back, self.copy, 0, row, 0, 0, self.width, self.height)?;
            let stamp = self.height / 8;
            let black = CreateGCAux::new().foreground(0);
            let gc = x.generate_id()?;
            x.create_gc(gc, self.window, &black)?;
            let whole = Rectangle { x: 0, y: 0, width: self.width, height: stamp };
            x.poly_fill_rectangle(back, gc, &[whole])?;
            x.free_gc(gc)?;
            let edge = |column: u32| (column * u32::from(self.width)).div_ceil(BITS) as i16;
            let lit = (0..BITS).filter(|column| at >> (BITS - 1 - column) & 1 == 1);
            let columns: Vec<Rectangle> = lit
                .map(|column| Rectangle {
                    x: edge(column),
                    y: 0,
                    width: (edge(column + 1) - edge(column)) as u16,
                    height: stamp,
                })
                .collect();
            x.poly_fill_rectangle(back, self.fill, &columns)?;
            let top = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            x.configure_window(self.window, &top)?;
            x.copy_area(back, self.window, self.copy, 0, 0, 0, 0, self.width, self.height)?;
            x.sync()?;
            Ok(())
        }
    }
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    screen_page::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("screen_page paints X displays: run it on Linux");
}
