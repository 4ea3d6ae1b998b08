//! The run folder: one versioned format for live and simulated runs.
//!
//! A folder is written under a temporary name beside its place and renamed when it is complete, so a
//! reader never sees half of one.

use super::generator;
use super::manifest::{FORMAT_VERSION, Manifest};
use super::recorder::Segment;
use super::series::{self, Row};
use super::summary::Summary;
use base::grid::Grid;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// `manifest.json`
pub const MANIFEST: &str = "manifest.json";
/// `scenario.yaml`, as resolved
pub const SCENARIO: &str = "scenario.yaml";
/// `summary.json`
pub const SUMMARY: &str = "summary.json";
/// `timeseries.csv`
pub const TIMESERIES: &str = "timeseries.csv";
/// `generator.csv`, of live runs only
pub const GENERATOR: &str = "generator.csv";
/// `latency.hlog`, an `HdrHistogram` interval log
pub const LATENCY: &str = "latency.hlog";

/// A folder that cannot be written or read.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The place is taken.
    #[error("{0} exists and is not empty")]
    Taken(PathBuf),
    /// The file system said no.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{path} is not readable as part of a run folder: {message}")]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// A folder under its temporary name.
#[derive(Debug)]
pub struct Unfinished {
    temporary: PathBuf,
    place: PathBuf,
    finished: bool,
}

/// What is in a folder besides pictures and prose.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// How the run was made.
    pub manifest: Manifest,
    /// Its numbers.
    pub summary: Summary,
    /// Its time series.
    pub rows: Vec<Row>,
}

impl Unfinished {
    /// Begins a folder that will be at `place`. Nothing is at `place` until [`Unfinished::finish`].
    ///
    /// # Errors
    /// If `place` is taken, or its parent cannot be written to.
    pub fn begin(place: &Path) -> Result<Self, FolderError> {
        if fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some())
            || (!place.is_dir() && place.symlink_metadata().is_ok())
        {
            return Err(FolderError::Taken(place.to_owned()));
        }
        // Under its own full name a place such as `.` can be replaced like any other.
        let place = &fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let temporary = place.with_file_name(format!(".{name}.{}.unfinished", std::process::id()));
        fs::create_dir_all(&temporary).map_err(at(&temporary))?;
        Ok(Self { temporary, place: place.clone(), finished: false })
    }

    /// Writes a file into it.
    ///
    /// # Errors
    /// If the file system says no.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), FolderError> {
        let path = self.temporary.join(name);
        fs::write(&path, contents).map_err(at(&path))
    }

    /// Writes the time series.
    ///
    /// # Errors
    /// If the file system says no.
    pub fn write_series(&self, rows: &[Row]) -> Result<(), FolderError> {
        let path = self.temporary.join(TIMESERIES);
        let file = File::create(&path).map_err(at(&path))?;
        series::write(rows, BufWriter::new(file)).map_err(at(&path))
    }

    /// Writes how the generator did over time.
    ///
    /// # Errors
    /// If the file system says no.
    pub fn write_generator(&self, rows: &[generator::Row]) -> Result<(), FolderError> {
        let path = self.temporary.join(GENERATOR);
        let file = File::create(&path).map_err(at(&path))?;
        generator::write(rows, BufWriter::new(file)).map_err(at(&path))
    }

    /// Writes the interval log; its times count from the beginning of the slice.
    ///
    /// # Errors
    /// If the file system says no.
    pub fn write_latency(&self, segments: &[Segment], grid: &Grid) -> Result<(), FolderError> {
        let path = self.temporary.join(LATENCY);
        let file = BufWriter::new(File::create(&path).map_err(at(&path))?);
        write_log(segments, grid, file).map_err(at(&path))
    }

    /// Where the files are until it is finished.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// If the file system says no; then the folder stays under its temporary name.
    pub fn finish(mut self) -> Result<PathBuf, FolderError> {
        self.finished = true;
        if self.place.is_dir() {
            fs::remove_dir(&self.place).map_err(at(&self.place))?;
        }
        fs::rename(&self.temporary, &self.place).map_err(at(&self.place))?;
        Ok(self.place.clone())
    }
}

/// What was begun and not finished is thrown away; once [`Unfinished::finish`] was tried, it is kept.
impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            // There is nobody left to tell.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

impl Folder {
    /// Reads the folder at `path`.
    ///
    /// # Errors
    /// If a file is missing, or is not what it should be.
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        let file = path.join(TIMESERIES);
        let manifest: Manifest = json(&path.join(MANIFEST))?;
        if manifest.format_version != FORMAT_VERSION {
            let message =
                format!("expected format version {FORMAT_VERSION}, found {}", manifest.format_version);
            return Err(FolderError::Foreign { path: path.join(MANIFEST), message });
        }
        let rows = series::read(File::open(&file).map_err(at(&file))?);
        let rows = rows.map_err(|error| FolderError::Foreign { path: file, message: error.to_string() })?;
        Ok(Self { path: path.to_owned(), manifest, summary: json(&path.join(SUMMARY))?, rows })
    }
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, FolderError> {
    let text = fs::read(path).map_err(at(path))?;
    serde_json::from_slice(&text)
        .map_err(|error| FolderError::Foreign { path: path.to_owned(), message: error.to_string() })
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}

fn write_log(segments: &[Segment], grid: &Grid, mut out: impl io::Write) -> io::Result<()> {
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    builder.with_max_value_divisor(1e9);
    let mut log = builder.begin_log_with(&mut out, &mut serializer)?;
    for segment in segments {
        let start = Duration::from_nanos(grid.begin(segment.interval).since(grid.from()).0);
        let length = Duration::from_nanos(grid.length(segment.interval).0);
        let name = segment.tag.name();
        let tag = Tag::new(&name).expect("tags have no commas or spaces");
        log.write_histogram(&segment.histogram(), start, length, Some(tag))
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
    }
    Ok(())
}
