/** The page of a measurement: which ways to search find the answers, how sure that is, and what differs. */

import '../../view/pageWords';
import type { BenchPair, BenchRow, Measured } from '../../protocol';
import { formatDifference, formatDuration } from '../../text/amounts';
import { counted, figure, percent, t } from '../../text/words';
import { makeButton } from '../../view/controls/button';
import { pageHeading } from '../../view/heading';
import { make } from '../../view/make';
import { bestOf } from '../best';
import type { FromPage, Measurement, ToPage } from '../messages';
import { plot } from './plot';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const TIERS: Readonly<Record<string, string>> = {
  lexical: t('Words'),
  instant: t('Fast model'),
  deep: t('Transformer'),
  'lexical+instant': t('Words and fast model'),
  all: t('All together'),
};

const editor = acquireVsCodeApi();
const page = make('main', '');
page.append(pageHeading(t('Models compared')));
document.body.append(page);
const content = make('div', '');
page.append(content);
window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  content.replaceChildren(...drawn(data.measurement));
});
editor.postMessage({ kind: 'ready' });

function drawn(measurement: Measurement): Node[] {
  const { folder, source, result } = measurement;
  const asked =
    source === 'history'
      ? counted(
          result.questions,
          '{0} question from a commit of {1}.',
          '{0} questions from commits of {1}.',
          folder,
        )
      : counted(
          result.questions,
          '{0} question from a docstring of {1}.',
          '{0} questions from docstrings of {1}.',
          folder,
        );
  const searched = counted(
    result.chunks,
    '{0} piece of code was searched.',
    '{0} pieces of code were searched.',
  );
  return [
    ...best(measurement),
    said(`${asked} ${searched}`),
    ...result.problems.map((problem) => said(problem, 'problem')),
    heading(t('What finds the answer')),
    plot(result.rows.map((row) => ({ name: nameOf(row), value: row.mrr }))),
    said(
      t(
        'A dot is the mean reciprocal rank: 1 if the answer is always first, ½ if second, 0 if it is never found.',
      ),
      'quiet',
    ),
    said(t('A line is where other questions like these would put the dot, 95 times of 100.'), 'quiet'),
    table(result.rows),
    heading(t('Is the difference more than chance?')),
    ...(result.pairs.length === 0 ? [said(t('There are no two ways to compare.'))] : []),
    ...result.pairs.map((pair) => said(verdict(pair), pair.withinChance ? '' : 'sure')),
    said(t('Figures of one folder say nothing of another.'), 'quiet'),
  ];
}

/** The best way to search, what may be as good, and a button to use its model. */
function best({ folder, result, inUse }: Measurement): Node[] {
  const found = bestOf(result);
  if (found === undefined) {
    return [];
  }
  const { row, rivals } = found;
  const isUsed = !row.model || row.model === inUse;
  const shown = heading(
    row.model === inUse
      ? t('Best for {0}: {1}, which you use', folder, nameOf(row))
      : t('Best for {0}: {1}', folder, nameOf(row)),
  );
  const names = rivals.map(nameOf).join(', ');
  const doubt = said(t('The difference to this is within chance: {0}.', names), 'quiet');
  const model = row.model ?? '';
  const button = makeButton(t('Use {0}', model), () => {
    editor.postMessage({ kind: 'use', model });
  });
  return [shown, ...(rivals.length > 0 ? [doubt] : []), ...(isUsed ? [] : [button])];
}

function nameOf({ tiers, model }: { tiers: string; model?: string | null }): string {
  const name = TIERS[tiers] ?? tiers;
  return model ? t('{0}: {1}', name, model) : name;
}

function verdict(pair: BenchPair): string {
  const one = nameOf(pair);
  const other = nameOf({ tiers: pair.otherTiers, model: pair.otherModel });
  const figures = formatDifference(pair.mrr, 2);
  return pair.withinChance
    ? t('“{0}” against “{1}”: {2}. The difference is within chance.', one, other, figures)
    : pair.mrr.mean > 0
      ? t('“{0}” is better than “{1}”: {2}.', one, other, figures)
      : t('“{0}” is worse than “{1}”: {2}.', one, other, figures);
}

function table(rows: readonly BenchRow[]): HTMLElement {
  const made = make('table', '');
  const head = make('tr', '');
  const heads = [t('Way to search'), 'MRR', t('Answer first'), t('Among the first five'), t('Embedded in')];
  head.append(...heads.map((name) => cell('th', 'col', name)));
  const top = make('thead', '');
  top.append(head);
  const body = make('tbody', '');
  body.append(
    ...rows.map((row) => {
      const line = make('tr', '');
      const took = row.seconds === undefined || row.seconds === null ? '' : formatDuration(row.seconds);
      line.append(
        cell('th', 'row', nameOf(row)),
        cell(
          'td',
          '',
          within(row.mrr, (value) => figure(value, 2)),
        ),
        cell('td', '', within(row.first, percent)),
        cell('td', '', within(row.inFive, percent)),
        cell('td', '', took),
      );
      return line;
    }),
  );
  made.append(top, body);
  return made;
}

function within({ mean, low, high }: Measured, shown: (value: number) => string): string {
  return `${shown(mean)} (${shown(low)}–${shown(high)})`;
}

function cell(tag: 'th' | 'td', scope: string, text: string): HTMLTableCellElement {
  const made = make(tag, '');
  if (scope !== '') {
    made.scope = scope;
  }
  made.textContent = text;
  return made;
}

function heading(text: string): HTMLElement {
  const made = make('h2', '');
  made.textContent = text;
  return made;
}

function said(text: string, className = ''): HTMLElement {
  const made = make('p', className);
  made.textContent = text;
  return made;
}
