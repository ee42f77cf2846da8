/** The playground and the models: what a learner sees, all of it computed on the code of the folder. */

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { assertAccessible } from '../accessible';
import { openIndexed } from '../session';
import { eventually, facts, reads } from '../vscode';

const code = await openIndexed();

async function step(title: string): Promise<void> {
  await code.view.getByRole('navigation').getByRole('button', { name: title }).click();
  await code.view.getByRole('heading', { name: title, level: 2 }).waitFor();
}

test('the playground shows the models by their files, and a function in the tokens of several tokenizers', async () => {
  await code.openFile('backend/cart/vouchers.py');
  await code.command('Semlens: Open Playground');
  const { view } = code;
  const parameters = view.getByRole('row', { name: /^Parameters/ });
  await parameters.waitFor({ timeout: 60_000 });
  await reads(() => parameters.innerText(), /\s[\d,]{7,}\s+[\d,]{10,}$/);
  await step('What is a tokenizer?');
  await view.getByRole('heading', { name: /^WordPiece .*tokens$/ }).waitFor();
  await view.getByRole('heading', { name: /^Byte-level BPE .*tokens$/ }).waitFor();
  await step('What are special tokens?');
  await view.getByRole('cell', { name: '[PAD]' }).first().waitFor();
});

test('a word is the same everywhere to the fast model, and depends on its sentence to the transformer', async () => {
  const { view } = code;
  await step('Does a word always mean the same?');
  const alike = async (pair: string): Promise<number> => {
    const row = view.getByRole('row', { name: pair }).first();
    await reads(() => row.innerText(), /1\.00\s+0\.[0-9]{2}/);
    return Number((await row.innerText()).trim().split(/\s+/).at(-1));
  };
  assert.ok((await alike('Sentences 1 and 2')) > (await alike('Sentences 1 and 3')));
  const size = code.page.viewportSize();
  assert.ok(size !== null);
  for (const width of [size.width, 900]) {
    await code.page.setViewportSize({ ...size, width });
    await eventually(`no number is cut off, ${width} pixels wide`, 30_000, () =>
      view
        .locator('.scroll:has(.bar)')
        .first()
        .evaluate(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth <= clientWidth),
    );
  }
  await code.page.setViewportSize(size);
  await assertAccessible(code, 'vscode-light');
});

test('each way to search answers alone, and all together', async () => {
  await step('How does search work?');
  await code.view
    .getByText(/^By words: .* · By the fast model: .* · By the transformer: /)
    .first()
    .waitFor({ timeout: 60_000 });
  await code.screenshot('playground');
  await code.command('View: Close All Editors');
});

/** Functions whose docstrings have other words than their code, as many as it takes to train a model. */
async function writeTaughtCode(folder: string): Promise<void> {
  const acts = [
    'Send',
    'Remember',
    'Forget',
    'Compare',
    'Translate',
    'Count',
    'Shrink',
    'Draw',
    'Guess',
    'Repair',
  ];
  const things = [
    'letters',
    'colours',
    'prices',
    'guests',
    'roads',
    'songs',
    'plants',
    'clouds',
    'boats',
    'dreams',
  ];
  await mkdir(folder, { recursive: true });
  const pairs = acts.flatMap((act) => things.map((thing) => [act, thing] as const));
  await Promise.all(
    pairs.map(([act, thing], at) =>
      writeFile(
        path.join(folder, `part_${at}.py`),
        [
          `def run_${at}(queue, limit):`,
          `    """${act} the ${thing} of the house before the morning."""`,
          `    for item in queue[:limit]:`,
          `        queue.ack(op_${acts.indexOf(act)}(item), kind_${things.indexOf(thing)}=${at % 7})`,
          `    return queue.flush(${at})`,
          '',
        ].join('\n'),
      ),
    ),
  );
}

async function train(): Promise<void> {
  await code.command('Semlens: Train a Model on My Code');
  await code.rows.filter({ hasText: 'Fast model' }).first().click();
}

test('a folder with few docstrings says how many it takes to train a model', async () => {
  await train();
  await reads(
    () => code.view.getByRole('main').innerText(),
    /docstrings and commits of this folder .* 100 are needed/,
  );
  await assertAccessible(code, 'vscode-light');
});

