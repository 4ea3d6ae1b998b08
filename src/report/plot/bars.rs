//! Rows of bars, each with its name to the left and what it comes to at its end.

use super::{Axis, Canvas, Drawn, GRID, INK, MUTED, Pen, PlotError};
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

const LEFT: f64 = 128.0;
/// Room at the right for what the longest bar comes to.
const RIGHT: f64 = 770.0;
/// The upper edge below a legend, and where there is none.
const TOPS: [f64; 2] = [76.0, 44.0];
/// A bar's height.
const THICK: f64 = 17.0;
/// Between the rows.
const GAP: f64 = 10.0;
/// Between the axis and the lower edge of the picture.
const FOOT: f64 = 40.0;

/// A row: a name, and bars below each other.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) bars: Vec<Bar>,
}

/// A bar: pieces that follow each other, and text after the last of them.
pub(super) struct Bar {
    pub(super) pieces: Vec<Piece>,
    pub(super) text: String,
}

/// A piece of a bar: from, to and its colour.
pub(super) type Piece = (f64, f64, RGBColor);

/// Draws a picture of rows over the axis `x`.
pub(super) fn picture(
    (name, title): (&str, &str),
    x: &Axis,
    legend: &[(Pen, String)],
    rows: &[Row],
) -> Result<String, PlotError> {
    let bars: usize = rows.iter().map(|row| row.bars.len()).sum();
    let top = TOPS[usize::from(legend.is_empty())];
    let floor = top + bars as f64 * THICK + rows.len() as f64 * GAP;
    super::picture(name, title, (floor + FOOT) as i32, |canvas| {
        canvas.legend(LEFT, legend)?;
        frame(canvas, x, (top, floor))?;
        let mut y = top + GAP / 2.0;
        for row in rows {
            let middle = y + row.bars.len() as f64 * THICK / 2.0;
            canvas.text(&row.name, (LEFT - 10.0, middle), INK, HPos::Right, VPos::Center)?;
            for one in &row.bars {
                bar(canvas, x, y, one)?;
                y += THICK;
            }
            y += GAP;
        }
        Ok(())
    })
}

fn frame(canvas: &Canvas, x: &Axis, (top, floor): (f64, f64)) -> Drawn {
    for (value, label) in &x.ticks {
        let at = x.place(*value, LEFT, RIGHT);
        canvas.segment((at, top), (at, floor), Pen::solid(GRID, 4))?;
        canvas.text(label, (at, floor + 8.0), MUTED, HPos::Center, VPos::Top)?;
    }
    canvas.segment((LEFT, floor), (RIGHT, floor), Pen::solid(MUTED, 4))
}

fn bar(canvas: &Canvas, x: &Axis, y: f64, bar: &Bar) -> Drawn {
    let mut end = LEFT;
    for (from, to, color) in &bar.pieces {
        let (from, to) = (x.place(*from, LEFT, RIGHT), x.place(*to, LEFT, RIGHT));
        // A bar too short to be seen is drawn as a stroke.
        let to = if from < to { to.max(from + 1.5) } else { to };
        canvas.rectangle((from, y + 1.0), (to, y + THICK - 1.0), *color, 1.0)?;
        end = end.max(to);
    }
    canvas.text(&bar.text, (end + 7.0, y + THICK / 2.0), INK, HPos::Left, VPos::Center)
}
