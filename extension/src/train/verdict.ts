/** What the page of a training says of its figures. Two sets of questions are asked: one chooses, one judges. */

import type { TrainingOutcome, TrainingScore, TrainingStatus } from '../protocol';
import { formatDifference } from '../text/amounts';
import { counted, figure, percent, t } from '../text/words';

/** Whether the new model is better, on the questions that nothing was chosen by. */
export function verdict(name: string, { gain, better, mayBeKept }: TrainingOutcome): string {
  const figures = formatDifference(gain, 3);
  if (better) {
    return t('{0} is better: {1} MRR.', name, figures);
  }
  return mayBeKept
    ? t('The gain of {0} MRR is within chance.', figures)
    : t('{0} is not better: {1} MRR.', name, figures);
}

/** What was asked for the verdict, and what its figures mean. */
export function whatWasAsked({ questions }: TrainingOutcome): string[] {
  return [
    counted(
      questions,
      '{0} question of files that taught nothing and chose nothing was asked.',
      '{0} questions of files that taught nothing and chose nothing were asked.',
    ),
    t(
      'MRR, the mean reciprocal rank, is 1 if the right code always comes first, and 0.5 if it always comes second. In brackets is where it lies with 95% certainty.',
    ),
  ];
}

/** What the curve of the watched questions says: how far it is or, at the end, which step the new model is of. */
export function watched({ scores, best, outcome }: TrainingStatus): string {
  const mrrAt = (asked: number): number => scores.find(({ step }) => step === asked)?.mrr ?? 0;
  if (outcome) {
    return t(
      'These questions chose the best step, {0}: MRR {1}, and {2} before. Other questions judge it, above.',
      figure(best),
      figure(mrrAt(best), 3),
      figure(mrrAt(0), 3),
    );
  }
  const last = scores.at(-1);
  return last === undefined ? '' : `${current(last)} ${bestYet(mrrAt, best)}`;
}

function current({ mrr, recall }: TrainingScore): string {
  return t('MRR {0}, among the first five {1}.', figure(mrr, 3), percent(recall));
}

function bestYet(mrrAt: (step: number) => number, best: number): string {
  return mrrAt(best) > mrrAt(0)
    ? t('Best after {0} steps.', figure(best))
    : t('The model before is not surpassed yet.');
}
