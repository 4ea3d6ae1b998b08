//! The pictures of a report: which there are, what they are called, and what one sees in them.

use super::captions;
use super::plot::held::Held;
use super::plot::{PlotError, cumulative, funnel, latency, queue, requests, stations, steps};
use super::run::Run;

/// A picture of a run.
pub(super) struct Picture {
    /// Its file name.
    pub(super) file: &'static str,
    /// Its name.
    pub(super) name: String,
    /// What one sees.
    pub(super) caption: String,
    /// The picture itself.
    pub(super) svg: String,
}

/// Draws every picture that the run has numbers for.
///
/// # Errors
/// If a picture cannot be drawn.
pub(super) fn all(run: &Run) -> Result<Vec<Picture>, PlotError> {
    let words = &run.words;
    let sessions = Held::sessions(run).map(|held| held.draw(run)).transpose()?;
    let connections = Held::connections(run).map(|held| held.draw(run)).transpose()?;
    let picture = |file, name: String, caption: fn(&Run) -> String, svg: Option<String>| {
        svg.map(|svg| Picture { file, name, caption: caption(run), svg })
    };
    let pictures = [
        picture("arrivals.svg", words.picture_arrivals(), captions::arrivals, Some(cumulative::draw(run)?)),
        picture("queue.svg", words.picture_queue(), captions::queue, Some(queue::draw(run)?)),
        picture("sessions.svg", words.picture_sessions(), captions::sessions, sessions),
        picture("connections.svg", words.picture_connections(), captions::connections, connections),
        picture("funnel.svg", words.picture_funnel(), captions::funnel, funnel::draw(run)?),
        picture("requests.svg", words.picture_requests(), captions::requests, requests::draw(run)?),
        picture("latency.svg", words.picture_latency(), captions::latency, Some(latency::draw(run)?)),
        picture("steps.svg", words.picture_steps(), captions::steps, steps::draw(run)?),
        picture("stations.svg", words.picture_stations(), captions::stations, stations::draw(run)?),
    ];
    Ok(pictures.into_iter().flatten().collect())
}
