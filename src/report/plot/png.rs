//! A picture as PNG, for where SVG is not shown.
//!
//! Letters come from a font of our own, so that a picture is the same on every machine.

use super::PlotError;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// The Latin letters of a sans-serif font; `fonts/OFL.txt` has its licence.
const FONT: &[u8] = include_bytes!("../fonts/NotoSansCJKkr-Latin.otf");
/// What the font calls itself.
const FAMILY: &str = "Noto Sans CJK KR";
/// Dots to a pixel of the picture's natural size, for screens that have as many.
const DOTS: f32 = 2.0;

/// Draws an SVG picture as PNG.
///
/// # Errors
/// If it is no picture of ours.
pub(crate) fn of(svg: &str) -> Result<Vec<u8>, PlotError> {
    let mut options = Options::default();
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    let tree = Tree::from_str(svg, &options).map_err(|error| PlotError(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(DOTS);
    let dots = size.and_then(|size| Pixmap::new(size.width(), size.height()));
    let mut dots = dots.ok_or_else(|| PlotError("a picture without a size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(DOTS, DOTS), &mut dots.as_mut());
    dots.encode_png().map_err(|error| PlotError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many dots are dark in a picture that holds nothing but this text.
    fn dark(text: &str) -> usize {
        let svg = super::super::picture("", text, 60, |_| Ok(())).unwrap();
        let dots = Pixmap::decode_png(&of(&svg).unwrap()).unwrap();
        assert_eq!((dots.width(), dots.height()), (1_920, 120));
        dots.pixels().iter().filter(|dot| dot.red() < 128).count()
    }

    #[test]
    fn a_picture_has_letters() {
        assert!(dark("tickets in line") > 300);
        assert_eq!(dark(""), 0);
    }

    #[test]
    fn every_letter_of_the_catalogues_is_in_the_font() {
        let fonts = {
            let mut fonts = resvg::usvg::fontdb::Database::new();
            fonts.load_font_data(FONT.to_vec());
            fonts
        };
        let face = fonts.faces().next().unwrap();
        assert_eq!(face.families[0].0, FAMILY);
        let all: std::collections::BTreeSet<char> =
            include_str!("../messages/en.ftl").chars().filter(|letter| !letter.is_whitespace()).collect();
        for letter in all {
            assert!(dark(&letter.to_string()) > 0, "{letter}");
        }
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        assert!(of("<svg").is_err());
    }
}
