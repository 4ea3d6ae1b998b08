//! A plotting area: time to the right, values upwards.

use super::times::{Times, Window};
use super::{Axis, Canvas, Drawn, GRID, INK, MUTED, PURPLE, Pen, PlotError, SKY, fine, width_of};
use crate::report::run::Run;
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

const LEFT: f64 = 84.0;
const RIGHT: f64 = 920.0;
/// Above the panel, without rows of windows: title and legend.
const HEAD: f64 = 72.0;
/// The height of the panel.
const TALL: f64 = 286.0;
/// Below the panel: ticks and the name of the axis.
const FOOT: f64 = 62.0;
/// The height of a row that shows a window.
const ROW: f64 = 20.0;
/// No more rows than this: they would take more room than the panel.
const ROWS: usize = 8;
/// A circle with the number of an entry of the timeline.
const RADIUS: f64 = 10.0;

/// A point of a line; a line is broken where there is no value.
pub(super) type Point = (f64, Option<f64>);

/// Where a note stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Left,
    Right,
}

/// A value over a span of time: from, to and the value.
pub(super) type Span = (f64, f64, f64);

/// Axes and everything drawn between them.
pub(super) struct Panel<'a, 'b> {
    canvas: &'a Canvas<'b>,
    times: Times,
    /// The upper edge, in pixels; rows of windows stand above it.
    top: f64,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// Draws a picture with a panel: `title` names the values, `draw` fills the panel.
pub(super) fn picture(
    name: &str,
    axes: (Axis, Axis),
    title: &str,
    run: &Run,
    draw: impl FnOnce(&Panel) -> Drawn,
) -> Result<String, PlotError> {
    let mut times = Times::of(run);
    times.windows.retain(|window| axes.0.meets(window.opens, window.closes));
    let rows = if times.windows.len() > 1 { times.windows.len().min(ROWS) } else { 0 };
    let top = HEAD + ROW * rows as f64 + if rows > 0 { RADIUS } else { 0.0 };
    super::picture(name, title, (top + TALL + FOOT) as i32, |canvas| {
        let panel = Panel { canvas, times, top, x: axes.0, y: axes.1 };
        panel.frame()?;
        draw(&panel)
    })
}

impl Panel<'_, '_> {
    fn frame(&self) -> Drawn {
        for (value, label) in &self.y.ticks {
            let y = self.y_of(*value);
            self.canvas.segment((LEFT, y), (RIGHT, y), Pen::solid(GRID, 4))?;
            self.canvas.text(label, (LEFT - 8.0, y), MUTED, HPos::Right, VPos::Center)?;
        }
        for (value, label) in &self.x.ticks {
            let x = self.x_of(*value);
            self.canvas.segment((x, self.bottom()), (x, self.bottom() + 5.0), Pen::solid(MUTED, 4))?;
            self.canvas.text(label, (x, self.bottom() + 9.0), MUTED, HPos::Center, VPos::Top)?;
        }
        self.canvas.segment((LEFT, self.bottom()), (RIGHT, self.bottom()), Pen::solid(MUTED, 4))?;
        let below = (f64::midpoint(LEFT, RIGHT), self.bottom() + 34.0);
        self.canvas.text(&self.x.title, below, MUTED, HPos::Center, VPos::Top)
    }

    /// A row of names above the panel, so that it never covers a line.
    pub(super) fn legend(&self, entries: &[(Pen, String)]) -> Drawn {
        self.canvas.legend(LEFT, entries)
    }

    /// The windows and what happened to the service: each window as a faint band with upright lines where
    /// it opens and closes, each happening as a line with its number in a circle. Several windows are named
    /// in rows above the panel.
    pub(super) fn times(&self) -> Drawn {
        let windows = &self.times.windows;
        for window in windows {
            let (from, to) = (self.x_of(window.opens), self.x_of(window.closes));
            self.canvas.rectangle((from, self.top), (to, self.bottom()), SKY, 0.07)?;
        }
        for at in windows.iter().flat_map(|window| [window.opens, window.closes]) {
            self.upright(at, Pen::dashed(MUTED, 4))?;
        }
        match windows.as_slice() {
            [alone] => self.notes(alone)?,
            several => several.iter().take(ROWS).enumerate().try_for_each(|(place, window)| {
                self.row_of(window, HEAD - RADIUS / 2.0 + ROW * place as f64)
            })?,
        }
        self.happenings()
    }

    /// Says at the top of the panel when the only window opens and closes.
    fn notes(&self, window: &Window) -> Drawn {
        for (at, text) in [(window.opens, &window.opening), (window.closes, &window.closing)] {
            if self.x.shows(at) {
                let x = self.x_of(at);
                self.beside(text, (x, self.top + 9.0), side_at(x, text), MUTED)?;
            }
        }
        Ok(())
    }

    /// A row above the panel: a bar from the opening to the closing, with the window's name.
    fn row_of(&self, window: &Window, y: f64) -> Drawn {
        let (from, to) = (self.x_of(window.opens), self.x_of(window.closes));
        self.canvas.rectangle((from, y), (to, y + ROW - 3.0), SKY, 0.35)?;
        let middle = y + (ROW - 3.0) / 2.0;
        if from + 5.0 + width_of(&window.name) > RIGHT {
            return self.canvas.text(&window.name, (RIGHT - 5.0, middle), INK, HPos::Right, VPos::Center);
        }
        self.canvas.text(&window.name, (from + 5.0, middle), INK, HPos::Left, VPos::Center)
    }

