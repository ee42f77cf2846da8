/** The playground and the models: what a learner sees, all of it computed on the code of the folder. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { assertAccessible } from './accessible';
import { openIndexed } from './session';
import { eventually, reads } from './vscode';

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

test('models are listed, with how far each has read', async () => {
  await code.command('Semlens: Show Models');
  const model = code.page.getByRole('treeitem', { name: /^semlens-code/ });
  await model.waitFor();
  await model.click();
  await code.page
    .getByRole('treeitem', { name: /shop: \d+% of \d+ pieces of code/ })
    .first()
    .waitFor();
  await code.screenshot('models');
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
  const before = page.getByRole('treeitem', { name: /^semlens-code: / });
  await before.hover();
  await before.getByRole('button', { name: 'Use This Model' }).click();
  await eventually('the model before is in use again', 120_000, async () => {
    if (await dialog.isVisible()) {
      await dialog.getByText('Use', { exact: true }).click(); // the other model was quicker, and answers already
    }
    return page.getByRole('treeitem', { name: /^semlens-code: .*in use/ }).isVisible();
  });
  await code.command('Semlens: Choose Second Model');
  await code.rows.filter({ hasText: 'No second model' }).click();
  const gone = plain(/Transformer/);
  await gone.hover();
  await gone.getByRole('button', { name: 'Remove What Was Made with It' }).click({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await reads(() => code.notifications.allInnerTexts(), /MB were freed/);
  await code.screenshot('model removed');
});
