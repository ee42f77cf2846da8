/** How to choose a model: what its properties mean for this folder, and where to measure. */

import type { Network, NetworksResult } from '../../../protocol';
import { counted, figure, t } from '../../../text/words';
import { tell } from '../ask';
import { makeButton } from '../../../view/controls/button';
import { Place, row, said, table, title } from '../parts';
import { networks } from './model';

/** Bytes of a number in a vector that is kept. */
const BYTES = 2;

export function chooseStep(step: HTMLElement): void {
  const facts = new Place();
  step.append(
    said(
      t('The best model is the one that finds your code. No list on the web knows your code, so measure.'),
    ),
    facts.element,
    title(t('Measure on your own code')),
    said(
      t(
        'Questions are made from your docstrings and commits. Each model answers them, and nothing is switched.',
      ),
    ),
    row(
      makeButton(t('Which model is best for my code?'), () => {
        tell({ kind: 'run', command: 'bestModel' });
      }),
      makeButton(t('Train a model on my code'), () => {
        tell({ kind: 'run', command: 'trainModel' });
      }),
      makeButton(t('Show the models'), () => {
        tell({ kind: 'run', command: 'showModels' });
      }),
      makeButton(t('Open the setting'), () => {
        tell({ kind: 'run', command: 'openModelSetting' });
      }),
    ),
    said(t('While a new model reads your code, the old one goes on answering. You can go back at once.')),
  );
  void facts.show(async () => considered(await networks()));
}

function considered({ networks: models, chunks, split }: NetworksResult): HTMLElement[] {
  const deep = models.find((model) => model.deep);
  return deep === undefined ? [] : [rules(deep, chunks, split)];
}

function rules(deep: Network, chunks: number, split: number): HTMLElement {
  const window = deep.window ?? undefined;
  const disk = (chunks * deep.dimension * BYTES) / 1_000_000;
  return table(
    t('What to look at'),
    [t('Property'), t('What it means'), t('Here, with {0}', deep.name)],
    [
      [
        t('Window'),
        t('A model with a longer window sees a long function whole.'),
        window === undefined
          ? t('any length')
          : counted(
              split,
              '{0} definition is longer than {1} tokens, and is read in several pieces',
              '{0} definitions are longer than {1} tokens, and are read in several pieces',
              figure(window),
            ),
      ],
      [
        t('Vector'),
        t('More numbers can tell more apart, and need more of the disk.'),
        counted(
          chunks,
          '{0} piece of code with {1} numbers: {2} MB',
          '{0} pieces of code with {1} numbers: {2} MB',
          figure(deep.dimension),
          figure(disk, 1),
        ),
      ],
      [
        t('Parameters'),
        t('A larger model may know more. It is slower, and needs more memory.'),
        counted(deep.parameters, '{0} number', '{0} numbers'),
      ],
      [
        t('What it has learned from'),
        t('A model for code knows names and syntax. One for prose knows comments.'),
        deep.licence === undefined || deep.licence === null
          ? t('not given')
          : t('Licence: {0}', deep.licence),
      ],
    ],
  );
}