test('a model learns from the code, says whether it is better, and is kept or not', async () => {
  await writeTaughtCode(path.join(facts.workspace, 'house'));
  await train();
  const { view } = code;
  await view.getByRole('heading', { name: 'Watched questions' }).waitFor({ timeout: 120_000 });
  await view.getByRole('button', { name: 'Discard' }).waitFor();
  await reads(
    () => view.getByRole('main').innerText(),
    /(is better|within chance|is not better)[^]*Before[^]*After/,
  );
  await assertAccessible(code, 'vscode-light');
  await code.screenshot('training');
  const keep = view.getByRole('button', { name: 'Keep' });
  const can = (await keep.count()) > 0;
  await (can ? keep : view.getByRole('button', { name: 'Discard' })).click();
  if (can) {
    const sure = code.page.getByRole('button', { name: 'Keep Anyway' });
    await sure
      .or(code.notifications.getByRole('button', { name: 'Use It' }))
      .first()
      .waitFor();
    if (await sure.isVisible()) {
      await sure.click();
    }
    await code.command('Semlens: Show Models');
    await code.page.getByRole('treeitem', { name: /^semlens-instant-shop/ }).waitFor();
    await code.screenshot('models with a trained one');
  }
  await reads(() => view.getByRole('main').innerText(), /There is no training now/);
  await code.command('View: Close All Editors');
});

test('models are listed, with how far each has read', async () => {
  await code.command('Semlens: Show Models');
  const model = code.page.getByRole('treeitem', { name: /^semlens-code/ });
  await model.waitFor();
  await model.click();
  await code.page
    .getByRole('treeitem', { name: /shop: \d+% of \d+ different pieces of code/ })
    .first()
    .waitFor();
  await code.page.getByRole('treeitem', { name: /^Speed here: [\d,.]+ pieces of code a second/ }).waitFor();
  await code.screenshot('models');
});

test('models are measured on the code, and the list of models says what was found', async () => {
  await code.page
    .getByRole('treeitem', { name: /^Measure on Your Code…|How often each model/ })
    .first()
    .click();
  await code.rows.filter({ hasText: 'Docstrings' }).first().click();
  await code.rows.filter({ hasText: 'all-MiniLM-L6-v2' }).first().click(); // not that one
  await code.page.keyboard.press('Enter');
  const { view } = code;
  await view
    .getByRole('heading', { name: 'Is the difference more than chance?' })
    .waitFor({ timeout: 120_000 });
  await reads(
    () => view.getByRole('main').innerText(),
    /\d+ questions from docstrings of shop\.[^]*All together: semlens-code\s+0\.\d\d \(0\.\d\d–[01]\.\d\d\)/,
  );
  await assertAccessible(code, 'vscode-light');
  await code.screenshot('models compared');
  await code.page
    .getByRole('treeitem', { name: /^Quality in .*shop: MRR 0\.\d\d .* questions from docstrings/ })
    .first()
    .waitFor();
  await code.command('View: Close All Editors');
});

test('a model says what it takes before it is used, and can be left at once', async () => {
  const { page } = code;
  const dialog = page.locator('.monaco-dialog-box');
  const plain = (state: RegExp): Locator =>
    page.getByRole('treeitem', { name: new RegExp(`^all-MiniLM-L6-v2: .*${state.source}`) }).first();
  const chooses = async (command: string, question: string): Promise<void> => {
    await code.command(command);
    await code.rows.filter({ hasText: 'all-MiniLM-L6-v2' }).first().click();
    await dialog.getByText(question).waitFor({ timeout: 120_000 }); // the model is loaded, and reads a sample
    await reads(() => dialog.innerText(), /About \d+ (s|min) and [\d.]+ MB for \d+ pieces of code here\./);
    await code.screenshot(question);
    await dialog.getByText('Use', { exact: true }).click();
  };
  await page.getByRole('button', { name: 'Results Section' }).click(); // rows that are out of sight are not there
  await chooses('Semlens: Choose Second Model', 'Use all-MiniLM-L6-v2 as the second model?');
  await plain(/Second model · in use/).waitFor({ timeout: 60_000 });
  await code.screenshot('second model');
  await chooses('Semlens: Choose Model', 'Use the model all-MiniLM-L6-v2?');
  await plain(/Transformer · in use/).waitFor();
  await code.screenshot('switching');
  await code.command('Semlens: Choose Model');
  await code.rows.filter({ hasText: 'semlens-code' }).first().click();
  await eventually('the model before is in use again', 120_000, async () => {
    if (await dialog.isVisible()) {
      await dialog.getByText('Use', { exact: true }).click(); // the other model was quicker, and answers already
    }
    return page.getByRole('treeitem', { name: /^semlens-code: .*in use/ }).isVisible();
  });
  await code.command('Semlens: Choose Second Model');
  await code.rows.filter({ hasText: 'No second model' }).click();
  await plain(/Second model(?! · in use)/).waitFor({ timeout: 60_000 }); // rows move when a model is out of use
  const gone = plain(/Transformer(?! · in use)/);
  await eventually('it is asked before anything is removed', 60_000, async () => {
    try {
      await gone.hover({ timeout: 5_000 });
      await gone.getByRole('button', { name: 'Remove What Was Made with It' }).click({ timeout: 5_000 });
      await dialog.waitFor({ timeout: 5_000 });
      return true;
    } catch {
      return false; // the rows were moving
    }
  });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await reads(() => code.notifications.allInnerTexts(), /MB were freed/);
  await code.screenshot('model removed');
});
