/** Drives VS Code in a browser as a user does: by keys, clicks, and what is to be read on the screen. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';

/** What the test's surroundings tell it, in the variable SEMLENS_SCREEN. */
export interface Facts {
  browser: string;
  url: string;
  workspace: string;
  screenshots: string;
  processes: [string, ...string[]];
  interpreter?: string;
  /** The address of the package index. */
  index?: string;
  /** What the installed extension carries. */
  parts?: string;
  /** The user's home. */
  home?: string;
  /** Where the extension keeps its environments. */
  storage?: string;
  /** The version that an old one is updated to. */
  update?: string;
  /** The file of the machine's settings. */
  settings?: string;
  hovers?: { path: string; name: string; tokens: Record<string, number> }[];
}

export const facts = JSON.parse(process.env.SEMLENS_SCREEN ?? '{}') as Facts;

/** How many more times a list that has settled reads the same. */
const UNCHANGED = 3;

const SIZE = { width: 1440, height: 900 };

export class VSCode {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /**
   * @param language Of the editor, for which its own language pack need not be there.
   * @param still Whether the user wants less motion: without a graphics card, a list that slides in costs as much
   *   as all that a test does with it.
   */
  static async open({
    language,
    still = false,
  }: { language?: string; still?: boolean } = {}): Promise<VSCode> {
    const browser = await chromium.launch({ executablePath: facts.browser, args: ['--no-sandbox'] });
    const permissions = ['clipboard-read', 'clipboard-write'];
    const reducedMotion = still ? 'reduce' : 'no-preference';
    const page = await browser.newPage({ viewport: SIZE, permissions, reducedMotion });
    page.setDefaultTimeout(30_000);
    if (language !== undefined) {
      await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = '${language}'`);
    }
    await page.goto(facts.url, { timeout: 60_000 });
    const editor = new VSCode(browser, page);
    await editor.statusItem.waitFor({ timeout: 60_000 });
    return editor;
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id*="semlens.status"]');
  }

  /** What the status item says in full, which a screen reader reads out. */
  async status(): Promise<string> {
    return (await this.statusItem.getAttribute('aria-label')) ?? '';
  }

  /** Until all of the folder can be found. */
  async indexed(): Promise<void> {
    await eventually('the folder is indexed', 120_000, async () =>
      /Ready: .* [1-9][\d,]* files/.test(await this.status()),
    );
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  get rows(): Locator {
    return this.quickInput.locator('.monaco-list-row');
  }

  /** What the page of a view shows. */
  get view(): FrameLocator {
    const frame = this.page.locator('iframe.webview.ready:visible').last(); // one that closes may still be there
    return frame.contentFrame().frameLocator('iframe#active-frame');
  }

  /** The rows of the results view. */
  get results(): Locator {
    return this.page
      .locator('.pane', { has: this.page.locator('.pane-body .tree-explorer-viewlet-tree-view') })
      .locator('.monaco-list-row');
  }

  get notifications(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  get activeTab(): Locator {
    return this.page.locator('.editor-group-container.active .tab.active');
  }

  /** The names of the tabs, each with a star if it is active. */
  tabs(): Promise<string[]> {
    return this.page
      .locator('.tab')
      .evaluateAll((tabs) =>
        tabs.map(
          (tab) =>
            `${tab.getAttribute('data-resource-name') ?? ''}${tab.classList.contains('active') ? '*' : ''}`,
        ),
      );
  }

  /** The rows of the explorer. */
  explorer(): Promise<string[]> {
    return this.page
      .locator('.explorer-folders-view .monaco-list-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** The text in the open list. */
  question(): Promise<string> {
    return this.quickInput.locator('input.input').first().inputValue();
  }

  async command(title: string): Promise<void> {
    await this.choose('F1', `>${title}`, title);
  }

  async openFile(relative: string): Promise<void> {
    await this.choose('Control+P', relative, path.basename(relative));
    await this.page.locator(`.tab.active[data-resource-name="${path.basename(relative)}"]`).waitFor();
    await this.page.locator('.editor-group-container.active .view-line').first().waitFor();
  }

  /** Ask in the list of *Search by Meaning*, and return what its first rows say once they are there. */
  async search(question: string): Promise<string[]> {
    await this.command('Semlens: Search by Meaning');
    await this.quickInput.getByText(/^Search by meaning/).waitFor();
    await this.type(question);
    await this.quickInput.getByText('Narrow the search').waitFor({ state: 'hidden' });
    await this.settled();
    return this.rows.allInnerTexts();
  }

  /** Search until what the rows say matches `pattern`. */
  async finds(question: string, pattern: RegExp): Promise<void> {
    await this.search(question);
    await reads(() => this.rows.allInnerTexts(), pattern);
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.type(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /**
   * Choose what a right click on a folder at the top of the explorer offers. The explorer unfolds the folder of
   * every file that is shown, and holds no rows that are out of sight: so it is folded up first, and again if
   * a file that is shown late unfolds it.
   */
  async inExplorer(folder: string, choice: string): Promise<void> {
    const row = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label="${folder}"]`);
    const item = this.page.locator('.monaco-menu .action-item', { hasText: choice }).first();
    await eventually(`the menu of ${folder} is open`, 60_000, async () => {
      await this.command('Collapse Folders in Explorer');
      try {
        await row.click({ button: 'right', timeout: 5_000 });
        await item.waitFor({ timeout: 5_000 });
        return true;
      } catch {
        await this.page.keyboard.press('Escape');
        return false;
      }
    });
    await this.page.waitForTimeout(200); // a menu takes no click at once, so that none is taken by mistake
    await item.click();
  }

