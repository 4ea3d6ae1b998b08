//! Pictures of a run, as SVG.
//!
//! `Panel` is a plotting area with a time axis below and a value axis to the left; each picture is a
//! file of its own. A picture holds no date and no random name: one folder always gives the same bytes.

pub(super) mod axis;
pub(super) mod cumulative;
pub(super) mod latency;
pub(super) mod queue;

use self::axis::Axis;
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

/// Width and height of a picture, in pixels at its natural size.
const SIZE: (i32, i32) = (960, 420);
/// Plotters counts in whole units; this many of them make a pixel, so that curves are smooth.
const FINE: i32 = 4;
const LEFT: i32 = 84;
const RIGHT: i32 = 920;
const TOP: i32 = 72;
const BOTTOM: i32 = 358;
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

/// A point of a line; a line is broken where there is no value.
type Point = (f64, Option<f64>);

/// Where a note stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Left,
    Right,
}

/// Axes and everything drawn between them.
struct Panel<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    x: Axis,
    y: Axis,
}

/// Draws a picture: `title` names the values, `draw` fills the panel. `name` is read out to those who
/// cannot see it.
fn picture(
    name: &str,
    axes: (Axis, Axis),
    title: &str,
    draw: impl FnOnce(&Panel) -> Drawn,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    {
        let size = ((SIZE.0 * FINE) as u32, (SIZE.1 * FINE) as u32);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let panel = Panel { area, x: axes.0, y: axes.1 };
        panel.frame(title)?;
        draw(&panel)?;
        panel.area.present()?;
    }
    Ok(named(&svg, name))
}

/// Gives the root element its natural size and a name.
fn named(svg: &str, name: &str) -> String {
    let (width, height) = (SIZE.0 * FINE, SIZE.1 * FINE);
    let drawn = format!("<svg width=\"{width}\" height=\"{height}\"");
    let shown = format!("<svg role=\"img\" aria-label=\"{name}\" width=\"{}\" height=\"{}\"", SIZE.0, SIZE.1);
    svg.replacen(&drawn, &shown, 1)
}

/// A picture's text for inside an HTML page: without the namespace, and without a size, so that the page
/// decides on it.
pub(super) fn inline(svg: &str) -> String {
    let size = format!(" width=\"{}\" height=\"{}\"", SIZE.0, SIZE.1);
    svg.replacen(&size, "", 1).replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
}

fn fine(pixels: f64) -> i32 {
    (pixels * f64::from(FINE)).round() as i32
}

fn letters(color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    // Plotters divides the size of a font by 1.24 when it writes SVG.
    let size = LETTERS * 1.24 * f64::from(FINE);
    ("sans-serif", size).into_font().color(&color).pos(Pos::new(h, v))
}

fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * LETTERS * LETTER_WIDTH
}

