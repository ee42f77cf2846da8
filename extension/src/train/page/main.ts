/** The page of a training: what it does now, its curves, the figures at the end, and its buttons. */

import '../../view/pageWords';
import type { Measured, TrainingOutcome, TrainingStatus } from '../../protocol';
import { formatDuration } from '../../text/amounts';
import { counted, figure, percent, t } from '../../text/words';
import { pageHeading } from '../../view/heading';
import { makeButton } from '../../view/controls/button';
import { make } from '../../view/make';
import type { Act, FromPage, ToPage } from '../messages';
import { verdict, watched, whatWasAsked } from '../verdict';
import { plot } from './plot';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const STAGES: Readonly<Record<TrainingStatus['stage'], string>> = {
  files: t('Reading files'),
  commits: t('Reading commits'),
  before: t('Asking the model as it was'),
  learning: t('Learning'),
  writing: t('Writing the model'),
  after: t('Asking the new model'),
};

const LABELS: Readonly<Record<Act, string>> = {
  pause: t('Pause'),
  resume: t('Resume'),
  stop: t('Stop and Take the Best'),
  keep: t('Keep'),
  discard: t('Discard'),
};

const editor = acquireVsCodeApi();
const page = make('main', '');
const content = make('div', '');
const buttons = make('div', 'buttons');
page.append(pageHeading(t('Train a Model')), content, buttons);
document.body.append(page);
/** The buttons that are there, so that a look at the training takes no focus away. */
let shownActs = '';
window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  content.replaceChildren(...drawn(data.training));
  drawButtons(data.training);
});
editor.postMessage({ kind: 'ready' });

function drawn(training: TrainingStatus): Node[] {
  if (training.state === 'none') {
    return [said(t('There is no training now. The command Train a Model on My Code begins one.'))];
  }
  return [
    heading(training.name),
    said(t('{0} learns from the code of {1}.', training.base, lastName(training.folder)), 'quiet'),
    ...(training.message ? [said(training.message, 'problem')] : []),
    ...(training.outcome ? result(training, training.outcome) : now(training)),
    ...curves(training),
    ...pairs(training),
  ];
}

/** What it is doing, how far that is, and how long it will take. */
function now(training: TrainingStatus): Node[] {
  if (training.state === 'failed') {
    return [];
  }
  const { state, stage, done, total, secondsLeft } = training;
  const bar = document.createElement('progress');
  const stageName = state === 'paused' ? t('Paused') : state === 'waiting' ? t('Waiting') : STAGES[stage];
  bar.setAttribute('aria-label', stageName);
  if (total > 0) {
    bar.max = total;
    bar.value = done;
  } else if (state !== 'running') {
    bar.value = 0;
  }
  const parts = [
    stageName,
    ...(total > 0 ? [t('{0} of {1}', figure(done), figure(total))] : []),
    ...(state === 'running' && typeof secondsLeft === 'number'
      ? [t('about {0} left', formatDuration(secondsLeft))]
      : []),
  ];
  const line = said(parts.join(' · '), 'now');
  return [bar, line];
}

function curves(training: TrainingStatus): Node[] {
  const { losses, scores, total, stage } = training;
  const loss = losses.at(-1);
  const score = scores.at(-1);
  if (loss === undefined || score === undefined) {
    return [];
  }
  const most = stage === 'learning' ? Math.max(total, loss.step) : Math.max(loss.step, score.step);
  const both = make('div', 'curves');
  const left = make('section', '');
  left.append(
    heading(t('Loss'), 'h3'),
    plot(
      losses.map(({ step, loss: value }) => ({ step, value })),
      most,
      'loss',
    ),
    said(t('{0} after {1} steps. Lower is better.', figure(loss.loss, 3), figure(loss.step))),
  );
  const right = make('section', '');
  right.append(
    heading(t('Watched questions'), 'h3'),
    plot(
      scores.map(({ step, mrr }) => ({ step, value: mrr })),
      most,
      'score',
    ),
    said(watched(training)),
  );
  both.append(left, right);
  return [both];
}

/** Before against after, on questions that nothing was chosen by. */
function result(training: TrainingStatus, outcome: TrainingOutcome): Node[] {
  const { before, after, better } = outcome;
  const table = make('table', '');
  table.append(
    row('th', '', t('Before'), t('After')),
    row('td', 'MRR', within(before), within(after)),
    row('td', t('Among the first five'), percent(outcome.recallBefore), percent(outcome.recallAfter)),
  );
  return [
    said(verdict(training.name, outcome), better ? 'sure' : 'doubt'),
    table,
    ...whatWasAsked(outcome).map((text) => said(text, 'quiet')),
  ];
}

function pairs({ pairs: found }: TrainingStatus): Node[] {
  const { docstring, name, history, copies } = found;
  if (docstring + name + history === 0) {
    return [];
  }
  const learned = t(
    'Pairs of a question and code: {0} of docstrings, {1} of names, {2} of commits.',
    figure(docstring),
    figure(name),
    figure(history),
  );
  const left = counted(
    copies,
    '{0} was left out, as a near copy of held-back code.',
    '{0} were left out, as near copies of held-back code.',
  );
  return [said(copies ? `${learned} ${left}` : learned, 'quiet')];
}

function drawButtons(training: TrainingStatus): void {
  const acts = actsOf(training);
  if (acts.join(' ') === shownActs) {
    return;
  }
  shownActs = acts.join(' ');
  buttons.replaceChildren(
    ...acts.map((act, at) =>
      makeButton(
        LABELS[act],
        () => {
          editor.postMessage({ kind: 'act', act });
        },
        at === 0,
      ),
    ),
  );
}

/** What can be done; the first is what is offered. */
function actsOf({ state, outcome }: TrainingStatus): Act[] {
  switch (state) {
    case 'running':
    case 'waiting':
      return ['pause', 'stop', 'discard'];
    case 'paused':
      return ['resume', 'stop', 'discard'];
    case 'done':
      return outcome?.better ? ['keep', 'discard'] : outcome?.mayBeKept ? ['discard', 'keep'] : ['discard'];
    case 'failed':
      return ['discard'];
    default:
      return [];
  }
}

function row(tag: 'th' | 'td', name: string, ...cells: string[]): HTMLTableRowElement {
  const made = make('tr', '');
  const first = make(name === '' ? 'td' : 'th', '');
  first.textContent = name;
  if (first instanceof HTMLTableCellElement && name !== '') {
    first.scope = 'row';
  }
  made.append(
    first,
    ...cells.map((text) => {
      const cell = make(tag, '');
      cell.textContent = text;
      if (tag === 'th') {
        cell.scope = 'col';
      }
      return cell;
    }),
  );
  return made;
}

function within({ mean, low, high }: Measured): string {
  return `${figure(mean, 3)} (${figure(low, 2)}–${figure(high, 2)})`;
}

function lastName(folder: string): string {
  return folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
}

function heading(text: string, tag: 'h2' | 'h3' = 'h2'): HTMLElement {
  const made = make(tag, '');
  made.textContent = text;
  return made;
}

function said(text: string, className = ''): HTMLElement {
  const made = make('p', className);
  made.textContent = text;
  return made;
}
