/** Shapes of a page's plots. */

export const SVG = 'http://www.w3.org/2000/svg';

export function addShape(
  parent: Element,
  tag: string,
  attributes: Record<string, string | number>,
  text = '',
): void {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, String(value));
  }
  made.textContent = text;
  parent.append(made);
}
