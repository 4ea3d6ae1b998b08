//! The program as its users run it.

use crate::support::{scenarios, seniors_text};
use openrush::record::generator;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn openrush(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_openrush")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn seniors() -> String {
    scenarios().join("2021-08-02-seniors.yaml").display().to_string()
}

/// A scenario file made from the shipped one.
fn changed(folder: &Path, from: &str, to: &str) -> PathBuf {
    let shipped = seniors_text();
    assert!(shipped.contains(from), "the shipped scenario has `{from}`");
    let path = folder.join("changed.yaml");
    fs::write(&path, shipped.replacen(from, to, 1)).unwrap();
    path
}

/// The line, counted from 1, on which `needle` stands.
fn line_of(path: &Path, needle: &str) -> usize {
    fs::read_to_string(path).unwrap().lines().position(|line| line.contains(needle)).unwrap() + 1
}

/// A mistake as a change of the shipped file: what stands there, what is put there, a text of the line that is
/// named, what is said, and what the hint has in it.
const MISTAKES: [(&str, &str, &str, &str, &str); 18] = [
    ("timezone: Asia/Seoul", "timezome: Asia/Seoul", "timezome", "unknown field `timezome`", "timezone"),
    ("admit: { value: 280/s,", "admit: { value: 280/parsec,", "280/parsec", "a rate such as", ""),
    ("admit: { value: 280/s,", "admit: { value: 280,", "value: 280,", "found `280`", "`280/s`"),
    (
        "sessions: { value: 60_000 sessions,",
        "sessions: { value: 60_000,",
        "60_000,",
        "a number of sessions",
        "`60000 sessions`",
    ),
    ("deadline: { value: 30s,", "deadline: { value: 30,", "value: 30,", "found `30`", "`30s`"),
    (
        "closes: { value: 2021-08-31T18:00",
        "closes: { value: 2021-08-01T18:00",
        "2021-08-01T18",
        "closes before it opens",
        "",
    ),
    ("share: { value: 64%,", "share: { value: 60%,", "- at_the_door", "96%", ""),
    ("admits: [seniors]", "admits: [juniors]", "juniors", "no cohort `juniors`", "seniors"),
    (
        "queue.wait.p95 <= 10m",
        "queue.weight.p95 <= 10m",
        "queue.weight",
        "no number called",
        "queue.wait.p95",
    ),
    ("timezone: Asia/Seoul", "timezone: Asia/Soul", "Asia/Soul", "a time zone such as", "Asia/Seoul"),
    ("queue.wait.p95 <= 10m", "queue.wait.p95 <= 10", "queue.wait.p95 <= 10", "is a time, such as `2s`", ""),
    (
        "patience: { value: { lognormal:",
        "patience: { value: { lognormall:",
        "lognormall",
        "unknown field",
        "lognormal",
    ),
    (
        "cohorts:\n",
        "cohorts:\n  seniors: { people: 5 }\n",
        "seniors: { people: 5 }",
        "\"seniors\" stands twice",
        "",
    ),
    ("hold_for: { value: 10m,", "hold_for: { value: 99999d,", "99999d", "at most ten years", ""),
    (
        "born: 1947-01-01..1961-12-31",
        "born: 1961-12-31..1947-01-01",
        "born:",
        "the earlier first",
        "`1947-01-01..1961-12-31`",
    ),
    ("regions: korea", "regions: busan + soul", "busan + soul", "found `soul`", "`seoul`"),
    (
        "devices: { value: 1 devices,",
        "devices: { value: 2,",
        "value: 2,",
        "devices per person",
        "`2 devices`",
    ),
    (
        "admits: [seniors]",
        "admits: [seniors]\n    regions: capital",
        "people: { value: 1_209_000",
        "no window admits people of",
        "",
    ),
];

