/** Previews hits in the editor while the user moves through them, and restores the editor if they choose none. */

import * as vscode from 'vscode';

/** The editor before the first preview. */
interface Origin {
  document: vscode.TextDocument;
  column: vscode.ViewColumn | undefined;
  selections: readonly vscode.Selection[];
  visible: vscode.Range | undefined;
  wasPreview: boolean;
}

const TAB_LISTED_WITHIN_MS = 300;

export interface CodeLocation {
  uri: vscode.Uri;
  range: vscode.Range;
  /** 0-based line of the cursor once the location is opened. */
  line: number;
}

export class Preview implements vscode.Disposable {
  private readonly origin: Origin | undefined = originOf(vscode.window.activeTextEditor);
  private readonly replaceable = replaceableTab();
  private readonly openBefore = new Set(textTabs().map((tab) => tab.uri.toString()));
  private readonly highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
    ...borderInHighContrast(),
  });
  private readonly mouse: vscode.Disposable;
  private highlighted: vscode.TextEditor | undefined;
  private queue: Promise<void> = Promise.resolve();
  private latest: CodeLocation | undefined;
  private clicked = false;
  private shown = false;
  private leaving = false;

  constructor() {
    this.mouse = vscode.window.onDidChangeTextEditorSelection((event) => {
      this.clicked ||= event.kind === vscode.TextEditorSelectionChangeKind.Mouse;
    });
  }

  /** Preview a location, unless a later call comes before this one's turn. */
  show(location: CodeLocation): Promise<void> {
    this.latest = location;
    return this.enqueue(() => (this.latest === location ? this.reveal(location) : Promise.resolve()));
  }

  /** Open a location for good, with the cursor on its line. */
  open(location: CodeLocation, column = this.origin?.column): Promise<void> {
    this.latest = undefined;
    return this.enqueue(async () => {
      this.clear();
      await vscode.window.showTextDocument(location.uri, {
        selection: new vscode.Range(location.line, 0, location.line, 0),
        ...(column === undefined ? {} : { viewColumn: column }),
      });
      await this.closePreviewTabs(location.uri);
    });
  }

  async openToSide(location: CodeLocation): Promise<void> {
    await this.restore();
    await this.open(location, vscode.ViewColumn.Beside);
  }

  /**
   * Return to where the user was, unless they clicked into the editor: then they stay there.
   * @returns False if another list took this preview over by `resume` meanwhile.
   */
  async leave(): Promise<boolean> {
    this.leaving = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (this.clicked) {
      this.clear();
    } else if (this.isLeaving()) {
      await this.restore();
    }
    return this.isLeaving();
  }

  /** Take the preview over for another list: leaving that list still restores the original editor. */
  resume(): void {
    this.leaving = false;
  }

  dispose(): void {
    this.clear();
    this.highlight.dispose();
    this.mouse.dispose();
  }

  private isLeaving(): boolean {
    return this.leaving;
  }

  private restore(): Promise<void> {
    this.latest = undefined;
    return this.enqueue(async () => {
      if (!this.shown) {
        return;
      }
      this.clear();
      const { origin, replaceable } = this;
      if (replaceable !== undefined && !isOpen(replaceable)) {
        await vscode.window.showTextDocument(replaceable, {
          preview: true,
          preserveFocus: true,
          ...(origin?.column === undefined ? {} : { viewColumn: origin.column }),
        });
      }
      if (origin !== undefined) {
        const editor = await vscode.window.showTextDocument(origin.document, {
          preview: origin.wasPreview,
          preserveFocus: !this.leaving,
          ...(origin.column === undefined ? {} : { viewColumn: origin.column }),
        });
        editor.selections = origin.selections;
        if (origin.visible !== undefined) {
          editor.revealRange(origin.visible, vscode.TextEditorRevealType.AtTop);
        }
      }
      await this.closePreviewTabs(replaceable);
    });
  }

  private async reveal(location: CodeLocation): Promise<void> {
    this.shown = true;
    const editor = await vscode.window.showTextDocument(location.uri, {
      preview: true,
      preserveFocus: true,
      ...(this.origin?.column === undefined ? {} : { viewColumn: this.origin.column }),
    });
    if (this.highlighted !== editor) {
      this.clear();
    }
    this.highlighted = editor;
    await untilOpen(location.uri);
    editor.setDecorations(this.highlight, [location.range]);
    editor.revealRange(location.range, vscode.TextEditorRevealType.InCenter);
  }

  private clear(): void {
    this.highlighted?.setDecorations(this.highlight, []);
    this.highlighted = undefined;
  }

  /** Close the tabs that previews opened. */
  private async closePreviewTabs(except: vscode.Uri | undefined): Promise<void> {
    const opened = textTabs().filter(
      ({ tab, uri }) =>
        tab.isPreview && !this.openBefore.has(uri.toString()) && uri.toString() !== except?.toString(),
    );
    await vscode.window.tabGroups.close(
      opened.map(({ tab }) => tab),
      true,
    );
  }

  /** Run tasks one at a time, in order. A task that fails does not stop the next. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(task).catch(() => undefined);
    return this.queue;
  }
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

function originOf(editor: vscode.TextEditor | undefined): Origin | undefined {
  if (editor === undefined) {
    return undefined;
  }
  return {
    document: editor.document,
    column: editor.viewColumn,
    selections: editor.selections,
    visible: editor.visibleRanges[0],
    wasPreview: vscode.window.tabGroups.activeTabGroup.activeTab?.isPreview ?? false,
  };
}

/** The file in the preview tab, which the first preview replaces. */
function replaceableTab(): vscode.Uri | undefined {
  const { tabs } = vscode.window.tabGroups.activeTabGroup;
  const input = tabs.find((tab) => tab.isPreview)?.input;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

function isOpen(uri: vscode.Uri): boolean {
  return textTabs().some((tab) => tab.uri.toString() === uri.toString());
}

/** Wait until the editor lists the file's tab, a little after it shows the file: only a listed tab can be closed. */
async function untilOpen(uri: vscode.Uri): Promise<void> {
  const deadline = Date.now() + TAB_LISTED_WITHIN_MS;
  while (!isOpen(uri) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function textTabs(): { tab: vscode.Tab; uri: vscode.Uri }[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [{ tab, uri: tab.input.uri }] : []));
}