  /** Leave whatever list is open. */
  async dismiss(): Promise<void> {
    await eventually('the list closes', 30_000, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.waitForTimeout(200);
      return !(await this.quickInput.isVisible());
    });
  }

  /**
   * Open a list of the editor by its key, type, and choose a row. Again if need be: what a list before it
   * puts back takes the focus, and closes the list of a user who is as quick as this.
   */
  private async choose(key: string, text: string, row: string): Promise<void> {
    let patience = 2_000;
    await eventually(`${text} is chosen`, 60_000, async () => {
      await this.page.keyboard.press(key);
      try {
        await this.type(text, patience);
        await this.rows.filter({ hasText: row }).first().click({ timeout: patience });
        await this.isTaken(text); // a row that is drawn anew between a button's press and release takes no click
        return true;
      } catch {
        await this.page.keyboard.press('Escape'); // an open list does not hear of new files
        patience *= 2;
        return false;
      }
    });
  }

  /** Until the list in which `text` was typed is closed, or another one has its place. */
  private async isTaken(text: string): Promise<void> {
    const input = this.quickInput.locator('input.input').first();
    await eventually(
      `${text} is taken`,
      10_000,
      async () =>
        !(await input.isVisible()) || (await input.inputValue({ timeout: 1_000 }).catch(() => '')) !== text,
    );
  }

  /** Type into the open list: keys that came before it was there would end up in a file. */
  private async type(text: string, timeout = 20_000): Promise<void> {
    const input = this.quickInput.locator('input.input').first();
    await input.waitFor({ timeout });
    await input.fill(text, { timeout });
  }

  /** Until the list works no more and stays the same. */
  async settled(): Promise<void> {
    const progress = this.quickInput.locator('.quick-input-progress.active');
    let [seen, since] = ['', 0];
    await eventually('the list has settled', 30_000, async () => {
      const now = (await progress.count()) > 0 ? '' : (await this.rows.allInnerTexts()).join('\n');
      [seen, since] = [now, now !== '' && now === seen ? since + 1 : 0];
      return since >= UNCHANGED;
    });
  }

  /** The line and column of the cursor, as the status bar shows them. */
  async cursor(): Promise<[line: number, column: number]> {
    const text = await this.page.locator('[id="status.editor.selection"]').innerText();
    const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
    return [Number(line), Number(column)];
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(facts.screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(facts.screenshots, `${name}.png`) });
  }
}

/** Until `holds`, asked again and again; fails with `what` after `within` milliseconds. Returns how long it took. */
export async function eventually(
  what: string,
  within: number,
  holds: () => Promise<boolean>,
): Promise<number> {
  const began = Date.now();
  for (;;) {
    if (await holds()) {
      return Date.now() - began;
    }
    if (Date.now() - began > within) {
      throw new Error(`${what}: not within ${within} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Until the text that `read` returns matches `pattern`: what was done shows on the screen a moment later. */
export async function reads(read: () => Promise<string | string[]>, pattern: RegExp): Promise<void> {
  let text = '';
  try {
    await eventually('it is to be read', 30_000, async () => {
      text = [await read()].flat().join('\n');
      return pattern.test(text);
    });
  } catch {
    assert.match(text, pattern);
  }
}
