//! The verdict in a sentence.

use super::document::Verdict;
use super::limits::Limit;
use super::{format, words};
use crate::record::summary::{self, Judged, Summary};

/// The verdict of a run and the reason for it.
pub(super) fn of(summary: &Summary) -> Verdict {
    let (word, class, sentence) = match summary.verdict {
        summary::Verdict::Pass => (words::PASS, "pass", passed(&summary.objectives)),
        summary::Verdict::Fail => (words::FAIL, "fail", failed(&summary.objectives)),
        summary::Verdict::Untrustworthy => (words::UNTRUSTWORTHY, "untrustworthy", distrusted(summary)),
    };
    let cautions = summary.cautions.len();
    Verdict { word, class, sentence, cautions: (cautions > 0).then(|| words::cautions_below(cautions)) }
}

/// The place of the objective with the least margin, among those that have one.
pub(super) fn tightest(objectives: &[Judged]) -> Option<usize> {
    let margins = objectives.iter().enumerate().filter_map(|(place, judged)| Some((place, judged.margin?)));
    margins.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
}

fn passed(objectives: &[Judged]) -> String {
    let margin = tightest(objectives).and_then(|place| Some((&objectives[place], objectives[place].margin?)));
    match (objectives.len(), margin) {
        (0, _) => words::NO_OBJECTIVES.to_owned(),
        (n, None) => words::all_met(n),
        (n, Some((judged, margin))) => {
            let limit = Limit::of(&judged.text);
            let seen = judged.observed.map_or_else(|| format::NOTHING.to_owned(), |value| limit.seen(value));
            words::all_met_tightest(n, &limit.name, &seen, &limit.bound, &format::share(margin))
        }
    }
}

fn failed(objectives: &[Judged]) -> String {
    let missed: Vec<String> = objectives.iter().filter(|judged| !judged.met).map(missed).collect();
    if missed.is_empty() {
        return words::FAILED_OTHERWISE.to_owned();
    }
    words::missed(missed.len(), objectives.len(), &missed.join("; "))
}

fn missed(judged: &Judged) -> String {
    let limit = Limit::of(&judged.text);
    match judged.observed {
        Some(value) => words::missed_one(&limit.name, &limit.seen(value), &limit.bound),
        None if judged.beyond_any => words::missed_one(&limit.name, words::BEYOND_ANY, &limit.bound),
        None => words::missed_unseen(&limit.name),
    }
}

fn distrusted(summary: &Summary) -> String {
    let reasons = summary.cautions.iter().filter(|caution| !caution.kind.is_remark());
    let reasons: Vec<&str> = reasons.map(|caution| caution.text.as_str()).collect();
    words::not_to_be_relied_on(&reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::record::summary::{Caution, CautionKind};

    #[test]
    fn each_verdict_says_why() {
        let mut summary = sample::folder().summary;
        let verdict = of(&summary);
        assert_eq!((verdict.word, verdict.class), ("PASS", "pass"));
        assert!(verdict.sentence.contains("All 3 objectives were met"), "{}", verdict.sentence);
        assert!(verdict.sentence.contains("34 %"), "{}", verdict.sentence);
        summary.verdict = summary::Verdict::Fail;
        summary.objectives[1].met = false;
        summary.objectives[1].observed = Some(720.0);
        let sentence = of(&summary).sentence;
        assert!(sentence.contains("1 of 3") && sentence.contains("12 m"), "{sentence}");
        summary.verdict = summary::Verdict::Untrustworthy;
        summary.cautions.push(Caution {
            kind: CautionKind::GeneratorLagged,
            text: "the generator was 80 ms late".to_owned(),
            advice: "use a lower speed".to_owned(),
        });
        assert!(of(&summary).sentence.contains("80 ms late"));
    }

    #[test]
    fn without_objectives_nothing_is_claimed() {
        let mut summary = sample::folder().summary;
        summary.objectives.clear();
        assert_eq!(of(&summary).sentence, words::NO_OBJECTIVES);
        summary.verdict = summary::Verdict::Fail;
        assert_eq!(of(&summary).sentence, words::FAILED_OTHERWISE);
    }
}
