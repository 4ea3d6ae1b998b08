//! The verdict in a sentence.

use super::document::Verdict;
use super::limits::Limit;
use super::messages::Words;
use super::run::Run;
use super::{cause, format};
use crate::record::summary::{self, Judged, Summary};

/// The verdict of a run and the reason for it.
pub(super) fn of(run: &Run) -> Verdict {
    let (summary, words) = (run.summary(), &run.words);
    let (word, class, sentence) = match summary.verdict {
        summary::Verdict::Pass => (words.pass(), "pass", passed(&summary.objectives, words)),
        summary::Verdict::Fail => (words.fail(), "fail", failed(&summary.objectives, words)),
        summary::Verdict::Untrustworthy => {
            (words.untrustworthy(), "untrustworthy", distrusted(summary, words))
        }
    };
    let cautions = summary.cautions.len();
    let cause = if summary.verdict == summary::Verdict::Fail { cause::of(run) } else { None };
    let cautions = (cautions > 0).then(|| words.cautions_below(cautions));
    Verdict { word, class, sentence, cause, cautions }
}

/// The place of the objective with the least margin, among those that have one.
pub(super) fn tightest(objectives: &[Judged]) -> Option<usize> {
    let margins = objectives.iter().enumerate().filter_map(|(place, judged)| Some((place, judged.margin?)));
    margins.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
}

fn passed(objectives: &[Judged], words: &Words) -> String {
    let margin = tightest(objectives).and_then(|place| Some((&objectives[place], objectives[place].margin?)));
    match (objectives.len(), margin) {
        (0, _) => words.no_objectives(),
        (n, None) => words.all_met(n),
        (n, Some((judged, margin))) => {
            let limit = Limit::of(&judged.text);
            let seen = judged.observed.map_or_else(|| format::NOTHING.to_owned(), |value| limit.seen(value));
            words.all_met_tightest(n, limit.name, seen, limit.bound, format::share(margin))
        }
    }
}

fn failed(objectives: &[Judged], words: &Words) -> String {
    let missed: Vec<String> =
        objectives.iter().filter(|judged| !judged.met).map(|judged| missed(judged, words)).collect();
    if missed.is_empty() {
        return words.failed_otherwise();
    }
    words.missed_objectives(missed.len(), objectives.len(), missed.join("; "))
}

fn missed(judged: &Judged, words: &Words) -> String {
    let limit = Limit::of(&judged.text);
    match judged.observed {
        Some(value) => words.missed_one(&limit.name, limit.seen(value), &limit.bound),
        None if judged.beyond_any => words.missed_one(&limit.name, words.beyond_any(), &limit.bound),
        None => words.missed_unseen(&limit.name),
    }
}

fn distrusted(summary: &Summary, words: &Words) -> String {
    let reasons = summary.cautions.iter().filter(|caution| !caution.kind.is_remark());
    let reasons: Vec<&str> = reasons.map(|caution| caution.text.as_str()).collect();
    if reasons.is_empty() {
        return words.unreliable();
    }
    words.unreliable_because(reasons.join("; ").trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::record::folder::Folder;
    use crate::record::summary::{Caution, CautionKind};
    use crate::report::messages::Language;

    fn told(folder: &Folder) -> Verdict {
        of(&Run::of(folder, Language::English).unwrap())
    }

    #[test]
    fn each_verdict_says_why() {
        let mut folder = sample::folder();
        let verdict = told(&folder);
        assert_eq!((verdict.word.as_str(), verdict.class), ("PASS", "pass"));
        assert!(verdict.sentence.contains("All 3 objectives were met"), "{}", verdict.sentence);
        assert!(verdict.sentence.contains("34 %"), "{}", verdict.sentence);
        folder.summary.verdict = summary::Verdict::Fail;
        folder.summary.objectives[1].met = false;
        folder.summary.objectives[1].observed = Some(720.0);
        let sentence = told(&folder).sentence;
        assert!(sentence.contains("1 of 3") && sentence.contains("12 m"), "{sentence}");
        assert!(told(&folder).cause.is_some_and(|cause| cause.contains("1.4 % were turned away")));
        folder.summary.verdict = summary::Verdict::Untrustworthy;
        folder.summary.cautions.push(Caution {
            kind: CautionKind::GeneratorLagged,
            text: "the generator was 80 ms late".to_owned(),
            advice: "use a lower speed".to_owned(),
        });
        assert!(told(&folder).sentence.contains("80 ms late"));
    }

    #[test]
    fn without_objectives_nothing_is_claimed() {
        let mut folder = sample::folder();
        folder.summary.objectives.clear();
        assert_eq!(told(&folder).sentence, "The scenario sets no objectives, so there was nothing to miss.");
        folder.summary.verdict = summary::Verdict::Fail;
        assert_eq!(
            told(&folder).sentence,
            "Every objective was met, but the run broke a rule that outranks them."
        );
    }
}
