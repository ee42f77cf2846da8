/** The page of a training never contradicts itself: what chose a step and what judges it are told apart. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainingOutcome, TrainingStatus } from '../../extension/src/protocol';
import { verdict, watched, whatWasAsked } from '../../extension/src/train/verdict';

const BEFORE = { step: 0, mrr: 0.42, recall: 0.5 };

function measured(mean: number): { mean: number; low: number; high: number } {
  return { mean, low: mean - 0.02, high: mean + 0.02 };
}

function outcome(gain: number): TrainingOutcome {
  return {
    questions: 120,
    texts: 400,
    before: measured(0.391),
    after: measured(0.391 + gain),
    gain: measured(gain),
    recallBefore: 0.5,
    recallAfter: 0.5,
    better: gain > 0.02,
    mayBeKept: gain > 0,
  };
}

function training(mrr: number, found?: TrainingOutcome): TrainingStatus {
  const scores = [BEFORE, { step: 40, mrr, recall: 0.5 }];
  return { state: found ? 'done' : 'running', scores, best: 40, outcome: found } as TrainingStatus;
}

test('while it learns, the curve says whether the model before is surpassed', () => {
  assert.match(watched(training(0.411)), /^MRR 0\.411, .* not surpassed yet\.$/);
  assert.match(watched(training(0.431)), /^MRR 0\.431, .* Best after 40 steps\.$/);
});

for (const mrr of [0.411, 0.42, 0.431]) {
  for (const gain of [-0.03, 0.017, 0.05]) {
    test(`at the end nothing is "yet", with ${mrr} at the best step and a gain of ${gain}`, () => {
      const said = watched(training(mrr, outcome(gain)));
      assert.doesNotMatch(said, /yet/);
      assert.match(
        said,
        new RegExp(`^These questions chose .* 40: MRR ${mrr.toFixed(3)}, and 0\\.420 before`),
      );
    });
  }
}

test('the verdict is by the gain, and says what was asked and what MRR is', () => {
  assert.equal(verdict('mine', outcome(0.05)), 'mine is better: +0.050 (+0.030 to +0.070) MRR.');
  assert.match(verdict('mine', outcome(0.017)), /^The gain of \+0\.017 .* is within chance\.$/);
  assert.match(verdict('mine', outcome(-0.03)), /^mine is not better: −0\.030/);
  const close = { ...outcome(0.05), gain: { mean: 0.04, low: 0.0002, high: 0.087 } };
  assert.equal(verdict('mine', close), 'mine is better: +0.0400 (+0.0002 to +0.0870) MRR.');
  const [asked, mrr] = whatWasAsked(outcome(0.05));
  assert.match(asked ?? '', /^120 questions of files that taught nothing and chose nothing/);
  assert.match(mrr ?? '', /mean reciprocal rank/);
});
