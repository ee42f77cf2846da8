/**
 * Shows places in the editor while the user moves through results, and puts everything back if they
 * leave without choosing.
 */

import * as vscode from 'vscode';

interface Origin {
  document: vscode.TextDocument;
  column: vscode.ViewColumn | undefined;
  selections: readonly vscode.Selection[];
  visible: vscode.Range | undefined;
  wasPreview: boolean;
}

const TAB_KNOWN_WITHIN_MS = 300;

export interface Place {
  uri: vscode.Uri;
  range: vscode.Range;
  /** Where the cursor goes when the place is opened. */
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
  private work: Promise<void> = Promise.resolve();
  private wanted: Place | undefined;
  private clicked = false;
  private shown = false;
  private leaving = false;

  constructor() {
    this.mouse = vscode.window.onDidChangeTextEditorSelection((event) => {
      this.clicked ||= event.kind === vscode.TextEditorSelectionChangeKind.Mouse;
    });
  }

  /** Show `place`, unless another one is asked for before its turn comes. */
  show(place: Place): Promise<void> {
    this.wanted = place;
    return this.enqueue(() => (this.wanted === place ? this.reveal(place) : Promise.resolve()));
  }

  /** Open `place` for good, with the cursor on its line. */
  open(place: Place, column = this.origin?.column): Promise<void> {
    this.wanted = undefined;
    return this.enqueue(async () => {
      this.clear();
      await vscode.window.showTextDocument(place.uri, {
        selection: new vscode.Range(place.line, 0, place.line, 0),
        ...(column === undefined ? {} : { viewColumn: column }),
      });
      await this.closeShown(place.uri);
    });
  }

  async openToSide(place: Place): Promise<void> {
    await this.restore();
    await this.open(place, vscode.ViewColumn.Beside);
  }

  /**
   * Return to where the user was, unless they clicked into the editor: then that is where they are.
   * Whether it was left for good: another list may `resume` meanwhile.
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

  /** Go on, for a list that was opened before this was left: what was there at first is still to come back. */
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
    this.wanted = undefined;
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
      await this.closeShown(replaceable);
    });
  }

  private async reveal(place: Place): Promise<void> {
    this.shown = true;
    const editor = await vscode.window.showTextDocument(place.uri, {
      preview: true,
      preserveFocus: true,
      ...(this.origin?.column === undefined ? {} : { viewColumn: this.origin.column }),
    });
    if (this.highlighted !== editor) {
      this.clear();
    }
    this.highlighted = editor;
    await untilOpen(place.uri);
    editor.setDecorations(this.highlight, [place.range]);
    editor.revealRange(place.range, vscode.TextEditorRevealType.InCenter);
  }

  private clear(): void {
    this.highlighted?.setDecorations(this.highlight, []);
    this.highlighted = undefined;
  }

  /** Close the tabs that only previewing opened. */
  private async closeShown(except: vscode.Uri | undefined): Promise<void> {
    const ours = textTabs().filter(
      ({ tab, uri }) =>
        tab.isPreview && !this.openBefore.has(uri.toString()) && uri.toString() !== except?.toString(),
    );
    await vscode.window.tabGroups.close(
      ours.map(({ tab }) => tab),
      true,
    );
  }

  /** One thing at a time, in order; a file that cannot be shown is no reason to stop. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.work = this.work.then(task).catch(() => undefined);
    return this.work;
  }
}

/** Themes of high contrast have borders where others have backgrounds. */
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

/** The file in the tab that previewing takes over, as opening any other file would. */
function replaceableTab(): vscode.Uri | undefined {
  const { tabs } = vscode.window.tabGroups.activeTabGroup;
  const input = tabs.find((tab) => tab.isPreview)?.input;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

function isOpen(uri: vscode.Uri): boolean {
  return textTabs().some((tab) => tab.uri.toString() === uri.toString());
}

/** The editor tells of a new tab a little after it shows it; to close it, it has to be known. */
async function untilOpen(uri: vscode.Uri): Promise<void> {
  const deadline = Date.now() + TAB_KNOWN_WITHIN_MS;
  while (!isOpen(uri) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function textTabs(): { tab: vscode.Tab; uri: vscode.Uri }[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [{ tab, uri: tab.input.uri }] : []));
}