impl Panel<'_> {
    fn frame(&self, title: &str) -> Drawn {
        for (value, label) in &self.y.ticks {
            let y = self.y_of(*value);
            self.segment((f64::from(LEFT), y), (f64::from(RIGHT), y), GRID)?;
            self.text(label, (f64::from(LEFT) - 8.0, y), MUTED, HPos::Right, VPos::Center)?;
        }
        let floor = f64::from(BOTTOM);
        for (value, label) in &self.x.ticks {
            let x = self.x_of(*value);
            self.segment((x, floor), (x, floor + 5.0), MUTED)?;
            self.text(label, (x, floor + 9.0), MUTED, HPos::Center, VPos::Top)?;
        }
        self.segment((f64::from(LEFT), floor), (f64::from(RIGHT), floor), MUTED)?;
        let middle = f64::from(LEFT + RIGHT) / 2.0;
        self.text(&self.x.title, (middle, floor + 34.0), MUTED, HPos::Center, VPos::Top)?;
        self.text(title, (12.0, 12.0), INK, HPos::Left, VPos::Top)
    }

    /// A row of names above the panel, so that it never covers a line.
    fn legend(&self, entries: &[(Pen, &str)]) -> Drawn {
        let (mut x, y) = (f64::from(LEFT), 49.0);
        for (pen, name) in entries {
            self.stroke(&[(fine(x), fine(y)), (fine(x + 26.0), fine(y))], *pen)?;
            self.text(name, (x + 33.0, y), INK, HPos::Left, VPos::Center)?;
            x += 33.0 + width_of(name) + 24.0;
        }
        Ok(())
    }

    /// A line through the points in view; broken where there is no value.
    fn line(&self, points: &[Point], pen: Pen) -> Drawn {
        for run in self.runs(points) {
            match run.as_slice() {
                [alone] => self.area.draw(&Circle::new(*alone, pen.width, pen.color.filled()))?,
                run => self.stroke(run, pen)?,
            }
        }
        Ok(())
    }

    /// The area between the points in view and the floor, in a lighter shade.
    fn fill(&self, points: &[Point], color: RGBColor) -> Drawn {
        for mut run in self.runs(points) {
            let (Some(first), Some(last)) = (run.first().copied(), run.last().copied()) else { continue };
            run.extend([(last.0, fine(f64::from(BOTTOM))), (first.0, fine(f64::from(BOTTOM)))]);
            self.area.draw(&Polygon::new(run, color.mix(0.18).filled()))?;
        }
        Ok(())
    }

    /// The opening: an upright line with a note at the top.
    fn opening(&self, text: &str) -> Drawn {
        if !self.x.shows(0.0) {
            return Ok(());
        }
        let x = self.x_of(0.0);
        let pen = Pen::dashed(MUTED, 4);
        self.stroke(&[(fine(x), fine(f64::from(TOP))), (fine(x), fine(f64::from(BOTTOM)))], pen)?;
        let side = side_at(x, text);
        self.beside(text, (x, f64::from(TOP) + 7.0), side, MUTED)
    }

    /// Says in the middle why there is nothing to see.
    fn empty(&self, reason: &str) -> Drawn {
        let middle = (f64::from(LEFT + RIGHT) / 2.0, f64::from(TOP + BOTTOM) / 2.0);
        self.text(reason, middle, MUTED, HPos::Center, VPos::Center)
    }

    /// A dot at a point with a note beside it, `above` pixels above it.
    fn note(&self, at: (f64, f64), text: &str, above: f64) -> Drawn {
        let (x, y) = (self.x_of(at.0), self.y_of(at.1));
        self.area.draw(&Circle::new((fine(x), fine(y)), fine(4.0), INK.filled()))?;
        let side = if x + 10.0 + width_of(text) > f64::from(RIGHT) { Side::Left } else { Side::Right };
        self.beside(text, (x, y - above), side, INK)
    }

    fn beside(&self, text: &str, (x, y): (f64, f64), side: Side, color: RGBColor) -> Drawn {
        let (x, h) = if side == Side::Left { (x - 8.0, HPos::Right) } else { (x + 8.0, HPos::Left) };
        self.text(text, (x, y), color, h, VPos::Center)
    }

    /// The points in view, in drawing units, in runs without a gap.
    fn runs(&self, points: &[Point]) -> Vec<Vec<(i32, i32)>> {
        let seen: Vec<&Point> = points.iter().filter(|(x, _)| self.x.shows(*x)).collect();
        let runs = seen.split(|(_, y)| !y.is_some_and(f64::is_finite)).filter(|run| !run.is_empty());
        let placed = |(x, y): &&Point| Some((fine(self.x_of(*x)), fine(self.y_of((*y)?))));
        runs.map(|run| run.iter().filter_map(placed).collect()).collect()
    }

    fn stroke(&self, path: &[(i32, i32)], pen: Pen) -> Drawn {
        if pen.dashed {
            let dashes = DashedPathElement::new(path.to_vec(), 7 * FINE, 5 * FINE, pen.style());
            self.area.draw(&dashes)?;
        } else {
            self.area.draw(&PathElement::new(path.to_vec(), pen.style()))?;
        }
        Ok(())
    }

    fn segment(&self, from: (f64, f64), to: (f64, f64), color: RGBColor) -> Drawn {
        self.stroke(&[(fine(from.0), fine(from.1)), (fine(to.0), fine(to.1))], Pen::solid(color, 4))
    }

    fn text(&self, text: &str, (x, y): (f64, f64), color: RGBColor, h: HPos, v: VPos) -> Drawn {
        let style = letters(color, h, v);
        self.area.draw(&Text::new(text.to_owned(), (fine(x), fine(y)), style))?;
        Ok(())
    }

    fn x_of(&self, value: f64) -> f64 {
        self.x.place(value, f64::from(LEFT), f64::from(RIGHT))
    }

    fn y_of(&self, value: f64) -> f64 {
        self.y.place(value, f64::from(BOTTOM), f64::from(TOP))
    }
}

/// To the left if there is room for the text: there it is least in the way of what follows.
fn side_at(x: f64, text: &str) -> Side {
    if x - width_of(text) - 8.0 > f64::from(LEFT) { Side::Left } else { Side::Right }
}
