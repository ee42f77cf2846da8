/** The colours of the editor's theme, and shapes beside them: no information is in a colour alone. */

import type { Groups } from './groups';

export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'cross', 'ring'] as const;
export type Shape = (typeof SHAPES)[number];

export type Colour = readonly [red: number, green: number, blue: number];

export interface Theme {
  background: Colour;
  foreground: Colour;
  muted: Colour;
  accent: Colour;
  charts: Colour[];
  /** How much of their colour points have that do not stand out, from 0 to 1. */
  faint: number;
  font: string;
}

export interface Mark {
  colour: Colour;
  shape: Shape;
}

const CHARTS = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

export function themeNow(): Theme {
  const style = getComputedStyle(document.body);
  const value = (name: string): string => style.getPropertyValue(`--vscode-${name}`);
  const colour = (name: string, otherwise: Colour): Colour => parsed(value(name)) ?? otherwise;
  const background = colour('editor-background', [30, 30, 30]);
  const foreground = colour('editor-foreground', [204, 204, 204]);
  return {
    background,
    foreground,
    muted: mixed(foreground, background, 0.5),
    accent: colour('focusBorder', foreground),
    charts: CHARTS.map((name) => colour(`charts-${name}`, foreground)),
    faint: document.body.className.includes('high-contrast') ? 0.5 : 0.22,
    font: style.fontFamily,
  };
}

/** The mark of each group. */
export function marksOf(groups: Groups, theme: Theme): Mark[] {
  const last = groups.names.length - 1;
  return groups.names.map((_, at) => {
    if (groups.others && at === last) {
      return { colour: theme.muted, shape: 'circle' };
    }
    if (groups.ordered) {
      const share = 1 - (0.75 * at) / Math.max(last, 1);
      return {
        colour: mixed(theme.charts[1] ?? theme.foreground, theme.background, share),
        shape: shapeAt(at),
      };
    }
    const turn = Math.floor(at / CHARTS.length);
    const colour = theme.charts[at % CHARTS.length] ?? theme.foreground;
    return { colour, shape: shapeAt(at + 3 * turn) };
  });
}

export function css(colour: Colour): string {
  return `rgb(${colour[0]} ${colour[1]} ${colour[2]})`;
}

/** @param share Of the first colour, from 0 to 1. */
export function mixed(one: Colour, other: Colour, share: number): Colour {
  const mix = (at: 0 | 1 | 2): number => Math.round(one[at] * share + other[at] * (1 - share));
  return [mix(0), mix(1), mix(2)];
}

function shapeAt(at: number): Shape {
  return SHAPES[at % SHAPES.length] ?? 'circle';
}

/** Any colour of CSS, over nothing. */
function parsed(text: string): Colour | undefined {
  const context = document.createElement('canvas').getContext('2d');
  if (text.trim() === '' || context === null) {
    return undefined;
  }
  context.fillStyle = text.trim();
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
