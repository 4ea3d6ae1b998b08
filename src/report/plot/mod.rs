//! Pictures of a run, as SVG.
//!
//! [`Canvas`] draws lines, areas and text; [`panel`] is a plotting area with a time axis below and a value
//! axis to the left; [`bars`] are rows of bars with names to their left. Each picture is a file of its
//! own. A picture holds no date and no random name: one folder always gives the same bytes.

pub(super) mod axis;
mod bars;
pub(super) mod cumulative;
pub(super) mod funnel;
pub(super) mod held;
pub(super) mod latency;
mod panel;
pub(super) mod png;
pub(super) mod queue;
pub(super) mod requests;
pub(super) mod stations;
pub(super) mod steps;
mod times;

use axis::Axis;
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A picture that could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PlotError(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for PlotError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

type Drawn = Result<(), PlotError>;

/// The width of a picture, in pixels at its natural size.
const WIDTH: i32 = 960;
/// Plotters counts in whole units; this many of them make a pixel, so that curves are smooth.
const FINE: i32 = 4;
/// The height of the letters of ticks, legends and notes, in pixels.
const LETTERS: f64 = 15.0;
/// How wide a letter is of its height, on average; fonts differ, so this is generous.
const LETTER_WIDTH: f64 = 0.55;

// Okabe and Ito's palette, which people tell apart whatever their colour vision; the green a little
// darker than theirs for contrast on white.
const BLUE: RGBColor = RGBColor(0, 96, 160);
const ORANGE: RGBColor = RGBColor(213, 94, 0);
const GREEN: RGBColor = RGBColor(0, 122, 90);
const SKY: RGBColor = RGBColor(86, 170, 225);
const PURPLE: RGBColor = RGBColor(130, 40, 110);
const INK: RGBColor = RGBColor(34, 34, 34);
const MUTED: RGBColor = RGBColor(85, 85, 85);
const GRID: RGBColor = RGBColor(222, 222, 222);

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
struct Pen {
    color: RGBColor,
    /// In quarters of a pixel.
    width: u32,
    dashed: bool,
}

impl Pen {
    const fn solid(color: RGBColor, width: u32) -> Self {
        Self { color, width, dashed: false }
    }

    const fn dashed(color: RGBColor, width: u32) -> Self {
        Self { color, width, dashed: true }
    }

    fn style(self) -> ShapeStyle {
        self.color.stroke_width(self.width)
    }
}

/// Where text or a mark is, in pixels from the upper left corner.
type Place = (f64, f64);

/// What lines, areas and text are drawn on.
struct Canvas<'a>(DrawingArea<SVGBackend<'a>, Shift>);

/// Draws a picture of this height. `name` is read out to those who cannot see it; `title` stands above.
fn picture(
    name: &str,
    title: &str,
    height: i32,
    draw: impl FnOnce(&Canvas) -> Drawn,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    {
        let size = ((WIDTH * FINE) as u32, (height * FINE) as u32);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let canvas = Canvas(area);
        canvas.text(title, (12.0, 12.0), INK, HPos::Left, VPos::Top)?;
        draw(&canvas)?;
        canvas.0.present()?;
    }
    let drawn = format!("<svg width=\"{}\" height=\"{}\"", WIDTH * FINE, height * FINE);
    let shown = format!("<svg role=\"img\" aria-label=\"{name}\" width=\"{WIDTH}\" height=\"{height}\"");
    Ok(svg.replacen(&drawn, &shown, 1))
}

/// A picture's text for inside an HTML page: without the namespace, and without a size, so that the page
/// decides on it.
pub(super) fn inline(svg: &str) -> String {
    let plain = svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    match (plain.find(" width=\""), plain.find(" viewBox=\"")) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &plain[..from], &plain[to..]),
        _ => plain,
    }
}

fn fine(pixels: f64) -> i32 {
    (pixels * f64::from(FINE)).round() as i32
}

fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * LETTERS * LETTER_WIDTH
}

impl Canvas<'_> {
    fn text(&self, text: &str, (x, y): Place, color: RGBColor, h: HPos, v: VPos) -> Drawn {
        // Plotters divides the size of a font by 1.24 when it writes SVG.
        let size = LETTERS * 1.24 * f64::from(FINE);
        let style = ("sans-serif", size).into_font().color(&color).pos(Pos::new(h, v));
        self.0.draw(&Text::new(text.to_owned(), (fine(x), fine(y)), style))?;
        Ok(())
    }

    fn stroke(&self, path: &[(i32, i32)], pen: Pen) -> Drawn {
        if pen.dashed {
            let dashes = DashedPathElement::new(path.to_vec(), 7 * FINE, 5 * FINE, pen.style());
            self.0.draw(&dashes)?;
        } else {
            self.0.draw(&PathElement::new(path.to_vec(), pen.style()))?;
        }
        Ok(())
    }

    fn segment(&self, from: Place, to: Place, pen: Pen) -> Drawn {
        self.stroke(&[(fine(from.0), fine(from.1)), (fine(to.0), fine(to.1))], pen)
    }

    /// An area, as strong as `part` of its colour.
    fn area(&self, outline: Vec<(i32, i32)>, color: RGBColor, part: f64) -> Drawn {
        self.0.draw(&Polygon::new(outline, color.mix(part).filled()))?;
        Ok(())
    }

    fn rectangle(&self, from: Place, to: Place, color: RGBColor, part: f64) -> Drawn {
        let corners = [(fine(from.0), fine(from.1)), (fine(to.0), fine(to.1))];
        self.0.draw(&Rectangle::new(corners, color.mix(part).filled()))?;
        Ok(())
    }

    fn dot(&self, (x, y): Place, radius: f64, color: RGBColor) -> Drawn {
        self.0.draw(&Circle::new((fine(x), fine(y)), fine(radius), color.filled()))?;
        Ok(())
    }

    /// A row of names, each after its line, beginning at `x`.
    fn legend(&self, mut x: f64, entries: &[(Pen, String)]) -> Drawn {
        const Y: f64 = 49.0;
        for (pen, name) in entries {
            self.segment((x, Y), (x + 26.0, Y), *pen)?;
            self.text(name, (x + 33.0, Y), INK, HPos::Left, VPos::Center)?;
            x += 33.0 + width_of(name) + 24.0;
        }
        Ok(())
    }
}
