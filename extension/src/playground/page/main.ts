/** The page of the playground: steps that a learner walks through, one at a time. */

import '../../view/pageWords';
import { t } from '../../text/words';
import { pageHeading } from '../../view/heading';
import { make } from '../../view/make';
import { type StepName, STEPS } from '../messages';
import { lastStep, listen, rememberStep } from './ask';
import { makeButton } from '../../view/controls/button';
import { link as linkTo } from './parts';
import { chooseStep } from './steps/choose';
import { contextStep } from './steps/context';
import { embeddingStep } from './steps/embedding';
import { modelStep } from './steps/model';
import { searchStep } from './steps/search';
import { specialStep } from './steps/special';
import { tokenizerStep } from './steps/tokenizer';

interface Step {
  title: string;
  /** Fills the step, when it is shown first. */
  fill: (place: HTMLElement) => void;
}

const steps: Record<StepName, Step> = {
  model: { title: t('What is a model?'), fill: modelStep },
  tokenizer: { title: t('What is a tokenizer?'), fill: tokenizerStep },
  special: { title: t('What are special tokens?'), fill: specialStep },
  embedding: { title: t('What is an embedding?'), fill: embeddingStep },
  context: { title: t('Does a word always mean the same?'), fill: contextStep },
  search: { title: t('How does search work?'), fill: searchStep },
  choose: { title: t('How do I choose a model?'), fill: chooseStep },
};

const sections = new Map<StepName, HTMLElement>();
const links = new Map<StepName, HTMLButtonElement>();

const list = make('ol', '');
for (const name of STEPS) {
  const item = make('li', '');
  const link = linkTo(steps[name].title, () => {
    show(name);
  });
  links.set(name, link);
  item.append(link);
  list.append(item);
}
const contents = make('nav', '');
contents.setAttribute('aria-label', t('Steps'));
contents.append(list);
const page = make('main', '');
document.body.append(contents, page);
page.append(pageHeading(t('Playground')));

show(lastStep() ?? 'model', false);
listen((step) => {
  show(step);
});

function show(name: StepName, focus = true): void {
  rememberStep(name);
  const section = sections.get(name) ?? made(name);
  for (const [other, element] of sections) {
    element.hidden = other !== name;
  }
  for (const [other, link] of links) {
    if (other === name) {
      link.setAttribute('aria-current', 'step');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  if (focus) {
    section.querySelector('h2')?.focus();
    window.scrollTo(0, 0);
  }
}

function made(name: StepName): HTMLElement {
  const section = make('section', 'step');
  const heading = make('h2', '');
  heading.textContent = steps[name].title;
  heading.tabIndex = -1;
  section.append(heading);
  sections.set(name, section);
  page.append(section);
  steps[name].fill(section);
  const next = STEPS[STEPS.indexOf(name) + 1];
  if (next !== undefined) {
    const on = makeButton(
      t('Next: {0}', steps[next].title),
      () => {
        show(next);
      },
      true,
    );
    on.className = 'next';
    section.append(on);
  }
  return section;
}
