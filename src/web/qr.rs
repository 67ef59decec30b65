//! An address as a QR code: for a page, a file, and the terminal.

use image::{ExtendedColorType, ImageEncoder, ImageError, codecs::png::PngEncoder};
use qrcode::{Color, EcLevel, QrCode, types::QrError};
use std::fmt::Write;

/// Light modules around the code, as the standard asks.
const QUIET: usize = 4;

/// Pixels a module in a PNG: sharp on A4, some 40 KB at most.
const PNG_PIXELS_A_MODULE: usize = 16;

/// A QR code. A quarter of it may be dirty or torn: posters hang for months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of an address; refused where it is too long for one.
    pub fn of(address: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(address, EcLevel::Q)?;
        Ok(Self {
            side: code.width(),
            dark: code
                .into_colors()
                .iter()
                .map(|color| *color == Color::Dark)
                .collect(),
        })
    }

    /// Modules along a side, the light ones around it included.
    pub const fn modules(&self) -> usize {
        self.side + 2 * QUIET
    }

    /// As one path that scales, dark on light whatever the page's colours; `label` is what a screen reader says.
    pub fn svg(&self, label: &str) -> String {
        let modules = self.modules();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {modules} {modules}\" role=\"img\" \
             aria-label=\"{}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{modules}v{modules}H0z\"/>\
             <path d=\"",
            escaped(label)
        );
        for y in 0..modules {
            let mut x = 0;
            while x < modules {
                let run = (x..modules).take_while(|&at| self.is_dark(at, y)).count();
                if run > 0 {
                    write!(svg, "M{x} {y}h{run}v1h-{run}z")
                        .expect("a string takes what is written");
                }
                x += run.max(1);
            }
        }
        svg.push_str("\"/></svg>");
        svg
    }

    /// As a picture file, black on white.
    pub fn png(&self) -> Result<Vec<u8>, ImageError> {
        let side = self.modules() * PNG_PIXELS_A_MODULE;
        let module = |at: usize| at / PNG_PIXELS_A_MODULE;
        let pixels: Vec<u8> = (0..side * side)
            .map(|at| {
                if self.is_dark(module(at % side), module(at / side)) {
                    0
                } else {
                    u8::MAX
                }
            })
            .collect();
        let mut file = Vec::new();
        let side = u32::try_from(side).expect("a QR code has at most 185 modules a side");
        PngEncoder::new(&mut file).write_image(&pixels, side, side, ExtendedColorType::L8)?;
        Ok(file)
    }

    /// For a terminal: two modules a character, light on dark drawn as blocks, so that a phone reads it.
    pub fn terminal(&self) -> String {
        let modules = self.modules();
        let mut text = String::new();
        for y in (0..modules).step_by(2) {
            for x in 0..modules {
                text.push(match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
                    (true, true) => ' ',
                    (true, false) => '\u{2584}',
                    (false, true) => '\u{2580}',
                    (false, false) => '\u{2588}',
                });
            }
            text.push('\n');
        }
        text
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.side);
        inside(x)
            .zip(inside(y))
            .is_some_and(|(x, y)| self.dark[y * self.side + x])
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://badhuis.example/c/0G4T8WZ2M5Q7R9V1X3C6B0N4KA";

    fn read(picture: &image::GrayImage) -> String {
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(
            picture.width() as usize,
            picture.height() as usize,
            |x, y| {
                let (x, y) = (
                    u32::try_from(x).expect("small"),
                    u32::try_from(y).expect("small"),
                );
                picture.get_pixel(x, y).0[0]
            },
        );
        let grids = prepared.detect_grids();
        grids
            .first()
            .expect("one code is seen")
            .decode()
            .expect("it can be read")
            .1
    }

    #[test]
    fn a_scanner_reads_the_picture() {
        let file = Code::of(ADDRESS).expect("fits").png().expect("encodes");
        let picture = image::load_from_memory(&file)
            .expect("a picture")
            .to_luma8();
        assert_eq!(read(&picture), ADDRESS);
    }

    #[test]
    fn the_page_and_the_terminal_show_the_same_modules() {
        let code = Code::of(ADDRESS).expect("fits");
        let dark: usize = code.dark.iter().filter(|dark| **dark).count();
        let svg = code.svg("a \"b\"");
        let drawn: usize = svg
            .split("v1h-")
            .filter_map(|run| run.rsplit('h').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(drawn, dark);
        assert!(svg.contains("a &quot;b&quot;"));
        let terminal = code.terminal();
        assert_eq!(terminal.lines().count(), code.modules().div_ceil(2));
        assert!(
            terminal
                .lines()
                .all(|line| line.chars().count() == code.modules())
        );
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(Code::of(&"x".repeat(3_000)).is_err());
    }
}
