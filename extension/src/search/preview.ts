/** Previews hits in the editor while the user moves through them, and leaves it as it was if they choose none. */

import * as vscode from 'vscode';
import { glanceAt, openImage, showsImage } from './images';
import { showPlace } from '../view/showPlace';
import { isPreview, previewDocument, previewedFile, previewTabs } from './previewDocuments';

export interface CodeLocation {
  uri: vscode.Uri;
  range: vscode.Range;
  /** 0-based line of the cursor once the location is opened. */
  line: number;
  /** The line as it was written. */
  code?: string;
  /** The words of an image, which has no lines. */
  image?: string | undefined;
}

/** A place that the user clicked on in a preview. */
interface Click {
  file: vscode.Uri;
  selection: vscode.Selection;
}

const TAB_LISTED_WITHIN_MS = 300;
/** A click into the editor closes the list first, and is reported later. */
const CLICK_REPORTED_WITHIN_MS = 50;

/** The share of the editor's lines that the list covers, and the lines that it covers in a low editor. */
const COVERED = 0.54;
const COVERED_LINES = 21;
const LEAST_SHOWN = 0.8;

export class Preview implements vscode.Disposable {
  private readonly group = vscode.window.tabGroups.activeTabGroup;
  private readonly column = this.group.viewColumn;
  private readonly origin = this.group.activeTab;
  /** A preview in the user's own preview tab would take its place, and only text can be put back. */
  private readonly ownTab = this.group.tabs.some((tab) => tab.isPreview);
  private readonly highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
    ...borderInHighContrast(),
  });
  private readonly mouse: vscode.Disposable;
  private queue: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private latest: CodeLocation | undefined;
  private clicked: Click | undefined;
  private leaving = false;

  constructor() {
    this.mouse = vscode.window.onDidChangeTextEditorSelection(({ kind, textEditor, selections }) => {
      const file = previewedFile(textEditor.document);
      const [selection] = selections;
      if (kind === vscode.TextEditorSelectionChangeKind.Mouse && file && selection) {
        this.clicked = { file, selection };
      }
    });
  }

  /** Preview a location after `delay` milliseconds, unless another call comes before. */
  showSoon(location: CodeLocation, delay: number): void {
    this.supersede(location);
    this.timer = setTimeout(() => {
      void this.enqueue(() => (this.latest === location ? this.reveal(location) : Promise.resolve()));
    }, delay);
  }

  /** Show nothing, because the list has no hit: the editor is as it was before the first preview. */
  clear(): Promise<void> {
    this.supersede();
    return this.enqueue(() => this.restore());
  }

  /** Open a location for good, with the cursor on its line. */
  open({ uri, line, image, code }: CodeLocation, column = this.column): Promise<void> {
    this.supersede();
    return this.enqueue(async () => {
      await (image === undefined
        ? showPlace(uri, line, { viewColumn: column }, code)
        : openImage(uri, { viewColumn: column }));
      await closePreviews();
    });
  }

  async openToSide(location: CodeLocation): Promise<void> {
    await this.clear();
    await this.open(location, vscode.ViewColumn.Beside);
  }

  /**
   * Return to where the user was. If they clicked into a preview, open its file there instead.
   * @returns False if another list took this preview over by `resume` meanwhile.
   */
  async leave(): Promise<boolean> {
    this.leaving = true;
    this.supersede();
    await new Promise((resolve) => setTimeout(resolve, CLICK_REPORTED_WITHIN_MS));
    const { clicked } = this;
    if (clicked !== undefined) {
      await this.enqueue(() => this.openClicked(clicked));
    } else if (this.isLeaving()) {
      await this.clear();
    }
    return this.isLeaving();
  }

  /** Take the preview over for another list: leaving that list still restores the original editor. */
  resume(): void {
    this.leaving = false;
  }

  dispose(): void {
    this.highlight.dispose();
    this.mouse.dispose();
  }

  /** Forget the previews that are still to come, but for `location`. */
  private supersede(location?: CodeLocation): void {
    clearTimeout(this.timer);
    this.latest = location;
  }

  private isLeaving(): boolean {
    return this.leaving;
  }

  private async reveal(location: CodeLocation): Promise<void> {
    const { uri, range } = location;
    const options = { preview: !this.ownTab, preserveFocus: true, viewColumn: this.column };
    if (location.image !== undefined) {
      await glanceAt(uri, options);
      await untilListed(uri);
      await closePreviews(uri);
      return;
    }
    const document = await previewDocument(uri);
    const editor = await vscode.window.showTextDocument(document, options);
    editor.setDecorations(this.highlight, [range]);
    revealBelowList(editor, location);
    await untilListed(document.uri);
    await closePreviews(document.uri);
  }

  /** Close the previews. The tab that was active before them becomes active, unless the user chose another. */
  private async restore(): Promise<void> {
    const { origin, group } = this;
    const wasShown = group.activeTab !== undefined && isPreview(group.activeTab);
    await closePreviews();
    if (wasShown && origin !== undefined && !isSame(group.activeTab, origin)) {
      const index = group.tabs.findIndex((tab) => isSame(tab, origin));
      if (index >= 0) {
        await vscode.commands.executeCommand('workbench.action.openEditorAtIndex', index);
      }
    }
  }

  private async openClicked({ file, selection }: Click): Promise<void> {
    const [visible] = vscode.window.activeTextEditor?.visibleRanges ?? [];
    const editor = await vscode.window.showTextDocument(file, { selection, viewColumn: this.column });
    if (visible?.contains(selection)) {
      editor.revealRange(visible, vscode.TextEditorRevealType.AtTop);
    }
    await closePreviews();
  }

  /** Run tasks one at a time, in order. A task that fails does not stop the next. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(task).catch(() => undefined);
    return this.queue;
  }
}

/**
 * Scroll so that a location comes below the list, which covers the upper part of the editor: from its first line
 * if the line to go to is then to be seen, else from that line.
 */
