/**
 * What `scripts/bench_install.py --editor` does on the screen: from a clean profile with the extension alone to the
 * first hits, or from an old version to the new one. Prints the seconds as a line of JSON; no test of the suite.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environments } from './machine';
import { eventually, facts, VSCode } from './vscode';

const QUESTION = 'where is the delay before the next attempt computed';
const LONG_MS = 600_000;
const AFTER_MS = 10_000;

const code = await VSCode.open();
try {
  const figures = facts.update === undefined ? await install() : await update();
  console.log(JSON.stringify(figures));
} catch (error) {
  await code.screenshot('measure failed');
  throw error;
} finally {
  await code.close();
}

/** Seconds from *Set Up* to searching, from there to the first hits, to all of the folder, and to the full stage. */
async function install(): Promise<Record<string, number>> {
  const asked = code.notifications.filter({ hasText: 'Semlens sets up its engine' });
  await asked.waitFor({ timeout: 60_000 });
  await code.screenshot('measure asked');
  await asked.getByRole('button', { name: 'Set Up', exact: true }).click();
  const clicked = Date.now();
  await code.page.mouse.move(600, 450);
  await code.page.waitForTimeout(6_000);
  await code.screenshot('measure setting up');
  await eventually('the set-up is done', LONG_MS, isSetUp);
  const ready = Date.now();
  await eventually('there are hits', 120_000, async () => {
    const rows = await code.search(QUESTION);
    const found = rows.some((row) => /:\d+/.test(row));
    await (found ? code.screenshot('measure first hits') : code.dismiss());
    return found;
  });
  const hits = Date.now();
  await code.dismiss();
  await code.indexed();
  const all = Date.now();
  await eventually('the full stage is there', LONG_MS, () =>
    Promise.resolve(environments().some(({ full }) => full !== '')),
  );
  return {
    base: seconds(clicked, ready),
    hits: seconds(ready, hits),
    indexed: seconds(ready, all),
    full: seconds(ready, Date.now()),
  };
}

/** Seconds from the start of the new extension to the new version, and the longest time without an answer. */
async function update(): Promise<Record<string, number>> {
  const began = Date.now();
  const stop = path.join(facts.workspace, '..', 'stop');
  const asked = path.join(facts.workspace, '..', 'answers.json');
  await code.command('Agent Test: Keep Asking');
  await eventually('the new version is there', LONG_MS, () =>
    Promise.resolve(environments().some(({ version }) => version === facts.update)),
  );
  const made = Date.now();
  await code.page.waitForTimeout(AFTER_MS);
  writeFileSync(stop, '');
  await eventually('the answers are written', 30_000, () => Promise.resolve(existsSync(asked)));
  await code.screenshot('measure updated');
  const { answered, failures } = JSON.parse(readFileSync(asked, 'utf8')) as {
    answered: number[];
    failures: string[];
  };
  console.error(`${answered.length} answers; failures: ${JSON.stringify([...new Set(failures)])}`);
  const gaps = answered.slice(1).map((when, index) => when - (answered[index] ?? when));
  return { update: seconds(began, made), gap: Math.max(...gaps) / 1000 };
}

async function isSetUp(): Promise<boolean> {
  return !/set-up needed|setting up/.test(await code.statusItem.innerText());
}

function seconds(from: number, to: number): number {
  return Math.round((to - from) / 100) / 10;
}
