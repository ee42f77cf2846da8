/** What the tokens are for that stand for no text: two texts as the embedding model gets them, side by side. */

import type { ShowTokensResult, TokenView } from '../../../protocol';
import { counted, t } from '../../../text/words';
import { Column } from '../../../tokens/view/page/column';
import { make } from '../../../view/make';
import { ask } from '../ask';
import { TEXTS } from '../examples';
import { field, Place, row, said, scrolling, title } from '../parts';
import { networks } from './model';

/** What fills up a text, by what begins one. */
const PADS: Readonly<Record<string, string>> = { '[CLS]': '[PAD]' };

export function specialStep(step: HTMLElement): void {
  const place = new Place();
  const show = (): Promise<void> => place.show(() => rectangle(fields.map(({ value }) => value)));
  const fields = TEXTS.map((preset, at) =>
    field(t('Text {0}', at + 1), `special${at}`, preset, () => void show()),
  );
  step.append(
    said(
      t('The model that searches your code gets more tokens than your text has. It adds some of its own.'),
    ),
    row(...fields.map(({ element }) => element)),
    place.element,
  );
  void show();
}

async function rectangle(texts: readonly string[]): Promise<HTMLElement[]> {
  const first = await ask('tokens', { text: texts[0] ?? '', tokenizer: 'character' });
  const own = first.choices[0]?.name ?? '';
  const cuts = await Promise.all(texts.map((text) => ask('tokens', { text, tokenizer: own })));
  const rows = cuts.map(tokensOf);
  const width = Math.max(...rows.map(({ length }) => length));
  const [view] = cuts[0]?.views ?? [];
  if (view === undefined || view.problem) {
    throw new Error(view?.problem ?? t('No answer'));
  }
  const [before, after] = [nameOf(view, view.before[0]), nameOf(view, view.after[0])];
  const pad = PADS[before] ?? '<pad>';
  const pooling = (await networks()).networks.find(({ deep }) => deep)?.pooling ?? '';
  return [
    drawn(
      rows.map((names) => [...names, ...Array<string>(width - names.length).fill(pad)]),
      new Set([before, after, pad].filter((name) => name !== '')),
    ),
    ...meanings(before, after, pad, pooling, width - Math.min(...rows.map(({ length }) => length))),
  ];
}

/** The tokens of a text as the model gets them, those that it adds included. */
function tokensOf({ text, views }: ShowTokensResult): string[] {
  const [view] = views;
  if (view === undefined) {
    return [];
  }
  const column = new Column(view, text);
  const inner: string[] = [];
  let token = 0;
  for (let piece = 0; piece < column.pieces; piece++) {
    const count = view.counts[piece] ?? 0;
    for (const id of view.ids.slice(token, token + count)) {
      inner.push(column.name(id, text.slice(column.start(piece), column.end(piece)).trim()));
    }
    token += count;
  }
  return [
    ...view.before.map((id) => nameOf(view, id)),
    ...inner,
    ...view.after.map((id) => nameOf(view, id)),
  ];
}

function nameOf(view: TokenView, id: number | undefined): string {
  return view.names.find((name) => name.id === id)?.text ?? '';
}

function drawn(rows: readonly string[][], special: ReadonlySet<string>): HTMLElement {
  const made = make('table', 'batch');
  const caption = make('caption', '');
  caption.textContent = t('The texts as the model gets them');
  const body = make('tbody', '');
  rows.forEach((names, at) => {
    const line = make('tr', '');
    const head = make('th', '');
    head.scope = 'row';
    head.textContent = t('Text {0}', at + 1);
    line.append(head);
    for (const name of names) {
      const cell = make('td', special.has(name) ? 'added' : '');
      cell.textContent = name;
      line.append(cell);
    }
    body.append(line);
  });
  made.append(caption, body);
  return scrolling(made, t('The texts as the model gets them'));
}

function meanings(before: string, after: string, pad: string, pooling: string, pads: number): HTMLElement[] {
  const uses =
    pooling === 'cls'
      ? t('This model takes what has become of it as the vector of the whole text.')
      : t(
          'Some models take what has become of it as the vector of the text. This one joins all tokens ({0}).',
          pooling,
        );
  const found: HTMLElement[] = [];
  if (before !== '') {
    found.push(title(before), said(`${t('It stands before each text.')} ${uses}`));
  }
  if (after !== '') {
    found.push(
      title(after),
      said(t('It ends a text. A model that gets two texts at once sees there where one of them ends.')),
    );
  }
  found.push(
    title(pad),
    said(t('Texts that are read together make a rectangle, so the shorter one is filled up.')),
    said(
      pads === 0
        ? t('Your texts are equally long, so there is none. Make one of them longer.')
        : counted(
            pads,
            'Here it is {0} token. The model is told not to look at it, so it changes nothing.',
            'Here it is {0} tokens. The model is told not to look at them, so they change nothing.',
          ),
    ),
  );
  return found;
}