    /// Each happening in view; a circle that would touch the one before it stands lower.
    fn happenings(&self) -> Drawn {
        let (mut before, mut lower) = (f64::NEG_INFINITY, 0.0);
        for (place, at) in self.times.happenings.iter().enumerate().filter(|(_, at)| self.x.shows(**at)) {
            self.upright(*at, Pen::solid(PURPLE, 4))?;
            let x = self.x_of(*at);
            lower = if x - before < 2.0 * RADIUS + 2.0 { lower + 2.0 * RADIUS + 2.0 } else { 0.0 };
            before = x;
            let middle = (x, self.top + lower);
            self.canvas.dot(middle, RADIUS, PURPLE)?;
            let white = RGBColor(255, 255, 255);
            self.canvas.text(&(place + 1).to_string(), middle, white, HPos::Center, VPos::Center)?;
        }
        Ok(())
    }

    /// An upright line across the panel, if its instant is in view.
    fn upright(&self, at: f64, pen: Pen) -> Drawn {
        if !self.x.shows(at) {
            return Ok(());
        }
        let x = self.x_of(at);
        self.canvas.segment((x, self.top), (x, self.bottom()), pen)
    }

    /// A line through the points in view; broken where there is no value.
    pub(super) fn line(&self, points: &[Point], pen: Pen) -> Drawn {
        for run in self.runs(points) {
            match run.as_slice() {
                [(x, y)] => {
                    let place = (f64::from(*x) / 4.0, f64::from(*y) / 4.0);
                    self.canvas.dot(place, f64::from(pen.width) / 4.0, pen.color)?;
                }
                run => self.canvas.stroke(run, pen)?,
            }
        }
        Ok(())
    }

    /// The area between the points in view and the floor, in a lighter shade.
    pub(super) fn fill(&self, points: &[Point], color: RGBColor) -> Drawn {
        for mut run in self.runs(points) {
            let (Some(first), Some(last)) = (run.first().copied(), run.last().copied()) else { continue };
            run.extend([(last.0, fine(self.bottom())), (first.0, fine(self.bottom()))]);
            self.canvas.area(run, color, 0.18)?;
        }
        Ok(())
    }

    /// The area between two courses of steps over the same spans of time.
    pub(super) fn band(&self, lower: &[Span], upper: &[Span], color: RGBColor) -> Drawn {
        let corners = |spans: &[Span]| -> Vec<(i32, i32)> {
            let place = |x: f64, y: f64| (fine(self.x_of(x)), fine(self.y_of(y)));
            spans.iter().flat_map(|(from, to, value)| [place(*from, *value), place(*to, *value)]).collect()
        };
        let mut outline = corners(upper);
        outline.extend(corners(lower).into_iter().rev());
        if outline.len() > 2 { self.canvas.area(outline, color, 0.75) } else { Ok(()) }
    }

    /// A level line across the panel.
    pub(super) fn level(&self, value: f64, pen: Pen) -> Drawn {
        let y = self.y_of(value);
        self.canvas.segment((LEFT, y), (RIGHT, y), pen)
    }

    /// A note at the right end of a level line, above it, or below it where there is no room above.
    pub(super) fn level_note(&self, value: f64, text: &str, color: RGBColor) -> Drawn {
        let y = self.y_of(value);
        let y = if y - 20.0 < self.top { y + 12.0 } else { y - 11.0 };
        self.canvas.text(text, (RIGHT - 6.0, y), color, HPos::Right, VPos::Center)
    }

    /// Says in the middle why there is nothing to see.
    pub(super) fn empty(&self, reason: &str) -> Drawn {
        let middle = (f64::midpoint(LEFT, RIGHT), f64::midpoint(self.top, self.bottom()));
        self.canvas.text(reason, middle, MUTED, HPos::Center, VPos::Center)
    }

    /// A dot at a point with a note beside it, `above` pixels above it.
    pub(super) fn note(&self, at: (f64, f64), text: &str, above: f64) -> Drawn {
        let (x, y) = (self.x_of(at.0), self.y_of(at.1));
        self.canvas.dot((x, y), 4.0, INK)?;
        let side = if x + 10.0 + width_of(text) > RIGHT { Side::Left } else { Side::Right };
        self.beside(text, (x, y - above), side, INK)
    }

    fn beside(&self, text: &str, (x, y): (f64, f64), side: Side, color: RGBColor) -> Drawn {
        let (x, h) = if side == Side::Left { (x - 8.0, HPos::Right) } else { (x + 8.0, HPos::Left) };
        self.canvas.text(text, (x, y), color, h, VPos::Center)
    }

    /// The points in view, in drawing units, in runs without a gap.
    fn runs(&self, points: &[Point]) -> Vec<Vec<(i32, i32)>> {
        let seen: Vec<&Point> = points.iter().filter(|(x, _)| self.x.shows(*x)).collect();
        let runs = seen.split(|(_, y)| !y.is_some_and(f64::is_finite)).filter(|run| !run.is_empty());
        let placed = |(x, y): &&Point| Some((fine(self.x_of(*x)), fine(self.y_of((*y)?))));
        runs.map(|run| run.iter().filter_map(placed).collect()).collect()
    }

    fn bottom(&self) -> f64 {
        self.top + TALL
    }

    fn x_of(&self, value: f64) -> f64 {
        self.x.place(value, LEFT, RIGHT)
    }

    fn y_of(&self, value: f64) -> f64 {
        self.y.place(value, self.bottom(), self.top)
    }
}

/// To the left if there is room for the text: there it is least in the way of what follows.
fn side_at(x: f64, text: &str) -> Side {
    if x - width_of(text) - 8.0 > LEFT { Side::Left } else { Side::Right }
}
