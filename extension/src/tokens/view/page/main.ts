/** The page of the token view: tokenizers to choose, what they did, and the text in tokens. */

import '../../../view/pageWords';
import type { ShowTokensResult } from '../../../protocol';
import { pageHeading } from '../../../view/heading';
import { make } from '../../../view/make';
import type { FromPage, ToPage } from '../messages';
import { Column } from './column';
import { Controls } from './controls';
import { headings } from './headings';
import { Marks } from './marks';
import { Sheet } from './sheet';
import { figure, t } from '../../../text/words';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const editor = acquireVsCodeApi();
const send = (message: FromPage): void => {
  editor.postMessage(message);
};

const heads = make('div', 'heads');
const notice = make('p', 'notice');
notice.setAttribute('role', 'status');
const scroller = make('main', 'scroller');
const text = make('div', 'sheet');
const controls = new Controls(send);
const sheet = new Sheet(scroller, text, () => {
  marks.draw();
});
const marks = new Marks(text, sheet, send);
scroller.append(pageHeading(t('Tokens')), heads, notice, text);
scroller.addEventListener('scroll', () => {
  marks.hideTip();
});
document.body.append(controls.element, scroller);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'show':
      document.title = data.title;
      show(data.result);
      controls.setColoured(data.coloured);
      break;
    case 'problem':
      say(data.text);
      break;
    case 'cursor':
      marks.setCursor(data.start, data.end);
      break;
    case 'coloured':
      controls.setColoured(data.coloured);
      break;
  }
});
send({ kind: 'ready' });

function show({ text: shownText, views, choices, longer }: ShowTokensResult): void {
  controls.setChoices(choices, views);
  heads.replaceChildren(...headings(shownText, views));
  const shown = views.filter(({ problem }) => !problem);
  const columns = shown.map((view) => new Column(view, shownText));
  document.body.classList.toggle('compared', columns.length > 1);
  marks.setColumns(columns);
  sheet.show(shownText, columns);
  say(longer ? t('Only the first {0} characters are shown.', figure(shownText.length)) : '');
}

function say(text: string): void {
  notice.textContent = text;
  notice.hidden = text === '';
}
