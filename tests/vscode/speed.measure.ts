/**
 * What `scripts/bench_screen.py` does on the screen of an indexed folder: types questions, opens the map and drags
 * it, and asks the editor what it knows of the extension. Prints the figures as a line of JSON; no test of the suite.
 */

import { eventually, VSCode } from './vscode';

const QUESTIONS = [
  'retry a request after a while',
  'parse the value of a header',
  'close idle connections',
  'convert a table to text',
  'where are cookies stored',
  'compare two dates',
];
const PAUSE_MS = 700;
const DRAG_MS = 4_000;

const OPENED = 5;
/** An extension of two commands, to compare with. */
const SMALL = 'agent-test';

let code = await VSCode.open();
const activation: { ours: number[]; small: number[] } = { ours: [], small: [] };
try {
  for (let times = 0; times < OPENED; times += 1) {
    if (times > 0) {
      await code.close();
      code = await VSCode.open();
    }
    await eventually('the folder is indexed', 600_000, async () => (await code.status()).includes('Ready: '));
    await noteActivation();
  }
  const keys = await typed();
  const map = await openedMap();
  console.log(JSON.stringify({ activation, keys, ...map }));
} catch (error) {
  await code.screenshot('measure failed');
  throw error;
} finally {
  await code.close();
}

/** Note the milliseconds that the activation took, as the editor lists them. */
async function noteActivation(): Promise<void> {
  await code.command('Developer: Show Running Extensions');
  const rows = code.page.locator('.runtime-extensions-editor .extension');
  const time = async (name: string): Promise<number> => {
    const said = await rows.filter({ hasText: name }).first().locator('.activation-time').innerText();
    return Number(/(\d+)\s*ms/.exec(said)?.[1]);
  };
  activation.ours.push(await time('Semlens'));
  activation.small.push(await time(SMALL));
  await code.screenshot('running extensions');
  await eventually('they are closed', 30_000, async () => {
    await code.page.keyboard.press('Escape'); // they are a dialog, which takes no commands
    return !(await rows.first().isVisible());
  });
}

/** Milliseconds from each key to the first and to the last change of the list; keys without a change are left out. */
async function typed(): Promise<{ first: number[]; last: number[] }> {
  const found = { first: [] as number[], last: [] as number[] };
  for (const question of QUESTIONS) {
    await code.search(QUESTIONS[0] ?? '');
    await code.page.keyboard.press('Control+A');
    await code.page.keyboard.press('Delete');
    await code.page.waitForTimeout(PAUSE_MS);
    for (const letter of question) {
      await watchRows();
      await code.page.keyboard.press(letter === ' ' ? 'Space' : letter);
      await code.page.waitForTimeout(PAUSE_MS);
      const [first, last] = await seenRows();
      if (first !== undefined && last !== undefined) {
        found.first.push(first);
        found.last.push(last);
      }
    }
    await code.dismiss();
  }
  return found;
}

/** Note when the rows of the list change after the next key. */
async function watchRows(): Promise<void> {
  await code.page.evaluate(() => {
    const seen: { key: number; changes: number[]; observer?: MutationObserver } = { key: 0, changes: [] };
    (window as unknown as { seen: unknown }).seen = seen;
    window.addEventListener(
      'keydown',
      () => {
        seen.key = performance.now();
      },
      { capture: true, once: true },
    );
    const rows = (): string =>
      [...document.querySelectorAll('.quick-input-list .monaco-list-row')]
        .map((row) => row.textContent)
        .join('\n');
    let before = rows();
    seen.observer = new MutationObserver(() => {
      const now = rows();
      if (now !== before && seen.key > 0) {
        seen.changes.push(performance.now() - seen.key);
      }
      before = now;
    });
    const list = document.querySelector('.quick-input-widget');
    if (list !== null) {
      seen.observer.observe(list, { subtree: true, childList: true, characterData: true });
    }
  });
}

/** Milliseconds from the key to the first and the last change. */
function seenRows(): Promise<(number | undefined)[]> {
  return code.page.evaluate(() => {
    const { seen } = window as unknown as { seen: { changes: number[]; observer: MutationObserver } };
    seen.observer.disconnect();
    return [seen.changes[0], seen.changes.at(-1)];
  });
}

/** Milliseconds until the map shows its definitions, the second time, and between frames while it is dragged. */
async function openedMap(): Promise<{ definitions: number; opened: number; frames: number[] }> {
  await code.command('Semlens: Show Semantic Map');
  const said = code.view.getByText(/[\d,]+ definitions in [\d,]+ clusters?/);
  await said.waitFor({ timeout: 900_000 });
  await code.command('View: Close All Editors');
  await code.page.keyboard.press('F1');
  const input = code.quickInput.locator('input.input').first();
  await input.fill('>Semlens: Show Semantic Map');
  await code.rows.filter({ hasText: 'Show Semantic Map' }).first().waitFor();
  const began = Date.now();
  await code.page.keyboard.press('Enter');
  await said.waitFor({ timeout: 60_000 });
  const opened = Date.now() - began;
  const definitions = Number(/[\d,]+/.exec(await said.innerText())?.[0].replaceAll(',', ''));
  await code.screenshot('map measured');
  return { definitions, opened, frames: await framesWhileDragging() };
}

async function framesWhileDragging(): Promise<number[]> {
  const plane = code.view.getByRole('application', { name: 'Semantic map' });
  const box = await plane.boundingBox();
  if (box === null) {
    throw new Error('the map has no place');
  }
  const measured = plane.evaluate(
    (_, length) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = [];
        let before = performance.now();
        const began = before;
        const next = (now: number): void => {
          frames.push(now - before);
          before = now;
          if (now - began < length) {
            requestAnimationFrame(next);
          } else {
            resolve(frames.slice(1));
          }
        };
        requestAnimationFrame(next);
      }),
    DRAG_MS,
  );
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await code.page.mouse.move(middle.x, middle.y);
  await code.page.mouse.down();
  const began = Date.now();
  while (Date.now() - began < DRAG_MS - 300) {
    const turn = (Date.now() - began) / 300;
    await code.page.mouse.move(middle.x + 150 * Math.sin(turn), middle.y + 100 * Math.cos(turn));
  }
  await code.page.mouse.up();
  return measured;
}
