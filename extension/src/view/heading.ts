/** The heading of a page, which screen readers announce; the title of its tab says the same to the eye. */

export function pageHeading(text: string): HTMLHeadingElement {
  const heading = document.createElement('h1');
  heading.className = 'page-heading';
  heading.textContent = text;
  return heading;
}