#[test]
fn bad_input_is_refused_with_its_place_and_a_hint_and_nothing_is_written() {
    for (from, to, place, said, hint) in MISTAKES {
        let folder = tempfile::tempdir().unwrap();
        let path = changed(folder.path(), from, to);
        let out = folder.path().join("out");
        for command in ["run", "simulate"] {
            let output = openrush(&[command, path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
            let errors = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{to}: {errors}");
            let expected = format!("error: {}:{}:", path.display(), line_of(&path, place));
            assert!(errors.contains(&expected), "{to}: expected {expected} in\n{errors}");
            assert!(errors.contains(said), "{to}: {errors}");
            assert!(hint.is_empty() || errors.contains("hint: ") && errors.contains(hint), "{to}: {errors}");
            assert!(output.stdout.is_empty());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the scenario is there");
    }
}

#[test]
fn windows_that_overlap_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = fs::read_to_string(scenarios().join("2021-08-03-local-priority.yaml")).unwrap();
    let path = folder.path().join("overlap.yaml");
    fs::write(&path, shipped.replace("value: 2021-08-04T20:00", "value: 2021-08-04T17:00")).unwrap();
    let output = openrush(&["check", path.to_str().unwrap()]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("windows[1].opens: it opens before `capital` closes"), "{errors}");
}

/// Values that can be read and would break arithmetic or flood a station further on.
#[test]
fn values_beyond_reason_are_refused() {
    let file = scenarios().join("2021-08-03-local-priority.yaml").display().to_string();
    let providers = "target.reference.identity_providers";
    let nobody = [format!("{providers}.certificate.value=0%"), format!("{providers}.naver.value=25%")];
    let cases: [(&[&str], &str); 9] = [
        (&[&nobody[0], &nobody[1]], "identity_providers.certificate: expected a share over 0%"),
        (&["timeline=[{ at: 2021-08-03T20:10, slow: { identity: 1e12 } }]"], "from 0.001 to 1000"),
        (
            &["timeline=[{ at: 2021-08-03T20:10, add_servers: { web: 4294967295 } }]"],
            "at most 1000000 servers",
        ),
        (&["timeline=[{ at: 2255-01-01T00:00, after: 3650d, mark: x }]"], "a year from 1900 to 2200"),
        (&["journey.refresh_after=0s"], "journey.refresh_after: expected at least 100ms"),
        (&["cohorts.named.people=5_000_000_000"], "at most 4,294,967,295 people"),
        (&["cohorts.named.people=1_000_000_000_000_000_000"], "at most 4,294,967,295 people"),
        (
            &["arrivals[0].at_the_door.from.value=-3h"],
            "people at its door come while `capital` is still open",
        ),
        (&["windows[2].name=capital"], "windows[2].name: another window has this name"),
    ];
    for (set, said) in cases {
        let mut arguments = vec!["check", file.as_str()];
        for set in set {
            arguments.extend(["--set", set]);
        }
        let output = openrush(&arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{set:?}: {errors}");
        assert!(errors.contains(said), "{set:?}: expected {said} in\n{errors}");
    }
    let output = openrush(&["check", &file, "--scale", "1/10000000000000"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn a_cohort_that_no_region_admits_is_told_of() {
    let file = seniors();
    let set = ["cohorts.seniors.regions=busan", "windows[0].regions=capital"];
    let output = openrush(&["check", &file, "--set", set[0], "--set", set[1]]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no window admits people of busan"), "{}", text(&output.stderr));
}

/// people × devices × scale × speed / refresh interval: what a machine cannot drive is not begun.
#[test]
fn a_crowd_that_cannot_be_driven_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (fifties, out) = (scenarios().join("2021-07-19-fifties.yaml"), folder.path().join("out"));
    let (fifties, out) = (fifties.to_str().unwrap(), out.to_str().unwrap());
    for command in [vec!["check", fifties], vec!["run", fifties, "--out", out]] {
        let output = openrush(&[command, vec!["--scale", "1/100"]].concat());
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains("requests/s") && errors.contains("--ceiling"), "{errors}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_note_during_a_run_stands_on_its_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, out) = (scenarios().join("ci-smoke.yaml"), folder.path().join("out"));
    let arguments = ["run", scenario.to_str().unwrap(), "--quiet", "--marks", "--out", out.to_str().unwrap()];
    let mut run = Command::new(env!("CARGO_BIN_EXE_openrush"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Written at once and read at once: it stands at the beginning of the run.
    run.stdin.take().unwrap().write_all(b"servers?\nmark two servers added\n").unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(text(&output.stderr).contains("to note something"), "{}", text(&output.stderr));
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let [note] = manifest["timeline"].as_array().unwrap().as_slice() else { panic!("one note: {manifest}") };
    assert_eq!((&note["text"], &note["kind"]), (&"two servers added".into(), &"mark".into()));
    assert!(note["at_ns"].as_i64() >= manifest["time"]["from_ns"].as_i64());
    let report = fs::read_to_string(out.join("report.md")).unwrap();
    assert!(report.contains("two servers added"), "{report}");
}

#[test]
fn a_column_points_at_the_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(folder.path(), "deadline: { value: 30s,", "deadline: { value: 30,");
    let errors = text(&openrush(&["check", path.to_str().unwrap()]).stderr);
    let line = line_of(&path, "value: 30,");
    assert!(errors.contains(&format!("{}:{line}:22: ", path.display())), "{errors}");
    assert!(errors.contains("^\n"), "{errors}");
}

#[test]
fn several_problems_are_told_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(folder.path(), "admits: [seniors]", "admits: [juniors]");
    let broken = fs::read_to_string(&path).unwrap().replace("share: { value: 64%,", "share: { value: 60%,");
    fs::write(&path, broken).unwrap();
    let errors = text(&openrush(&["check", path.to_str().unwrap()]).stderr);
    assert_eq!(errors.matches("error: ").count(), 3, "{errors}");
}

#[test]
fn every_mistake_of_a_file_is_told_in_order() {
    const FILE: &str = "\
name: Seven mistakes
timezome: Asia/Seoul
cohorts:
  seniors: { people: 100, show_up: 85 percent }
  fifties: { show_up: 50% }
windows:
  - { name: opening, opens: 2021-08-02T20:00, closes: 2021-08-01T20:00, admits: [seniors, fifties] }
arrivals:
  - decay: { share: 100%, tau: 58 }
journey:
  choices: [5]
  patience: { constant: 5m }
  patience: { constant: 6m }
";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seven.yaml");
    fs::write(&path, FILE).unwrap();
    let out = folder.path().join("out");
    let output = openrush(&["run", path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !out.exists());
    let errors = text(&output.stderr);
    assert_eq!(errors.lines().next().unwrap(), format!("7 problems in {}", path.display()));
    let told: Vec<_> = errors.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    let expected = [
        ("2:1: unknown field `timezome`, expected one of `name`, `timezone`", "did you mean `timezone`?"),
        ("4:36: cohorts.seniors.show_up: expected a share between 0% and 100%", ""),
        ("5:12: cohorts.fifties: the key `people` is missing", ""),
        ("7:55: windows[0].closes: the window closes before it opens", ""),
        ("9:32: arrivals[0].decay.tau: expected a duration", "did you mean `58s`?"),
        ("11:12: journey.choices: expected a whole number between 0 and 255, found a list", ""),
        ("12:3: journey: \"patience\" stands twice in this mapping", "it stands again in line 13"),
    ];
    assert_eq!(told.len(), expected.len(), "{errors}");
    for (told, (place_and_message, hint)) in told.iter().zip(expected) {
        assert!(told.starts_with(&format!("{}:{place_and_message}", path.display())), "{told}");
        assert!(errors.contains(hint), "{errors}");
    }
}

#[test]
fn schemas_and_completions_are_printed() {
    for (arguments, title) in [
        (&["schema"][..], "openrush scenario"),
        (&["schema", "summary"], "openrush summary"),
        (&["schema", "manifest"], "openrush manifest"),
    ] {
        let schema: serde_json::Value = serde_json::from_slice(&openrush(arguments).stdout).unwrap();
        assert_eq!(schema["title"], title);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&openrush(&["completions", shell]).stdout);
        assert!(script.contains("openrush") && script.contains("simulate"), "{shell}: {script}");
    }
    assert_eq!(openrush(&["completions", "abacus"]).status.code(), Some(2));
}

#[test]
fn a_taken_folder_a_missing_file_and_a_bad_set_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "precious").unwrap();
    let here = folder.path().to_str().unwrap();
    for arguments in [
        vec!["simulate", &seniors(), "--out", here],
        vec!["simulate", "no/such/file.yaml"],
        vec!["check", &seniors(), "--set", "target.reference.waiting_room.admit=5"],
        vec!["check", &seniors(), "--set", "nonsense"],
        vec!["check", &seniors(), "--scale", "7"],
        vec!["report", here],
    ] {
        let output = openrush(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine")).unwrap(), "precious");
}

#[test]
fn nobody_at_the_target_is_exit_3_and_other_machines_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    // Port 9, discard: nothing listens there in a test environment.
    let output = openrush(&["run", &seniors(), "--out", &out, "--target", "http://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let output = openrush(&["run", &seniors(), "--out", &out, "--target", "http://192.0.2.1:80"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("not on this machine"));
    assert!(!Path::new(&out).exists());
}

#[test]
fn check_predicts_the_line_of_2_august() {
    let output = openrush(&["check", &seniors()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let screen = text(&output.stdout);
    for line in [
        "opens      2021-08-02 20:00 → 2021-08-31 18:00 KST",
        "1,209,000 [fact S1] × show-up 85 %",
        "= 1,027,650",
        "at_the_door 3,083 │ decay 657,696 │ diurnal 366,871",
        "peak 3,083 tickets at 20:00:00, longest wait 11 s, gone by 20:00:33",
        "arrivals[1].decay.tau 15m",
        "32,189 people",
    ] {
        assert!(screen.contains(line), "expected `{line}` in\n{screen}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&openrush(&["check", &seniors(), "--json"]).stdout).unwrap();
    assert_eq!(json["people"], 1_027_650);
    assert_eq!(json["closed_form"]["peak"], 3_083.0);
}

/// All files of a folder but the manifest, by name.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "manifest.json")
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let simulate = |name: &str, seed: &str| {
        let out = folder.path().join(name);
        let arguments = [
            "simulate",
            &seniors(),
            "--scale",
            "1/50",
            "--seed",
            seed,
            "--quiet",
            "--out",
            out.to_str().unwrap(),
        ];
        let output = openrush(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        contents(&out)
    };
    let (first, second, other) = (simulate("a", "7"), simulate("b", "7"), simulate("c", "8"));
    let names: Vec<_> = first.iter().map(|(name, _)| name.as_str()).collect();
    for name in
        ["scenario.yaml", "summary.json", "timeseries.csv", "latency.hlog", "report.html", "report.md"]
    {
        assert!(names.contains(&name), "{name} is among {names:?}");
    }
    // Not only equal names: every byte.
    assert!(first == second, "two runs of one seed differ");
    assert!(first != other, "two seeds agree");
}

#[test]
fn the_resolved_scenario_is_a_scenario_that_means_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let simulate = |scenario: &str, out: &Path, more: &[&str]| {
        let out = out.to_str().unwrap();
        let mut arguments = vec!["simulate", scenario, "--out", out, "--quiet", "--scale", "1/100"];
        arguments.extend(more);
        let output = openrush(&arguments);
        // So short a slice may miss an objective or rest on too few observations; it is written all the same.
        assert!([0, 1, 4].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
    };
    simulate(&seniors(), &one, &["--until", "20:03", "--seed", "5"]);
    simulate(one.join("scenario.yaml").to_str().unwrap(), &two, &[]);
    let summary = |folder: &Path| fs::read_to_string(folder.join("summary.json")).unwrap();
    assert_eq!(summary(&one), summary(&two));
    assert_eq!(fs::read(one.join("scenario.yaml")).unwrap(), fs::read(two.join("scenario.yaml")).unwrap());
}

#[test]
fn a_live_run_adds_up_and_writes_the_same_kind_of_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let slice =
        ["--scale", "1/100", "--speed", "60", "--from", "19:58", "--until", "20:04", "--workers", "2"];
    let mut arguments = vec!["run", "", "--json", "--out", out.to_str().unwrap()];
    let seniors = seniors();
    arguments[1] = &seniors;
    arguments.extend(slice);
    let output = openrush(&arguments);
    // On a machine that stalls, the run may rightly call itself untrustworthy; it must still add up.
    assert!([0, 4].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["folder"], out.to_str().unwrap());
    let people = &printed["people"];
    let count = |key: &str| people[key].as_u64().unwrap();
    let turned_away: u64 =
        people["turned_away"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(count("arrived"), count("booked") + turned_away + count("gave_up") + count("inside"));
    assert!(count("arrived") > 400 && count("booked") > 50, "{people}");
    assert_eq!(printed["visits"]["planned"], printed["visits"]["started"]);
    assert!(printed["generator"]["lag_s"]["p99"].as_f64().unwrap() > 0.0);
    assert!(out.join("report.html").exists() && out.join("latency.hlog").exists());
    health_is_there(&out, &printed["generator"]);
    let again = openrush(&["report", out.to_str().unwrap()]);
    assert!(again.status.success(), "{}", text(&again.stderr));
}

/// The rows of a live run's `generator.csv` agree with its summary.
fn health_is_there(out: &Path, generator: &serde_json::Value) {
    let rows = generator::read(fs::File::open(out.join("generator.csv")).unwrap()).unwrap();
    let opened: u64 = rows.iter().map(|row| row.new_connections).sum();
    assert_eq!(Some(opened), generator["connections_opened"].as_u64());
    assert!(opened > 0 && generator["new_connections_peak_per_s"].as_f64().unwrap() > 0.0, "{generator}");
    assert_eq!((&generator["exchanges_refused"], &generator["connections_refused"]), (&0.into(), &0.into()));
    // Six minutes at speed 60 are six seconds, and a row is half a second of them.
    assert!(rows.len() >= 6 && rows.windows(2).all(|pair| pair[0].wall_s < pair[1].wall_s), "{rows:?}");
    assert!(rows.iter().any(|row| row.lag_p99_s.is_some_and(|lag| lag > 0.0)));
    assert!(rows.iter().all(|row| row.lag_p50_s <= row.lag_p99_s && row.lag_p99_s <= row.lag_max_s));
}

#[test]
fn too_few_open_files_are_told_before_anything_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let command = "ulimit -n 300 && exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", command, env!("CARGO_BIN_EXE_openrush"), "run", &seniors(), "--out"])
        .arg(&out)
        .output()
        .unwrap();
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    // 128 files are for other things, a connection has two ends here, and half are kept alive.
    assert!(errors.contains("300 open files allow only 43 requests in flight"), "{errors}");
    assert!(errors.contains("ulimit -n"), "{errors}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_place_that_cannot_be_written_to_is_told_before_anything_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    // A file where a folder would have to be: not even the superuser can write below it.
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    for command in ["run", "simulate"] {
        let output = openrush(&[command, &seniors(), "--out", file.join("out").to_str().unwrap()]);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(file.to_str().unwrap()), "{errors}");
        assert!(errors.contains("hint: check that the place exists and can be written to"), "{errors}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_port_that_is_taken_is_told_with_a_way_out() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = openrush(&["serve", &seniors(), "--port", &port]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{errors}");
    assert!(errors.contains("--port") && output.stdout.is_empty(), "{errors}");
}

#[test]
fn serve_and_run_in_two_processes() {
    let folder = tempfile::tempdir().unwrap();
    let seniors = seniors();
    let slice = ["--scale", "1/200", "--speed", "60", "--from", "19:59", "--until", "20:02"];
    let mut server = Command::new(env!("CARGO_BIN_EXE_openrush"))
        .args(["serve", &seniors, "--json", "--start-at", "+6s"])
        .args(slice)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    let mut lines = BufReader::new(server.stdout.take().unwrap());
    while !printed.contains('}') {
        assert_ne!(lines.read_line(&mut printed).unwrap(), 0, "the server printed {printed}");
    }
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let url = printed["url"].as_str().unwrap();
    let run = |name: &str, slice: &[&str]| {
        let out = folder.path().join(name);
        let mut arguments = vec!["run", &seniors, "--target", url, "--json", "--out", out.to_str().unwrap()];
        arguments.extend(slice);
        openrush(&arguments)
    };
    let unlike = run("unlike", &["--scale", "1/100"]);
    let ran = run("run", &slice);
    let late = run("late", &slice);
    let stopped = Command::new("kill").args(["-INT", &server.id().to_string()]).status().unwrap();
    assert!(stopped.success() && server.wait().unwrap().success(), "the server stops when it is asked to");
    assert_eq!(unlike.status.code(), Some(2), "{}", text(&unlike.stderr));
    assert!(text(&unlike.stderr).contains("the server plays scenario sha256:"));
    assert!([0, 4].contains(&ran.status.code().unwrap()), "{}", text(&ran.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert!(summary["people"]["arrived"].as_u64().unwrap() > 100);
    assert_eq!(summary["queue"]["source"], "rules");
    assert_eq!(late.status.code(), Some(2), "{}", text(&late.stderr));
    assert!(text(&late.stderr).contains("has begun already"));
}

#[test]
fn an_interrupted_run_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut run = Command::new(env!("CARGO_BIN_EXE_openrush"))
        .args(["run", &seniors(), "--scale", "1/100", "--json", "--out", out.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line of progress says that the run has begun and that Ctrl-C is listened to.
    let mut line = String::new();
    BufReader::new(run.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains('%'), "{line}");
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["verdict"], "untrustworthy");
    assert_eq!(printed["cautions"][0]["kind"], "interrupted");
    for name in
        ["manifest.json", "scenario.yaml", "summary.json", "timeseries.csv", "latency.hlog", "report.html"]
    {
        assert!(out.join(name).exists(), "{name}");
    }
}

#[test]
fn the_demand_case_is_written_into_the_resolved_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["simulate", &seniors(), "--demand", "high", "--scale", "1/500", "--quiet", "--out"];
    let output = openrush(&[&arguments[..], &[out.to_str().unwrap()]].concat());
    assert!([0, 1, 4].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
    let resolved = fs::read_to_string(out.join("scenario.yaml")).unwrap();
    // Everybody shows up and tau is 15 minutes; range and provenance are still there.
    assert!(
        resolved.contains("value: 100%\n      low: 60%\n      high: 100%\n      kind: assumption\n"),
        "{resolved}"
    );
    assert!(resolved.contains("value: 15m\n"), "{resolved}");
}

#[test]
fn the_smoke_scenario_runs_for_continuous_integration() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let scenario = scenarios().join("ci-smoke.yaml");
    let output =
        openrush(&["run", scenario.to_str().unwrap(), "--json", "--quiet", "--out", out.to_str().unwrap()]);
    assert!([0, 4].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // 40 at the door and what comes in the first minute, on two clocks: the same plan.
    assert_eq!(printed["people"]["arrived"], 329);
    assert!(printed["queue"]["peak"].as_u64().unwrap() >= 30, "{}", printed["queue"]);
}

#[test]
fn the_interval_log_holds_every_attempt() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use hdrhistogram::Histogram;
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments =
        ["simulate", &seniors(), "--scale", "1/100", "--until", "20:04", "--quiet", "--json", "--out"];
    let output = openrush(&[&arguments[..], &[out.to_str().unwrap()]].concat());
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let log = fs::read(out.join("latency.hlog")).unwrap();
    let mut counted = std::collections::BTreeMap::<String, u64>::new();
    let mut last = 0.0;
    for entry in IntervalLogIterator::new(&log) {
        let LogEntry::Interval(interval) = entry.unwrap() else { continue };
        let bytes = BASE64_STANDARD.decode(interval.encoded_histogram()).unwrap();
        let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).unwrap();
        let tag = interval.tag().unwrap().as_str().to_owned();
        *counted.entry(tag).or_default() += histogram.len();
        let start = interval.start_timestamp().as_secs_f64();
        assert!(start >= last, "intervals come in order");
        last = start;
    }
    let responses: u64 = counted.iter().filter(|(tag, _)| tag.ends_with(".response")).map(|(_, n)| n).sum();
    assert_eq!(summary["requests"]["sent"].as_u64().unwrap(), responses);
    assert_eq!(counted["book.ok.response"], summary["steps"]["book"]["ok"].as_u64().unwrap());
    assert_eq!(counted["lag"], responses);
    // 15 minutes of slice, and what was still in flight at its end.
    assert!(last <= 16.0 * 60.0, "times count from the beginning of the slice: {last}");
}

#[test]
fn a_report_is_rendered_in_a_language_that_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let sample =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reports/samples/2021-08-02-seniors-simulated");
    for name in ["manifest.json", "summary.json", "timeseries.csv"] {
        fs::copy(sample.join(name), folder.path().join(name)).unwrap();
    }
    let place = folder.path().to_str().unwrap();
    let output = openrush(&["report", place, "--lang", "ko"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no report is written in `ko`; expected one of: en"), "{said}");
    assert!(!folder.path().join("report.html").exists(), "nothing was written");
    let output = openrush(&["report", place, "--lang", "en"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for name in ["report.html", "funnel.svg", "funnel.png", "steps.csv"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
}
