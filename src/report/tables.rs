//! The tables of a report as CSV: the same numbers as on the page, raw, with units in the names of columns.

use super::run::Run;
use crate::record::manifest::Window;
use crate::record::summary::{People, Spread, WindowNumbers};

/// A table before it is written: its file name, its columns, and rows with a cell for each.
struct Table {
    file: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Every table, as (file name, contents).
///
/// # Panics
/// Never: writing to memory does not fail, and every row has a cell for each column.
pub(super) fn all(run: &Run) -> Vec<(&'static str, String)> {
    let tables = [objectives(run), people(run), windows(run), requests(run), steps(run), stations(run)];
    tables.into_iter().map(|table| (table.file, written(&table))).collect()
}

fn written(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in std::iter::once(&table.columns).chain(&table.rows) {
        writer.write_record(record).expect("every row has a cell for each column");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("cells are text")
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A number that may be absent; nothing stands for what was not measured.
fn cell<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn objectives(run: &Run) -> Table {
    let rows = run.summary().objectives.iter().map(|judged| {
        vec![
            judged.text.clone(),
            cell(judged.observed),
            judged.beyond_any.to_string(),
            judged.met.to_string(),
            cell(judged.margin),
        ]
    });
    let names = ["objective", "seen", "beyond_any_limit", "met", "margin_share"];
    Table { file: "objectives.csv", columns: columns(&names), rows: rows.collect() }
}

/// People of the whole run, then of each window when there are several.
fn people(run: &Run) -> Table {
    let summary = run.summary();
    let several = summary.windows.len() > 1;
    let windows = summary.windows.iter().filter(|_| several);
    let all = [("all", &summary.people)].into_iter();
    let groups = all.chain(windows.map(|(name, window)| (name.as_str(), &window.people)));
    let rows = groups.flat_map(|(window, people)| {
        ways(people).into_iter().map(move |(way, number)| vec![window.to_owned(), way, number.to_string()])
    });
    Table { file: "people.csv", columns: columns(&["window", "ended", "people"]), rows: rows.collect() }
}

fn ways(people: &People) -> Vec<(String, u64)> {
    let reasons = people.turned_away.iter();
    let mut ways = vec![("arrived".to_owned(), people.arrived), ("booked".to_owned(), people.booked)];
    ways.extend(reasons.map(|(reason, number)| (format!("turned_away.{reason}"), *number)));
    ways.extend([("gave_up".to_owned(), people.gave_up), ("inside".to_owned(), people.inside)]);
    ways
}

fn windows(run: &Run) -> Table {
    let mut names = columns(&["window", "opens_s", "closes_s", "arrived", "booked", "gave_up", "inside"]);
    names.extend(columns(&["queue_peak", "queue_peak_at_s", "queue_drained_at_s", "sessions_peak"]));
    names.extend(columns(&["closed_form_peak", "closed_form_peak_at_s", "closed_form_drained_at_s"]));
    names.extend(spread_columns("wait"));
    let rows = run.summary().windows.iter().map(|(name, window)| window_row(run, name, window));
    Table { file: "windows.csv", columns: names, rows: rows.collect() }
}

fn window_row(run: &Run, name: &str, window: &WindowNumbers) -> Vec<String> {
    let times = run.manifest().windows.iter().find(|times| times.name == name);
    let time = |at: fn(&Window) -> i64| cell(times.map(|times| run.clock.seconds(at(times))));
    let (people, queue, form) = (&window.people, window.queue.as_ref(), window.closed_form.as_ref());
    let mut row = vec![name.to_owned(), time(|times| times.opens_ns), time(|times| times.closes_ns)];
    row.extend([people.arrived, people.booked, people.gave_up, people.inside].map(|n| n.to_string()));
    row.push(cell(queue.map(|queue| queue.peak)));
    row.push(cell(queue.and_then(|queue| queue.peak_at_s)));
    row.push(cell(queue.and_then(|queue| queue.drained_at_s)));
    row.push(cell(window.sessions.as_ref().map(|sessions| sessions.peak)));
    row.push(cell(form.map(|form| form.peak)));
    row.push(cell(form.map(|form| form.peak_at_s)));
    row.push(cell(form.and_then(|form| form.drained_at_s)));
    row.extend(spread_cells(queue.and_then(|queue| queue.wait_s.as_ref())));
    row
}

fn requests(run: &Run) -> Table {
    let (requests, arrived) = (&run.summary().requests, run.summary().people.arrived);
    let mut kinds = vec![
        ("sent".to_owned(), requests.sent),
        ("useful".to_owned(), requests.useful),
        ("polls".to_owned(), requests.polls),
        ("refreshes".to_owned(), requests.refreshes),
        ("retries".to_owned(), requests.retries),
        ("ok".to_owned(), requests.ok),
    ];
    kinds.extend(requests.errors.iter().map(|(kind, number)| (format!("error.{kind}"), *number)));
    let per_person = |number: u64| (arrived > 0).then(|| number as f64 / arrived as f64);
    let rows =
        kinds.into_iter().map(|(kind, number)| vec![kind, number.to_string(), cell(per_person(number))]);
    let names = columns(&["kind", "requests", "requests_per_person"]);
    Table { file: "requests.csv", columns: names, rows: rows.collect() }
}

fn steps(run: &Run) -> Table {
    let mut names = columns(&["step", "visits_reached", "attempts", "ok", "timeouts", "errors"]);
    names.extend(spread_columns("response").into_iter().chain(spread_columns("service")));
    let rows = run.steps().into_iter().map(|(name, step)| {
        let counts = [step.reached, step.count, step.ok, step.timeouts, step.errors].map(|n| n.to_string());
        let times = [&step.response_s, &step.service_s].map(|spread| spread_cells(spread.as_ref()));
        [name.to_owned()].into_iter().chain(counts).chain(times.into_iter().flatten()).collect()
    });
    Table { file: "steps.csv", columns: names, rows: rows.collect() }
}

fn stations(run: &Run) -> Table {
    let mut names = columns(&["station", "utilisation_share", "refused"]);
    names.extend(spread_columns("wait"));
    let rows = run.summary().stations.iter().map(|(name, station)| {
        let numbers = [name.clone(), station.utilisation.to_string(), station.refused.to_string()];
        numbers.into_iter().chain(spread_cells(station.wait_s.as_ref())).collect()
    });
    Table { file: "stations.csv", columns: names, rows: rows.collect() }
}

fn spread_columns(what: &str) -> Vec<String> {
    ["p50", "p90", "p95", "p99", "max", "mean"].map(|name| format!("{what}_{name}_s")).to_vec()
}

fn spread_cells(spread: Option<&Spread>) -> [String; 6] {
    let Some(spread) = spread else { return Default::default() };
    [spread.p50, spread.p90, spread.p95, spread.p99, spread.max, spread.mean].map(|s| s.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::report::messages::Language;

    #[test]
    fn tables_hold_the_raw_numbers_with_units_in_the_names_of_columns() {
        let folder = sample::folder();
        let tables = all(&Run::of(&folder, Language::English).unwrap());
        let table = |name: &str| &tables.iter().find(|(file, _)| *file == name).unwrap().1;
        assert!(table("objectives.csv").contains("queue.wait.p95 <= 10m,9,false,true,0.985\n"));
        assert!(table("people.csv").contains("all,turned_away.no_slots,440\n"));
        assert!(
            table("steps.csv").starts_with("step,visits_reached,attempts,ok,timeouts,errors,response_p50_s")
        );
        assert!(table("steps.csv").contains("book,31400,31500,31430,61,9,0.25,"));
        assert!(table("requests.csv").contains("error.timed_out,61,"));
        assert!(table("stations.csv").contains("pool,0.83,0,0.002,"));
        assert!(table("windows.csv").contains("opening,0,2419200,31980,24003,12,7513,,"));
    }

    #[test]
    fn every_row_has_a_cell_for_each_column_whatever_is_missing() {
        let mut folder = sample::folder();
        folder.summary.queue = None;
        folder.summary.steps.values_mut().for_each(|step| step.response_s = None);
        folder.manifest.windows.clear();
        for (file, text) in all(&Run::of(&folder, Language::English).unwrap()) {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            assert!(reader.records().all(|record| record.is_ok()), "{file}");
        }
    }
}