function revealBelowList(editor: vscode.TextEditor, { range, line }: CodeLocation): void {
  const [visible] = editor.visibleRanges;
  const lines = visible === undefined ? 0 : visible.end.line - visible.start.line + 1;
  const above = Math.round(Math.max(COVERED * lines, Math.min(COVERED_LINES, LEAST_SHOWN * lines)));
  const first = Math.min(range.start.line, line);
  const top = Math.max((line - first < lines - above - 1 ? first : line) - above, 0);
  editor.revealRange(new vscode.Range(top, 0, top, 0), vscode.TextEditorRevealType.AtTop);
}

/** High-contrast themes mark lines by borders instead of backgrounds. */
function borderInHighContrast(): vscode.DecorationRenderOptions {
  const { HighContrast, HighContrastLight } = vscode.ColorThemeKind;
  const { kind } = vscode.window.activeColorTheme;
  if (kind !== HighContrast && kind !== HighContrastLight) {
    return {};
  }
  const color = new vscode.ThemeColor('editor.rangeHighlightBorder');
  return { borderColor: color, borderStyle: 'solid', borderWidth: '0 0 0 3px' };
}

/** Close the tabs of previews, but for the one that shows `kept`. */
async function closePreviews(kept?: vscode.Uri): Promise<void> {
  const closed = previewTabs().filter((tab) => !shows(tab, kept));
  await vscode.window.tabGroups.close(closed, true);
}

/** Wait until the editor lists the tab of `uri`, a little after it shows it: only a listed tab can be closed. */
async function untilListed(uri: vscode.Uri): Promise<void> {
  const deadline = Date.now() + TAB_LISTED_WITHIN_MS;
  while (!previewTabs().some((tab) => shows(tab, uri)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function shows(tab: vscode.Tab, uri: vscode.Uri | undefined): boolean {
  const { input } = tab;
  return (
    (input instanceof vscode.TabInputText && input.uri.toString() === uri?.toString()) || showsImage(tab, uri)
  );
}

/** Whether two tabs are one: the editor makes new objects for a tab that moved. */
function isSame(one: vscode.Tab | undefined, other: vscode.Tab): boolean {
  if (one?.label !== other.label) {
    return false;
  }
  const [input, otherInput] = [one.input, other.input];
  return input instanceof vscode.TabInputText && otherInput instanceof vscode.TabInputText
    ? input.uri.toString() === otherInput.uri.toString()
    : input?.constructor === otherInput?.constructor;
}
